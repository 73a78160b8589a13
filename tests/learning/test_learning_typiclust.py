"""TypiClust's order of visits and its limits, on groups that k-means cannot miss."""

import numpy as np
import pytest
from learning_samples import view_of
from scipy.spatial.distance import cdist

from tui_al.learning.strategies import make_strategy
from tui_al.learning.strategies.typiclust import typicality

SIZES = (30, 20, 12, 8, 3, 2)  # the last two are small


def _groups(sizes=SIZES, dimension=10, seed=0):
    """Tight groups far apart, in this order; the group of each row."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(len(sizes)), sizes)
    x = 100 * np.eye(len(sizes), dimension)[group] + rng.normal(size=(len(group), dimension))
    return x.astype(np.float32), group


def _first(group, *counts):
    """The first rows of each group, as many as these counts."""
    members = [np.flatnonzero(group == g)[:count] for g, count in enumerate(counts)]
    return np.concatenate(members)


def _query(labeled, n, sizes=SIZES, seed=0, **parameters):
    x, group = _groups(sizes)
    view = view_of(x, group % 2, labeled, n_classes=2)
    query = make_strategy("typiclust", {"max_clusters": len(sizes)} | parameters).query(
        view, n, np.random.default_rng(seed)
    )
    return query, group


def _expected_visits(labels, n, sizes=SIZES, min_size=5):
    """The rule word by word: fewest labels, then the largest; small ones when no other is left."""
    labels, visits = list(labels), []
    for _ in range(n):
        free = [g for g, size in enumerate(sizes) if labels[g] < size]
        large = [g for g in free if sizes[g] >= min_size]
        visits.append(min(large or free, key=lambda g: (labels[g], -sizes[g])))
        labels[visits[-1]] += 1
    return visits


@pytest.mark.parametrize("labels", [(1, 1, 1, 1, 1, 1), (3, 0, 1, 8, 0, 1), (0, 5, 5, 5, 3, 2)])
@pytest.mark.parametrize("min_size", [0, 3, 5, 10])
@pytest.mark.parametrize("n", [1, 4, 50])
def test_fewest_labels_then_largest_and_small_ones_last(labels, min_size, n):
    n = min(n, sum(SIZES) - sum(labels))
    labeled = _first(_groups()[1], *labels)
    query, group = _query(labeled, n, min_size=min_size)
    expected = _expected_visits(labels, n, min_size=min_size)
    assert group[query.indices].tolist() == expected


def test_the_first_pool_takes_the_largest_first():
    query, group = _query(np.empty(0, int), 6)
    assert group[query.indices].tolist() == [0, 1, 2, 3, 0, 1]


def test_groups_of_one_size_are_visited_at_random():
    queries = [_query(np.empty(0, int), 4, sizes=(9, 9, 9, 9), seed=seed) for seed in range(30)]
    orders = {tuple(group[query.indices].tolist()) for query, group in queries}
    assert {tuple(sorted(order)) for order in orders} == {(0, 1, 2, 3)}
    assert len(orders) > 8


@pytest.mark.parametrize("neighbours", [1, 4, 20])
def test_the_most_typical_unlabeled_text_is_taken(neighbours):
    """Labeled texts are neighbours too, but are not taken again."""
    labeled = np.array([0, 1, 2, 40, 55, 65])
    query, group = _query(labeled, 8, neighbours=neighbours)
    x = _groups()[0].astype(np.float64)
    taken = set(labeled.tolist())
    for index, score in zip(query.indices.tolist(), query.scores, strict=True):
        members = np.flatnonzero(group == group[index])
        apart = np.sort(cdist(x[members], x[members]), axis=1)[:, 1 : neighbours + 1]
        best = {int(m): 1 / apart[i].mean() for i, m in enumerate(members) if m not in taken}
        assert score == pytest.approx(best[index], rel=1e-3)
        assert score == pytest.approx(max(best.values()), rel=1e-3)
        taken.add(index)


@pytest.mark.parametrize("cap", [1, 3])
def test_no_more_clusters_than_the_cap(cap):
    """With one cluster, its most typical texts one after another; no text twice."""
    x, group = _groups()
    view = view_of(x, group % 2, [0, 31], n_classes=2)
    query = make_strategy("typiclust", {"max_clusters": cap}).query(
        view, 60, np.random.default_rng(0)
    )
    assert len(set(query.indices.tolist())) == 60
    if cap == 1:
        assert (np.diff(query.scores) <= 0).all()


@pytest.mark.parametrize(("rows", "neighbours"), [(1, 20), (2, 20), (21, 20), (50, 3)])
def test_typicality_by_its_definition(rows, neighbours):
    x = np.random.default_rng(rows).normal(size=(rows, 6)).astype(np.float32)
    found = typicality(x, neighbours)
    if rows == 1:
        np.testing.assert_array_equal(found, 1)
        return
    apart = np.sort(cdist(x, x), axis=1)[:, 1 : neighbours + 1]
    np.testing.assert_allclose(found, 1 / apart.mean(axis=1), rtol=1e-4)


def test_typicality_of_duplicates_is_finite_and_highest():
    x = np.random.default_rng(0).normal(size=(40, 6)).astype(np.float32)
    x[:25] = x[0]
    found = typicality(x, 20)
    assert np.isfinite(found).all()
    assert found[:25].min() > found[25:].max()


def test_large_clusters_are_compared_on_a_sample_that_still_yields_enough():
    """More visits to one cluster than texts compared: none is left out or taken twice."""
    x, group = _groups((60,))
    view = view_of(x, group, [0], n_classes=2)
    query = make_strategy("typiclust", {"max_clusters": 1, "max_members": 5}).query(
        view, 40, np.random.default_rng(0)
    )
    assert len(set(query.indices.tolist())) == 40
    assert "(max_members)" in query.note
