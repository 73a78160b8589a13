"""Splits and samples that keep the classes' shares, always the same for the same labels."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tui_al.corpora.corpus import LabeledTexts, check_rows
from tui_al.errors import BadInput

SPLIT_SEED = 20_250_601  # the benchmark's month; changing it changes every derived split
TEST_SHARE = 0.2


def stratified_rows(labels: Sequence[str], n: int) -> NDArray[np.intp]:
    """Choose n row numbers, ascending, with every class at its share of the rows.

    Fractional shares go to the classes with the largest remainders. A class keeps at
    least one row outside the choice, so that a test label is never unseen in training;
    where that leaves too few, fewer than n rows come back.
    """
    if not len(labels):
        return np.empty(0, dtype=np.intp)
    names, codes = np.unique(np.asarray(labels, dtype=object), return_inverse=True)
    sizes = np.bincount(codes, minlength=len(names))
    exact = sizes * (n / len(codes))
    quota = np.floor(exact).astype(np.intp)
    by_remainder = np.argsort(quota - exact, kind="stable")
    quota[by_remainder[: n - quota.sum()]] += 1
    quota = np.minimum(quota, sizes - 1)
    rng = np.random.default_rng(SPLIT_SEED)
    chosen = [
        rng.permutation(np.flatnonzero(codes == code))[: quota[code]] for code in range(len(names))
    ]
    return np.sort(np.concatenate(chosen))


def sampled_rows(n_rows: int, n: int) -> NDArray[np.intp]:
    """n of n_rows row numbers, ascending, uniform without replacement, fixed seed."""
    rng = np.random.default_rng(SPLIT_SEED)
    return np.sort(rng.choice(n_rows, size=min(n, n_rows), replace=False))


def split_rows(rows: LabeledTexts, share: float = TEST_SHARE) -> tuple[LabeledTexts, LabeledTexts]:
    """A stratified train and test part of one table, the same at every call."""
    check_rows(rows)
    chosen = stratified_rows(rows.labels, round(len(rows) * share)).tolist()
    if not chosen:
        raise BadInput(f"{rows.origin} is too small to set a test part aside: give a test file too")
    in_test = set(chosen)
    return rows.take(row for row in range(len(rows)) if row not in in_test), rows.take(chosen)
