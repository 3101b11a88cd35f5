from tests.world import stockroom, world

__all__ = ["stockroom", "world"]
