"""Fits as labels come in: whatever the batches, the optimum of all labels so far."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from learning_samples import clusters
from optimum_samples import objective_of, optimum, peer

from tui_al.learning.learner import Learner, fit_classifier

pytestmark = pytest.mark.usefixtures("one_thread")
BEYOND_REACH = pytest.mark.xfail(
    strict=True, reason="one number for all texts models rows 10,000 times as long as others badly"
)


def _fit(x, y, sizes, n_classes=99):
    """The last of several fits, on batches of these sizes."""
    learner, start = Learner(n_classes), 0
    for size in sizes:
        fitted = learner.fit(x[start : start + size], y[start : start + size])
        start += size
    assert start == len(x)
    return fitted


def _assert_optimal(fitted, x, y, gap=1e-6):
    """No worse than scikit-learn, and within the certificate of the best that is known."""
    value = objective_of(fitted, x, y)
    default = objective_of(peer(x, y), x, y)
    assert value <= default * (1 + 1e-6)
    assert value <= objective_of(optimum(x, y), x, y) * (1 + gap)


def _assert_equal(one, other, x, y):
    """Both within 1e-7 of one optimum: objectives differ by less, and weights by the root.

    The objective is strongly convex: half a squared distance of weights is at most the gap.
    """
    values = [objective_of(fitted, x, y) for fitted in (one, other)]
    assert values[0] == pytest.approx(values[1], rel=3e-7)
    np.testing.assert_array_equal(one.seen, other.seen)
    apart = np.linalg.norm(one.weights.astype(float) - other.weights)
    assert apart <= 2 * np.sqrt(2 * 1.5e-7 * max(values)) + 1e-5 * np.linalg.norm(one.weights)


@settings(deadline=None, max_examples=40, database=None)
@given(draw=st.data())
def test_any_batches_in_any_order(draw):
    """Rows and columns as the smaller product, classes appearing at any time, ties."""
    rng = np.random.default_rng(draw.draw(st.integers(0, 9999), "seed"))
    sizes = draw.draw(st.lists(st.integers(1, 25), min_size=1, max_size=6), "sizes")
    n, dimension = sum(sizes), draw.draw(st.sampled_from([1, 2, 5, 30, 90]), "columns")
    classes = draw.draw(st.integers(2, 7), "classes")
    length = draw.draw(st.sampled_from([0.1, 1, 3]), "length") / np.sqrt(dimension)
    x = (rng.normal(size=(n, dimension)) * length).astype(np.float32)
    x[rng.random(n) < 0.2] = x[0]
    x[rng.random(n) < 0.1] = 0
    y = np.minimum(rng.integers(0, classes, n), rng.integers(0, classes, n))
    fitted = _fit(x, y, sizes)
    if len(np.unique(y)) == 1:
        np.testing.assert_array_equal(fitted.predict(x), y)
        return
    _assert_equal(fitted, fit_classifier(x, y, 99), x, y)
    order = rng.permutation(n)
    _assert_equal(fitted, _fit(x[order], y[order], sizes[::-1]), x, y)
    assert objective_of(fitted, x, y) <= objective_of(peer(x, y), x, y) * (1 + 1e-6)


def _cases():
    x, y = clusters(200, dimension=24, classes=6)
    by_class = np.argsort(y, kind="stable")
    wide, wide_y = clusters(90, dimension=100, classes=4)
    return {
        "one by one": (x[:60], y[:60], [1] * 60),
        "classes one after another": (x[by_class], y[by_class], [20] * 10),
        "one class, then two, then three": (x[by_class[:100]], y[by_class[:100]], [20, 30, 50]),
        "two classes to the end": (x[by_class[:60]], y[by_class[:60]], [20, 20, 20]),
        "few rows of many columns": (wide[:40], wide_y[:40], [10] * 4),
        "rows outgrow columns": (wide, wide_y, [10] * 9),
        "rows outgrow columns at once": (wide, wide_y, [3, 87]),
        "one large batch after many small": (x, y, [2] * 10 + [180]),
        "duplicate rows": (x[np.arange(200) % 7], y, [20] * 10),
        "zero rows": (np.zeros_like(x), y, [50, 150]),
        "one column": (x[:, :1].copy(), y, [5] * 40),
        "float16": (x.astype(np.float16), y, [50] * 4),
    }


@pytest.mark.parametrize(("x", "y", "sizes"), _cases().values(), ids=list(_cases()))
def test_batches_equal_one_fit(x, y, sizes):
    fitted = _fit(x, y, sizes)
    _assert_equal(fitted, fit_classifier(x, y, 99), x, y)
    _assert_optimal(fitted, x.astype(np.float32), y)


def test_every_fit_on_the_way_is_optimal():
    x, y = clusters(120, dimension=40, classes=5)
    learner = Learner(5)
    for end in range(10, 121, 10):
        fitted = learner.fit(x[end - 10 : end], y[end - 10 : end])
        _assert_equal(fitted, fit_classifier(x[:end], y[:end], 5), x[:end], y[:end])


def test_learners_share_nothing():
    x, y = clusters(60, classes=3)
    learners = Learner(3), Learner(3)
    for start in range(0, 60, 20):
        learners[0].fit(x[start : start + 20], y[start : start + 20])
        last = learners[1].fit(x[start : start + 20], y[start : start + 20])
    np.testing.assert_array_equal(last.weights, _fit(x, y, [20, 20, 20], 3).weights)


def test_a_classifier_in_hand_is_never_changed():
    x, y = clusters(60, classes=3)
    learner = Learner(3)
    first = learner.fit(x[:30], y[:30])
    before = first.weights.copy(), first.bias.copy()
    learner.fit(x[30:], y[30:])
    np.testing.assert_array_equal(first.weights, before[0])
    np.testing.assert_array_equal(first.bias, before[1])


@pytest.mark.parametrize("classes", [200, 1000])
def test_many_classes(classes):
    x, y = clusters(2 * classes, dimension=20, classes=classes)
    fitted = _fit(x, y, [classes // 2] * 4, classes)
    assert objective_of(fitted, x, y) <= objective_of(peer(x, y), x, y) * (1 + 1e-6)
    assert fitted.probabilities(x[:5]).shape == (5, classes)


def _long_rows(length, how_many=3, dimension=8):
    """Sixty rows of length one, or so, the last ones much longer."""
    rng = np.random.default_rng(5)
    x = rng.normal(size=(60, dimension)) / np.sqrt(dimension)
    x[-how_many:] *= length
    return x.astype(np.float32), np.arange(60) % 3


@pytest.mark.parametrize("length", [10, 60, pytest.param(1e4, marks=BEYOND_REACH)])
@pytest.mark.parametrize("dimension", [8, 200])
@pytest.mark.parametrize("sizes", [[60], [30, 27, 3], [57, 3]], ids=str)
def test_long_rows(length, sizes, dimension):
    """Also those that need double precision, which may come late."""
    x, y = _long_rows(length, dimension=dimension)
    _assert_optimal(_fit(x, y, sizes), x, y)


@pytest.mark.parametrize("dimension", [8, 200])
@pytest.mark.parametrize("sizes", [[60], [57, 3]], ids=str)
def test_enormous_rows_do_no_harm(sizes, dimension):
    """Where no digits are left for an optimum, there is still a classifier."""
    x, y = _long_rows(1e11, dimension=dimension)
    probabilities = _fit(x, y, sizes).probabilities(x)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)


@pytest.mark.parametrize("length", [1, 5, 10])
def test_few_duplicate_rows_with_different_labels(length):
    """Row space coordinates of equal rows are not unique: they must not run away."""
    for seed in (1, 7, 9, 17, 36):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=(40, 100)) * length / 10
        x[rng.random(40) < 0.3] = x[0]
        x, y = x.astype(np.float32), rng.integers(0, 3, 40)
        ours = objective_of(fit_classifier(x, y, 3), x, y)
        assert ours <= objective_of(peer(x, y), x, y) * (1 + 1e-6)


@pytest.mark.parametrize("scale", [1e-6, 1e-2, 1, 30, 150])
@pytest.mark.parametrize("classes", [2, 5])
def test_rows_of_any_one_length(scale, classes):
    x, y = clusters(150, dimension=20, classes=classes)
    x *= np.float32(scale)
    _assert_optimal(_fit(x, y, [50, 50, 50]), x, y, gap=1e-5)
