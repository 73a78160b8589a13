"""Squared Euclidean distances in float32 that keep their digits where points lie close."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.floating[Any]]
# Below this share of the squared norms the digits of |x|^2 + |y|^2 - 2 x.y cancel.
_CLOSE = 1e-3


def squared_distances(
    x: Matrix, y: Matrix, x_norms: Matrix | None = None, y_norms: Matrix | None = None
) -> Matrix:
    """Between rows of x (n, D) and of y (m, D), given their squared norms or not: (n, m).

    Equal rows are at distance 0 exactly.
    """
    x_norms = np.einsum("ij,ij->i", x, x) if x_norms is None else x_norms
    y_norms = np.einsum("ij,ij->i", y, y) if y_norms is None else y_norms
    scale = x_norms[:, None] + y_norms
    squared: Matrix = x @ y.T
    squared *= -2
    squared += scale
    scale *= x.dtype.type(_CLOSE)
    rows, columns = np.nonzero(squared < scale)
    for start in range(0, len(rows), 8192):
        r, c = rows[start : start + 8192], columns[start : start + 8192]
        difference = x[r] - y[c]
        squared[r, c] = np.einsum("ij,ij->i", difference, difference)
    return squared
