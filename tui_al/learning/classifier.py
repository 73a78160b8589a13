"""The classifier of the experiment: L2-regularised multinomial logistic regression."""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from tui_al.learning.dataset import Floats, Labels

_MAX_ITERATIONS = 1000
_ROWS = 16_384  # predicted at once: bounds memory, and turns float16 into float32 piecewise


@dataclass(frozen=True, slots=True)
class Classifier:
    """A fitted linear softmax model over all C classes.

    `weights` is (D, K) and `bias` (K,) for the K classes seen in fitting, whose numbers are
    `seen`. Classes never seen have probability 0; with one class seen, it is certain.
    """

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    seen: Labels
    n_classes: int

    def probabilities(self, x: Floats) -> NDArray[np.float64]:
        """Class probabilities of rows x (n, D): (n, C), rows summing to 1."""
        out = np.zeros((len(x), self.n_classes))
        for start in range(0, len(x), _ROWS):
            rows = slice(start, min(start + _ROWS, len(x)))
            logits = self._logits(x[rows])
            logits -= logits.max(axis=1, keepdims=True)
            np.exp(logits, out=logits)
            out[rows, self.seen] = logits / logits.sum(axis=1, keepdims=True)
        return out

    def predict(self, x: Floats) -> Labels:
        """The most probable class of each row of x (n, D): (n,)."""
        starts = range(0, len(x), _ROWS)
        best = [self._logits(x[start : start + _ROWS]).argmax(axis=1) for start in starts]
        predicted: Labels = self.seen[np.concatenate(best)]
        return predicted

    def _logits(self, x: Floats) -> NDArray[np.float64]:
        logits = x.astype(np.float32, copy=False) @ self.weights + self.bias
        return logits.astype(np.float64)


def fit_classifier(x: Floats, y: Labels, n_classes: int) -> Classifier:
    """Fit on rows x (n, D) with labels y (n,): C = 1, intercept not penalised (DESIGN section 4).

    Two classes use the two-class form (one weight vector), as scikit-learn does.
    """
    seen = np.unique(y)
    dimension = x.shape[1]
    if len(seen) == 1:
        return Classifier(
            np.zeros((dimension, 1), np.float32), np.zeros(1, np.float32), seen, n_classes
        )
    model = LogisticRegression(max_iter=_MAX_ITERATIONS)
    with warnings.catch_warnings():
        # Few labels for many classes, and the cap on iterations, belong to the experiment.
        warnings.simplefilter("ignore", UserWarning)
        model.fit(x.astype(np.float32, copy=False), y)
    weights, bias = model.coef_, model.intercept_
    if len(seen) == 2:  # sigmoid(z) is the softmax of (0, z)
        weights, bias = np.vstack([np.zeros_like(weights), weights]), np.append(0.0, bias)
    return Classifier(np.ascontiguousarray(weights.T), bias.astype(np.float32), seen, n_classes)
