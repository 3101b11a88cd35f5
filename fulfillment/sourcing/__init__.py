"""Where an order ships from: one exact answer for one cart, explained."""
