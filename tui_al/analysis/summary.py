"""One row a run, and one row a setting over its seeds."""

import polars as pl

_SETTING = ("dataset", "model", "ips", "strategy", "budget", "k0", "batch")


def summarise_runs(cycles: pl.LazyFrame) -> pl.LazyFrame:
    """One row a run: metrics at the last cycle, AULC of accuracy, and compute seconds.

    AULC is the trapezoid area under accuracy over labels, divided by the label range; a run
    of a single cycle has its accuracy as AULC.
    """
    step = pl.col("n_labeled").diff().cast(pl.Float64)
    height = (pl.col("accuracy") + pl.col("accuracy").shift(1)) / 2
    span = pl.col("n_labeled").last() - pl.col("n_labeled").first()
    area = (step * height).sum() / span
    return (
        cycles.sort("run_id", "cycle")
        .group_by("run_id", *_SETTING, "seed", maintain_order=True)
        .agg(
            pl.col("n_labeled").last().alias("labels"),
            pl.col("accuracy", "balanced_accuracy", "macro_f1").last(),
            pl.when(span > 0).then(area).otherwise(pl.col("accuracy").last()).alias("aulc"),
            (pl.col("fit_seconds") + pl.col("query_seconds")).sum().alias("seconds"),
        )
    )


def summarise_settings(runs: pl.LazyFrame) -> pl.LazyFrame:
    """One row a setting, best mean AULC first within a dataset and model.

    Means over seeds, with the sample standard deviation (null for one seed).
    """
    order = ("dataset", "model", "aulc", *_SETTING[2:])
    return (
        runs.group_by(*_SETTING)
        .agg(
            pl.col("seed").n_unique().alias("seeds"),
            pl.col("accuracy").mean(),
            pl.col("accuracy").std().alias("accuracy_std"),
            pl.col("macro_f1").mean(),
            pl.col("aulc").mean(),
            pl.col("aulc").std().alias("aulc_std"),
            pl.col("seconds").mean(),
        )
        .sort(order, descending=[name == "aulc" for name in order])
    )
