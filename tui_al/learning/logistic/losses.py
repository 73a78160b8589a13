"""Log losses over class scores (K, n), laid out so that sums over classes run along memory."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_al.learning.logistic.spaces import Array, dot


class Softmax:
    """The log loss of three or more classes, one weight vector each. `y` is in 0..K-1."""

    def __init__(self, y: NDArray[np.int64], n_classes: int, dtype: Any) -> None:
        self.n_vectors = n_classes
        self.targets = np.zeros((n_classes, len(y)), dtype)
        self.targets[y, np.arange(len(y))] = 1
        self._y = y
        self._texts = np.arange(len(y))

    def evaluate(self, scores: Array) -> tuple[float, Array]:
        """The loss and the probabilities (K, n)."""
        highest = scores.max(axis=0)
        p = np.exp(scores - highest)
        total = p.sum(axis=0)
        p /= total
        losses = np.log(total) + highest - scores[self._y, self._texts]
        return float(losses.sum(dtype=np.float64)), p

    def curvature(self, p: Array, scores: Array) -> float:
        """The loss's second derivative along a direction with these scores."""
        weighted = p * scores
        mean = weighted.sum(axis=0)
        return dot(weighted, scores) - dot(mean, mean)

    def spread(self, p: Array) -> float:
        """The mean eigenvalue of the texts' class covariances."""
        n_texts: int = p.shape[1]
        mean_purity = dot(p, p) / n_texts
        return (1 - mean_purity) / (self.n_vectors - 1)


class Sigmoid:
    """The log loss of two classes told apart by one weight vector. `y` is 0 or 1."""

    n_vectors = 1

    def __init__(self, y: NDArray[np.int64], dtype: Any) -> None:
        self.targets = y[None, :].astype(dtype)

    def evaluate(self, scores: Array) -> tuple[float, Array]:
        shrunk = np.exp(-np.abs(scores))
        losses = np.log1p(shrunk) + np.maximum(scores, 0) - self.targets * scores
        return float(losses.sum(dtype=np.float64)), np.where(scores >= 0, 1, shrunk) / (1 + shrunk)

    def curvature(self, p: Array, scores: Array) -> float:
        return dot(p * (1 - p) * scores, scores)

    def spread(self, p: Array) -> float:
        n_texts: int = p.shape[1]
        return dot(p, 1 - p) / n_texts


Loss = Softmax | Sigmoid
