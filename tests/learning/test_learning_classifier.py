"""The classifier against scikit-learn's LogisticRegression(max_iter=1000)."""

import numpy as np
import pytest
from learning_samples import clusters
from optimum_samples import objective_of, optimum, peer

from tui_al.learning.learner import fit_classifier


def _objectives(x, y):
    """Ours and scikit-learn's, over the classes that y holds."""
    return objective_of(fit_classifier(x, y, 99), x, y), objective_of(peer(x, y), x, y)


@pytest.mark.parametrize("n", [12, 50, 250, 1780])
def test_optimum_and_predictions_on_real_data(bbcnews, n):
    rows = np.random.default_rng(n).choice(len(bbcnews.train_x), n, replace=False)
    x, y = bbcnews.train_x[rows], bbcnews.train_y[rows]
    ours, theirs = _objectives(x, y)
    assert ours <= theirs * (1 + 1e-6)
    test_x = np.asarray(bbcnews.test_x)
    agree = fit_classifier(x, y, 5).predict(test_x) == optimum(x, y).predict(test_x)
    assert agree.mean() >= 0.999


@pytest.mark.parametrize("pair", [(0, 1), (1, 4), (2, 3)])
def test_two_class_form_on_real_data(bbcnews, pair):
    """Two classes of five: one weight vector is penalised, not two."""
    rows = np.flatnonzero(np.isin(bbcnews.train_y, pair))[::4]
    x, y = bbcnews.train_x[rows], bbcnews.train_y[rows]
    ours, theirs = _objectives(x, y)
    assert ours <= theirs * (1 + 1e-6)
    probabilities = fit_classifier(x, y, 5).probabilities(bbcnews.test_x)
    np.testing.assert_allclose(
        probabilities[:, list(pair)], peer(x, y).predict_proba(bbcnews.test_x), atol=1e-3
    )


@pytest.mark.parametrize("scale", [0.01, 1, 20])
@pytest.mark.parametrize("classes", [2, 3, 17])
def test_optimum_on_any_scale(classes, scale):
    x, y = clusters(140, dimension=12, classes=classes)
    ours, theirs = _objectives(x * np.float32(scale), y)
    assert ours <= theirs * (1 + 1e-6)


def test_intercept_is_not_penalised():
    """Features without information: probabilities are the class shares, however small."""
    y = np.repeat([0, 1, 2], [90, 9, 1])
    fitted = fit_classifier(np.zeros((100, 3), np.float32), y, 3)
    expected = np.tile([0.9, 0.09, 0.01], (2, 1))
    np.testing.assert_allclose(fitted.probabilities(np.ones((2, 3))), expected, atol=2e-3)


def test_classes_never_seen_have_probability_zero():
    x, y = clusters(60, classes=3)
    fitted = fit_classifier(x, y * 2 + 1, 9)  # classes 1, 3 and 5 of 0..8
    probabilities = fitted.probabilities(x)
    assert probabilities.shape == (60, 9)
    np.testing.assert_array_equal(probabilities[:, [0, 2, 4, 6, 7, 8]], 0.0)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    np.testing.assert_allclose(probabilities[:, [1, 3, 5]], peer(x, y).predict_proba(x), atol=1e-3)
    assert set(fitted.predict(x).tolist()) <= {1, 3, 5}
    np.testing.assert_array_equal(fitted.predict(x), probabilities.argmax(axis=1))


@pytest.mark.parametrize("n", [1, 7])
def test_one_class_is_certain(n):
    x = clusters(30)[0]
    fitted = fit_classifier(x[:n], np.full(n, 2), 4)
    np.testing.assert_array_equal(fitted.predict(x), 2)
    np.testing.assert_array_equal(fitted.probabilities(x), np.tile([0, 0, 1, 0], (30, 1)))


@pytest.mark.parametrize("scale", [1, 1e4])
def test_probabilities_sum_to_one_and_are_finite(scale):
    x, y = clusters(90, classes=5)
    probabilities = fit_classifier(x, y, 5).probabilities(x * scale)
    assert np.isfinite(probabilities).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)


def test_float16_rows_are_computed_in_float32(bbcnews):
    x = np.asarray(bbcnews.train_x[:200]).astype(np.float16)
    half, single = (fit_classifier(rows, bbcnews.train_y[:200], 5) for rows in (x, x.astype("f4")))
    np.testing.assert_array_equal(half.weights, single.weights)
    np.testing.assert_allclose(half.probabilities(x), single.probabilities(x.astype("f4")))
    assert half.probabilities(x).dtype == np.float64


def test_many_rows_are_predicted_like_few():
    x, y = clusters(50)
    fitted = fit_classifier(x, y, 3)
    many = np.tile(x, (700, 1))  # 35,000 rows: several blocks, the last one short
    np.testing.assert_allclose(
        fitted.probabilities(many), np.tile(fitted.probabilities(x), (700, 1)), rtol=1e-5
    )
    np.testing.assert_array_equal(fitted.predict(many), np.tile(fitted.predict(x), 700))


def test_fitting_leaves_its_arguments_alone():
    x, y = clusters(50)
    before = x.copy(), y.copy()
    x.flags.writeable = y.flags.writeable = False
    fit_classifier(x, y, 3)
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(y, before[1])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("n", "scale"), [(4, 1), (40, 1), (40, 1e4)])
def test_nothing_is_said_about_few_labels_or_slow_convergence(n, scale):
    x = clusters(40, classes=2)[0] * np.float32(scale)
    fit_classifier(x[:n], np.arange(n), n)
