"""Squared distances against scipy in double precision, above all where digits cancel."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from tui_al.learning.distances import squared_distances


def _exact(x, y):
    return cdist(x.astype(np.float64), y.astype(np.float64), "sqeuclidean")


def _rows(n=60, dimension=30, seed=0):
    return np.random.default_rng(seed).normal(size=(n, dimension))


@pytest.mark.parametrize("offset", [0, 10, 1000, 1e5])
@pytest.mark.parametrize("scale", [1e-15, 1e-3, 1, 1e12])
def test_far_and_near_the_origin(scale, offset):
    """Rows far out differ in their last digits only; the distances keep what those hold."""
    x = ((_rows() + offset) * scale).astype(np.float32)
    found, exact = squared_distances(x[:40], x[20:]), _exact(x[:40], x[20:])
    np.testing.assert_allclose(found, exact, rtol=2e-3)
    np.testing.assert_array_equal(np.diagonal(found[20:]), 0)


@pytest.mark.parametrize("apart", [1e-1, 1e-2, 1e-3, 1e-5, 1e-7])
def test_near_duplicates_keep_their_digits(apart):
    x = _rows()
    y = x + apart * _rows(seed=1)
    x, y = x.astype(np.float32), y.astype(np.float32)
    near = np.arange(60)
    np.testing.assert_allclose(
        squared_distances(x, y)[near, near], _exact(x, y)[near, near], rtol=2e-3
    )


def test_equal_rows_are_at_zero_exactly():
    x = np.repeat(_rows(n=20, dimension=384), 3, axis=0).astype(np.float32)
    squared = squared_distances(x, x[::-1].copy())
    equal = (np.arange(60) // 3)[:, None] == (np.arange(60)[::-1] // 3)
    np.testing.assert_array_equal(squared[equal], 0)
    assert (squared[~equal] > 0).all()


def test_order_of_neighbours_is_that_of_exact_distances():
    """Rows on a line, each farther than the last by a tenth of a percent."""
    direction = _rows(n=1, dimension=256)
    x = (5 + np.cumprod(np.full(200, 1.001))[:, None] * direction).astype(np.float32)
    origin = np.full((1, 256), 5, np.float32)
    order = squared_distances(origin, x)[0].argsort()
    np.testing.assert_array_equal(order, np.arange(200))


@pytest.mark.parametrize("shape", [(0, 5), (5, 0), (1, 1)])
def test_few_rows(shape):
    x = _rows(n=5, dimension=3).astype(np.float32)
    assert squared_distances(x[: shape[0]], x[: shape[1]]).shape == shape


def test_zero_rows():
    x = np.zeros((3, 4), np.float32)
    np.testing.assert_array_equal(squared_distances(x, x), 0)
    np.testing.assert_array_equal(squared_distances(x, x + 2), 16)


def test_given_norms_and_double_precision():
    x = _rows() + 100
    single, norms = x.astype(np.float32), np.einsum("ij,ij->i", x, x).astype(np.float32)
    np.testing.assert_array_equal(
        squared_distances(single, single, norms, norms) == 0, np.eye(60, dtype=bool)
    )
    assert squared_distances(x, x).dtype == np.float64
    np.testing.assert_allclose(squared_distances(x, x), _exact(x, x), rtol=1e-6)


def test_many_pairs_that_need_care():
    """More close pairs than are corrected at once."""
    x = (np.random.default_rng(0).normal(size=(150, 4)) * 1e-3 + 1).astype(np.float32)
    np.testing.assert_allclose(squared_distances(x, x), _exact(x, x), rtol=2e-3, atol=1e-12)


def test_arguments_stay_as_they_were():
    x = _rows().astype(np.float32)
    before, norms = x.copy(), np.einsum("ij,ij->i", x, x)
    norms_before = norms.copy()
    squared_distances(x, x, norms, norms)
    np.testing.assert_array_equal(x, before)
    np.testing.assert_array_equal(norms, norms_before)
