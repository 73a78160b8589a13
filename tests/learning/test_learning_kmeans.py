"""k-means that grows: its bookkeeping, and how good its clusters are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans as Peer

from tui_al.learning.kmeans import KMeans, nearest_centers

pytestmark = pytest.mark.usefixtures("one_thread")


def _grown(x, *ks, seed=0):
    kmeans, rng = KMeans(x), np.random.default_rng(seed)
    for k in ks:
        kmeans.grow(k, rng)
    return kmeans


def _rows(n=300, dimension=16, groups=12, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(groups, dimension))[rng.integers(0, groups, n)]
    return (x + 0.5 * rng.normal(size=(n, dimension))).astype(np.float32)


def _assert_consistent(kmeans, x):
    """Counts, means and inertia are those of the members; every row is with its nearest."""
    exact, labels, centers = x.astype(np.float64), kmeans.labels, kmeans.centers
    scale = max(np.linalg.norm(exact, axis=1).max(), 1e-30)
    counts = np.bincount(labels, minlength=len(centers))
    np.testing.assert_array_equal(kmeans._counts, counts)
    sums = np.zeros(centers.shape)
    np.add.at(sums, labels, exact)
    live = counts > 0
    np.testing.assert_allclose(
        kmeans._sums[live] / counts[live, None], sums[live] / counts[live, None], atol=1e-5 * scale
    )
    squared = ((exact[:, None] - centers[live].astype(np.float64)) ** 2).sum(axis=2)
    own = squared[np.arange(len(x)), (np.cumsum(live) - 1)[labels]]
    assert np.isfinite(centers[live]).all()
    assert kmeans.inertia == pytest.approx(own.sum(), rel=1e-4, abs=1e-5 * scale**2 * len(x))
    return own - squared.min(axis=1), scale


def _assert_settled(kmeans, x):
    """One more iteration would move next to nothing."""
    excess, scale = _assert_consistent(kmeans, x)
    assert excess.sum() <= 1e-3 * kmeans.inertia + 1e-5 * scale**2 * len(x)


@pytest.mark.parametrize("ks", [(1,), (2,), (12,), (60,), (2, 5, 11, 40), (59, 60), (12, 12, 3)])
@pytest.mark.parametrize("scale", [1e-9, 1, 1e9])
def test_settled_and_consistent(ks, scale):
    x = _rows() * np.float32(scale)
    kmeans = _grown(x, *ks)
    assert len(kmeans.centers) == max(ks)
    assert len(np.unique(kmeans.labels)) == max(ks)
    _assert_settled(kmeans, x)


def test_without_a_moving_centre_every_label_is_the_nearest():
    """Well separated groups: Lloyd's iterations end for want of changes, not of gain."""
    rng = np.random.default_rng(1)
    x = (100 * rng.normal(size=(9, 6))[np.arange(180) % 9] + rng.normal(size=(180, 6))).astype("f4")
    kmeans = _grown(x, 9)
    excess, _ = _assert_consistent(kmeans, x)
    np.testing.assert_allclose(excess, 0, atol=1e-2)
    np.testing.assert_array_equal(nearest_centers(x, kmeans.centers), kmeans.labels)
    assert len({tuple(np.unique(kmeans.labels[group::9])) for group in range(9)}) == 9


@settings(deadline=None, max_examples=60, database=None)
@given(draw=st.data())
def test_any_rows_and_any_growth(draw):
    """Duplicates, ties, more clusters than rows: what was asked for, or all distinct rows."""
    n, dimension = draw.draw(st.integers(1, 40), "n"), draw.draw(st.integers(1, 4), "D")
    rng = np.random.default_rng(draw.draw(st.integers(0, 9999), "seed"))
    x = rng.integers(-2, 3, size=(n, dimension)).astype(np.float32)
    ks = draw.draw(st.lists(st.integers(1, 50), min_size=1, max_size=5), "ks")
    kmeans = _grown(x, *ks, seed=1)
    _assert_settled(kmeans, x)
    distinct = len(np.unique(x, axis=0))
    assert len(np.unique(kmeans.labels)) <= min(max(ks), distinct)
    if max(ks) >= distinct:
        assert kmeans.inertia == 0
    for row in np.unique(x, axis=0):  # identical rows are never split
        assert len(set(kmeans.labels[(x == row).all(axis=1)])) == 1


@pytest.mark.parametrize("dimension", [4, 384])
@pytest.mark.parametrize("ks", [(300,), (5, 20, 300), (1, 2, 3, 4, 5)])
def test_identical_rows_are_one_cluster(dimension, ks):
    x = np.tile(np.random.default_rng(0).normal(size=dimension), (50, 1)).astype(np.float32)
    kmeans = _grown(x, *ks)
    assert len(np.unique(kmeans.labels)) == 1
    assert kmeans.inertia == 0


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("dimension", [8, 384, 1536])
@pytest.mark.parametrize("ks", [(80,), (10, 25, 70, 80), (40, 60, 61, 200)], ids=str)
def test_as_many_clusters_as_rows(dimension, ks):
    """Every row its own cluster, with nothing left to split and no complaint on the way."""
    x = np.random.default_rng(2).normal(size=(80, dimension)).astype(np.float32)
    kmeans = _grown(x, *ks)
    assert len(np.unique(kmeans.labels)) == 80
    assert kmeans.inertia == 0


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("ks", [(40,), (10, 25, 31, 60, 90)], ids=str)
def test_duplicates_of_many_dimensions(ks):
    """Rounding among 384 numbers does not make equal rows differ."""
    x = np.random.default_rng(3).normal(1, 1, size=(30, 384))[np.arange(300) % 30]
    kmeans = _grown(x.astype(np.float32), *ks)
    assert len(np.unique(kmeans.labels)) == 30
    assert kmeans.inertia == 0


def test_growing_never_loses_what_was_won():
    x = _rows(n=600)
    inertias = [_grown(x, *range(5, k + 1, 5)).inertia for k in (5, 10, 20, 40, 80)]
    assert inertias == sorted(inertias, reverse=True)


def test_generator_alone_decides():
    x = _rows()
    one, same, other = (_grown(x, 4, 30, 50, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.labels, same.labels)
    np.testing.assert_array_equal(one.centers, same.centers)
    assert (one.labels != other.labels).any()


def test_rows_stay_as_they_were():
    x = _rows()
    before = x.copy()
    x.flags.writeable = False
    _grown(x, 5, 40)
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("k", [5, 30, 90])
@pytest.mark.parametrize("model", ["wordllama-256", "glove-50"])
@pytest.mark.parametrize(("way", "loss"), [("fresh", 0.04), ("grown", 0.02)])
def test_as_good_as_scikit_learn_on_real_embeddings(embedded, model, k, way, loss):
    """Its inertia from one start, both averaged over seeds; its seeds are each the best of
    several draws, which fresh clusters miss where texts are few a cluster."""
    x = np.asarray(embedded("bbcnews", model).train_x)
    ks = (k,) if way == "fresh" else np.linspace(2, k, 6).astype(int).tolist()
    ours = [_grown(x, *ks, seed=seed).inertia for seed in range(3)]
    theirs = [Peer(k, n_init=1, random_state=seed).fit(x).inertia_ for seed in range(3)]
    assert np.mean(ours) <= (1 + loss) * np.mean(theirs)


@pytest.mark.parametrize("offset", [0, 10, pytest.param(1000, marks=pytest.mark.xfail(
    strict=True, reason="scores in single precision far from the origin"))])  # fmt: skip
def test_far_from_the_origin(offset):
    """Moving all rows alike changes no distance, and so no cluster's quality."""
    x = _rows(n=600, dimension=32)
    ours = _grown(x + np.float32(offset), 8, 20, 40)
    clusters = (x[ours.labels == label] for label in np.unique(ours.labels))
    inertia = sum(((members - members.mean(axis=0)) ** 2).sum() for members in clusters)
    assert inertia <= 1.04 * Peer(40, n_init=1, random_state=0).fit(x).inertia_
