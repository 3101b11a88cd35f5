"""The hot path: a cart is sourced by one read and held by one write.

It does what the ordinary path does for the ordinary case, and hands everything else over to it:
bodies with errors, replays, carts that hold something already, stock that is gone, a database that
asks for a retry.
"""
