"""What the strategies that draw at random compute, against scikit-activeml and definitions."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from learning_samples import view_of
from peer_strategies import EMBEDDINGS, Fitted, PeerBadge
from scipy.spatial.distance import cdist
from scipy.stats import chisquare
from skactiveml.pool import DropQuery, ProbCover
from skactiveml.pool._badge import _d_2
from skactiveml.pool._typi_clust import _typicality
from threadpoolctl import threadpool_limits

from tui_al.learning.blocks import squared_norms
from tui_al.learning.coverage import pure_neighbourhoods
from tui_al.learning.kmeans import KMeans
from tui_al.learning.strategies import make_strategy
from tui_al.learning.strategies.badge import GradientSpace
from tui_al.learning.strategies.dropquery import count_flips
from tui_al.learning.strategies.typiclust import typicality

pytestmark = pytest.mark.peers

ROUNDING = 4e-6  # of squared distances in single precision


@pytest.fixture(autouse=True)
def one_thread():
    """Several threads for small matrices take many times longer."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module", params=EMBEDDINGS, ids="-".join)
def texts(request, embedded):
    return embedded(*request.param)


@pytest.fixture(scope="module")
def some_texts(texts):
    """Some of them, with the first one five times more."""
    rows = np.random.default_rng(0).choice(len(texts.train_x), 995, replace=False)
    rows = np.append(rows, rows[[0] * 5])
    return replace(texts, train_x=np.array(texts.train_x[rows]), train_y=texts.train_y[rows])


def _view(data, n_labeled=150):
    labeled = np.random.default_rng(1).choice(len(data.train_x), n_labeled, replace=False)
    return view_of(data.train_x, data.train_y, labeled, data.n_classes)


def _factors(view):
    factors = view.classifier.probabilities(view.features)
    factors[np.arange(len(factors)), factors.argmax(axis=1)] -= 1
    return factors


def _gradients(view, rows):
    """The gradient embeddings written out, (len(rows), C * D), in double precision."""
    return np.einsum("ic,id->icd", _factors(view)[rows], view.features[rows]).reshape(len(rows), -1)


def test_badge_distances_equal_those_of_gradients_written_out(texts):
    """Of texts in all blocks of rows."""
    view = _view(texts)
    rng = np.random.default_rng(2)
    rows, seeds = rng.choice(len(view.features), (2, 200), replace=False)
    seeds[:5] = rows[:5]
    space = GradientSpace(view.features, _factors(view), squared_norms(view.features))
    apart = cdist(_gradients(view, rows), _gradients(view, seeds))
    np.testing.assert_allclose(np.sqrt(space.between(rows, seeds)), apart, atol=1e-5)
    bounds = np.full(len(view.features), np.inf)
    space.lower(bounds, seeds[:100])
    np.testing.assert_allclose(np.sqrt(bounds[rows]), apart[:, :100].min(axis=1), atol=1e-5)
    space.lower(bounds, seeds[100:])
    np.testing.assert_allclose(np.sqrt(bounds[rows]), apart.min(axis=1), atol=1e-5)


def test_badge_scores_are_the_peers_distances(some_texts):
    """The first text is its first; each score is its distance to the texts drawn before."""
    view = _view(some_texts)
    query = make_strategy("badge", {}).query(view, 40, np.random.default_rng(3))
    assert query.indices[0] == PeerBadge().ask(view, 1)[0][0]
    gradients = _gradients(view, query.indices)
    np.testing.assert_allclose(query.scores[0], np.linalg.norm(gradients[0]), atol=1e-5)
    squared = np.full(40, np.inf)
    for step in range(1, 40):
        squared = _d_2(gradients, [step - 1], squared)
        np.testing.assert_allclose(query.scores[step], np.sqrt(squared[step]), atol=1e-5)


def test_badge_draws_by_squared_distance(some_texts):
    """The second and third text of many batches, by their expected shares."""
    x, y = some_texts.train_x[:120], some_texts.train_y[:120]
    view = view_of(x, y, np.arange(60), some_texts.n_classes)
    squared = cdist(*[_gradients(view, view.unlabeled)] * 2, "sqeuclidean")
    first = np.linalg.norm(_gradients(view, view.unlabeled), axis=1).argmax()
    second = squared[first] / squared[first].sum()
    nearest = np.minimum(squared, squared[first])
    third = second @ np.divide(nearest, nearest.sum(axis=1)[:, None])
    badge, n = make_strategy("badge", {}), 4000
    batches = [badge.query(view, 3, np.random.default_rng(seed)).indices for seed in range(n)]
    for step, shares in ((1, second), (2, third)):
        counts = np.bincount([batch[step] for batch in batches], minlength=120)[view.unlabeled]
        likely = shares * n > 5
        assert counts[shares == 0].sum() == 0
        expected = np.append(shares[likely], shares[~likely].sum())
        counts = np.append(counts[likely], counts[~likely].sum())
        kept = expected > 0
        assert chisquare(counts[kept], expected[kept] * n).pvalue > 0.001


@pytest.mark.parametrize("neighbours", [5, 20])
def test_typicality_equals_the_peers(some_texts, neighbours):
    """In clusters of all sizes, also smaller than the number of neighbours, and duplicates."""
    x = some_texts.train_x
    kmeans = KMeans(x)
    kmeans.grow(150, np.random.default_rng(4))
    clusters = [np.flatnonzero(kmeans.labels == cluster) for cluster in range(150)]
    clusters += [np.array([0]), np.array([0, 995]), np.r_[0, 995:1000], np.arange(300)]
    assert {1, 2, 3} < {len(rows) for rows in clusters}
    for rows in clusters:
        ours = typicality(x[rows], neighbours)
        theirs = _typicality(x.astype(np.float64), rows, neighbours)[rows]
        # The mean distances: both add a tiny one of their own, so that duplicates differ.
        np.testing.assert_allclose(1 / ours, 1 / theirs, atol=1e-5)
        apart = 1 / theirs > 0.2
        np.testing.assert_allclose(ours[apart], theirs[apart], rtol=1e-5)


class _Recorded(np.random.Generator):
    """A generator that keeps the integers that were drawn from it."""

    def __init__(self, seed):
        super().__init__(np.random.PCG64(seed))
        self.drawn = []

    def integers(self, *args, **kwargs):
        self.drawn.append(super().integers(*args, **kwargs))
        return self.drawn[-1]


@pytest.mark.parametrize(("copies", "rate"), [(3, 0.75), (4, 0.5), (1, 0.1)])
def test_flips_are_counted_as_dropout_is_defined(some_texts, copies, rate):
    """One copy after the other, kept numbers divided by their share, from the same draws."""
    view, rng = _view(some_texts), _Recorded(5)
    flips = count_flips(view.classifier, view.features, copies, rate, rng)
    x = view.features.astype(np.float64)
    weights, bias = view.classifier.weights.astype(np.float64), view.classifier.bias
    predicted = (x @ weights + bias).argmax(axis=1)
    expected, close = np.zeros(len(x)), np.zeros(len(x), dtype=bool)
    assert len(rng.drawn) == copies
    for drawn in rng.drawn:
        kept = drawn.view(np.uint16).reshape(-1)[: x.size].reshape(x.shape) / 2**16 < 1 - rate
        assert kept.mean() == pytest.approx(1 - rate, abs=4 * np.sqrt(rate * (1 - rate) / x.size))
        scores = x * kept / (1 - rate) @ weights + bias
        expected += scores.argmax(axis=1) != predicted
        best = np.sort(scores, axis=1)
        close |= best[:, -1] - best[:, -2] < 1e-4
    assert close.mean() < 0.01
    assert 0 < flips.mean() < copies
    np.testing.assert_array_equal(flips[~close], expected[~close])


class _Flipping:
    """Predicts class 0 at first; then, in copy i, another class for texts with i flips or more."""

    def __init__(self, flips):
        self._flips, self._copy = flips, 0

    def predict(self, x):
        self._copy += 1
        return np.where(self._copy > 1, self._flips >= self._copy - 1, 0).astype(int)


def _dropquery(view, n):
    """A batch, and the flips of all unlabeled texts that it was chosen by."""
    query = make_strategy("dropquery", {}).query(view, n, np.random.default_rng(6))
    flips = count_flips(view.classifier, view.features, 3, 0.75, np.random.default_rng(6))
    np.testing.assert_array_equal(query.scores, flips[query.indices] / 3)
    return query, flips[view.unlabeled]


@pytest.mark.parametrize("n_labeled", [12, 150])
def test_dropquery_given_the_same_flips_and_centres(some_texts, monkeypatch, n_labeled):
    """The peer has the same candidates and chooses the same ones for the centres in turn."""
    made = []

    class Watched(KMeans):
        def __init__(self, x):
            super().__init__(x)
            made.append(self)

        def fit_transform(self, x, y=None):
            np.testing.assert_array_equal(np.unique(x, axis=0), np.unique(self.x, axis=0))
            return cdist(x, self.centers)

    monkeypatch.setattr("tui_al.learning.strategies.dropquery.KMeans", Watched)
    view = _view(some_texts, n_labeled)
    query, flips = _dropquery(view, 20)
    np.testing.assert_array_equal(made[-1].x, view.features[view.unlabeled[2 * flips > 3]])
    y = np.full(len(view.features), -1)
    y[view.labeled] = view.labels
    peer = DropQuery(
        missing_label=-1,
        random_state=0,
        n_dropout_samples=3,
        cluster_algo=lambda n_clusters, random_state=None: made[-1],
    )
    classifier = Fitted(_Flipping(flips), classes=range(view.n_classes))
    theirs = peer.query(view.features, y, classifier, fit_clf=False, batch_size=20)
    # The two texts of a cluster of two are equally near to its centre.
    apart = [cdist(view.features[i], made[-1].centers) for i in (query.indices, theirs)]
    np.testing.assert_allclose(apart[0].diagonal(), apart[1].diagonal(), atol=1e-6)


def test_dropquery_fills_up_with_texts_that_flip_less_often(some_texts):
    query, flips = _dropquery(_view(some_texts), 700)
    assert np.count_nonzero(2 * flips > 3) < 700
    np.testing.assert_array_equal(np.sort(query.scores), np.sort(flips)[-700:] / 3)


@pytest.mark.parametrize("purity", [0.8, 0.95, 1.0])
def test_radius_is_the_largest_of_the_purity(some_texts, purity):
    """By brute force; and by the peer's search among radii on both sides of it."""
    x = some_texts.train_x.astype(np.float64)
    kmeans = KMeans(some_texts.train_x)
    kmeans.grow(some_texts.n_classes, np.random.default_rng(0))
    around = _neighbourhoods(some_texts, purity=purity, radius=None)
    strangers = kmeans.labels[:, None] != kmeans.labels
    nearest = np.where(strangers, cdist(x, x), np.inf).min(axis=1)
    below, above = np.sqrt(around.radius**2 + np.array([-ROUNDING, ROUNDING]))
    assert np.mean(nearest > below) >= purity > np.mean(nearest > above)
    if purity < 1:  # the peer takes no 1
        peer = ProbCover(
            alpha=purity,
            deltas=[below / 2, below, above, above * 2],
            cluster_algo=lambda n_clusters: SimpleNamespace(fit_predict=lambda x: kmeans.labels),
            missing_label=-1,
        )
        peer.query(x, np.full(len(x), -1))
        assert peer.delta_max_ == below


@pytest.mark.parametrize("parameters", [{"purity": 0.95, "radius": None}, {"radius": 0.9}])
def test_balls_hold_the_texts_within_the_radius(some_texts, parameters):
    """Of a radius that was found and of one that was given; each text once, itself included."""
    around = _neighbourhoods(some_texts, **{"purity": 0, **parameters})
    x = some_texts.train_x[around.rows].astype(np.float64)
    apart, within = cdist(x, x), around.within.toarray()
    clear = abs(apart**2 - around.radius**2) > ROUNDING
    np.testing.assert_array_equal(within[clear], (apart <= around.radius)[clear])
    assert np.isin(within, (0, 1)).all()
    assert sorted(around.ball(3)) == np.flatnonzero(within[3]).tolist()
    covered = around.covered_by(some_texts.train_x, around.rows[:20])
    np.testing.assert_array_equal(covered, within[:20].any(axis=0))


def _neighbourhoods(data, **parameters):
    x, rng = data.train_x, np.random.default_rng(0)
    return pure_neighbourhoods(x, data.n_classes, rng, max_rows=len(x), **parameters)
