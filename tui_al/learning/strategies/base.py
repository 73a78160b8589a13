"""What a query strategy is given, what it gives back, and the checks around both."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tui_al.errors import BadInput, PoolExhausted
from tui_al.learning.classifier import Classifier
from tui_al.learning.dataset import Floats, Labels

Indices = NDArray[np.intp]


@dataclass(slots=True)
class CycleCache:
    """What one cycle of a run may reuse from the last. Every run has its own.

    `center_distances` are squared distances (n_pool,) from each text to the nearest of the
    first `n_centers` labeled ones.
    """

    center_distances: NDArray[np.float32] | None = None
    n_centers: int = 0


@dataclass(frozen=True)
class PoolView:
    """Everything a strategy may look at: features of all texts, labels of labeled ones only.

    `features` is (n_pool, D). `labeled` holds indices in the order they were labeled and
    `labels` their classes; `unlabeled` holds the other indices, ascending. `classifier` is
    None only while an initial pool is selected, with nothing labeled.
    """

    features: Floats
    labeled: Indices
    labels: Labels
    unlabeled: Indices
    n_classes: int
    classifier: Classifier | None = None
    cache: CycleCache = field(default_factory=CycleCache)

    @cached_property
    def probabilities(self) -> NDArray[np.float64]:
        """Class probabilities of the unlabeled texts, (len(unlabeled), n_classes)."""
        if self.classifier is None:
            raise BadInput("this strategy needs labels: it cannot select an initial pool")
        return self.classifier.probabilities(self.features)[self.unlabeled]


@dataclass(frozen=True, slots=True)
class Query:
    """Chosen indices (n,) in order, and the score (n,) that explains each choice."""

    indices: Indices
    scores: NDArray[np.float64]


@dataclass(frozen=True)
class Strategy(ABC):
    """A rule that chooses the next texts to label.

    Subclasses with parameters are frozen dataclasses whose fields are the parameters, with
    the published defaults. They keep no state: all randomness comes from the generator, all
    memory lives in `PoolView.cache`.
    """

    def query(self, view: PoolView, n: int, rng: np.random.Generator) -> Query:
        """Choose exactly n distinct unlabeled texts, or raise `PoolExhausted`."""
        if n > len(view.unlabeled):
            raise PoolExhausted(
                f"{n} texts are wanted but only {len(view.unlabeled)} are left unlabeled: "
                "give a smaller --budget"
            )
        query = self._select(view, n, rng)
        if query.indices.shape != (n,) or len(np.unique(query.indices)) != n:
            raise ValueError(f"{type(self).__name__} did not return {n} distinct indices")
        if query.scores.shape != (n,) or query.indices.dtype.kind not in "iu":
            raise ValueError(f"{type(self).__name__} did not return {n} integers with {n} scores")
        if not np.isin(query.indices, view.unlabeled).all():
            raise ValueError(f"{type(self).__name__} returned an index that is not unlabeled")
        return query

    @abstractmethod
    def _select(self, view: PoolView, n: int, rng: np.random.Generator) -> Query:
        """Choose n of the unlabeled texts; 1 <= n <= len(view.unlabeled)."""


class ScoreStrategy(Strategy):
    """A strategy that takes the highest scores; ties break at random."""

    def _select(self, view: PoolView, n: int, rng: np.random.Generator) -> Query:
        scores = self._scores(view)
        best = np.lexsort((rng.random(len(scores)), -scores))[:n]
        return Query(view.unlabeled[best], scores[best])

    @abstractmethod
    def _scores(self, view: PoolView) -> NDArray[np.float64]:
        """One score for each unlabeled text, (len(view.unlabeled),); higher is wanted more."""
