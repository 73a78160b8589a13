"""The pieces of the classifier's objective against finite differences and plain algebra."""

import numpy as np
import pytest
from scipy.special import log_softmax, softmax

from tui_al.learning.logistic.losses import Sigmoid, Softmax
from tui_al.learning.logistic.preconditioner import Preconditioner
from tui_al.learning.logistic.spaces import ColumnSpace, RowSpace

STEP = 1e-4


def _loss(classes, n=9, seed=0):
    """A loss of n texts in double precision, with scores (K, n) and a direction."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, classes, n)
    vectors = 1 if classes == 2 else classes
    loss = Sigmoid(y, np.float64) if classes == 2 else Softmax(y, classes, np.float64)
    return loss, y, *rng.normal(size=(2, vectors, n)) * 2


EVERY_LOSS = pytest.mark.parametrize("classes", [2, 3, 8])


@EVERY_LOSS
def test_residuals_are_the_gradient(classes):
    loss, _, scores, direction = _loss(classes)
    ahead, behind = (loss.evaluate(scores + s * direction)[0] for s in (STEP, -STEP))
    _, p = loss.evaluate(scores)
    slope = np.vdot(p - loss.targets, direction)
    assert (ahead - behind) / (2 * STEP) == pytest.approx(slope, rel=1e-6)


@EVERY_LOSS
def test_curvature_is_the_second_derivative(classes):
    loss, _, scores, direction = _loss(classes)
    here, p = loss.evaluate(scores)
    ahead, behind = (loss.evaluate(scores + s * direction)[0] for s in (STEP, -STEP))
    second = (ahead - 2 * here + behind) / STEP**2
    assert loss.curvature(p, direction) == pytest.approx(second, rel=1e-4)
    assert loss.curvature(p, np.zeros_like(direction)) == 0


@EVERY_LOSS
def test_loss_and_probabilities_by_their_definition(classes):
    loss, y, scores, _ = _loss(classes)
    value, p = loss.evaluate(scores)
    full = np.vstack([np.zeros_like(scores), scores]) if classes == 2 else scores
    np.testing.assert_allclose(p, softmax(full, axis=0)[-len(scores) :])
    assert value == pytest.approx(-log_softmax(full, axis=0)[y, np.arange(len(y))].sum())


@pytest.mark.parametrize("classes", [3, 8])
def test_spread_is_the_mean_eigenvalue_of_class_covariances(classes):
    loss, _, scores, _ = _loss(classes)
    _, p = loss.evaluate(scores)
    values = [np.linalg.eigvalsh(np.diag(q) - np.outer(q, q))[1:] for q in p.T]
    assert loss.spread(p) == pytest.approx(np.mean(values))


def test_spread_of_two_classes_is_the_mean_variance():
    loss, _, scores, _ = _loss(2)
    _, p = loss.evaluate(scores)
    assert loss.spread(p) == pytest.approx(np.mean(p * (1 - p)))


@EVERY_LOSS
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.filterwarnings("error")
def test_certain_scores_stay_finite(classes, dtype):
    y = np.arange(6) % classes
    loss = Sigmoid(y, dtype) if classes == 2 else Softmax(y, classes, dtype)
    rng = np.random.default_rng(1)
    scores = (rng.choice([-1e30, -1e4, 0, 1e4, 1e30], size=loss.targets.shape)).astype(dtype)
    value, p = loss.evaluate(scores)
    assert np.isfinite(value)
    assert value >= 0
    assert p.dtype == dtype
    assert ((p >= 0) & (p <= 1)).all()


def _spaces(n=7, dimension=19, seed=3):
    x = np.random.default_rng(seed).normal(size=(n, dimension))
    return x, ColumnSpace(x, x.T @ x), RowSpace(x @ x.T)


def test_both_spaces_measure_alike():
    """The same weight vectors, as D numbers and as combinations of n texts."""
    x, columns, rows = _spaces()
    u, v = np.random.default_rng(4).normal(size=(2, 3, len(x)))
    wide_u, wide_v = u @ x, v @ x
    np.testing.assert_allclose(rows.scores(v), columns.scores(wide_v))
    np.testing.assert_allclose(rows.scores(v), wide_v @ x.T)
    inner = np.vdot(wide_u, wide_v)
    assert rows.inner(u, v, rows.scores(v)) == pytest.approx(inner)
    assert columns.inner(wide_u, wide_v, columns.scores(wide_v)) == pytest.approx(inner)
    assert np.vdot(u, rows.dual(v)) == pytest.approx(inner)
    assert np.vdot(wide_u, columns.dual(wide_v)) == pytest.approx(inner)
    residuals = np.random.default_rng(5).normal(size=(3, len(x)))
    np.testing.assert_allclose(rows.gather(residuals) @ x, columns.gather(residuals))
    np.testing.assert_allclose(rows.border @ x, columns.border)


@pytest.mark.parametrize("c", [1e-6, 0.1, 0.25])
def test_preconditioner_solves_the_model_hessian(c):
    """In both spaces, against the dense matrix over weights and intercept."""
    x, columns, rows = _spaces()
    n, dimension = x.shape
    dense = np.block(
        [
            [c * x.T @ x + np.eye(dimension), c * x.sum(axis=0)[:, None]],
            [c * x.sum(axis=0)[None, :], np.array([[c * n]])],
        ]
    )
    g, g_bias = np.random.default_rng(6).normal(size=(2, n)), np.array([0.3, -2.0])
    expected = np.linalg.solve(dense, np.column_stack([g @ x, g_bias]).T).T
    weights, bias = Preconditioner(rows, n, c)(g, g_bias)
    np.testing.assert_allclose(weights @ x, expected[:, :-1], rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(bias, expected[:, -1], rtol=1e-6)
    weights, bias = Preconditioner(columns, n, c)(g @ x, g_bias)
    np.testing.assert_allclose(weights, expected[:, :-1], rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(bias, expected[:, -1], rtol=1e-6)


def test_preconditioner_of_high_rank_is_solved_without_an_inverse(monkeypatch):
    x, columns, _ = _spaces(n=40)
    g, g_bias = np.random.default_rng(7).normal(size=(2, x.shape[1])), np.zeros(2)
    by_inverse = Preconditioner(columns, 40, 0.2)(g, g_bias)
    monkeypatch.setattr("tui_al.learning.logistic.preconditioner._INVERTED", 5)
    for one, other in zip(Preconditioner(columns, 40, 0.2)(g, g_bias), by_inverse, strict=True):
        np.testing.assert_allclose(one, other)
