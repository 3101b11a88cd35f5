"""What stock and capacity are worth to later orders, while a cart is sourced."""
