"""Points of a plane as the cells of a terminal: braille for the many, marks for the few."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Which bit of a braille pattern each of a cell's 4 rows x 2 columns of dots is.
_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
LEVELS = 3


@dataclass(frozen=True, slots=True)
class Plane:
    """`points` (n, 2) on `rows` x `columns` cells.

    `patterns` (rows, columns) are braille characters' numbers (0: no point), `levels` how
    crowded a cell is beside others, 1 to `LEVELS`. `cells` (n,) tell where each point lies,
    counted line by line.
    """

    rows: int
    columns: int
    patterns: NDArray[np.uint8]
    levels: NDArray[np.uint8]
    cells: NDArray[np.intp]

    def where(self, points: Iterable[int]) -> set[int]:
        """The cells of points by number."""
        return set(self.cells[list(points)].tolist())


def draw_plane(points: NDArray[np.floating[Any]], rows: int, columns: int) -> Plane:
    """Bin points (n, 2) into the dots of so many cells; y grows upwards."""
    x = _spread(points[:, 0], 2 * columns)
    y = 4 * rows - 1 - _spread(points[:, 1], 4 * rows)
    dots = np.zeros((4 * rows, 2 * columns), dtype=bool)
    dots[y, x] = True
    patterns = np.zeros((rows, columns), dtype=np.uint8)
    for down, pair in enumerate(_BITS):
        for right, bit in enumerate(pair):
            patterns |= dots[down::4, right::2] * np.uint8(bit)
    cells = (y // 4) * columns + x // 2
    counts = np.bincount(cells, minlength=rows * columns).reshape(rows, columns)
    crowded = np.quantile(counts[counts > 0], np.arange(1, LEVELS) / LEVELS, method="lower")
    levels = (1 + (counts[..., None] > crowded).sum(axis=-1)).astype(np.uint8)
    return Plane(rows, columns, patterns, levels, cells)


def _spread(values: NDArray[np.floating[Any]], steps: int) -> NDArray[np.intp]:
    """Values as whole numbers 0..steps-1, the least and the greatest at the ends."""
    low, high = float(values.min()), float(values.max())
    if high <= low:
        return np.full(len(values), steps // 2, dtype=np.intp)
    steps_up: NDArray[np.intp] = np.rint((values - low) / (high - low) * (steps - 1)).astype(
        np.intp
    )
    return steps_up
