"""The same run with scikit-activeml: its strategies, its classifier around scikit-learn's."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from skactiveml import pool
from skactiveml.classifier import SklearnClassifier
from sklearn.linear_model import LogisticRegression

from tui_al import EmbeddedDataset

_HIDDEN = -1


@dataclass(frozen=True)
class PeerRun:
    """Seconds of a whole run and of its fits, and the accuracy after the last cycle."""

    seconds: float
    fit_seconds: float
    accuracy: float


def make_peers(n_classes: int, radius: float) -> Mapping[str, Callable[[], Any]]:
    """Its strategies under our names, with the parameters that ours are given beside them."""
    common = {"missing_label": _HIDDEN, "random_state": 0}
    return {
        "random": lambda: pool.RandomSampling(**common),
        "margin": lambda: pool.UncertaintySampling(method="margin_sampling", **common),
        "entropy": lambda: pool.UncertaintySampling(method="entropy", **common),
        "coreset": lambda: pool.CoreSet(**common),
        "typiclust": lambda: pool.TypiClust(k=5, **common),
        "probcover": lambda: pool.ProbCover(n_classes=n_classes, deltas=[radius], **common),
        "badge": lambda: pool.Badge(**common),
        "dropquery": lambda: pool.DropQuery(n_dropout_samples=3, **common),
    }


def run_peer(
    strategy: Any, data: EmbeddedDataset, initial: np.ndarray, batch: int, cycles: int
) -> PeerRun:
    """Fit, test and query, cycle by cycle, from the given initial pool.

    The strategy object lives as long as the run, so that it may keep what it can.
    """
    y = np.full(len(data.train_x), _HIDDEN)
    y[initial] = data.train_y[initial]
    takes_classifier = "clf" in strategy.query.__code__.co_varnames
    fit_seconds, started = 0.0, time.perf_counter()
    for cycle in range(cycles + 1):
        fit_started = time.perf_counter()
        classifier = SklearnClassifier(
            LogisticRegression(max_iter=1000), classes=range(data.n_classes), missing_label=_HIDDEN
        ).fit(data.train_x, y)
        fit_seconds += time.perf_counter() - fit_started
        accuracy = float((classifier.predict(data.test_x) == data.test_y).mean())
        if cycle < cycles:
            fitted = {"clf": classifier, "fit_clf": False} if takes_classifier else {}
            chosen = strategy.query(X=data.train_x, y=y, batch_size=batch, **fitted)
            y[chosen] = data.train_y[chosen]
    return PeerRun(time.perf_counter() - started, fit_seconds, accuracy)
