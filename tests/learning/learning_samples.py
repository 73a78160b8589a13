"""Small pools and datasets that the learning tests share."""

import numpy as np

from tui_al.learning.dataset import EmbeddedDataset
from tui_al.learning.learner import fit_classifier
from tui_al.learning.strategies.base import PoolView


def clusters(n, dimension=8, classes=3, seed=0):
    """Normalised rows (n, dimension) around one centre a class, with their classes (n,)."""
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.arange(n) % classes)
    x = rng.normal(size=(classes, dimension))[y] + rng.normal(size=(n, dimension))
    return (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32), y


def make_data(n_train=120, n_test=60, dimension=8, classes=3, seed=0, **more):
    x, y = clusters(n_train + n_test, dimension, classes, seed)
    return EmbeddedDataset.from_arrays(x[:n_train], y[:n_train], x[n_train:], y[n_train:], **more)


def view_of(x, y, labeled, n_classes=None):
    """What a strategy sees when the rows `labeled` have their labels; all of it read-only."""
    labeled = np.asarray(labeled, dtype=np.intp)
    labels = np.asarray(y, dtype=np.int64)[labeled]
    n_classes = n_classes or int(np.max(y)) + 1
    unlabeled = np.setdiff1d(np.arange(len(x)), labeled)
    for array in (x, labeled, labels, unlabeled):
        array.flags.writeable = False
    return PoolView(
        features=x,
        labeled=labeled,
        labels=labels,
        unlabeled=unlabeled,
        n_classes=n_classes,
        classifier=fit_classifier(x[labeled], labels, n_classes) if len(labeled) else None,
    )


def outcomes(records):
    """All of the records that must be reproducible: everything but the seconds."""
    return [
        (r.cycle, r.n_labeled, r.selected, r.scores, r.accuracy, r.balanced_accuracy, r.macro_f1)
        for r in records
    ]
