"""What reaching a target costs in labels and computing time, and which label price decides."""

from dataclasses import dataclass

import polars as pl

from tui_al.analysis.targets import GOAL, add_interval, pair_with_random

_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Prices:
    """Of one label and of one hour of computing; what has no price (None) costs nothing."""

    label: float | None
    hour: float | None

    def of(self, labels: pl.Expr, seconds: pl.Expr) -> pl.Expr:
        return labels * (self.label or 0.0) + seconds / _HOUR * (self.hour or 0.0)


def find_embedding_seconds(runs: pl.DataFrame) -> pl.DataFrame:
    """dataset, model and embedding_seconds: of the last run that knows, null where none does."""
    known = pl.col("embedding_seconds").sort_by("finished_at").drop_nulls().last()
    return runs.group_by("dataset", "model", maintain_order=True).agg(known)


def summarise_costs(
    reached: pl.DataFrame, embedding: pl.DataFrame, prices: Prices, confidence: float
) -> pl.DataFrame:
    """The cost of reaching each target, from `reach_targets` and `find_embedding_seconds`.

    A row a cell, target and strategy, cheapest first: seeds, reached and at_start (how many of
    them), then labels, seconds (queries and fits up to the crossing), embedding_seconds and
    cost (means), low and high (Student's interval of the cost, cut at zero), null unless every
    seed gets there.
    """
    complete = pl.col("labels").null_count() == 0
    figures = {"labels": pl.col("labels").mean(), "seconds": pl.col("seconds").mean(),
               "cost": pl.col("cost").mean(), "std": pl.col("cost").std()}  # fmt: skip
    embedded = pl.col("embedding_seconds").fill_null(0.0)
    costs = (
        reached.join(embedding, on=["dataset", "model"], how="left", maintain_order="left")
        .with_columns(prices.of(pl.col("labels"), pl.col("seconds") + embedded).alias("cost"))
        .group_by(*GOAL, "basis", "strategy", maintain_order=True)
        .agg(
            pl.len().alias("seeds"),
            pl.col("labels").count().alias("reached"),
            pl.col("at_start").sum(),
            pl.col("embedding_seconds").first(),
            *(pl.when(complete).then(value).alias(name) for name, value in figures.items()),
        )
    )
    costs = add_interval(costs, "cost", "seeds", confidence)
    return costs.with_columns(pl.col("low").clip(lower_bound=0)).sort(
        *GOAL, "cost", nulls_last=True, maintain_order=True
    )


def compare_costs(reached: pl.DataFrame, prices: Prices, confidence: float) -> pl.DataFrame:
    """What strategies save against random, paired by seed, and from which label price on.

    A row a cell, target and strategy: pairs, at_least (how many of them have a random that
    never gets there and counts with all it spent), cost_saved (mean), low and high (Student's
    interval), labels_saved with labels_low and labels_high, extra_seconds (means) and
    `break_even`. All but pairs and at_least are null unless every paired run gets there. The
    seconds of embedding are the same for both.
    """
    pairs = pair_with_random(reached).with_columns(
        (pl.col("random_labels") - pl.col("labels")).alias("labels_saved"),
        (pl.col("seconds") - pl.col("random_seconds")).alias("extra_seconds"),
    )
    complete = pl.col("labels").null_count() == 0
    saved = prices.of(pl.col("labels_saved"), -pl.col("extra_seconds"))
    figures = {
        "cost_saved": saved.mean(), "cost_std": saved.std(),
        "labels_saved": pl.col("labels_saved").mean(), "std": pl.col("labels_saved").std(),
        "extra_seconds": pl.col("extra_seconds").mean(),
    }  # fmt: skip
    compared = pairs.group_by(*GOAL, "strategy", maintain_order=True).agg(
        pl.len().alias("pairs"),
        pl.col("at_least").sum(),
        *(pl.when(complete).then(value).alias(name) for name, value in figures.items()),
    )
    compared = add_interval(compared, "labels_saved", "pairs", confidence).rename(
        {"low": "labels_low", "high": "labels_high", "cost_std": "std"}
    )
    compared = add_interval(compared, "cost_saved", "pairs", confidence)
    return compared.with_columns(break_even(prices.hour))


def break_even(hour_price: float | None) -> tuple[pl.Expr, pl.Expr]:
    """From labels_saved and extra_seconds, the label prices at which a strategy is cheaper than
    random: cheaper ("always", "never", or "above" or "below" the price) and break_even, that
    price. Null where hours have no price or where neither differs.
    """
    saved, extra = pl.col("labels_saved"), pl.col("extra_seconds") / _HOUR * (hour_price or 0.0)
    opposed = saved.sign() * extra.sign() > 0
    cheaper = (
        pl.when((saved == 0) & (extra == 0)).then(None)
        .when(opposed & (saved > 0)).then(pl.lit("above"))
        .when(opposed).then(pl.lit("below"))
        .when((saved >= 0) & (extra <= 0)).then(pl.lit("always"))
        .when((saved <= 0) & (extra >= 0)).then(pl.lit("never"))
    )  # fmt: skip
    priced = pl.lit(hour_price is not None)
    return (
        pl.when(priced).then(cheaper).alias("cheaper"),
        pl.when(priced & opposed).then(extra / saved).alias("break_even"),
    )
