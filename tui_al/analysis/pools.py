"""What the initial pool selection is worth: trained on alone, and over the cycles after it."""

from collections.abc import Sequence

import polars as pl

from tui_al.analysis.averages import keep_complete
from tui_al.analysis.slices import CELL, Metric
from tui_al.analysis.wins import split_wins

POOL = ("dataset", "model", "oracle", "k0", "seed")
"""What one comparison of initial pools holds fixed."""

_CELL = tuple(name for name in CELL if name != "ips")
BASELINE = "random"
"""The IPS that gains are measured against."""


def one_a_pool(pools: pl.DataFrame) -> pl.DataFrame:
    """Of runs that trained on the same pool, one: no strategy has acted on it yet."""
    return pools.unique([*POOL, "ips"], keep="first", maintain_order=True)


def pool_winners(pools: pl.DataFrame, metric: Metric) -> tuple[pl.DataFrame, int, int]:
    """How often each IPS is strictly ahead of all others, by k0, of runs with cycles == 0.

    A comparison is of all IPS of the table, everything else equal. One row a k0 and ips:
    wins, ties (comparisons whose highest metric is shared, the same for each ips), compared,
    and share = wins / (compared - ties), null where all are ties. Beside it, how many
    comparisons there are, and how many were left out because they lack an IPS.
    """
    kept, n_kept, left_out = keep_complete(one_a_pool(pools), POOL, "ips")
    alone = pl.col("tied") == 1
    winners = (
        split_wins(kept, metric, POOL)
        .group_by("k0", "ips")
        .agg(
            (alone & (pl.col("won") > 0)).sum().alias("wins"),
            (~alone).sum().alias("ties"),
            pl.len().alias("compared"),
        )
        .sort("k0", "ips")
    )
    decided = pl.col("compared") - pl.col("ties")
    share = pl.when(decided > 0).then(pl.col("wins") / decided)
    return winners.with_columns(share.alias("share")), n_kept, left_out


def mean_pools(pools: pl.DataFrame, metric: Metric) -> pl.DataFrame:
    """One row a dataset, model, oracle, ips and k0, sorted by these: seeds, mean and sd (null
    for one seed) of the metric, of runs with cycles == 0."""
    keys = ("dataset", "model", "oracle", "ips", "k0")
    return (
        one_a_pool(pools)
        .group_by(*keys)
        .agg(
            pl.len().alias("seeds"),
            pl.col(metric).mean().alias("mean"),
            pl.col(metric).std().alias("sd"),
        )
        .sort(*keys)
    )


def pool_gains(curves: pl.DataFrame, metric: Metric) -> pl.DataFrame:
    """One row a run from another IPS than random and cycle, where the run with random exists
    that equals it in everything else, the seed included: gain = its metric - that of random."""
    keys = (*_CELL, "strategy", "seed", "cycle")
    base = curves.filter(ips=BASELINE).select(*keys, pl.col(metric).alias("base"))
    return (
        curves.filter(pl.col("ips") != BASELINE)
        .join(base, on=list(keys), maintain_order="left")
        .select(*CELL, "strategy", "seed", "cycle", (pl.col(metric) - pl.col("base")).alias("gain"))
    )


def mean_gains(gains: pl.DataFrame, confidence: float, by: Sequence[str]) -> pl.DataFrame:
    """Gains averaged over seeds, then over tasks, each task with the same weight.

    One row a group (equal `by`), sorted by these: tasks (datasets x models x schedules),
    pairs, mean, se (standard error of the mean over tasks; over seeds where the task is one)
    and Student's interval low..high at `confidence`. The last three are null for a single pair.
    """
    from scipy.special import stdtrit

    cells = [name for name in CELL if name not in by]
    pairs, tasks = pl.col("pairs"), pl.len()
    single = tasks == 1
    frame = (
        gains.group_by(*by, *cells)
        .agg(
            pl.len().alias("pairs"),
            pl.col("gain").mean().alias("mean"),
            pl.col("gain").std().alias("sd"),
        )
        .group_by(*by)
        .agg(
            tasks.alias("tasks"),
            pairs.sum(),
            pl.col("mean").mean(),
            pl.when(single)
            .then(pl.col("sd").first() / pairs.first().sqrt())
            .otherwise(pl.col("mean").std() / tasks.sqrt())
            .alias("se"),
        )
        .sort(*by)
    )
    units = pl.when(pl.col("tasks") == 1).then(pairs).otherwise(pl.col("tasks")).cast(pl.Int64)
    freedom = frame.select(pl.max_horizontal(units - 1, 1)).to_series().to_numpy()
    reach = pl.Series(stdtrit(freedom, (1 + confidence) / 2)) * pl.col("se")
    return frame.with_columns(
        (pl.col("mean") - reach).alias("low"), (pl.col("mean") + reach).alias("high")
    )
