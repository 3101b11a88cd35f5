"""What we sell: items by SKU, with what a box of them weighs, measures and costs."""
