"""Curves averaged over seeds, and the runs that can be compared choice by choice."""

from collections.abc import Sequence

import polars as pl

from tui_al.analysis.slices import CELL, TASK, Metric

SCHEDULE = tuple(name for name in CELL if name not in TASK)
"""What of a cell is not the task: who answers, and how many labels when."""


def mean_curves(curves: pl.DataFrame, metric: Metric) -> pl.DataFrame:
    """One row a cell (`CELL`), strategy and cycle, in this order: n_labeled, seeds, mean and
    sd (sample standard deviation over seeds, null for one) of the metric.
    """
    keys = (*CELL, "strategy", "cycle", "n_labeled")
    return (
        curves.group_by(*keys)
        .agg(
            pl.len().alias("seeds"),
            pl.col(metric).mean().alias("mean"),
            pl.col(metric).std().alias("sd"),
        )
        .sort(*keys)
    )


def keep_complete(
    table: pl.DataFrame, keys: Sequence[str], choice: str
) -> tuple[pl.DataFrame, int, int]:
    """The rows whose group (equal `keys`) has every value that column `choice` has anywhere.

    Shares of "best" mean something only where all compete. Returns the rows in their order,
    and how many groups were kept and left out.
    """
    groups = table.select(*keys, choice).unique().group_by(*keys).len()
    whole = groups.filter(pl.col("len") == table[choice].n_unique())
    kept = table.join(whole, on=list(keys), how="semi", maintain_order="left")
    return kept, whole.height, groups.height - whole.height
