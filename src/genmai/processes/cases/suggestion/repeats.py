"""Which texts say nearly the same: so that no repeat of a text stands among those a model is measured on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from genmai.processes.cases.suggestion.features import signs

LENGTH = 12  # signs in a row that two texts share only when one was copied from the other
SAMPLED = np.uint64(4)  # every fourth such run is looked at, chosen by its own hash, so both texts choose the same
OFTEN = 30  # a run in more texts than this is a phrase of the office, not a repeat
_MIX = np.uint64(0x9E3779B97F4A7C15)


def groups_of(texts: Sequence[str]) -> npt.NDArray[np.int64]:
    """A group number a text (already plain): texts sharing a long run of signs are in one group."""
    keys, owners = [], []
    for at, text in enumerate(texts):
        own = _runs(text)
        keys.append(own)
        owners.append(np.full(len(own), at, dtype=np.int64))
    key, owner = np.concatenate(keys), np.concatenate(owners)
    _found, run, often = np.unique(key, return_inverse=True, return_counts=True)
    shared = (often[run] > 1) & (often[run] <= OFTEN)
    size = len(texts)
    edges = coo_matrix(
        (np.ones(int(shared.sum())), (owner[shared], size + run[shared])), shape=(size + len(often),) * 2
    )
    return np.asarray(connected_components(edges, directed=False)[1][:size], dtype=np.int64)


def _runs(text: str) -> npt.NDArray[np.uint64]:
    """Hashes of the sampled runs; of a text too short for one, its whole."""
    three = signs(text)[2 * len(text) - 1 :]  # neighbouring threes
    if len(text) < LENGTH:
        return np.array([np.bitwise_xor.reduce(three * _MIX)] if len(three) else [], dtype=np.uint64)
    rows = len(text) - LENGTH + 1
    mixed = np.zeros(rows, dtype=np.uint64)
    for step in range(0, LENGTH - 2, 3):
        mixed = (mixed * _MIX) ^ three[step : step + rows]
    mixed = (mixed * _MIX) ^ (mixed >> np.uint64(29))
    return np.unique(mixed[(mixed >> np.uint64(7)) % SAMPLED == 0])


__all__ = ["groups_of"]
