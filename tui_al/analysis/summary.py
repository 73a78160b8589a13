"""Settings: runs averaged over their seeds."""

import polars as pl

from tui_al.analysis.slices import CELL

SETTING = (*CELL, "strategy")


def summarise_settings(runs: pl.DataFrame, scores: pl.DataFrame) -> pl.DataFrame:
    """One row a setting, best mean AULC first within a dataset and model.

    `runs` says which setting each of the scored runs has. Means over seeds, with the sample
    standard deviation (null for one seed). Runs average only with runs of the same text, the
    same embedding and the same parameters: equal names with another `setting` are another row,
    `finished_at` tells which came last.
    """
    order = ("dataset", "model", "aulc", *SETTING[2:], "setting")
    return (
        scores.join(runs.select("run_id", "setting", "finished_at"), on="run_id")
        .group_by(*SETTING, "setting", maintain_order=True)
        .agg(
            pl.len().alias("seeds"),
            pl.col("labels").first(),
            pl.col("accuracy").mean(),
            pl.col("accuracy").std().alias("accuracy_std"),
            pl.col("balanced_accuracy", "macro_f1").mean(),
            pl.col("aulc").mean(),
            pl.col("aulc").std().alias("aulc_std"),
            pl.col("seconds").mean(),
            pl.col("finished_at").max(),
        )
        .sort(order, descending=[name == "aulc" for name in order])
    )
