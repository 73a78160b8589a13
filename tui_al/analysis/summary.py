"""One row a run, and one row a setting over its seeds."""

import polars as pl

_NAMES = ("dataset", "model", "ips", "strategy", "budget", "k0", "batch")
_SETTING = (*_NAMES, "cycles", "setting")


def summarise_runs(cycles: pl.LazyFrame, runs: pl.LazyFrame) -> pl.LazyFrame:
    """One row a run: metrics at the last cycle, AULC of accuracy, compute seconds, setting.

    AULC is the trapezoid area under accuracy over labels, divided by the label range; a run
    of a single cycle has its accuracy as AULC.
    """
    step = pl.col("n_labeled").diff().cast(pl.Float64)
    height = (pl.col("accuracy") + pl.col("accuracy").shift(1)) / 2
    span = pl.col("n_labeled").last() - pl.col("n_labeled").first()
    area = (step * height).sum() / span
    return (
        cycles.sort("run_id", "cycle")
        .group_by("run_id", *_NAMES, "seed", maintain_order=True)
        .agg(
            pl.col("cycle").last().alias("cycles"),
            pl.col("n_labeled").last().alias("labels"),
            pl.col("accuracy", "macro_f1").last(),
            pl.when(span > 0).then(area).otherwise(pl.col("accuracy").last()).alias("aulc"),
            (pl.col("fit_seconds") + pl.col("query_seconds")).sum().alias("seconds"),
        )
        .join(runs.select("run_id", "setting", "finished_at"), on="run_id")
    )


def summarise_settings(runs: pl.LazyFrame) -> pl.LazyFrame:
    """One row a setting, best mean AULC first within a dataset and model.

    Means over seeds, with the sample standard deviation (null for one seed). Runs average
    only with runs of the same text, the same embedding and the same parameters: equal
    names with another `setting` are another row, `finished_at` tells which came last.
    """
    order = ("dataset", "model", "aulc", *_SETTING[2:])
    return (
        runs.group_by(*_SETTING)
        .agg(
            pl.len().alias("seeds"),
            pl.col("accuracy").mean(),
            pl.col("accuracy").std().alias("accuracy_std"),
            pl.col("macro_f1").mean(),
            pl.col("aulc").mean(),
            pl.col("aulc").std().alias("aulc_std"),
            pl.col("seconds").mean(),
            pl.col("finished_at").max(),
        )
        .sort(order, descending=[name == "aulc" for name in order])
    )


def latest_settings(settings: pl.DataFrame) -> pl.DataFrame:
    """Of settings with equal names, the one that ran last; rows keep their order.

    The others are of an earlier text, embedding or parameter behind the same names.
    """
    newest = pl.col("finished_at").max().over(*_NAMES, "cycles")
    return settings.filter(pl.col("finished_at") == newest)
