"""scikit-activeml's strategies behind our interface, so that one simulation runs both.

Each is a `Strategy` that asks its peer; `simulate` then gives it the same initial pools,
classifier and evaluation as ours. Their parameters are set to what ours mean.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from skactiveml import pool
from skactiveml.base import SkactivemlClassifier
from sklearn.metrics import pairwise_distances

from tui_al.learning.strategies.base import Query, Strategy, parameter

UNKNOWN = -1  # the label of an unlabeled text


class Fitted(SkactivemlClassifier):
    """Our fitted classifier behind their interface."""

    def __init__(self, classifier=None, classes=None, missing_label=UNKNOWN):
        super().__init__(classes=classes, missing_label=missing_label)
        self.classifier = classifier

    def fit(self, X, y, sample_weight=None):  # noqa: N803
        return self

    def predict_proba(self, X):  # noqa: N803
        return self.classifier.probabilities(np.asarray(X, dtype=np.float32))

    def predict(self, X):  # noqa: N803
        return self.classifier.predict(np.asarray(X, dtype=np.float32))


class LowestFirst(np.random.Generator):
    """A generator for comparisons "given the same ties": ours go to the lowest index."""

    def __init__(self):
        super().__init__(np.random.PCG64(0))

    def random(self, size=None, *args, **kwargs):
        return 0.0 if size is None else np.zeros(size)

    def integers(self, *args, **kwargs):
        return 0


@dataclass(frozen=True)
class Peer(Strategy):
    """A peer's choice for a view; the score is the utility that it had for the peer."""

    uses_classifier: ClassVar[bool] = False

    def make(self, **common):
        """The peer, given what all of them take: missing_label and random_state."""
        raise NotImplementedError

    def ask(self, view, n, random_state):
        """Its choice (n,), and the utilities of all texts at each step of it (n, n_pool)."""
        y = np.full(len(view.features), UNKNOWN)
        y[view.labeled] = view.labels
        more = {}
        if self.uses_classifier:
            fitted = Fitted(view.classifier, classes=range(view.n_classes))
            more = {"clf": fitted, "fit_clf": False}
        peer = view.cache.keep(
            _Kept, lambda: _Kept(self.make(missing_label=UNKNOWN, random_state=0))
        ).peer
        peer.set_params(random_state=random_state)
        # In double precision theirs are the more exact distances to compare with.
        x = view.features if self.uses_classifier else view.features.astype(np.float64)
        chosen, utilities = peer.query(X=x, y=y, batch_size=n, return_utilities=True, **more)
        return np.array(chosen, dtype=np.intp), utilities

    def _select(self, view, n, rng):
        chosen, utilities = self.ask(view, n, int(rng.integers(2**31)))
        return Query(chosen, utilities[np.arange(n), chosen])


@dataclass(frozen=True, slots=True)
class _Kept:
    """A run's peer object: ProbCover's keeps its distances from cycle to cycle."""

    peer: object


@dataclass(frozen=True)
class PeerMargin(Peer):
    uses_classifier = True

    def make(self, **common):
        return pool.UncertaintySampling(method="margin_sampling", **common)


@dataclass(frozen=True)
class PeerEntropy(Peer):
    uses_classifier = True

    def make(self, **common):
        return pool.UncertaintySampling(method="entropy", **common)


@dataclass(frozen=True)
class PeerCoreset(Peer):
    def make(self, **common):
        return pool.CoreSet(**common)


@dataclass(frozen=True)
class PeerProbCover(Peer):
    radius: float = parameter(0.5, "radius of the balls", minimum=0)

    def make(self, **common):
        return pool.ProbCover(
            deltas=[self.radius],
            distance_func=pairwise_distances,
            n_classes=2,  # not used: with one radius there is no search
            **common,
        )


@dataclass(frozen=True)
class PeerTypiClust(Peer):
    neighbours: int = parameter(5, "nearest neighbours that make a text typical", minimum=1)

    def make(self, **common):
        return pool.TypiClust(k=self.neighbours, **common)


@dataclass(frozen=True)
class PeerBadge(Peer):
    uses_classifier = True

    def make(self, **common):
        return pool.Badge(**common)


@dataclass(frozen=True)
class PeerDropQuery(Peer):
    uses_classifier = True
    copies: int = parameter(3, "dropout copies of every text", minimum=3)

    def make(self, **common):
        return pool.DropQuery(n_dropout_samples=self.copies, **common)
