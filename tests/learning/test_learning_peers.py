"""The same choices as scikit-activeml on real embeddings, given the same classifier and ties.

TypiClust also gets the same clusters. The others draw at random: what can be compared of
them is in the files beside this one.
"""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from learning_samples import view_of
from peer_strategies import (
    EMBEDDINGS,
    LowestFirst,
    Peer,
    PeerCoreset,
    PeerEntropy,
    PeerMargin,
    PeerProbCover,
    PeerTypiClust,
    lowest_argmax,
)
from scipy.spatial.distance import pdist

from tui_al.learning.experiment import Experiment
from tui_al.learning.kmeans import KMeans
from tui_al.learning.simulate import simulate
from tui_al.learning.strategies import make_strategy
from tui_al.learning.strategies.base import Strategy

pytestmark = [
    pytest.mark.peers,
    pytest.mark.filterwarnings("ignore:The maximum purity"),  # of a radius that was given
]

TIE = 1e-6  # scores closer than this differ by rounding
CYCLES = 8
PEERS = {"margin": PeerMargin(), "entropy": PeerEntropy(), "coreset": PeerCoreset()}
EVERY_PEER = pytest.mark.parametrize("name", PEERS)


@pytest.fixture(scope="module", params=[("bbcnews", "wordllama-256"), *EMBEDDINGS], ids="-".join)
def texts(request, embedded):
    return embedded(*request.param)


@pytest.fixture(scope="module")
def some_texts(texts):
    """Few enough for the peer's matrix of all distances."""
    rows = np.random.default_rng(0).choice(len(texts.train_x), 1500, replace=False)
    return replace(texts, train_x=np.array(texts.train_x[rows]), train_y=texts.train_y[rows])


@dataclass(frozen=True)
class _Beside(Strategy):
    """Ours, with its peer asked the same question in every cycle."""

    ours: Strategy
    peer: Peer
    choices: list

    def _select(self, view, n, rng):
        query = self.ours.query(view, n, rng)
        self.choices.append((query, *self.peer.ask(view, n)))
        return query


@pytest.fixture
def run_beside(monkeypatch):
    """Simulate ours; yields its query, the peer's choice and utilities, cycle by cycle."""

    def run(data, name, peer, budget, **parameters):
        beside = _Beside(make_strategy(name, parameters), peer, [])
        initial = make_strategy("random", {})
        monkeypatch.setattr(
            "tui_al.learning.simulate.make_strategy",
            lambda asked, _: beside if asked == name else initial,
        )
        list(simulate(data, Experiment(strategy=name, budget=budget, cycles=CYCLES)))
        assert len(beside.choices) == CYCLES
        return beside.choices

    return run


@pytest.fixture
def lowest_first(monkeypatch):
    """Both break ties by the lowest index."""
    monkeypatch.setattr("skactiveml.pool._prob_cover.rand_argmax", lowest_argmax)
    monkeypatch.setattr("skactiveml.pool._typi_clust.rand_argmax", lowest_argmax)
    monkeypatch.setattr("tui_al.learning.simulate.derive_generator", lambda *_: LowestFirst())


def _assert_same(data, name, query, theirs, utilities):
    """The same texts for the same reasons. Duplicates count as the same text.

    Where the sets part, rounding must have decided: the two texts were equally good to the
    peer, and all scores before them are the same.
    """
    ours, part = query.indices, len(theirs)
    if set(ours) != set(theirs):
        text = np.unique(data.train_x.round(3), axis=0, return_inverse=True)[1].ravel()
        if sorted(text[ours]) != sorted(text[theirs]):
            part = int((text[ours] != text[theirs]).argmax())
            assert utilities[part, theirs[part]] - utilities[part, ours[part]] < TIE
    steps = np.arange(part)
    scores = utilities[steps, theirs[:part]] - (name == "margin")  # theirs is 1 - margin
    np.testing.assert_allclose(query.scores[:part], scores, rtol=1e-5, atol=TIE)


@EVERY_PEER
@pytest.mark.parametrize("n_labeled", [12, 60, 300])
def test_choice(texts, name, n_labeled):
    rng = np.random.default_rng(n_labeled)
    labeled = rng.choice(len(texts.train_x), n_labeled, replace=False)
    view = view_of(texts.train_x, texts.train_y, labeled, texts.n_classes)
    query = make_strategy(name, {}).query(view, 25, rng)
    _assert_same(texts, name, query, *PEERS[name].ask(view, 25))


def test_coreset_from_one_label(texts):
    view = view_of(texts.train_x, texts.train_y, [7], texts.n_classes)
    query = make_strategy("coreset", {}).query(view, 25, np.random.default_rng(0))
    _assert_same(texts, "coreset", query, *PeerCoreset().ask(view, 25))


@EVERY_PEER
def test_run(texts, run_beside, name):
    """Cycle after cycle, with all that ours keeps from one to the next."""
    for query, theirs, utilities in run_beside(texts, name, PEERS[name], budget=450):
        _assert_same(texts, name, query, theirs, utilities)


@pytest.mark.parametrize("per_ball", [3, 30])
def test_probcover_run(some_texts, run_beside, lowest_first, per_ball):
    """Counts of texts tie all the time, and yet all choices are the same."""
    radius = _radius_between_distances(some_texts, per_ball)
    peer = PeerProbCover(radius=radius)
    for query, theirs, utilities in run_beside(some_texts, "probcover", peer, 270, radius=radius):
        assert query.indices.tolist() == theirs.tolist()
        assert query.scores.tolist() == utilities[np.arange(len(theirs)), theirs].tolist()


def _radius_between_distances(data, per_ball):
    """A radius whose balls hold about so many texts, that rounding cannot move a text over."""
    apart = np.sort(pdist(data.train_x.astype(np.float64)))
    near = apart[per_ball * len(data.train_x) // 2 :][:1000]
    widest = np.diff(near).argmax()
    assert near[widest + 1] - near[widest] > 10 * TIE
    return float(near[widest : widest + 2].mean())


def test_typiclust_run(some_texts, run_beside, lowest_first, monkeypatch):
    """Given the same clusters, where ours has no limits that the peer has not."""
    made = []

    class Shared(KMeans):
        def grow(self, k, rng):
            super().grow(k, np.random.default_rng(k))
            made.append(self)

    monkeypatch.setattr("tui_al.learning.strategies.typiclust.KMeans", Shared)
    peer = PeerTypiClust(labels=lambda: made[-1].labels)
    same = {"neighbours": 5, "max_clusters": 1000, "min_size": 0}
    for query, theirs, utilities in run_beside(some_texts, "typiclust", peer, 270, **same):
        _assert_same(some_texts, "typiclust", query, theirs, utilities)
