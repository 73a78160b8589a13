"""BADGE: batches by diverse gradient embeddings (Ash et al. 2020, arXiv 1906.03671)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui_al.learning.blocks import row_blocks, squared_norms, take_rows
from tui_al.learning.dataset import Floats
from tui_al.learning.seeding import Indices, Squares, draw_seeds
from tui_al.learning.strategies.base import PoolView, Query, Strategy

# Relative to the squared lengths: a smaller squared distance is rounding of two equal points.
_EQUAL = 1e-6


@dataclass(frozen=True, slots=True)
class Badge(Strategy):
    """k-means++ seeding on the gradients that the predicted labels would give.

    The first text has the longest gradient; the score is the gradient's length for it, and
    for the others the distance to the nearest gradient chosen before.
    """

    def _select(self, view: PoolView, n: int, rng: np.random.Generator) -> Query:
        norms = view.cache.keep(_Norms, lambda: _Norms(squared_norms(view.features)))
        factors = view.fitted.probabilities(view.features)
        factors[np.arange(len(factors)), factors.argmax(axis=1)] -= 1
        space = GradientSpace(view.features, factors, norms.squared)
        allowed = np.zeros(len(factors), dtype=bool)
        allowed[view.unlabeled] = True
        lengths = np.where(allowed, space.lengths, -1)
        first = rng.choice(np.flatnonzero(lengths == lengths.max()))
        bounds = np.where(allowed, np.inf, 0)
        space.lower(bounds, np.array([first]))
        bounds[first] = 0
        seeds, squares = draw_seeds(space, bounds, n - 1, rng)
        chosen = np.append(first, seeds)
        allowed[chosen] = False
        equal = rng.choice(np.flatnonzero(allowed), n - len(chosen), replace=False)
        scores = np.sqrt(np.concatenate([lengths[[first]], squares, np.zeros(len(equal))]))
        return Query(np.append(chosen, equal), scores)


@dataclass(frozen=True, slots=True)
class _Norms:
    squared: NDArray[np.float32]


class GradientSpace:
    """The texts' gradients a_i x_i^T as points in C*D dimensions that are never written out.

    `factors` (n, C) are a = p - onehot(argmax p): inner products of gradients are products
    (a_i . a_j)(x_i . x_j). `lengths` (n,) are the gradients' squared lengths.
    """

    def __init__(self, features: Floats, factors: Squares, norms: NDArray[np.float32]) -> None:
        self._features, self._factors = features, factors
        self.lengths: Squares = np.einsum("ij,ij->i", factors, factors) * norms

    def between(self, rows: Indices, seeds: Indices) -> Squares:
        """Squared distances (len(rows), len(seeds))."""
        x = take_rows(self._features, rows).astype(np.float64)
        y = x if seeds is rows else take_rows(self._features, seeds).astype(np.float64)
        return self._squared(rows, seeds, x @ y.T)

    def lower(self, bounds: Squares, seeds: Indices) -> None:
        """Lower `bounds` (n,) to the squared distances to these seeds."""
        points = take_rows(self._features, seeds)
        for rows, x in row_blocks(self._features):
            squared = self._squared(rows, seeds, x @ points.T)
            np.minimum(bounds[rows], squared.min(axis=1), out=bounds[rows])

    def _squared(
        self, rows: Indices | slice, seeds: Indices, products: NDArray[np.floating]
    ) -> Squares:
        scale = self.lengths[rows][:, None] + self.lengths[seeds]
        squared: Squares = self._factors[rows] @ self._factors[seeds].T
        squared *= products
        squared *= -2
        squared += scale
        squared[squared < _EQUAL * scale] = 0
        return squared
