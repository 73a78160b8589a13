"""What each built-in strategy means, against slow and plain definitions."""

import numpy as np
import pytest
from learning_samples import clusters, make_data, view_of
from scipy.spatial.distance import cdist
from scipy.stats import entropy

from tui_al.learning.experiment import Experiment
from tui_al.learning.simulate import simulate
from tui_al.learning.strategies import make_strategy


def _query(name, view, n, seed=0):
    return make_strategy(name, {}).query(view, n, np.random.default_rng(seed))


def _view(seed=0, classes=4):
    x, y = clusters(200, classes=classes, seed=seed)
    return view_of(x, y, np.random.default_rng(seed).choice(200, 20, replace=False))


def _farthest_first(x, centers, n):
    """k-center greedy in double precision: chosen rows and their distances."""
    chosen, scores = list(centers), []
    for _ in range(n):
        nearest = cdist(x, x[chosen]).min(axis=1)
        scores.append(nearest.max())
        chosen.append(int(nearest.argmax()))
    return chosen[len(centers) :], scores


@pytest.mark.parametrize("classes", [2, 4])
def test_margin_takes_the_smallest_differences(classes):
    view = _view(classes=classes)
    query = _query("margin", view, 15)
    ranked = np.sort(view.probabilities, axis=1)
    margins = ranked[:, -1] - ranked[:, -2]
    np.testing.assert_allclose(-query.scores, np.sort(margins)[:15])
    np.testing.assert_array_equal(query.indices, view.unlabeled[np.argsort(margins)[:15]])


@pytest.mark.parametrize("classes", [2, 4])
def test_entropy_takes_the_largest_in_nats(classes):
    view = _view(classes=classes)
    query = _query("entropy", view, 15)
    values = entropy(view.probabilities, axis=1)
    np.testing.assert_allclose(query.scores, np.sort(values)[::-1][:15])
    np.testing.assert_array_equal(query.indices, view.unlabeled[np.argsort(-values)[:15]])


def test_two_classes_rank_alike_by_margin_and_entropy():
    view = _view(classes=2)
    margin, by_entropy = _query("margin", view, 20), _query("entropy", view, 20)
    np.testing.assert_array_equal(margin.indices, by_entropy.indices)


def test_certain_predictions_have_no_entropy():
    x, y = clusters(30)
    view = view_of(x, y, np.flatnonzero(y == 0)[:5])
    np.testing.assert_array_equal(_query("entropy", view, 25).scores, 0.0)
    np.testing.assert_array_equal(_query("margin", view, 25).scores, -1.0)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
@pytest.mark.parametrize(
    ("scale", "offset"), [(1, 0), (30, 0), (1e-6, 0), (1, 10), (1, 1000)], ids=str
)
def test_coreset_is_farthest_first(scale, offset, dtype):
    """Also far from the origin, where |a|^2 + |b|^2 - 2ab has no digits left."""
    x = (np.random.default_rng(1).normal(size=(200, 6)) * scale + offset).astype(dtype)
    if dtype is np.float16 and (scale < 1e-3 or offset > 100):
        x = (np.random.default_rng(1).normal(size=(200, 6)) * 5).astype(dtype)
    query = _query("coreset", view_of(x, np.arange(200) % 2, [3, 8]), 40)
    chosen, distances = _farthest_first(x.astype(np.float64), [3, 8], 40)
    assert query.indices.tolist() == chosen
    np.testing.assert_allclose(query.scores, distances, rtol=1e-3)


def test_coreset_leaves_duplicates_for_last():
    x = np.random.default_rng(2).normal(size=(10, 6)).astype(np.float32) + 20
    view = view_of(np.vstack([x, x]), np.arange(20) % 2, [0])
    query = _query("coreset", view, 19)
    assert set((query.indices[:9] % 10).tolist()) == set(range(1, 10))
    assert (query.scores[:9] > 0).all()
    np.testing.assert_array_equal(query.scores[9:], 0.0)


def test_coreset_starts_at_random_then_farthest_first():
    x = clusters(100)[0]
    starts = set()
    for seed in range(20):
        query = _query("coreset", view_of(x, np.zeros(100, int), []), 10, seed)
        starts.add(int(query.indices[0]))
        assert query.scores[0] == np.inf
        assert query.indices[1:].tolist() == _farthest_first(x, query.indices[:1].tolist(), 9)[0]
    assert len(starts) > 10


def test_coreset_continues_over_cycles_as_if_it_had_started_afresh():
    """What a cycle reuses from the last changes nothing."""
    data = make_data(dimension=6)
    records = list(simulate(data, Experiment(strategy="coreset", budget=60, cycles=5)))
    labeled = list(records[0].selected)
    for record in records[1:]:
        chosen, distances = _farthest_first(data.train_x.astype(float), labeled, 10)
        assert list(record.selected) == chosen
        np.testing.assert_allclose(record.scores, distances, rtol=1e-3)
        labeled += record.selected


def test_random_is_uniform():
    view = _view()
    drawn = np.concatenate([_query("random", view, 20, seed).indices for seed in range(900)])
    counts = np.bincount(drawn, minlength=200)[view.unlabeled]  # 100 expected, 9.4 spread
    assert counts.min() > 55
    assert counts.max() < 145
