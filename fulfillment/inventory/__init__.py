"""The truth about stock: the ledger, what is promised from it, and the one gate to both."""
