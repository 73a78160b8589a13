"""Core-set selection by k-center greedy (Sener & Savarese 2018, arXiv 1708.00489, algorithm 1)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui_al.learning.dataset import Floats
from tui_al.learning.strategies.base import PoolView, Query, Strategy

_ROWS = 16_384  # of a block: bounds memory, and turns float16 into float32 piecewise
# Squared distances below this share of the squared norms lose their digits to cancellation.
_CLOSE = 1e-3


@dataclass(frozen=True, slots=True)
class Coreset(Strategy):
    """Repeatedly the text farthest from every labeled text and the batch so far.

    With nothing labeled the first text is drawn at random. The score is the Euclidean
    distance to the nearest centre at the moment of choice (infinite for that first text).
    """

    def _select(self, view: PoolView, n: int, rng: np.random.Generator) -> Query:
        norms = _squared_norms(view.features)
        nearest = _distances_to_labeled(view, norms)
        nearest[view.labeled] = -np.inf
        chosen = np.empty(n, dtype=np.intp)
        scores = np.empty(n)
        for step in range(n):
            # While nothing is a centre, all distances are infinite and the tie is a draw.
            farthest = nearest.max()
            index = rng.choice(np.flatnonzero(nearest == farthest))
            chosen[step], scores[step] = index, np.sqrt(farthest)
            _approach(nearest, view.features, norms, index)
            nearest[index] = -np.inf
        return Query(chosen, scores)


def _distances_to_labeled(view: PoolView, norms: NDArray[np.float32]) -> NDArray[np.float32]:
    """Squared distances to the nearest labeled text, continuing from the last cycle."""
    cache = view.cache
    if cache.center_distances is None:
        cache.center_distances = np.full(len(view.features), np.inf, dtype=np.float32)
    for index in view.labeled[cache.n_centers :]:
        _approach(cache.center_distances, view.features, norms, index)
    cache.n_centers = len(view.labeled)
    return cache.center_distances.copy()


def _approach(
    nearest: NDArray[np.float32], features: Floats, norms: NDArray[np.float32], center: int
) -> None:
    """Lower `nearest` (n_pool,) by the squared distances to one more centre, in place."""
    point = features[center].astype(np.float32)
    for start in range(0, len(features), _ROWS):
        rows = slice(start, start + _ROWS)
        block = features[rows].astype(np.float32, copy=False)
        scale = norms[rows] + norms[center]
        squared = scale - 2 * (block @ point)
        close = np.flatnonzero(squared < _CLOSE * scale)
        difference = block[close] - point
        squared[close] = np.einsum("ij,ij->i", difference, difference)
        np.minimum(nearest[rows], squared, out=nearest[rows])


def _squared_norms(features: Floats) -> NDArray[np.float32]:
    out = np.empty(len(features), dtype=np.float32)
    for start in range(0, len(features), _ROWS):
        block = features[start : start + _ROWS].astype(np.float32, copy=False)
        np.einsum("ij,ij->i", block, block, out=out[start : start + _ROWS])
    return out
