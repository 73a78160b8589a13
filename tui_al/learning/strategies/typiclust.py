"""TypiClust: typical texts of unlabeled clusters (Hacohen et al. 2022, arXiv 2202.02794)."""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tui_al.learning.blocks import take_rows
from tui_al.learning.distances import squared_distances
from tui_al.learning.kmeans import KMeans, nearest_centers
from tui_al.learning.strategies.base import Indices, PoolView, Query, Strategy, parameter

_LEAST_DISTANCE = 1e-7  # so that duplicates have a finite typicality


@dataclass(frozen=True, slots=True)
class TypiClust(Strategy):
    """The most typical text of each cluster, fewest labels first, then largest first.

    The score is the typicality: the inverse of the mean distance to the nearest neighbours
    in the cluster. The clusters of one cycle start from those of the last.
    """

    neighbours: int = parameter(20, "nearest neighbours that make a text typical", minimum=1)
    max_clusters: int = parameter(500, "clusters at most", minimum=1)
    min_size: int = parameter(5, "smaller clusters wait while others remain", minimum=0)
    max_members: int = parameter(
        1000, "texts of a cluster that are compared, drawn at random from larger ones", minimum=2
    )
    fit_rows: int = parameter(
        50_000, "texts that k-means learns from, drawn at random from larger pools", minimum=2
    )

    def _select(self, view: PoolView, n: int, rng: np.random.Generator) -> Query:
        clusters = min(len(view.labeled) + n, self.max_clusters)
        clustering = view.cache.keep(_Clustering, _Clustering)
        labels = clustering.advance(view, clusters, self.fit_rows, rng)
        order = _visits(labels, view, n, self.min_size, rng)
        ranks = {
            cluster: self._rank(view, np.flatnonzero(labels == cluster), visits, rng)
            for cluster, visits in Counter(order).items()
        }
        picked = [next(ranks[cluster]) for cluster in order]
        indices, scores = zip(*picked, strict=True)
        return Query(
            np.array(indices, dtype=np.intp), np.array(scores), self._note(labels, ranks.keys())
        )

    def _rank(
        self, view: PoolView, members: Indices, visits: int, rng: np.random.Generator
    ) -> Iterator[tuple[int, float]]:
        """A cluster's unlabeled texts with their typicality, highest first, ties at random."""
        free = np.isin(members, view.labeled, invert=True, kind="table")
        if len(members) > self.max_members:
            compared = max(self.max_members, visits)
            members = rng.permutation(members[free])[:compared]
            free = np.ones(len(members), dtype=bool)
        values = typicality(take_rows(view.features, members), self.neighbours)[free]
        best = np.lexsort((rng.random(len(values)), -values))
        return zip(members[free][best].tolist(), values[best].tolist(), strict=True)

    def _note(self, labels: Indices, visited: Iterable[int]) -> str:
        """What was left out, if anything."""
        notes = []
        if len(labels) > self.fit_rows:
            notes.append(f"k-means learned from {self.fit_rows:,} texts (fit_rows)")
        sizes = np.bincount(labels)
        if any(sizes[cluster] > self.max_members for cluster in visited):
            notes.append(f"large clusters compared on {self.max_members:,} texts (max_members)")
        return "; ".join(notes)


def typicality(x: NDArray[np.float32], neighbours: int) -> NDArray[np.float64]:
    """The typicality of every row of a cluster x (m, D): (m,).

    The inverse of the mean distance to the given number of nearest other rows, or to all
    where there are fewer; 1 for a row that is alone.
    """
    near = min(neighbours, len(x) - 1)
    if near < 1:
        return np.ones(len(x))
    apart = np.sqrt(squared_distances(x, x))
    nearest = np.partition(apart, near, axis=1)[:, : near + 1]  # and the row itself, at 0
    mean: NDArray[np.float64] = nearest.sum(axis=1, dtype=np.float64) / near
    return 1 / (mean + _LEAST_DISTANCE)


def _visits(
    labels: Indices, view: PoolView, n: int, min_size: int, rng: np.random.Generator
) -> list[int]:
    """The clusters to choose from, in order: n of them, the same one perhaps again.

    Fewest labels first, each choice counting at once; then largest first; small clusters
    after all others.
    """
    sizes = np.bincount(labels)
    labeled = np.bincount(labels[view.labeled], minlength=len(sizes))
    free = sizes - labeled
    ties = rng.random(len(sizes))
    queue = [
        (bool(sizes[c] < min_size), int(labeled[c]), -int(sizes[c]), float(ties[c]), int(c))
        for c in np.flatnonzero(free)
    ]
    heapq.heapify(queue)
    order: list[int] = []
    while len(order) < n:
        small, count, size, tie, cluster = heapq.heappop(queue)
        order.append(cluster)
        free[cluster] -= 1
        if free[cluster]:
            heapq.heappush(queue, (small, count + 1, size, tie, cluster))
    return order


@dataclass(slots=True)
class _Clustering:
    """The clusters of the last cycle, from which the next ones grow."""

    n_labeled: int = -1
    kmeans: KMeans | None = None
    labels: Indices = field(default_factory=lambda: np.empty(0, np.intp))

    def advance(
        self, view: PoolView, clusters: int, fit_rows: int, rng: np.random.Generator
    ) -> Indices:
        """The cluster of every text of the pool (n_pool,)."""
        x, n_pool = view.features, len(view.features)
        kmeans, known = self.kmeans, 0
        if kmeans is None or len(view.labeled) <= self.n_labeled:
            if n_pool > fit_rows:
                x = x[np.sort(rng.choice(n_pool, fit_rows, replace=False))]
            kmeans = KMeans(x.astype(np.float32, copy=False))
            kmeans.grow(clusters * 3 // 4, rng)  # splitting for the rest mends what seeds missed
        else:
            known = len(kmeans.centers)
        kmeans.grow(clusters, rng)
        if n_pool <= fit_rows:
            self.labels = kmeans.labels
        elif len(kmeans.centers) > known:
            self.labels = nearest_centers(view.features, kmeans.centers)
        self.n_labeled, self.kmeans = len(view.labeled), kmeans
        return self.labels
