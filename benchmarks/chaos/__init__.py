"""Chaos: mixed load while processes are killed, connections cut, clocks moved and disks filled."""
