"""What a better embedding model is worth in labels."""

from typing import Literal

import polars as pl

from tui_al.analysis.embedding_effect import GROUP
from tui_al.analysis.slices import CELL, Metric
from tui_al.analysis.targets import BASELINE, add_interval, reach_targets

Basis = Literal["random", "best"]
BASES: tuple[Basis, ...] = ("random", "best")


def choose_runs(scores: pl.DataFrame, basis: Basis) -> pl.DataFrame:
    """The runs of random, or of each cell's best strategy by mean AULC, from `score_runs`."""
    if basis == "random":
        return scores.filter(pl.col("strategy") == BASELINE)
    means = scores.group_by(*CELL, "strategy", maintain_order=True).agg(pl.col("aulc").mean())
    best = means.sort("aulc", descending=True, maintain_order=True).unique(CELL, keep="first")
    return scores.join(best, on=[*CELL, "strategy"], how="semi", maintain_order="left")


def value_models(
    curves: pl.DataFrame, scores: pl.DataFrame, basis: Basis, metric: Metric, confidence: float
) -> pl.DataFrame:
    """The labels with which the better of two models reaches what the weaker reaches in the end.

    Better is the one with the higher mean final metric, with random or each with its own best
    strategy (`choose_runs`). Every seed has its own target: what the weaker model's run of
    that seed ends with. A row a group and pair of models, the weaker ones of a group in order:

    weaker, better, weaker_strategy, better_strategy, weaker_final, better_final (means),
    all_labels (spent by either), pairs (shared seeds), reached, at_start (how many of them), and
    unless a pair is not reached: labels (mean), saved (all_labels - labels, with low and high,
    Student's interval) and share (labels / all_labels).
    """
    runs = (
        choose_runs(scores, basis)
        .select(*GROUP, "model", "strategy", "seed", "run_id", pl.col("final").fill_nan(None))
        .with_columns(pl.col("final").mean().over(*GROUP, "model").alias("mean"))
    )
    weaker = runs.rename(
        {name: f"weaker_{name}" for name in ("model", "strategy", "run_id", "final", "mean")}
    )
    pairs = runs.join(weaker, on=[*GROUP, "seed"], maintain_order="left_right").filter(
        pl.col("mean") > pl.col("weaker_mean")
    )
    targets = pairs.select(
        "run_id",
        pl.col("weaker_final").alias("target"),
        pl.col("weaker_model").alias("weaker"),
        "weaker_strategy",
        "weaker_mean",
        pl.col("mean").alias("better_mean"),
    )
    reached = reach_targets(
        curves.filter(pl.col("run_id").is_in(targets["run_id"].unique().implode())),
        targets,
        metric,
    )
    return _average(reached, confidence)


def _average(reached: pl.DataFrame, confidence: float) -> pl.DataFrame:
    complete = pl.col("labels").null_count() == 0
    saved = pl.col("all_labels") - pl.col("labels")
    figures = {
        "labels": pl.col("labels").mean(), "saved": saved.mean(), "std": saved.std(),
        "share": pl.col("labels").mean() / pl.col("all_labels").mean(),
    }  # fmt: skip
    averaged = reached.group_by(
        *GROUP, "weaker", pl.col("model").alias("better"), maintain_order=True
    ).agg(
        pl.col("weaker_strategy").first(),
        pl.col("strategy").first().alias("better_strategy"),
        pl.col("weaker_mean").first().alias("weaker_final"),
        pl.col("better_mean").first().alias("better_final"),
        pl.col("all_labels").first(),
        pl.len().alias("pairs"),
        pl.col("labels").count().alias("reached"),
        pl.col("at_start").sum(),
        *(pl.when(complete).then(value).alias(name) for name, value in figures.items()),
    )
    order = [*GROUP, "weaker_final", "better_final"]
    return add_interval(averaged, "saved", "pairs", confidence).sort(order, maintain_order=True)
