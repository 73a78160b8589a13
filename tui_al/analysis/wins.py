"""Who beats whom, and who is best: comparisons of runs that differ by one choice alone."""

from collections.abc import Sequence

import polars as pl

from tui_al.analysis.slices import CELL, Metric

PAIRED = (*CELL, "seed", "cycle")
"""What one comparison of strategies holds fixed."""

_QUERIED = pl.col("cycle") > 0  # at cycle 0 all strategies share the initial pool


def win_rates(curves: pl.DataFrame, metric: Metric) -> pl.DataFrame:
    """How often each strategy beats each other one, by initial pool selection.

    A comparison is of two runs at one cycle, everything but the strategy equal; cycle 0 does
    not count. One row an ips, strategy and rival that were ever compared: wins, losses, ties,
    compared, and win_rate = wins / compared. Within an ips, strategies come in the order of
    their mean win rate over rivals, best first, and rivals in the same order.
    """
    rows = curves.filter(_QUERIED)
    blocks = rows.select(PAIRED).unique().with_row_index("block")
    scores = rows.join(blocks, on=PAIRED).select("block", "ips", "strategy", metric)
    rivals = scores.select(
        "block", pl.col("strategy").alias("rival"), pl.col(metric).alias("other")
    )
    mine, other = pl.col(metric), pl.col("other")
    rates = (
        scores.join(rivals, on="block")
        .filter(pl.col("strategy") != pl.col("rival"))
        .group_by("ips", "strategy", "rival")
        .agg(
            (mine > other).sum().alias("wins"),
            (mine < other).sum().alias("losses"),
            (mine == other).sum().alias("ties"),
            pl.len().alias("compared"),
        )
        .with_columns((pl.col("wins") / pl.col("compared")).alias("win_rate"))
    )
    return _best_first(rates)


def _best_first(rates: pl.DataFrame) -> pl.DataFrame:
    means = (
        rates.sort("ips", "strategy", "rival")
        .group_by("ips", "strategy", maintain_order=True)
        .agg(pl.col("win_rate").mean().alias("mean"))
        .sort("ips", "mean", "strategy", descending=[False, True, False])
        .with_row_index("place")
    )
    rivals = means.select("ips", pl.col("strategy").alias("rival"), pl.col("place").alias("other"))
    ordered = rates.join(means, on=["ips", "strategy"]).join(rivals, on=["ips", "rival"])
    return ordered.sort("place", "other").drop("place", "mean", "other")


def split_wins(table: pl.DataFrame, metric: Metric, keys: Sequence[str]) -> pl.DataFrame:
    """The table with two more columns: tied, how many rows of a group (equal `keys`) share its
    highest metric, and won, the row's part of the win: 1 / tied for each of those, else 0.
    """
    groups = table.select(keys).unique().with_row_index("group")
    best = pl.col(metric) == pl.col(metric).max().over("group")
    return (
        table.join(groups, on=list(keys), maintain_order="left")
        .with_columns(best.alias("won"))
        .with_columns(pl.col("won").sum().over("group").alias("tied"))
        .with_columns(pl.col("won") / pl.col("tied"))
        .drop("group")
    )


def best_shares(curves: pl.DataFrame, metric: Metric, by: Sequence[str]) -> pl.DataFrame:
    """In which share of comparisons each strategy is best; ties count in equal parts.

    A comparison is of all strategies at one cycle after the initial pool, everything else
    equal; the shares mean something where each has all strategies (`keep_complete`). One row
    a group (equal `by`) and strategy, sorted by these: share and compared. The shares of a
    group add up to one.
    """
    won = split_wins(curves.filter(_QUERIED), metric, PAIRED)
    whole = won.group_by(*by).agg(pl.struct(PAIRED).n_unique().alias("compared"))
    return (
        won.group_by(*by, "strategy")
        .agg(pl.col("won").sum())
        .join(whole, on=list(by))
        .select(*by, "strategy", (pl.col("won") / pl.col("compared")).alias("share"), "compared")
        .sort(*by, "strategy")
    )
