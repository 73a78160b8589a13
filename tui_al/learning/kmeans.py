"""k-means whose number of clusters can grow: the next one starts from the last.

Lloyd's iterations (1982), but a text's score for a centre is computed again only when that
centre has moved, which late in the iterations few do. A centre added to settled ones would
find no followers in many dimensions, where every mean is nearer than any text. So clusters
grow by splitting the ones with the largest errors in two; and some of the old centres that
are least missed are given up for more splits, which keeps old mistakes from lasting.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from tui_al.learning.blocks import row_blocks
from tui_al.learning.dataset import Floats
from tui_al.learning.distances import squared_distances
from tui_al.learning.seeding import draw_seeds

Matrix = NDArray[np.float32]
Indices = NDArray[np.intp]

_TOLERANCE = 1e-4  # relative gain of an iteration, below which the iterations end
_MAX_ITERATIONS = 100
_HALVINGS = 5  # iterations that tell the halves of a split cluster apart
_ROWS = 4096  # whose features are copied at once
_EQUAL = 1e-5  # relative to the squared length: a smaller squared distance is rounding
_GIVEN_UP = 0.5  # centres given up, as a share of those added


class KMeans:
    """Clusters of rows x (n, D): `labels` (n,), `centers` (k, D), and their `inertia`.

    Starts as one cluster. Identical rows are never split, so that there may be fewer
    clusters than asked for.
    """

    def __init__(self, x: Matrix) -> None:
        self.x = x
        self.labels = np.zeros(len(x), dtype=np.intp)
        self.centers = x.mean(axis=0, dtype=np.float64)[None, :].astype(np.float32)
        self._norms = np.einsum("ij,ij->i", x, x)
        self._sums = x.sum(axis=0, dtype=np.float64)[None, :]
        self._counts = np.array([len(x)], dtype=np.intp)
        # Scores |c|^2 / 2 - x.c (n, k) order centres as distances do, with one product.
        self._scores = self._score(self.centers)
        self._moved = np.zeros(1, dtype=bool)  # clusters whose centre is no longer their mean

    @property
    def inertia(self) -> float:
        """The sum of squared distances to the centres."""
        return float(self._squared().sum())

    def grow(self, k: int, rng: np.random.Generator) -> None:
        """Make it k clusters, or as many as there are distinct rows; settled if there are more."""
        known = len(self.centers)
        if k <= known:
            return
        if known == 1:
            self._seed(k, rng)
        else:
            self._give_up(min(int(_GIVEN_UP * (k - known)), known // 2))
            self._split(k, rng)
        self._settle()

    def _score(self, centers: Matrix) -> Matrix:
        scores: Matrix = self.x @ centers.T
        np.subtract(0.5 * np.einsum("ij,ij->i", centers, centers), scores, out=scores)
        return scores

    def _squared(self) -> NDArray[np.float64]:
        """The squared distance of every row to its centre; rounding of equal points is 0."""
        own = self._scores[np.arange(len(self.x)), self.labels]
        squared = self._norms + 2 * own
        return np.where(squared > _EQUAL * self._norms, squared, 0).astype(np.float64)

    def _seed(self, k: int, rng: np.random.Generator) -> None:
        """Replace the one centre by k rows: k-means++."""
        first = rng.integers(len(self.x), size=1)
        space = _Rows(self.x, self._norms)
        bounds = np.full(len(self.x), np.inf)
        space.lower(bounds, first)
        more, _ = draw_seeds(space, bounds, k - 1, rng)
        self.centers = self.x[np.append(first, more)]
        self._scores = self._score(self.centers)
        self._sums = np.zeros(self.centers.shape)
        self._counts = np.zeros(len(self.centers), np.intp)
        self._moved = np.zeros(len(self.centers), dtype=bool)
        self.labels = self._scores.argmin(axis=1)
        self._add(np.arange(len(self.x)), self.labels, 1)

    def _give_up(self, n: int) -> None:
        """Take away the n centres whose clusters would lose least by joining a neighbour."""
        if not n:
            return
        counts, c = self._counts, self.centers.astype(np.float64)
        shared = counts[:, None] * counts / np.maximum(counts[:, None] + counts, 1)
        losses = shared * squared_distances(c, c)
        np.fill_diagonal(losses, np.inf)
        neighbours = losses.argmin(axis=1)
        kept = np.ones(len(c), dtype=bool)
        needed = np.zeros(len(c), dtype=bool)  # took in a neighbour's texts
        for cluster in np.argsort(losses.min(axis=1), kind="stable"):
            if not needed[cluster] and kept[neighbours[cluster]]:
                kept[cluster], needed[neighbours[cluster]] = False, True
                n -= 1
            if not n:
                break
        homeless = np.flatnonzero(~kept[self.labels])
        remaining = np.flatnonzero(kept)
        nearest = self._scores[np.ix_(homeless, remaining)].argmin(axis=1)
        self._relabel(homeless, remaining[nearest])
        self.labels = (np.cumsum(kept) - 1)[self.labels]
        self._scores = self._scores[:, remaining]
        self.centers, self._sums = self.centers[kept], self._sums[kept]
        self._counts, self._moved = self._counts[kept], self._moved[kept]

    def _split(self, k: int, rng: np.random.Generator) -> None:
        """Split the cluster with the largest error, again and again, until there are k."""
        known, squared = len(self.centers), self._squared()
        self._enlarge(k)
        errors = np.bincount(self.labels, squared, minlength=k)
        errors[self._counts <= 1] = 0  # one row has no halves, whatever rounding says
        for new in range(known, k):
            old = int(errors.argmax())
            if errors[old] <= 0:
                self._shrink(new)
                return
            rows = np.flatnonzero(self.labels == old)
            away, within, total = _halve(self.x[rows], squared[rows], rng)
            n = np.count_nonzero(away)
            self.labels[rows[away]] = new
            self._counts[[new, old]] += n, -n
            self._sums[new] += total
            self._sums[old] -= total
            self._moved[old] = True
            squared[rows] = within
            errors[new] = within[away].sum() if n > 1 else 0
            errors[old] = within[~away].sum() if n < len(rows) - 1 else 0

    def _enlarge(self, k: int) -> None:
        n, known = self._scores.shape
        scores = np.empty((n, k), dtype=np.float32)
        scores[:, :known] = self._scores
        self._scores = scores
        dimension = self.x.shape[1]
        self.centers = np.vstack([self.centers, np.zeros((k - known, dimension), np.float32)])
        self._sums = np.vstack([self._sums, np.zeros((k - known, dimension))])
        self._counts = np.append(self._counts, np.zeros(k - known, self._counts.dtype))
        self._moved = np.append(self._moved, np.ones(k - known, dtype=bool))

    def _shrink(self, k: int) -> None:
        self._scores, self.centers = self._scores[:, :k], self.centers[:k]
        self._sums, self._counts = self._sums[:k], self._counts[:k]
        self._moved = self._moved[:k]

    def _relabel(self, rows: Indices, labels: Indices) -> None:
        """Put rows into other clusters."""
        self._add(rows, self.labels[rows], -1)
        self._add(rows, labels, 1)
        self.labels[rows] = labels

    def _add(self, rows: Indices, labels: Indices, sign: int) -> None:
        """Count rows into clusters, or with sign -1 out of them; their means change."""
        k = len(self.centers)
        for start in range(0, len(rows), _ROWS):
            part, of = rows[start : start + _ROWS], labels[start : start + _ROWS]
            ones = np.full(len(part), sign, np.float32)
            members = csr_matrix((ones, (of, np.arange(len(part)))), shape=(k, len(part)))
            self._sums += members @ self.x[part]
        self._counts += sign * np.bincount(labels, minlength=k)
        self._moved[labels] = True

    def _settle(self) -> None:
        """Lloyd's iterations, until no label changes or next to nothing is gained."""
        last = np.inf
        for _ in range(_MAX_ITERATIONS):
            moved = np.flatnonzero(self._moved & (self._counts > 0))
            means = self._sums[moved] / self._counts[moved, None]
            self.centers[moved] = means
            self._scores[:, moved] = self._score(self.centers[moved])
            self._moved[:] = False
            labels = self._scores.argmin(axis=1)
            rows = np.flatnonzero(labels != self.labels)
            self._relabel(rows, labels[rows])
            inertia = self.inertia
            if not len(rows) or last - inertia <= _TOLERANCE * inertia:
                break
            last = inertia


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows x (n, D) with their squared norms as the points that seeds are drawn from."""

    x: Matrix
    norms: Matrix

    def between(self, rows: Indices, seeds: Indices) -> NDArray[np.float64]:
        """Squared distances (len(rows), len(seeds))."""
        squared = squared_distances(
            self.x[rows], self.x[seeds], self.norms[rows], self.norms[seeds]
        )
        return squared.astype(np.float64)

    def lower(self, bounds: NDArray[np.float64], seeds: Indices) -> None:
        """Lower `bounds` (n,) to the squared distances to these seeds."""
        points = self.x[seeds]
        for start in range(0, len(self.x), _ROWS):
            part = slice(start, start + _ROWS)
            squared = squared_distances(self.x[part], points, self.norms[part], self.norms[seeds])
            np.minimum(bounds[part], squared.min(axis=1), out=bounds[part])


def _halve(
    x: Matrix, squared: NDArray[np.float64], rng: np.random.Generator
) -> tuple[NDArray[np.bool_], NDArray[np.float64], Matrix]:
    """2-means of one cluster's rows x (m, D), given their squared distances to its centre.

    Starts from a row far out and its mirror image. Which rows go to a new cluster (m,), the
    squared distances afterwards, and the sum of the rows that go (D,).
    """
    total = x.sum(axis=0)
    drawn = np.searchsorted(squared.cumsum(), rng.random() * squared.sum(), side="right")
    start = x[min(int(drawn), len(x) - 1)]
    one, other = start, 2 * total / len(x) - start
    for _ in range(_HALVINGS):
        away = x @ (one - other) > 0.5 * (one @ one - other @ other)
        n = int(np.count_nonzero(away))
        if n in (0, len(x)):  # rounding of rows that are all but equal
            away = np.arange(len(x)) == squared.argmax()
            n = 1
        gone = away.astype(np.float32) @ x
        one, other = gone / n, (total - gone) / (len(x) - n)
    difference = x - np.where(away[:, None], one, other)
    within = np.einsum("ij,ij->i", difference, difference)
    norms = np.einsum("ij,ij->i", x, x)
    return away, np.where(within > _EQUAL * norms, within, 0).astype(np.float64), gone


def nearest_centers(x: Floats, centers: Matrix) -> Indices:
    """The nearest of the centres (k, D) to each row of x (n, D): (n,)."""
    half = 0.5 * np.einsum("ij,ij->i", centers, centers)
    out = np.empty(len(x), dtype=np.intp)
    for rows, block in row_blocks(x):
        out[rows] = (half - block @ centers.T).argmin(axis=1)
    return out
