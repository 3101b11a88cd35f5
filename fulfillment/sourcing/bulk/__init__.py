"""Many carts in one call: sourced in turn from one look at the state, held by a few statements."""
