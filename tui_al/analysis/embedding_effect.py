"""What another embedding model does to the ranking of strategies, everything else fixed."""

import polars as pl
from scipy import special

from tui_al.analysis.slices import CELL

GROUP = tuple(name for name in CELL if name != "model")
"""What runs of different models share."""
_PAIR = ("strategy", "rival")
_ROUNDING = 1e-12


def rank_strategies(scores: pl.DataFrame) -> pl.DataFrame:
    """Mean AULC over seeds and its rank in each cell, from `score_runs`.

    `CELL`, strategy, seeds, aulc, rank (1 is best, ties share the mean of theirs) and
    strategies (ranked in the cell).
    """
    means = scores.group_by(*CELL, "strategy", maintain_order=True).agg(
        pl.len().alias("seeds"), pl.col("aulc").fill_nan(None).mean()
    )
    return means.drop_nulls("aulc").with_columns(
        pl.col("aulc").round(12).rank("average", descending=True).over(CELL).alias("rank"),
        pl.len().over(CELL).alias("strategies"),
    )


def correlate_models(ranked: pl.DataFrame) -> pl.DataFrame:
    """How far two models agree on the order of strategies, from `rank_strategies`.

    A row a group and pair of models that share at least two strategies: model, other (by
    name), strategies (shared) and tau, Kendall's tau-b of their mean AULC (1: the same order,
    -1: reversed, null where a model has no order).
    """
    pairs = _pair_strategies(ranked, ()).with_columns(
        difference=pl.col("aulc") - pl.col("rival_aulc")
    )
    order = pl.when(pl.col("difference").abs() > _ROUNDING).then(pl.col("difference").sign())
    signs = pairs.select(*CELL, *_PAIR, order.otherwise(0.0).alias("order"))
    both = _pair_models(signs, "order")
    ordered = pl.col("order", "other_order").abs().sum().name.suffix("_n")
    agreeing = (pl.col("order") * pl.col("other_order")).sum()
    return (
        both.group_by(*GROUP, "model", "other", maintain_order=True)
        .agg(
            agreeing.alias("agreeing"),
            ordered,
            (pl.col("strategy").n_unique() + 1).alias("strategies"),
        )
        .with_columns(
            pl.col("agreeing")
            .truediv((pl.col("order_n") * pl.col("other_order_n")).sqrt())
            .fill_nan(None)
            .alias("tau"),
        )
        .drop("agreeing", "order_n", "other_order_n")
    )


def compare_pairs(scores: pl.DataFrame) -> pl.DataFrame:
    """All pairs of strategies in each cell, compared over the seeds that they share.

    `CELL`, strategy, rival (by name), seeds, difference (of mean AULC) and p_holm: two-sided
    paired t test with Holm's correction over the pairs of the cell; null (and not counted)
    where one seed is shared, or where the difference is the same in every seed but not zero.
    """
    difference = (pl.col("aulc") - pl.col("rival_aulc")).fill_nan(None)
    pairs = _pair_strategies(scores, ("seed",)).group_by(*CELL, *_PAIR, maintain_order=True)
    tested = pairs.agg(
        difference.count().alias("seeds"),
        difference.mean().alias("difference"),
        difference.std().alias("std"),
    )
    error = pl.col("std") / pl.col("seeds").sqrt()
    equal = (pl.col("std") <= _ROUNDING) & (pl.col("difference").abs() <= _ROUNDING)
    t = (
        pl.when(equal).then(0.0)
        .when(pl.col("std") > _ROUNDING).then((pl.col("difference") / error).abs())
    )  # fmt: skip
    tested = tested.with_columns(t.alias("t"))
    free = (tested["seeds"].cast(pl.Float64) - 1).clip(lower_bound=1).to_numpy()
    p = pl.Series("p", 2 * special.stdtr(free, -tested["t"].to_numpy())).fill_nan(None)
    return _correct(tested.drop("std", "t").with_columns(p)).drop("p")


def find_flips(tested: pl.DataFrame, risk: float) -> pl.DataFrame:
    """Pairs whose order is reversed by another model, each order beyond the noise.

    From `compare_pairs`: a row a group, pair of models and pair of strategies, the clearest
    first: model, other (by name), strategy (ahead with `model`), rival (ahead with `other`),
    difference (strategy - rival, with `model`) and other_difference (negative).
    """
    apart = tested.filter(pl.col("p_holm") <= risk)
    both = _pair_models(apart, "difference")
    forward = pl.col("difference") > 0
    return (
        both.filter(pl.col("difference").sign() * pl.col("other_difference").sign() < 0)
        .select(
            *GROUP,
            "model",
            "other",
            pl.when(forward).then("strategy").otherwise("rival").alias("strategy"),
            pl.when(forward).then("rival").otherwise("strategy").alias("rival"),
            pl.col("difference").abs(),
            -pl.col("other_difference").abs(),
        )
        .sort(
            pl.min_horizontal("difference", -pl.col("other_difference")),
            descending=True,
            maintain_order=True,
        )
    )


def _pair_strategies(frame: pl.DataFrame, also: tuple[str, ...]) -> pl.DataFrame:
    """Each pair of strategies in a cell once, by name, with aulc and rival_aulc."""
    keys = [*CELL, *also]
    rivals = frame.select(
        *keys, pl.col("strategy").alias("rival"), pl.col("aulc").alias("rival_aulc")
    )
    paired = frame.select(*keys, "strategy", "aulc").join(
        rivals, on=keys, maintain_order="left_right"
    )
    return paired.filter(pl.col("strategy") < pl.col("rival"))


def _pair_models(pairs: pl.DataFrame, value: str) -> pl.DataFrame:
    """Each pair of models in a group once, by name, with a value of both."""
    keys = [*GROUP, *_PAIR]
    others = pairs.select(
        *keys, pl.col("model").alias("other"), pl.col(value).alias(f"other_{value}")
    )
    return (
        pairs.select(*keys, "model", value)
        .join(others, on=keys, maintain_order="left_right")
        .filter(pl.col("model") < pl.col("other"))
    )


def _correct(tested: pl.DataFrame) -> pl.DataFrame:
    """Holm's step-down correction over the pairs of each cell that have a p."""
    left = pl.col("p").count().over(CELL) - pl.col("p").rank("ordinal").over(CELL) + 1
    step = tested.with_row_index("_row").with_columns((pl.col("p") * left).alias("p_holm"))
    worst = pl.col("p_holm").cum_max().over(CELL).clip(0, 1)
    ordered = step.sort("p", nulls_last=True, maintain_order=True).with_columns(worst)
    return ordered.sort("_row").drop("_row")
