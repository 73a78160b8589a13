"""Metrics against scikit-learn's definitions."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score, recall_score

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
    few, many = (evaluate(true, predicted, n_classes=n) for n in (6, 77))
    assert many == replace(few, class_recall=few.class_recall + (None,) * 71)


@given(PAIRS)
def test_recall_by_class_is_that_of_scikit_learn(pairs):
    true, predicted = np.array(pairs).T
    found = evaluate(true, predicted, 6).class_recall
    peer = recall_score(true, predicted, labels=range(6), average=None, zero_division=np.nan)
    assert [share is None for share in found] == [bool(np.isnan(share)) for share in peer]
    assert [share for share in found if share is not None] == pytest.approx(
        peer[~np.isnan(peer)].tolist()
    )


def test_perfect_and_hopeless():
    true = np.array([0, 1, 2, 2])
    assert evaluate(true, true, 3).macro_f1 == 1.0
    worst = evaluate(true, np.array([1, 2, 0, 0]), 3)
    assert (worst.accuracy, worst.balanced_accuracy, worst.macro_f1) == (0.0, 0.0, 0.0)
