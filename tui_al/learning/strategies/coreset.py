"""Core-set selection by k-center greedy (Sener & Savarese 2018, arXiv 1708.00489, algorithm 1)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui_al.learning.blocks import block_size, squared_norms, take_rows
from tui_al.learning.dataset import Floats
from tui_al.learning.distances import squared_distances
from tui_al.learning.strategies.base import Indices, PoolView, Query, Strategy

_FRONT = 256  # texts brought up to date at once


@dataclass(frozen=True, slots=True)
class Coreset(Strategy):
    """Repeatedly the text farthest from every labeled text and the batch so far.

    With nothing labeled the first text is drawn at random. The score is the Euclidean
    distance to the nearest centre at the moment of choice (infinite for that first text).

    A distance to the nearest centre only shrinks as centres are added, so an old one bounds
    the new: only texts whose old distance could still be the largest are brought up to date
    (lazy evaluation, Minoux 1978). The choice is that of the plain algorithm.
    """

    def _select(self, view: PoolView, n: int, rng: np.random.Generator) -> Query:
        if len(view.labeled):
            nearest = view.cache.keep(_NearestLabeled, lambda: _NearestLabeled(view.features))
            return Query(*_farthest(nearest, view.labeled, view.unlabeled, n, rng))
        first = rng.choice(view.unlabeled, size=1)
        rest = np.setdiff1d(view.unlabeled, first)
        chosen, scores = _farthest(_NearestLabeled(view.features), first, rest, n - 1, rng)
        return Query(np.append(first, chosen), np.append(np.inf, scores))


class _NearestLabeled:
    """Squared distances from texts to the nearest labeled one, each up to date on demand.

    `bounds` (n_pool,) never lie below them.
    """

    def __init__(self, features: Floats) -> None:
        self.features = features
        self.norms = squared_norms(features)
        self.bounds = np.full(len(features), np.inf, dtype=np.float32)
        self._seen = np.zeros(len(features), dtype=np.intp)  # labeled texts each bound knows
        self._points = np.empty((0, features.shape[1]), dtype=np.float32)
        self._point_norms = np.empty(0, dtype=np.float32)

    def add(self, labeled: Indices) -> None:
        """Go on to this list of labeled texts, which begins with the last one."""
        first = not len(self._points)
        new = labeled[len(self._points) :]
        self._points = np.vstack([self._points, take_rows(self.features, new)])
        self._point_norms = np.append(self._point_norms, self.norms[new])
        if first:
            size = block_size(self.features)
            for start in range(0, len(self.bounds), size):
                self.update(np.arange(start, min(start + size, len(self.bounds))))

    def update(self, rows: Indices) -> NDArray[np.float32]:
        """Bring the bounds of these texts up to date; their features, (len(rows), D)."""
        x = take_rows(self.features, rows)
        since = int(self._seen[rows].min())
        if since < len(self._points):
            squared = squared_distances(
                x, self._points[since:], self.norms[rows], self._point_norms[since:]
            )
            self.bounds[rows] = np.minimum(self.bounds[rows], squared.min(axis=1))
            self._seen[rows] = len(self._points)
        return x


def _farthest(
    nearest: _NearestLabeled,
    labeled: Indices,
    candidates: Indices,
    n: int,
    rng: np.random.Generator,
) -> tuple[Indices, NDArray[np.float64]]:
    """n candidates and their distances, farthest first, each counting as labeled at once."""
    nearest.add(labeled)
    order = candidates[np.lexsort((rng.random(len(candidates)), -nearest.bounds[candidates]))]
    front = _Front(nearest, order)
    chosen = np.empty(n, dtype=np.intp)
    scores = np.empty(n)
    for step in range(n):
        chosen[step], scores[step] = front.take_farthest(rng)
    return chosen, scores


class _Front:
    """The candidates that may be farthest, exact, ahead of those that cannot.

    `order` are all candidates by falling bound, equal ones at random.
    """

    def __init__(self, nearest: _NearestLabeled, order: Indices) -> None:
        self._nearest, self._order = nearest, order
        self._bounds = nearest.bounds[order]
        self._x = np.empty((0, nearest.features.shape[1]), dtype=np.float32)
        self._squared = np.empty(0, dtype=np.float32)  # -1 for a chosen one
        self._chosen: list[int] = []  # positions in the order
        self._extend()

    def take_farthest(self, rng: np.random.Generator) -> tuple[int, float]:
        """Choose the farthest candidate: its index and its distance."""
        while len(self._squared) < len(self._order) and (
            self._bounds[len(self._squared)] > self._squared.max()
        ):
            self._extend()
        farthest = self._squared.max()
        position = int(rng.choice(np.flatnonzero(self._squared == farthest)))
        self._chosen.append(position)
        self._approach(slice(None), self._chosen[-1:])
        self._squared[position] = -1
        return int(self._order[position]), float(np.sqrt(farthest))

    def _extend(self) -> None:
        known = len(self._squared)
        rows = self._order[known : known + _FRONT]
        self._x = np.vstack([self._x, self._nearest.update(rows)])
        self._squared = np.append(self._squared, self._nearest.bounds[rows])
        if self._chosen:
            self._approach(slice(known, None), self._chosen)

    def _approach(self, part: slice, chosen: list[int]) -> None:
        norms = self._nearest.norms[self._order[: len(self._squared)]]
        squared = squared_distances(self._x[part], self._x[chosen], norms[part], norms[chosen])
        np.minimum(self._squared[part], squared.min(axis=1), out=self._squared[part])
