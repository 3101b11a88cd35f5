"""The maths: an immutable problem in, a solution out; no database, clock or configuration."""
