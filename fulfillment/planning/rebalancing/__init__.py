"""Rebalancing: stock that stands in the wrong place, proposed to move to where it will be asked."""
