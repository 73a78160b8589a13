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
_LONGEST = 1e37  # squared length of a row: sums of a few still fit float32


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
        another width than its partner, or labeled outside 0..C-1, and for a train pool of
        one class.
        """
        matrices = [_matrix("train_x", train_x), _matrix("test_x", test_x)]
        if matrices[0].shape[1] != matrices[1].shape[1]:
            raise BadInput(
                f"train_x has {matrices[0].shape[1]} columns but test_x has {matrices[1].shape[1]}"
            )
        labels = [_labels("train_y", train_y, matrices[0]), _labels("test_y", test_y, matrices[1])]
        n_classes = len(classes) if classes is not None else _count_classes(*labels)
        for what, y in (("train_y", labels[0]), ("test_y", labels[1])):
            if y.min() < 0 or y.max() >= n_classes:
                raise BadInput(f"{what} holds labels outside 0..{n_classes - 1}")
        if labels[0].min() == labels[0].max():
            raise BadInput("train_y holds one class, but a classifier needs two")
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
    matrix = _array(what, values)
    if matrix.ndim != 2 or 0 in matrix.shape:
        raise BadInput(
            f"{what} must be a matrix with rows and columns, not of shape {matrix.shape}"
        )
    if matrix.dtype.kind not in "fiub":
        raise BadInput(f"{what} must hold numbers, not {matrix.dtype}")
    with np.errstate(over="ignore", invalid="ignore"):  # reported as the row's fault
        if matrix.dtype not in (np.float32, np.float16):
            matrix = matrix.astype(np.float32)
        matrix = np.ascontiguousarray(matrix)  # sums depend on how rows lie; a map stays a map
        for start in range(0, len(matrix), _CHECKED_ROWS):
            block = matrix[start : start + _CHECKED_ROWS].astype(np.float32, copy=False)
            sound = np.einsum("ij,ij->i", block, block) < _LONGEST  # false for NaN
            if not sound.all():
                row = int(sound.argmin())
                fault = "numbers too large" if np.isfinite(block[row]).all() else "NaN or infinity"
                raise BadInput(f"{what}: row {start + row} holds {fault}")
    return matrix


def _labels(what: str, values: ArrayLike, matrix: Floats) -> Labels:
    labels = _array(what, values)
    if labels.ndim != 1 or len(labels) != len(matrix):
        raise BadInput(f"{what} must hold one label for each of the {len(matrix)} rows")
    if not np.issubdtype(labels.dtype, np.integer):
        raise BadInput(f"{what} must hold integers 0..C-1, not {labels.dtype}")
    return labels.astype(np.int64)


def _array(what: str, values: ArrayLike) -> NDArray[Any]:
    try:
        return np.asarray(values)
    except ValueError as error:
        raise BadInput(f"{what} is ragged: every row must have the same length") from error


def _count_classes(train_y: Labels, test_y: Labels) -> int:
    n_classes = int(max(train_y.max(), test_y.max())) + 1
    if n_classes > len(train_y) + len(test_y):
        raise BadInput(
            f"train_y and test_y hold labels up to {n_classes - 1}, more than there are rows: "
            "number the classes 0..C-1, or name them with classes"
        )
    return n_classes
