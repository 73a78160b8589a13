"""scikit-activeml's strategies behind our interface, so that one simulation runs both.

Each is a `Strategy` that asks its peer: `simulate` then gives it the same initial pools,
classifiers and evaluation as ours. Defaults are set to what ours mean.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest
from skactiveml import pool
from skactiveml.base import SkactivemlClassifier
from threadpoolctl import threadpool_limits

from tui_al.learning.strategies.base import Query, Strategy, parameter

EMBEDDINGS = [
    ("trec6", "wordllama-256"),
    ("banking77", "wordllama-256"),
    pytest.param(("trec6", "minilm-l6"), marks=pytest.mark.sweep),
    pytest.param(("banking77", "minilm-l6"), marks=pytest.mark.sweep),
]
_UNKNOWN = -1  # the label of an unlabeled text


class Fitted(SkactivemlClassifier):
    """Our fitted classifier behind their interface."""

    def __init__(self, classifier=None, classes=None, missing_label=_UNKNOWN):
        super().__init__(classes=classes, missing_label=missing_label)
        self.classifier = classifier

    def fit(self, X, y, sample_weight=None):  # noqa: N803
        return self

    def predict_proba(self, X):  # noqa: N803
        return self.classifier.probabilities(np.asarray(X, dtype=np.float32))

    def predict(self, X):  # noqa: N803
        return self.classifier.predict(np.asarray(X, dtype=np.float32))


@dataclass(frozen=True)
class Peer(Strategy):
    """A peer's choice for a view; the score is the utility that it had for the peer."""

    uses_classifier: ClassVar[bool] = True

    def make(self, **common):
        """The peer, given what all of them take: missing_label and random_state."""
        raise NotImplementedError

    def fitted(self, classifier):
        """The classifier that the peer asks for predictions, from ours."""
        return classifier

    def ask(self, view, n, seed=0):
        """Its choice (n,), and the utility of every text at each step of it (n, n_pool)."""
        y = np.full(len(view.features), _UNKNOWN)
        y[view.labeled] = view.labels
        kept = view.cache.keep(_Kept, lambda: _Kept(self.make(missing_label=_UNKNOWN)))
        peer = kept.peer.set_params(random_state=seed)
        x, more = view.features, {}
        if self.uses_classifier:
            classifier = Fitted(self.fitted(view.classifier), classes=range(view.n_classes))
            more = {"clf": classifier, "fit_clf": False}
        else:  # their distances keep more digits in double precision
            x = x.astype(np.float64)
        with threadpool_limits(1):  # several threads for small matrices take many times longer
            chosen, utilities = peer.query(X=x, y=y, batch_size=n, return_utilities=True, **more)
        return np.array(chosen, dtype=np.intp), utilities

    def _select(self, view, n, rng):
        chosen, utilities = self.ask(view, n, int(rng.integers(2**31)))
        return Query(chosen, utilities[np.arange(n), chosen])


@dataclass(frozen=True, slots=True)
class _Kept:
    """A run's peer: ProbCover's keeps its distances from cycle to cycle."""

    peer: object


@dataclass(frozen=True)
class PeerMargin(Peer):
    def make(self, **common):
        return pool.UncertaintySampling(method="margin_sampling", **common)


@dataclass(frozen=True)
class PeerEntropy(Peer):
    def make(self, **common):
        return pool.UncertaintySampling(method="entropy", **common)


@dataclass(frozen=True)
class PeerCoreset(Peer):
    uses_classifier = False

    def make(self, **common):
        return pool.CoreSet(**common)


@dataclass(frozen=True)
class PeerProbCover(Peer):
    uses_classifier = False
    radius: float = parameter(0.5, "radius of the balls", minimum=0)

    def make(self, **common):
        return pool.ProbCover(deltas=[self.radius], **common)


@dataclass(frozen=True)
class PeerTypiClust(Peer):
    """`labels` gives the cluster of every text (n_pool,), in place of the peer's k-means."""

    uses_classifier = False
    labels: Callable | None = None

    def make(self, **common):
        if self.labels is not None:
            common["cluster_algo"] = lambda **_: _Clustered(self.labels)
        return pool.TypiClust(k=5, **common)


@dataclass(frozen=True, slots=True)
class _Clustered:
    labels: Callable

    def fit_predict(self, x):
        return self.labels()


@dataclass(frozen=True)
class PeerBadge(Peer):
    def make(self, **common):
        return pool.Badge(**common)


@dataclass(frozen=True)
class PeerDropQuery(Peer):
    """`scaled`: the numbers that dropout keeps grow to keep the mean, as in the method's own
    code and in ours; the peer leaves them as they are."""

    scaled: bool = parameter(True, "kept numbers grow", minimum=0)

    def make(self, **common):
        return pool.DropQuery(n_dropout_samples=3, dropout_rate=0.75, **common)

    def fitted(self, classifier):
        return _Scaled(classifier) if self.scaled else classifier


class _Scaled:
    """Predicts the first matrix as it is, and the later ones, dropout copies, grown."""

    def __init__(self, classifier):
        self._first = classifier
        self._later = replace(classifier, weights=classifier.weights * np.float32(4))
        self._classifier = None

    def predict(self, x):
        self._classifier = self._first if self._classifier is None else self._later
        return self._classifier.predict(x)


class LowestFirst(np.random.Generator):
    """A generator under which ours break ties by the lowest index."""

    def __init__(self):
        super().__init__(np.random.PCG64(0))

    def random(self, size=None, **kwargs):
        return np.zeros(size)

    def integers(self, *args, **kwargs):
        return 0


def lowest_argmax(values, random_state=None):
    """In place of the peer's `rand_argmax`: its ties go to the lowest index too."""
    return np.atleast_1d(np.nanargmax(values))
