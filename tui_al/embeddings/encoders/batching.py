"""Which texts share a batch, and how they are laid out."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray


def batches_by_length(lengths: NDArray[np.intp], tokens: int) -> Iterator[NDArray[np.intp]]:
    """Row numbers in batches, longest first, so that memory peaks at once and padding is small.

    A batch's size times its longest length stays within `tokens`, or it is one row.
    """
    order = np.argsort(-lengths, kind="stable")
    start = 0
    while start < len(order):
        size = max(1, tokens // max(1, int(lengths[order[start]])))
        yield order[start : start + size]
        start += size


def pad_right(rows: Sequence[Sequence[int]], value: int) -> NDArray[np.int64]:
    """Rows as a matrix, filled up at their ends.

    Whatever the tokenizer prefers: padding on the left would move the positions of models
    that count them from the first column (BERT, GPT-2).
    """
    matrix = np.full((len(rows), max(map(len, rows))), value, dtype=np.int64)
    for row, values in enumerate(rows):
        matrix[row, : len(values)] = values
    return matrix
