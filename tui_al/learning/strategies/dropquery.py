"""DropQuery: diverse texts whose prediction flips under dropout (Gupte et al. 2024,
arXiv 2401.14555)."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui_al.learning.blocks import row_blocks, take_rows, taken_blocks
from tui_al.learning.classifier import Classifier
from tui_al.learning.dataset import Floats
from tui_al.learning.kmeans import KMeans
from tui_al.learning.strategies.base import Indices, PoolView, Query, Strategy, parameter

_STEPS = 2**16  # of a dropout rate: one 16-bit draw for each number


@dataclass(frozen=True, slots=True)
class DropQuery(Strategy):
    """The texts nearest to the centres of k-means with n clusters, among those whose
    prediction flips in more than half of the dropout copies.

    Dropped numbers become 0 and the others grow to keep the mean, as dropout layers do. Too
    few candidates are filled up with those that flip less often. The score is the share of
    copies that flip.
    """

    copies: int = parameter(3, "dropout copies of every text", minimum=1)
    rate: float = parameter(0.75, "share of the numbers dropped", minimum=0, maximum=0.999)
    fit_rows: int = parameter(
        20_000, "candidates that k-means learns from, drawn at random from more", minimum=2
    )

    def _select(self, view: PoolView, n: int, rng: np.random.Generator) -> Query:
        flips = count_flips(view.fitted, view.features, self.copies, self.rate, rng)[view.unlabeled]
        order = np.lexsort((rng.random(len(flips)), -flips))
        n_candidates = max(n, int(np.count_nonzero(2 * flips > self.copies)))
        candidates = np.sort(order[:n_candidates])
        learned = candidates
        if n_candidates > self.fit_rows:
            learned = np.sort(rng.choice(candidates, max(self.fit_rows, n), replace=False))
        kmeans = KMeans(take_rows(view.features, view.unlabeled[learned]))
        kmeans.grow(n, rng)
        centres = _nearest(view.features, view.unlabeled[candidates], kmeans.centers)
        chosen = candidates[centres]
        others = np.setdiff1d(candidates, chosen)
        chosen = np.append(chosen, rng.choice(others, n - len(chosen), replace=False))
        note = f"k-means learned from {len(learned):,} candidates (fit_rows)"
        return Query(
            view.unlabeled[chosen],
            flips[chosen] / self.copies,
            note if len(learned) < n_candidates else "",
        )


def count_flips(
    classifier: Classifier, features: Floats, copies: int, rate: float, rng: np.random.Generator
) -> NDArray[np.int64]:
    """In how many dropout copies the predicted class of each text differs from its own: (n,)."""
    flips = np.zeros(len(features), dtype=np.int64)
    kept = round((1 - rate) * _STEPS)
    weights = classifier.weights * np.float32(_STEPS / kept)
    for rows, x in row_blocks(features):
        predicted = (x @ classifier.weights + classifier.bias).argmax(axis=1)
        for _ in range(copies):
            scores = (x * (_draw(x.shape, rng) < kept)) @ weights + classifier.bias
            flips[rows] += scores.argmax(axis=1) != predicted
    return flips


def _draw(shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.uint16]:
    """Uniform 16-bit numbers, four from each 64-bit one."""
    size = math.prod(shape)
    words = rng.integers(2**64 - 1, size=-(-size // 4), dtype=np.uint64, endpoint=True)
    return words.view(np.uint16)[:size].reshape(shape)


def _nearest(features: Floats, candidates: Indices, centers: NDArray[np.float32]) -> Indices:
    """Positions of the candidates nearest to each centre (k, D), none taken twice: (k,)."""
    half = 0.5 * np.einsum("ij,ij->i", centers, centers)[:, None]
    scores = np.empty((len(centers), len(candidates)), np.float32)
    for part, x in taken_blocks(features, candidates):
        scores[:, part] = half - centers @ x.T
    nearest = np.empty(len(centers), dtype=np.intp)
    for centre in range(len(centers)):
        nearest[centre] = scores[centre].argmin()
        scores[:, nearest[centre]] = np.inf
    return nearest
