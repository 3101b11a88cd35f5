"""What is printed: labels, packing slips and manifests."""
