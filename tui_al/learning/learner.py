"""Fitting the classifier as labels come in, each time to the optimum and from the last one."""

from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_al.learning.classifier import Classifier
from tui_al.learning.dataset import Floats, Labels
from tui_al.learning.logistic.losses import Loss, Sigmoid, Softmax
from tui_al.learning.logistic.minimise import minimise
from tui_al.learning.logistic.preconditioner import Preconditioner
from tui_al.learning.logistic.spaces import ColumnSpace, RowSpace, Space

_LONG = 10  # squared length of a row: beyond, single precision may stop short of the optimum


def fit_classifier(x: Floats, y: Labels, n_classes: int) -> Classifier:
    """Fit on rows x (n, D) with labels y (n,): C = 1, intercept not penalised."""
    return Learner(n_classes).fit(x, y)


class Learner:
    """Fits the classifier again and again as labels come in (DESIGN section 4).

    Each fit reaches the optimum that one from scratch would; it only starts from the last.
    Two classes use the two-class form (one weight vector), as scikit-learn does.
    """

    def __init__(self, n_classes: int) -> None:
        self._n_classes = n_classes
        self._y = np.empty(0, np.int64)
        self._texts: _LabeledTexts | None = None
        self._last: _Solution | None = None

    def fit(self, x: Floats, y: Labels) -> Classifier:
        """Add rows x (b, D) with labels y (b,) to all before, and fit: the specified optimum."""
        rows = x.astype(np.float32, copy=False)
        self._texts = _LabeledTexts(rows) if self._texts is None else self._texts.extended(rows)
        self._y = np.concatenate([self._y, y])
        seen, columns, counts = np.unique(self._y, return_inverse=True, return_counts=True)
        if len(seen) == 1:
            nothing = np.zeros((x.shape[1], 1), np.float32)
            return Classifier(nothing, np.zeros(1, np.float32), seen, self._n_classes)
        weights, bias = self._minimise(self._texts, seen, columns, counts)
        if len(seen) == 2:  # sigmoid(z) is the softmax of (0, z)
            weights, bias = np.vstack([np.zeros_like(weights), weights]), np.append(0.0, bias)
        return Classifier(
            np.ascontiguousarray(weights.T, np.float32),
            bias.astype(np.float32),
            seen,
            self._n_classes,
        )

    def _minimise(
        self, texts: "_LabeledTexts", seen: Labels, columns: Labels, counts: Labels
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        dtype = texts.x.dtype
        loss: Loss = Softmax(columns, len(seen), dtype)
        if len(seen) == 2:
            loss = Sigmoid(columns, dtype)
        last = self._last
        if last is None or last.weights.shape[0] != loss.n_vectors:
            last = _without_weights(texts, counts)
        v, bias, model = minimise(
            texts.space(), loss, last.coordinates_in(texts), last.bias.astype(dtype), last.model
        )
        weights = v @ texts.x if texts.in_rows else v
        self._last = _Solution(v, weights, bias, model)
        return weights, bias


@dataclass(frozen=True, slots=True)
class _Solution:
    """Intercepts (K,) and weights (K, D) of a fit, the weights' coordinates (K, rank) in the
    space where they were found, and its preconditioner. K is 1 for two classes."""

    coordinates: NDArray[Any]
    weights: NDArray[Any]
    bias: NDArray[Any]
    model: Preconditioner | None

    def coordinates_in(self, texts: "_LabeledTexts") -> NDArray[Any]:
        """The same weights, given these texts or more of them."""
        if not texts.in_rows:
            return self.weights.astype(texts.x.dtype, copy=False)
        out = np.zeros((len(self.bias), len(texts.x)), texts.x.dtype)
        out[:, : self.coordinates.shape[1]] = self.coordinates
        return out


def _without_weights(texts: "_LabeledTexts", counts: Labels) -> _Solution:
    """The optimum for texts without features: intercepts that give the class shares."""
    logs = np.log(counts)
    bias = np.diff(logs) if len(logs) == 2 else logs - logs.mean()
    weights = np.zeros((len(bias), texts.x.shape[1]), texts.x.dtype)
    return _Solution(weights[:, :0], weights, bias, None)


class _LabeledTexts:
    """The labeled matrix (n, D) and its smaller product, extended batch by batch."""

    def __init__(self, x: NDArray[Any]) -> None:
        self.x = _precise_enough(x)
        self.in_rows = _rows_are_few(x)
        self.gram = self.x @ self.x.T if self.in_rows else self.x.T @ self.x

    def extended(self, rows: NDArray[np.float32]) -> "_LabeledTexts":
        """These texts and more. What is known of the product is kept."""
        x = np.vstack([self.x, _precise_enough(rows)])
        if x.dtype != self.x.dtype or self.in_rows != _rows_are_few(x):
            return _LabeledTexts(x)
        more = copy(self)
        more.x = x
        more.gram = _bordered(self.gram, x @ rows.T) if self.in_rows else self.gram + rows.T @ rows
        return more

    def space(self) -> Space:
        return RowSpace(self.gram) if self.in_rows else ColumnSpace(self.x, self.gram)


def _rows_are_few(x: NDArray[Any]) -> bool:
    # Up to D texts the rows' product is the smaller one, but the columns' needs solving once
    # for several fits, the rows' anew for each.
    n, dimension = x.shape
    return bool(2 * n < dimension)


def _precise_enough(x: NDArray[Any]) -> NDArray[Any]:
    long = np.einsum("ij,ij->i", x, x).max() > _LONG
    return x.astype(np.float64) if long else x


def _bordered(gram: NDArray[Any], columns: NDArray[Any]) -> NDArray[Any]:
    """A symmetric matrix with more columns, (n, new), whose last rows are its new corner."""
    known = len(gram)
    return np.block([[gram, columns[:known]], [columns[:known].T, columns[known:]]])
