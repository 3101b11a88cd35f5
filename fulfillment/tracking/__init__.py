"""What carriers tell of shipments, from the dock to the door."""
