"""Purchase orders: proposed, approved, sent to a supplier, and received."""
