"""k-means that grows: settled clusters, as good as scikit-learn's."""

import numpy as np
import pytest
from learning_samples import clusters
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans as Peer

from tui_al.learning.distances import squared_distances
from tui_al.learning.kmeans import KMeans, nearest_centers


def _grown(x, sizes, seed=0):
    kmeans, rng = KMeans(x), np.random.default_rng(seed)
    for k in sizes:
        kmeans.grow(k, rng)
    return kmeans


def _assert_consistent(kmeans, x):
    """Labels name the nearest centre; the inertia is that of centres and labels."""
    squared = cdist(x.astype(float), kmeans.centers.astype(float), "sqeuclidean")
    own = squared[np.arange(len(x)), kmeans.labels]
    np.testing.assert_allclose(own, squared.min(axis=1), atol=1e-5)
    assert kmeans.inertia == pytest.approx(own.sum(), rel=1e-4, abs=1e-4)
    np.testing.assert_array_equal(kmeans.labels, nearest_centers(x, kmeans.centers))


@pytest.mark.parametrize("sizes", [[1], [7], [20, 35, 50, 80], [2, 3, 4, 5]], ids=str)
def test_labels_are_nearest_and_every_cluster_is_used(sizes):
    x = clusters(300, dimension=12, classes=5)[0]
    kmeans = _grown(x, sizes)
    _assert_consistent(kmeans, x)
    assert np.unique(kmeans.labels).tolist() == list(range(sizes[-1]))


@pytest.mark.parametrize(
    ("sizes", "loss"),
    [([40], 0.03), ([120], 0.03), ([30, 40], 0.01), ([90, 120], 0.01), ([40, 80, 120], 0.01)],
    ids=str,
)
def test_inertia_is_that_of_scikit_learn(bbcnews, sizes, loss):
    """Seeds alone lose a little to scikit-learn's, of which each is the best of several."""
    x = np.asarray(bbcnews.train_x)
    peers = [Peer(sizes[-1], n_init=1, random_state=seed).fit(x).inertia_ for seed in range(3)]
    ours = [_grown(x, sizes, seed).inertia for seed in range(3)]
    assert np.mean(ours) <= (1 + loss) * np.mean(peers)


def test_identical_rows_are_one_cluster():
    kmeans = _grown(np.ones((30, 4), np.float32), [5, 9])
    assert len(kmeans.centers) == 1
    assert kmeans.inertia == 0


@pytest.mark.parametrize("sizes", [[10], [2, 10], [3, 4, 10]], ids=str)
def test_no_more_clusters_than_distinct_rows(sizes):
    x = np.random.default_rng(0).normal(size=(6, 5)).astype(np.float32)[np.arange(60) % 6]
    kmeans = _grown(x, sizes)
    assert len(kmeans.centers) == 6
    assert kmeans.inertia == pytest.approx(0, abs=1e-4)
    assert [len(set(kmeans.labels[start::6].tolist())) for start in range(6)] == [1] * 6


def test_as_many_clusters_as_rows():
    x = clusters(25)[0]
    kmeans = _grown(x, [10, 25])
    assert np.bincount(kmeans.labels).tolist() == [1] * 25


def test_growing_to_fewer_changes_nothing():
    kmeans = _grown(clusters(100)[0], [12])
    before = kmeans.labels.copy(), kmeans.centers.copy()
    kmeans.grow(8, np.random.default_rng(1))
    np.testing.assert_array_equal(kmeans.labels, before[0])
    np.testing.assert_array_equal(kmeans.centers, before[1])


def test_the_generator_alone_decides():
    x = clusters(200, dimension=10)[0]
    one, again, other = (_grown(x, [9, 15], seed) for seed in (4, 4, 5))
    np.testing.assert_array_equal(one.centers, again.centers)
    assert not np.array_equal(one.centers, other.centers)


@pytest.mark.parametrize(("offset", "scale"), [(0, 1), (300, 1), (0, 1e-6), (5, 1e-3)])
def test_distances_keep_their_digits(offset, scale):
    """Points close together and far from the origin; equal ones are at 0 exactly."""
    rng = np.random.default_rng(0)
    x = (rng.normal(size=(40, 16)) * scale + offset).astype(np.float32)
    x[7] = x[3]
    squared = squared_distances(x, x[:9])
    expected = cdist(x.astype(float), x[:9].astype(float), "sqeuclidean")
    np.testing.assert_allclose(squared, expected, rtol=2e-3, atol=1e-12 * scale)
    assert squared[7, 3] == squared[3, 7] == squared[5, 5] == 0
