"""What the classifier is measured against: scikit-learn, as it comes and at the optimum."""

from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression

from tui_al.learning.learner import fit_classifier


def peer(x, y):
    """scikit-learn's answer as it comes: tol 1e-4, which does not reach the optimum."""
    return LogisticRegression(max_iter=1000).fit(np.asarray(x, dtype=np.float64), y)


def optimum(x, y):
    """Where scikit-learn arrives when it is not allowed to stop early."""
    slow = LogisticRegression(max_iter=100_000, tol=1e-8)
    return slow.fit(np.asarray(x, dtype=np.float64), y)


def objective(weights, bias, x, columns):
    """L2-penalised log loss of weights (D, K) and bias (K,); `columns` are y as 0..K-1.

    With two classes the penalty is that of the single vector which tells them apart.
    """
    weights = weights.astype(np.float64)
    logits = x.astype(np.float64) @ weights + bias
    loss = (logsumexp(logits, axis=1) - logits[np.arange(len(columns)), columns]).sum()
    return loss + 0.5 * (weights**2).sum()


def objective_of(fitted, x, y):
    """The objective of a `Classifier`, or of scikit-learn's, over the classes that y holds."""
    columns = np.searchsorted(np.unique(y), y)
    if not isinstance(fitted, LogisticRegression):
        return objective(fitted.weights, fitted.bias, x, columns)
    weights, bias = fitted.coef_.T, fitted.intercept_
    if weights.shape[1] == 1:
        weights, bias = np.hstack([np.zeros_like(weights), weights]), np.append(0.0, bias)
    return objective(weights, bias, x, columns)


@dataclass(frozen=True)
class Comparison:
    """Objectives of three fits, in how many test rows the first two predict other than the
    optimum, and how far apart the optimum's two best classes are where ours does."""

    ours: float
    default: float
    best: float
    rows: int
    wrong: int
    default_wrong: int
    widest_tie: float


def compare(x, y, test_x, n_classes):
    """Fit rows x with labels y by us, by scikit-learn, and by it to the optimum."""
    ours, default, best = fit_classifier(x, y, n_classes), peer(x, y), optimum(x, y)
    test_x = np.asarray(test_x, dtype=np.float64)
    expected, shares = best.predict(test_x), np.sort(best.predict_proba(test_x), axis=1)
    wrong = ours.predict(test_x) != expected
    return Comparison(
        *(objective_of(fitted, x, y) for fitted in (ours, default, best)),
        rows=len(test_x),
        wrong=int(wrong.sum()),
        default_wrong=int((default.predict(test_x) != expected).sum()),
        widest_tie=float((shares[wrong, -1] - shares[wrong, -2]).max(initial=0)),
    )
