"""The customer's order, from placed to delivered."""
