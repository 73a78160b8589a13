"""Balls of one radius: the purity rule and what the balls hold, against brute force."""

import numpy as np
import pytest
from learning_samples import clusters, view_of
from scipy.spatial.distance import cdist

from tui_al.learning.coverage import pure_neighbourhoods
from tui_al.learning.kmeans import KMeans
from tui_al.learning.strategies import make_strategy


def _around(x, classes=3, purity=0.95, radius=None, max_rows=10_000):
    rng = np.random.default_rng(0)
    return pure_neighbourhoods(x, classes, rng, purity=purity, radius=radius, max_rows=max_rows)


def _purity(x, labels, radius):
    """The share of closed balls that hold one cluster only."""
    near = cdist(x, x) <= radius
    return np.mean([len(set(labels[row])) == 1 for row in near])


@pytest.mark.parametrize("purity", [0.5, 0.8, 0.95, 1.0])
def test_the_radius_is_the_largest_that_is_pure_enough(purity):
    x = clusters(700, dimension=3, classes=4)[0]
    found = _around(x, 4, purity)
    kmeans = KMeans(x)
    kmeans.grow(4, np.random.default_rng(0))
    x64 = x.astype(np.float64)
    assert _purity(x64, kmeans.labels, found.radius * (1 - 1e-5)) >= purity
    apart = np.unique(cdist(x64, x64))
    next_larger = apart[apart > found.radius * (1 + 1e-5)][0]
    assert _purity(x64, kmeans.labels, next_larger * (1 + 1e-5)) < purity


def test_balls_hold_what_lies_within_the_radius():
    x = clusters(600, dimension=3)[0]
    found = _around(x, radius=0.4)
    near = cdist(x.astype(float), x.astype(float)) <= 0.4
    np.testing.assert_array_equal(found.within.toarray(), near)
    for position in (0, 17, 599):
        np.testing.assert_array_equal(np.sort(found.ball(position)), np.flatnonzero(near[position]))


def test_duplicates_are_in_each_others_balls():
    x = clusters(60, dimension=4)[0][np.arange(120) % 60]
    dense = _around(x, radius=1e-4).within.toarray()
    np.testing.assert_array_equal(dense, cdist(x, x) <= 1e-4)
    assert dense.sum() == 240


def test_labeled_texts_outside_the_sample_cover_too():
    x = clusters(300, dimension=3)[0]
    found = _around(x, radius=0.5, max_rows=100)
    assert len(found.rows) == 100
    outside = np.setdiff1d(np.arange(300), found.rows)[:3]
    inside = found.rows[:2]
    both = np.concatenate([outside, inside])
    expected = (cdist(x[found.rows], x[both]) <= 0.5).any(axis=1)
    np.testing.assert_array_equal(found.covered_by(x, both), expected)


def test_each_choice_covers_most_of_what_is_left():
    """The whole greedy choice again, with a dense matrix."""
    x, y = clusters(200, dimension=3)
    view = view_of(x, y, [3, 50, 120])
    query = make_strategy("probcover", {"radius": 0.3}).query(view, 20, np.random.default_rng(0))
    near = cdist(x.astype(float), x.astype(float)) <= 0.3
    uncovered = ~near[view.labeled].any(axis=0)
    free = np.ones(200, dtype=bool)
    free[view.labeled] = False
    for index, score in zip(query.indices, query.scores, strict=True):
        gains = np.where(free, near @ uncovered.astype(int), -1)
        assert gains[index] == score == gains.max()
        uncovered &= ~near[index]
        free[index] = False


def test_a_sample_smaller_than_the_batch_is_filled_up():
    x, y = clusters(80, dimension=3)
    query = make_strategy("probcover", {"max_pool": 10}).query(
        view_of(x, y, [0, 1]), 40, np.random.default_rng(0)
    )
    assert len(set(query.indices.tolist())) == 40
    assert "10 of 80 texts (max_pool)" in query.note
