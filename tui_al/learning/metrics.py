"""Test-set metrics from one confusion matrix; the definitions are scikit-learn's."""

import math
from dataclasses import dataclass

import numpy as np

from tui_al.learning.dataset import Labels


@dataclass(frozen=True, slots=True)
class Metrics:
    """Shares of 1. Classes without test rows have no recall (None) and do not enter
    `balanced_accuracy`; classes neither present nor predicted do not enter `macro_f1`."""

    accuracy: float
    balanced_accuracy: float
    macro_f1: float
    class_recall: tuple[float | None, ...]


def evaluate(true: Labels, predicted: Labels, n_classes: int) -> Metrics:
    """Compare labels of shape (n,) with predictions of shape (n,)."""
    pairs = np.bincount(true * n_classes + predicted, minlength=n_classes * n_classes)
    confusion = pairs.reshape(n_classes, n_classes)
    hits, actual, claimed = confusion.diagonal(), confusion.sum(axis=1), confusion.sum(axis=0)
    present, involved = actual > 0, (actual + claimed) > 0
    recall = np.divide(hits, actual, out=np.full(n_classes, np.nan), where=present)
    return Metrics(
        accuracy=float(hits.sum() / len(true)),
        balanced_accuracy=float(np.mean(recall[present])),
        macro_f1=float(np.mean(2 * hits[involved] / (actual + claimed)[involved])),
        class_recall=tuple(None if math.isnan(share) else share for share in recall.tolist()),
    )
