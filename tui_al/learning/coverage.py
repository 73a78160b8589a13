"""Balls of one radius around the texts of a pool, the radius found by their purity."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, eye

from tui_al.learning.blocks import take_rows, taken_blocks
from tui_al.learning.dataset import Floats
from tui_al.learning.distances import squared_distances
from tui_al.learning.kmeans import KMeans

Matrix = NDArray[np.float32]
Indices = NDArray[np.intp]

_BLOCK = 512  # rows whose distances are held at once
_SAMPLE = 256  # rows that tell how far it is worth looking


@dataclass(frozen=True, slots=True)
class Neighbourhoods:
    """Which texts lie in whose ball. `rows` are the pool indices of the m texts with balls,
    `within` (m, m) has a 1 for each pair not farther apart than `radius`."""

    rows: Indices
    radius: float
    within: csr_matrix

    def ball(self, position: int) -> NDArray[np.int32]:
        """Positions of the texts in the ball of one, itself included."""
        start, end = self.within.indptr[position : position + 2]
        ball: NDArray[np.int32] = self.within.indices[start:end]
        return ball

    def covered_by(self, features: Floats, centers: Indices) -> NDArray[np.bool_]:
        """Which of the m texts lie in a ball around one of these pool indices."""
        own = np.isin(self.rows, centers)
        covered: NDArray[np.bool_] = (self.within @ own.astype(np.int32)) > 0
        strangers = np.setdiff1d(centers, self.rows)
        if len(strangers):
            points = take_rows(features, strangers)
            for part, x in taken_blocks(features, self.rows):
                near = squared_distances(x, points) <= np.float32(self.radius) ** 2
                covered[part] |= near.any(axis=1)
        return covered


def pure_neighbourhoods(
    features: Floats,
    n_clusters: int,
    rng: np.random.Generator,
    *,
    purity: float,
    radius: float | None,
    max_rows: int,
) -> Neighbourhoods:
    """Balls around at most `max_rows` texts of features (n_pool, D), drawn at random.

    Without a radius it is the largest for which at least the share `purity` of the balls
    holds texts of one k-means cluster only.
    """
    rows = np.arange(len(features))
    if len(rows) > max_rows:
        rows = np.sort(rng.choice(len(features), max_rows, replace=False))
    x = take_rows(features, rows)
    if radius is not None:
        pairs, _ = _survey(x, np.zeros(len(x), np.intp), radius * radius)
        return Neighbourhoods(rows, radius, pairs.within(radius * radius))
    kmeans = KMeans(x)
    kmeans.grow(min(n_clusters, len(x)), rng)
    order = np.argsort(kmeans.labels, kind="stable")  # clusters in one piece
    impure = min(int((1 - purity) * len(x) + 1e-9), len(x) - 1)  # balls that may be impure
    squared, pairs = _purest(x[order], kmeans.labels[order], impure, rng)
    return Neighbourhoods(rows[order], float(np.sqrt(squared)), pairs.within(squared))


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Pairs of n rows, the first before the second, with their squared distances."""

    n: int
    first: NDArray[np.int32]
    second: NDArray[np.int32]
    squared: Matrix

    def within(self, squared: float) -> csr_matrix:
        """A 1 for each pair at most so far apart, in both orders, and for each row itself."""
        near = self.squared <= squared
        ones = np.ones(np.count_nonzero(near), np.int8)
        places = (self.first[near], self.second[near])
        upper = csr_matrix((ones, places), shape=(self.n, self.n))
        return (upper + upper.T + eye(self.n, dtype=np.int8)).tocsr()


def _purest(
    x: Matrix, clusters: Indices, impure: int, rng: np.random.Generator
) -> tuple[float, _Pairs]:
    """The largest squared radius that makes no more balls impure, and all pairs within it.

    A ball is pure while its radius is below the distance to the nearest text of another
    cluster. A sample of those distances bounds the radius, so that one survey of all pairs
    nearly always finds both.
    """
    sample = rng.choice(len(x), min(_SAMPLE, len(x)), replace=False)
    nearest = np.sort(
        _nearest_strangers(squared_distances(x[sample], x), clusters[sample], clusters)
    )
    expected = impure / len(x) * len(sample)
    limit = float(nearest[min(int(expected + 4 * np.sqrt(expected) + 4), len(nearest) - 1)])
    while True:
        pairs, nearest = _survey(x, clusters, limit)
        squared = float(np.nextafter(np.sort(nearest)[impure], np.float32(0)))
        if squared <= limit:
            return squared, pairs
        limit = squared


def _survey(x: Matrix, clusters: Indices, limit: float) -> tuple[_Pairs, Matrix]:
    """All pairs of rows within a squared distance, each measured once; and the squared
    distance of each row to the nearest one of another cluster (n,).

    `clusters` must be in one piece each.
    """
    norms = np.einsum("ij,ij->i", x, x)
    nearest = np.full(len(x), np.inf, dtype=np.float32)
    found: list[tuple[NDArray[np.int32], NDArray[np.int32], Matrix]] = []
    for start in range(0, len(x), _BLOCK):
        block, rest = slice(start, start + _BLOCK), slice(start, len(x))
        squared = squared_distances(x[block], x[rest], norms[block], norms[rest])
        own, others = clusters[block], clusters[rest]
        for part, apart in (
            (block, _nearest_strangers(squared, own, others)),
            (rest, _nearest_strangers(squared.T, others, own)),
        ):
            np.minimum(nearest[part], apart, out=nearest[part])
        first, second = (at.astype(np.int32) for at in np.nonzero(squared <= limit))
        upper = second > first
        first, second = first[upper], second[upper]
        found.append((first + np.int32(start), second + np.int32(start), squared[first, second]))
    return _Pairs(len(x), *map(np.concatenate, zip(*found, strict=True))), nearest


def _nearest_strangers(squared: Matrix, own: Indices, others: Indices) -> Matrix:
    """For each row of squared distances (m, k) between texts of the clusters `own` (m,) and
    `others` (k,), these in one piece each, the least to another cluster: (m,)."""
    starts = np.flatnonzero(np.diff(others, prepend=-1))
    least = np.minimum.reduceat(squared, starts, axis=1)
    least[own[:, None] == others[starts]] = np.inf
    nearest: Matrix = least.min(axis=1)
    return nearest
