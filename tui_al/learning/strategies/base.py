"""What a query strategy is given, what it gives back, and the checks around both."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from tui_al.errors import BadInput, PoolExhausted
from tui_al.learning.classifier import Classifier
from tui_al.learning.dataset import Floats, Labels

Indices = NDArray[np.intp]
T = TypeVar("T")


def parameter(default: float, meaning: str, *, minimum: float, maximum: float = np.inf) -> Any:
    """A strategy's parameter with its default, checked when a strategy is made by name."""
    return field(
        default=default, metadata={"meaning": meaning, "minimum": minimum, "maximum": maximum}
    )


class CycleCache:
    """What the cycles of one run may reuse from the ones before, one object a type.

    Every run has its own. What lies in it must depend on the pool and on the labels it was
    made for alone, or be checked against the view before it is used.
    """

    def __init__(self) -> None:
        self._kept: dict[type, object] = {}

    def keep(self, kind: type[T], make: Callable[[], T]) -> T:
        """The run's object of this type, made when first asked for."""
        kept = self._kept.get(kind)
        if not isinstance(kept, kind):
            kept = self._kept[kind] = make()
        return kept


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
        return self.fitted.probabilities(self.features)[self.unlabeled]

    @property
    def fitted(self) -> Classifier:
        """The classifier, or `BadInput` while an initial pool is selected."""
        if self.classifier is None:
            raise BadInput("this strategy needs labels: it cannot select an initial pool")
        return self.classifier


@dataclass(frozen=True, slots=True)
class Query:
    """Chosen indices (n,) in order, and the score (n,) that explains each choice.

    `note` says in a sentence what was left out, where a strategy did not look at everything.
    """

    indices: Indices
    scores: NDArray[np.float64]
    note: str = ""


@dataclass(frozen=True)
class Strategy(ABC):
    """A rule that chooses the next texts to label.

    Subclasses with parameters are frozen dataclasses whose fields, made by `parameter`, have
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
