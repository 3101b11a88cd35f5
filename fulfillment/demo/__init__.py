"""A demonstration on real data: a week of retail baskets, shipped from twelve US sites."""
