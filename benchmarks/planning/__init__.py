"""A year of real demand, replayed by the planner's own maths against rules of thumb."""
