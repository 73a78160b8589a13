"""Metrics against scikit-learn's definitions."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score

from tui_al.learning.metrics import evaluate

PAIRS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=60)


@settings(deadline=None, database=None)
@given(PAIRS)
def test_equal_to_scikit_learn(pairs):
    true, predicted = np.array(pairs).T
    metrics = evaluate(true, predicted, n_classes=6)
    assert metrics.accuracy == pytest.approx(accuracy_score(true, predicted))
    with warnings.catch_warnings(action="ignore"):  # about classes that are predicted only
        balanced = balanced_accuracy_score(true, predicted)
    assert metrics.balanced_accuracy == pytest.approx(balanced)
    macro = f1_score(true, predicted, average="macro", zero_division=0)
    assert metrics.macro_f1 == pytest.approx(macro)


@given(PAIRS)
def test_more_classes_change_nothing(pairs):
    true, predicted = np.array(pairs).T
    assert evaluate(true, predicted, n_classes=6) == evaluate(true, predicted, n_classes=77)


def test_perfect_and_hopeless():
    true = np.array([0, 1, 2, 2])
    assert evaluate(true, true, 3).macro_f1 == 1.0
    worst = evaluate(true, np.array([1, 2, 0, 0]), 3)
    assert (worst.accuracy, worst.balanced_accuracy, worst.macro_f1) == (0.0, 0.0, 0.0)
