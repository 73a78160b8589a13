"""How many labels runs need to reach a value of the metric, and what that saves against random."""

from collections.abc import Sequence

import polars as pl
from scipy import special

from tui_al.analysis.slices import CELL, RUN, Metric

BASELINE = "random"
"""The strategy that others have to beat."""

GOAL = (*CELL, "target")
_SHARE_OF_BEST = 0.95
_ROUNDING = 1e-12  # a mean of equal values may lie that far above them


def choose_targets(
    curves: pl.DataFrame, metric: Metric, wanted: Sequence[float] = ()
) -> pl.DataFrame:
    """What to reach in each cell: `CELL`, target and basis, a row a cell and target.

    The targets `wanted` ("given"); without any, the mean final metric of random in the cell
    ("random"), or where random did not run, 95% of the best strategy's ("best").
    """
    finals = curves.group_by(*RUN, maintain_order=True).agg(
        pl.col(metric).fill_nan(None).last().alias("target")
    )
    if wanted:
        given = pl.DataFrame({"target": sorted(set(map(float, wanted)))})
        cells = finals.select(CELL).unique(maintain_order=True)
        return cells.join(given, how="cross").with_columns(basis=pl.lit("given"))
    means = finals.group_by(*CELL, "strategy", maintain_order=True).agg(pl.col("target").mean())
    of_random = pl.col("target").filter(pl.col("strategy") == BASELINE).first()
    return (
        means.group_by(CELL, maintain_order=True)
        .agg(
            pl.coalesce(of_random, _SHARE_OF_BEST * pl.col("target").max()).alias("target"),
            pl.when(of_random.is_null()).then(pl.lit("best")).otherwise(pl.lit("random"))
            .alias("basis"),
        )
        .drop_nulls("target")
    )  # fmt: skip


def reach_targets(curves: pl.DataFrame, targets: pl.DataFrame, metric: Metric) -> pl.DataFrame:
    """When each run first has a target: a row a run and target, in the order of the runs.

    `targets` has a column target and columns of `curves` that say for which runs it is meant
    (`CELL` or run_id); its other columns are kept. Added are `RUN`, run_id, and

    labels, seconds: spent up to the crossing, linear between the cycle before and the one at
        which the metric is there; null where it never is. Seconds are of queries and fits.
    at_start: the first cycle is there already; labels are then at most k0.
    all_labels, all_seconds: spent in the whole run.
    """
    spent = (pl.col("fit_seconds") + pl.col("query_seconds")).cum_sum().over("run_id")
    points = curves.select(
        *RUN,
        "run_id",
        pl.col("n_labeled").cast(pl.Float64).alias("labels"),
        spent.alias("seconds"),
        pl.col(metric).fill_nan(None).alias("value"),
    )
    before = pl.col("labels", "seconds", "value").shift(1).over("run_id").name.prefix("before_")
    ends = points.group_by("run_id", *RUN, maintain_order=True).agg(
        pl.col("labels", "seconds").last().name.prefix("all_")
    )
    meant_for = [name for name in targets.columns if name in (*RUN, "run_id")]
    kept = [name for name in targets.columns if name not in (*RUN, "run_id")]
    crossings = (
        points.with_columns(before)
        .join(targets.select(*meant_for, *kept), on=meant_for, maintain_order="left_right")
        .filter(pl.col("value") >= pl.col("target") - _ROUNDING)
        .unique(["run_id", *kept], keep="first", maintain_order=True)
        .select("run_id", *kept, *map(_at_crossing, ("labels", "seconds")),
                pl.col("before_value").is_null().alias("at_start"))
    )  # fmt: skip
    return ends.join(targets, on=meant_for, maintain_order="left_right").join(
        crossings, on=["run_id", *kept], how="left", nulls_equal=True, maintain_order="left"
    )


def _at_crossing(name: str) -> pl.Expr:
    step = (pl.col("target") - pl.col("before_value")) / (pl.col("value") - pl.col("before_value"))
    start, end = pl.col(f"before_{name}"), pl.col(name)
    return pl.coalesce(start + step.clip(0, 1) * (end - start), end).alias(name)


def summarise_needs(reached: pl.DataFrame, confidence: float) -> pl.DataFrame:
    """What each setting needs, from `reach_targets` over `choose_targets`.

    A row a cell, target and strategy, fewest labels first: seeds, reached and at_start (how
    many of them), then labels and seconds (means), low and high (Student's interval of the
    labels, cut at zero), null unless every seed reaches the target.
    """
    complete = pl.col("labels").null_count() == 0
    needs = reached.group_by(*GOAL, "basis", "strategy", maintain_order=True).agg(
        pl.len().alias("seeds"),
        pl.col("labels").count().alias("reached"),
        pl.col("at_start").sum(),
        *(
            pl.when(complete).then(value).alias(name)
            for name, value in (
                ("labels", pl.col("labels").mean()),
                ("seconds", pl.col("seconds").mean()),
                ("std", pl.col("labels").std()),
            )
        ),
    )
    needs = add_interval(needs, "labels", "seeds", confidence)
    return needs.with_columns(pl.col("low").clip(lower_bound=0)).sort(
        *GOAL, "labels", "reached", nulls_last=True,
        descending=[False] * len(GOAL) + [False, True], maintain_order=True,
    )  # fmt: skip


def pair_with_random(reached: pl.DataFrame) -> pl.DataFrame:
    """Each run of another strategy beside the run of random with the same cell and seed.

    `GOAL`, strategy, seed, labels and seconds as in `reach_targets`; random_labels,
    random_seconds: of random, all that it spent where it does not reach the target, which
    at_least says.
    """
    rival = reached.filter(pl.col("strategy") == BASELINE).select(
        *GOAL,
        "seed",
        pl.coalesce("labels", "all_labels").alias("random_labels"),
        pl.coalesce("seconds", "all_seconds").alias("random_seconds"),
        pl.col("labels").is_null().alias("at_least"),
    )
    others = reached.filter(pl.col("strategy") != BASELINE)
    return others.join(rival, on=[*GOAL, "seed"], maintain_order="left")


def summarise_savings(pairs: pl.DataFrame, confidence: float) -> pl.DataFrame:
    """Labels saved against random, paired by seed, from `pair_with_random`.

    A row a cell, target and strategy: pairs, at_least (how many of them have a random that
    never gets there: the saving is that or more), saved (mean, negative where more labels are
    needed), low and high (Student's interval), share (of what random needs) and extra_seconds
    (mean). Saved and what follows is null unless every paired run reaches the target.
    """
    saved = pl.col("random_labels") - pl.col("labels")
    extra = pl.col("seconds") - pl.col("random_seconds")
    complete = pl.col("labels").null_count() == 0
    figures = {
        "saved": saved.mean(),
        "std": saved.std(),
        "share": saved.mean() / pl.col("random_labels").mean(),
        "extra_seconds": extra.mean(),
    }
    savings = pairs.group_by(*GOAL, "strategy", maintain_order=True).agg(
        pl.len().alias("pairs"),
        pl.col("at_least").sum(),
        *(pl.when(complete).then(value).alias(name) for name, value in figures.items()),
    )
    return add_interval(savings, "saved", "pairs", confidence)


def add_interval(frame: pl.DataFrame, mean: str, count: str, confidence: float) -> pl.DataFrame:
    """Replace the column std by low and high: Student's interval for a mean of `count` values.

    Null for fewer than two values, and where they are all equal but not zero: there is no noise
    to measure.
    """
    free = (frame[count].cast(pl.Float64) - 1).clip(lower_bound=1)
    factor = pl.Series(special.stdtrit(free.to_numpy(), (1 + confidence) / 2))
    measured = (pl.col(count) > 1) & ((pl.col("std") > _ROUNDING) | (pl.col(mean) == 0))
    half = pl.when(measured).then(factor * pl.col("std") / pl.col(count).sqrt())
    return frame.with_columns(
        (pl.col(mean) - half).alias("low"), (pl.col(mean) + half).alias("high")
    ).drop("std")
