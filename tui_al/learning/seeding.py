"""k-means++ seeding (Arthur & Vassilvitskii 2007) that measures few of the distances.

Each seed is drawn with probability proportional to its squared distance D^2 to the nearest
seed before it. Distances only shrink, so old ones bound the new: a draw from the old
distribution, kept with probability new/old, is a draw from the new one. Only what is drawn
has to be measured; all are brought up to date when too many draws are in vain.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Squares = NDArray[np.float64]
Indices = NDArray[np.intp]

_LEAST_DRAWS = 64
_IN_VAIN = 0.1  # share of draws kept, below which all distances are brought up to date


class Space(Protocol):
    """Points with a Euclidean distance."""

    def between(self, rows: Indices, seeds: Indices) -> Squares:
        """Squared distances (len(rows), len(seeds))."""

    def lower(self, bounds: Squares, seeds: Indices) -> None:
        """Lower `bounds` (n,) of all points to their squared distances to these seeds."""


def draw_seeds(
    space: Space, bounds: Squares, n: int, rng: np.random.Generator
) -> tuple[Indices, Squares]:
    """Draw up to n seeds, with their D^2 when they were drawn.

    `bounds` (n_points,) are squared distances to the seeds that are there before; 0 for
    points that must not be drawn. They are lowered in place. Fewer than n come back when all
    other points coincide with seeds.
    """
    seeds: list[int] = []
    squares: list[float] = []
    since = 0  # seeds before it are known to all bounds
    while len(seeds) < n:
        total = np.cumsum(bounds)
        if total[-1] <= 0:
            break
        draws = max(_LEAST_DRAWS, 2 * (n - len(seeds)))
        rows = np.searchsorted(total, rng.random(draws) * total[-1], side="right")
        rows = np.minimum(rows, len(bounds) - 1)  # a product may round up to the total
        known = len(seeds)
        _keep(space, bounds, rows, seeds, squares, since, n, rng)
        if len(seeds) < n and len(seeds) - known < _IN_VAIN * draws:
            space.lower(bounds, np.array(seeds[since:]))
            bounds[seeds] = 0
            since = len(seeds)
    return np.array(seeds, dtype=np.intp), np.array(squares)


def _keep(
    space: Space,
    bounds: Squares,
    rows: Indices,
    seeds: list[int],
    squares: list[float],
    since: int,
    n: int,
    rng: np.random.Generator,
) -> None:
    """Append the draws that are kept, each measured with those kept before it."""
    squared = bounds[rows]
    if since < len(seeds):
        pending = np.array(seeds[since:])
        squared = np.minimum(squared, space.between(rows, pending).min(axis=1))
    among = space.between(rows, rows)
    limits = rng.random(len(rows)) * bounds[rows]
    position = 0
    while len(seeds) < n:
        kept = np.flatnonzero(limits[position:] < squared[position:])
        if not len(kept):
            break
        position += int(kept[0])
        seeds.append(int(rows[position]))
        squares.append(float(squared[position]))
        np.minimum(squared, among[:, position], out=squared)
        squared[rows == rows[position]] = 0
        position += 1
