"""Questions without effect: where a cart would ship from, and what can be promised.

Good ones are answered by one read and plain text; see docs/decisions/0013-the-hot-path.md.
"""
