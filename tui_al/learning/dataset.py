"""Embedded texts with labels: all that a simulation needs to know of a dataset."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tui_al.errors import BadInput

Floats = NDArray[np.floating[Any]]
Labels = NDArray[np.int64]
_CHECKED_ROWS = 8192


@dataclass(frozen=True, slots=True)
class EmbeddedDataset:
    """A train pool and a test set as matrices, with labels 0..C-1.

    `train_x` is (n_train, D) and `test_x` (n_test, D), float32 or float16, possibly memory
    maps; `train_y` and `test_y` are int64. `budget` is what an experiment without one spends.
    """

    train_x: Floats
    train_y: Labels
    test_x: Floats
    test_y: Labels
    classes: tuple[str, ...]
    name: str = "arrays"
    model: str = "arrays"
    budget: int | None = None

    @classmethod
    def from_arrays(
        cls,
        train_x: ArrayLike,
        train_y: ArrayLike,
        test_x: ArrayLike,
        test_y: ArrayLike,
        *,
        classes: Sequence[str] | None = None,
        name: str = "arrays",
        model: str = "arrays",
        budget: int | None = None,
    ) -> "EmbeddedDataset":
        """Check arrays and bind them. Integer and double matrices become float32.

        Raises `BadInput` naming the array (and row) that is ragged, not finite, empty, of
        another width than its partner, or labeled outside 0..C-1.
        """
        matrices = [_matrix("train_x", train_x), _matrix("test_x", test_x)]
        if matrices[0].shape[1] != matrices[1].shape[1]:
            raise BadInput(
                f"train_x has {matrices[0].shape[1]} columns but test_x has {matrices[1].shape[1]}"
            )
        labels = [_labels("train_y", train_y, matrices[0]), _labels("test_y", test_y, matrices[1])]
        n_classes = len(classes) if classes is not None else int(max(y.max() for y in labels)) + 1
        if n_classes < 2:
            raise BadInput("train_y and test_y hold one class, but a classifier needs two")
        for what, y in (("train_y", labels[0]), ("test_y", labels[1])):
            if y.min() < 0 or y.max() >= n_classes:
                raise BadInput(f"{what} holds labels outside 0..{n_classes - 1}")
        return cls(
            train_x=matrices[0],
            train_y=labels[0],
            test_x=matrices[1],
            test_y=labels[1],
            classes=tuple(classes) if classes is not None else tuple(map(str, range(n_classes))),
            name=name,
            model=model,
            budget=budget,
        )

    @property
    def n_classes(self) -> int:
        """C, counting classes that the test set or the labels seen so far may lack."""
        return len(self.classes)


def _matrix(what: str, values: ArrayLike) -> Floats:
    matrix = np.asanyarray(values)
    if matrix.ndim != 2 or 0 in matrix.shape:
        raise BadInput(f"{what} must be a matrix with rows and columns, not of shape {matrix.shape}")
    if matrix.dtype not in (np.float32, np.float16):
        try:
            matrix = matrix.astype(np.float32)
        except (TypeError, ValueError) as error:
            raise BadInput(f"{what} must hold numbers, not {matrix.dtype}") from error
    for start in range(0, len(matrix), _CHECKED_ROWS):
        finite = np.isfinite(matrix[start : start + _CHECKED_ROWS]).all(axis=1)
        if not finite.all():
            raise BadInput(f"{what}: row {start + int(finite.argmin())} holds NaN or infinity")
    return matrix


def _labels(what: str, values: ArrayLike, matrix: Floats) -> Labels:
    labels = np.asarray(values)
    if labels.ndim != 1 or len(labels) != len(matrix):
        raise BadInput(f"{what} must hold one label for each of the {len(matrix)} rows")
    if not np.issubdtype(labels.dtype, np.integer):
        raise BadInput(f"{what} must hold integers 0..C-1, not {labels.dtype}")
    return labels.astype(np.int64)
