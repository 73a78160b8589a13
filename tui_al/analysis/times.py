"""What runs cost in seconds."""

import polars as pl

from tui_al.analysis.averages import SCHEDULE
from tui_al.analysis.slices import CELL, RUN

_SETTING = ("dataset", *SCHEDULE, "strategy")
PARTS = ("initial_seconds", "query_seconds", "fit_seconds", "seconds")


def run_seconds(curves: pl.DataFrame) -> pl.DataFrame:
    """One row a run: `RUN`, initial_seconds (selecting the initial pool), query_seconds (all
    queries after it), fit_seconds (all fits), and seconds, their sum."""
    initial = pl.col("cycle") == 0
    query, fit = pl.col("query_seconds"), pl.col("fit_seconds")
    return curves.group_by("run_id", *RUN, maintain_order=True).agg(
        query.filter(initial).sum().alias("initial_seconds"),
        query.filter(~initial).sum(),
        fit.sum(),
        (query + fit).sum().alias("seconds"),
    )


def mean_seconds(seconds: pl.DataFrame) -> pl.DataFrame:
    """Means over the cells (`CELL`) of a dataset, schedule and strategy, sorted by these.

    One row each: cells, runs, and of each of `PARTS` the mean over cells of their means over
    seeds, under its own name, and, with _sd, the standard deviation over the seeds of a cell,
    pooled over cells (null where every cell has one run).
    """
    cells = seconds.group_by(*CELL, "strategy").agg(
        pl.len().alias("runs"),
        *(pl.col(name).mean() for name in PARTS),
        *(pl.col(name).var().alias(f"{name}_sd") for name in PARTS),
    )
    return (
        cells.group_by(*_SETTING)
        .agg(
            pl.len().alias("cells"),
            pl.col("runs").sum(),
            *(pl.col(name).mean() for name in PARTS),
            *(pl.col(f"{name}_sd").mean().sqrt() for name in PARTS),
        )
        .sort(*_SETTING)
    )
