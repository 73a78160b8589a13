"""Which strategy is ahead at which number of labels, changes inside the noise ignored."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

from tui_al.analysis.slices import CELL, Metric

_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Stretch:
    """Cycles first..last, both included, in which a strategy (by index) is ahead; `others` of
    the strategies are not behind either in any of them."""

    strategy: int
    first: int
    last: int
    others: int


def find_leaders(curves: pl.DataFrame, metric: Metric, confidence: float) -> pl.DataFrame:
    """Who is ahead in each cell, in the fewest stretches that the noise allows.

    A row a stretch: `CELL`, stretch (0, 1, ...), strategy, from_labels, to_labels and others
    (strategies that are not behind either in all of it). See `divide_cycles`. Cells with one
    strategy, or without two runs of any, are left out.
    """
    keys = [*CELL, "strategy", "seed"]
    rows = curves.select(*keys, "cycle", "n_labeled", pl.col(metric).alias("value"))
    found = []
    for cell, of_cell in rows.group_by(CELL, maintain_order=True):
        names = of_cell["strategy"].unique(maintain_order=True).to_list()
        labels, values = _stack(of_cell, names)
        for number, stretch in enumerate(divide_cycles(values, 1 - confidence)):
            ends = int(labels[stretch.first]), int(labels[stretch.last])
            found.append((*cell, number, names[stretch.strategy], *ends, stretch.others))
    schema = {name: curves.schema[name] for name in CELL} | {
        "stretch": pl.Int64(), "strategy": pl.String(),
        "from_labels": pl.Int64(), "to_labels": pl.Int64(), "others": pl.Int64(),
    }  # fmt: skip
    return pl.DataFrame(found, schema=schema, orient="row")


def _stack(rows: pl.DataFrame, names: list[str]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Labels (cycles,) and values (cycles, strategies, seeds); NaN where there is no run."""
    labels = rows.unique("cycle").sort("cycle")["n_labeled"].to_numpy()
    seeds = np.unique(rows["seed"].to_numpy())
    strategy = rows["strategy"].replace_strict(names, range(len(names)), return_dtype=pl.Int64)
    values = np.full((len(labels), len(names), len(seeds)), np.nan)
    seed = np.searchsorted(seeds, rows["seed"].to_numpy())
    values[rows["cycle"].to_numpy(), strategy.to_numpy(), seed] = rows["value"].to_numpy()
    return labels, values


def divide_cycles(values: NDArray[np.float64], risk: float) -> Iterator[Stretch]:
    """Divide the cycles into the fewest stretches in which one strategy is never behind.

    `values` is (cycles, strategies, seeds), NaN where there is no run. A strategy is behind
    where the one with the best mean beats it beyond the noise: paired t test over seeds, at a
    risk of `risk` over all strategies of a cycle (Bonferroni). Of the strategies that last
    equally long, the best on average over the stretch is named. Leading cycles at which all
    are equal (the initial pool) belong to no stretch.
    """
    present = np.isfinite(values)
    counts = present.sum(axis=2)
    if values.shape[1] < 2 or counts.max(initial=0) < 2:
        return
    means = np.where(present, values, 0).sum(axis=2) / np.maximum(counts, 1)
    means[counts == 0] = -np.inf
    holds = _keeps_up(values, means, risk)
    differ = np.ptp(np.where(counts > 0, means, means.max(axis=1, keepdims=True)), axis=1)
    first = int(np.argmax(differ > _ROUNDING)) if (differ > _ROUNDING).any() else len(values)
    while first < len(values):
        behind = ~holds[first:]
        lasts = np.where(behind.any(axis=0), behind.argmax(axis=0), len(behind))
        longest = int(lasts.max())
        average = means[first : first + longest].mean(axis=0)
        strategy = int(np.where(lasts == longest, average, -np.inf).argmax())
        others = int(np.sum(lasts == longest)) - 1
        yield Stretch(strategy, first, first + longest - 1, others)
        first += longest


def _keeps_up(
    values: NDArray[np.float64], means: NDArray[np.float64], risk: float
) -> NDArray[np.bool_]:
    """Whether each strategy is the best at a cycle or within the noise of it."""
    best = means.argmax(axis=1)
    behind = values[np.arange(len(values)), best][:, None] - values
    shared = np.isfinite(behind)
    n = shared.sum(axis=2)
    mean = np.where(shared, behind, 0).sum(axis=2) / np.maximum(n, 1)
    squares = np.where(shared, (behind - mean[:, :, None]) ** 2, 0).sum(axis=2)
    error = np.sqrt(squares / np.maximum(n - 1, 1) / np.maximum(n, 1))
    t = np.divide(mean, error, out=np.zeros_like(mean), where=error > _ROUNDING)
    p = 2 * special.stdtr(np.maximum(n - 1, 1), -np.abs(t))
    kept = (p * (values.shape[1] - 1) > risk) | (mean <= 0)
    return np.asarray((kept & np.isfinite(means)) | (means == means.max(axis=1, keepdims=True)))
