"""When stock was out: the days on which a shelf stood empty, by the ledger's balances."""

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]

UNTOLD = -1


def outages(start: Counts, level: Counts, day: Counts, balance: Counts, days: int) -> Flags:
    """Tell on which days each stock level was empty, as the day began or at any time in it. [K, D]

    `start` are the units before the first day. [K] Then the ledger's rows, oldest first: the stock
    level, the number of the day, and the units after it. [N]
    """
    shape = start.size, days
    units = np.maximum(balance, 0)
    closing = np.full(shape, UNTOLD, dtype=np.int64)
    closing[level, day] = units  # of several on one day the last one stays
    lowest = opening(np.maximum(start, 0), closing)
    np.minimum.at(lowest, (level, day), units)
    empty: Flags = lowest == 0
    return empty


def opening(start: Counts, closing: Counts) -> Counts:
    """Return the units with which each day began: those of the last close that was told. [K, D]"""
    known = np.concatenate([start[:, None], closing], axis=1)[:, :-1]
    told = np.where(known == UNTOLD, 0, np.arange(known.shape[1]))
    latest = np.maximum.accumulate(told, axis=1)
    found: Counts = np.take_along_axis(known, latest, axis=1)
    return found
