"""Mean ranks of strategies over datasets (Demšar 2006): would the order hold on other datasets?"""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

from tui_al.analysis.comparisons import Score, common_runs

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Friedman:
    """Friedman's test that all strategies rank alike: chi-square, corrected for ties, and Iman
    and Davenport's F, which is less conservative; each with its p."""

    chi_square: float
    p_chi_square: float
    f: float
    p_f: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """Strategies by mean rank over datasets, best (1) first; ties share the mean of their ranks.

    `distance` is Nemenyi's critical difference and `groups` the largest sets of strategies whose
    mean ranks are closer than that, both for more than one dataset alone, as is `friedman`.
    `seeds` are those that all strategies have. `table` has one row a dataset and strategy:
    dataset, name, score (mean over these seeds, models and initial pools) and rank.
    """

    names: tuple[str, ...]
    ranks: tuple[float, ...]
    datasets: tuple[str, ...]
    seeds: int
    friedman: Friedman | None
    distance: float | None
    groups: tuple[tuple[str, ...], ...]
    table: pl.DataFrame


def rank_strategies(
    scores: pl.DataFrame, *, score: Score = "aulc", confidence: float = 0.95
) -> Ranking | None:
    """Rank the strategies on each dataset by their mean over the seeds, models and initial pools
    that all of them have (`common_runs`), from `score_runs`. None for fewer than two."""
    runs = common_runs(scores.with_columns(pl.lit("all").alias("all")), "strategy", ["all"])
    shared = pl.col("name").n_unique().over("seed") == pl.col("name").n_unique()
    table = (
        runs.filter(shared)
        .group_by("dataset", "name")
        .agg(pl.col(score).mean().round(12).alias("score"))
        .with_columns(
            pl.col("score").rank("average", descending=True).over("dataset").alias("rank")
        )
        .sort("dataset", "name")
    )
    mean = table.group_by("name").agg(pl.col("rank").mean()).sort("rank", "name")
    if mean.height < 2:
        return None
    names, datasets = tuple(mean["name"]), tuple(table["dataset"].unique(maintain_order=True))
    ranking = Ranking(
        names=names,
        ranks=tuple(mean["rank"]),
        datasets=datasets,
        seeds=runs.filter(shared)["seed"].n_unique(),
        friedman=None,
        distance=None,
        groups=(),
        table=table,
    )
    if len(datasets) < 2:
        return ranking
    distance = critical_distance(len(names), len(datasets), confidence)
    return replace(
        ranking,
        friedman=friedman_test(table["rank"].to_numpy().reshape(len(datasets), -1)),
        distance=distance,
        groups=_group(names, mean["rank"].to_numpy(), distance),
    )


def friedman_test(ranks: Floats) -> Friedman:
    """The test of ranks (datasets, strategies). Where all are tied everywhere, p is 1."""
    n, k = ranks.shape
    ties = [np.unique(row, return_counts=True)[1] for row in ranks]
    correction = 1 - sum((count**3 - count).sum() for count in ties) / (n * (k**3 - k))
    if not correction:
        return Friedman(0.0, 1.0, 0.0, 1.0)
    spread = ((ranks.sum(0) - n * (k + 1) / 2) ** 2).sum()
    chi_square = float(12 * spread / (n * k * (k + 1)) / correction)
    rest = n * (k - 1) - chi_square
    f = (n - 1) * chi_square / rest if rest > 1e-9 else np.inf
    return Friedman(
        chi_square,
        float(special.chdtrc(k - 1, chi_square)),
        float(f),
        float(special.fdtrc(k - 1, (k - 1) * (n - 1), f)) if np.isfinite(f) else 0.0,
    )


def critical_distance(strategies: int, datasets: int, confidence: float) -> float:
    """Nemenyi's critical difference of mean ranks (Demsar 2006, section 3.2.2)."""
    q = _range_quantile(strategies, confidence) / np.sqrt(2)
    return float(q * np.sqrt(strategies * (strategies + 1) / (6 * datasets)))


def _range_quantile(k: int, probability: float) -> float:
    """The range of k standard normal values that is not exceeded with this probability.

    That is the studentized range with infinite degrees of freedom. `scipy.stats` has it too,
    and takes half a second to load, which is longer than a whole report.
    """
    z = np.linspace(-9, 9, 2001)  # of the least value; the trapezoid rule is exact for such tails
    density = np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
    low, high = 0.0, 20.0
    while high - low > 1e-12:
        middle = (low + high) / 2
        inside = k * density * (special.ndtr(z + middle) - special.ndtr(z)) ** (k - 1)
        low, high = (middle, high) if np.trapezoid(inside, z) < probability else (low, middle)
    return low


def _group(names: tuple[str, ...], ranks: Floats, distance: float) -> tuple[tuple[str, ...], ...]:
    """The largest runs of neighbours, two or more, all closer than the distance."""
    groups: list[tuple[str, ...]] = []
    reached = 0
    for first in range(len(names)):
        end = int(np.searchsorted(ranks, ranks[first] + distance, side="left"))
        if end > max(reached, first + 1):
            groups.append(names[first:end])
            reached = end
    return tuple(groups)
