"""Rows of a large matrix, perhaps float16 and on disk, a block at a time in float32."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tui_al.learning.dataset import Floats

_BYTES = 2**23  # of a block in float32


def block_size(x: Floats) -> int:
    """How many rows of x (n, D) make a block."""
    dimension: int = x.shape[1]
    return max(1, _BYTES // (4 * dimension))


def row_blocks(x: Floats) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    """Blocks of consecutive rows of x (n, D), with where they lie."""
    size = block_size(x)
    for start in range(0, len(x), size):
        rows = slice(start, min(start + size, len(x)))
        yield rows, x[rows].astype(np.float32, copy=False)


def take_rows(x: Floats, indices: NDArray[np.intp]) -> NDArray[np.float32]:
    """Rows of x by index, in float32: (len(indices), D)."""
    return x[indices].astype(np.float32, copy=False)


def taken_blocks(
    x: Floats, indices: NDArray[np.intp]
) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    """The rows of x at these indices, block by block, with which of the indices they are."""
    size = block_size(x)
    for start in range(0, len(indices), size):
        part = slice(start, min(start + size, len(indices)))
        yield part, take_rows(x, indices[part])


def squared_norms(x: Floats) -> NDArray[np.float32]:
    """The squared length of every row of x (n, D): (n,)."""
    out = np.empty(len(x), dtype=np.float32)
    for rows, block in row_blocks(x):
        np.einsum("ij,ij->i", block, block, out=out[rows])
    return out
