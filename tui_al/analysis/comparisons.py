"""Paired comparisons of strategies, of models or of initial pools, over the seeds they share.

A difference is judged by how it varies over seeds, on the datasets and models that are there;
whether it would hold on other datasets is what `ranks` asks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from scipy import special

from tui_al.analysis.slices import CELL

Subject = Literal["strategy", "model", "ips"]
Score = Literal["aulc", "final"]

_ALL = "all"  # the group of everything, where nothing else makes groups
_TINY = 1e-12  # what is left of equal scores after averaging


@dataclass(frozen=True, slots=True)
class Comparison:
    """Who is ahead of whom in each group of cells.

    `means` has one row a group and name, best mean first: name, seeds, score (mean over seeds),
    cells (how many that mean is over), found (cells in the group, of any name), judged (a
    difference to it was tested), leader (it has the best mean of those that are judged, or
    cannot be told apart from the one that has it) and best (ahead of every other name).
    Where nothing is judged, all are leaders and none is best.

    `pairs` has one row a group and pair, the name with the better mean first: first, second,
    seeds (shared), difference (first - second), low, high, p, p_holm and apart (the interval
    excludes zero).

    `left_out` has one row a group and name that shares too few cells with the others: name, runs.
    """

    means: pl.DataFrame
    pairs: pl.DataFrame
    left_out: pl.DataFrame

    @property
    def leader(self) -> str:
        """The name with the best mean of those that are judged, or of all where none is."""
        return str(self.means.sort("judged", descending=True, maintain_order=True)["name"][0])

    def groups(self, by: Sequence[str]) -> Iterator[tuple[tuple[str, ...], "Comparison"]]:
        """Each group of two names or more by itself: what it has in `by`, and its rows."""
        pairs = self.pairs.partition_by(by, as_dict=True)
        for key, means in self.means.partition_by(by, as_dict=True).items():
            if key in pairs:
                yield key, Comparison(means, pairs[key], self.left_out.clear())


def compare(
    scores: pl.DataFrame,
    *,
    subject: Subject = "strategy",
    by: Sequence[str] = (),
    score: Score = "aulc",
    confidence: float = 0.95,
) -> Comparison:
    """Compare all pairs of a column's names in each group of `by`, from `score_runs`.

    The score of a name and seed is its mean over the cells of `common_runs`, so that cells that
    share seeds do not pass for independent. Differences are paired by seed: Student's t, two
    sided, Holm's correction over the pairs of a group. An interval has the level at which Holm's
    procedure decides about its pair (that of its step, or where the procedure stopped before,
    that of the stop): it excludes zero exactly where p_holm <= 1 - confidence. The intervals of
    a group do not hold all at once with that confidence; the verdicts do.

    No p and no interval, and never apart: pairs that share one seed or none, and those whose
    difference is the same in every seed without being zero, which leaves no noise to measure
    (it comes of coarse scores). They do not count for Holm's correction. A difference of zero
    in every seed has p = 1 and [0, 0].
    """
    keys = tuple(by) or (_ALL,)
    runs = scores if by else scores.with_columns(pl.lit(_ALL).alias(_ALL))
    by_seed = (
        common_runs(runs, subject, keys)
        .group_by(*keys, "name", "seed", maintain_order=True)
        .agg(pl.col(score).mean().alias("score"), pl.len().alias("cells"), pl.first("found"))
    )
    means = _average(by_seed, keys)
    pairs = _decide(_test(_pair(by_seed, means, keys)), keys, 1 - confidence)
    left_out = (
        runs.group_by(*keys, pl.col(subject).alias("name"), maintain_order=True)
        .agg(pl.len().alias("runs"))
        .join(means, on=[*keys, "name"], how="anti", maintain_order="left")
    )
    frames = (_mark(means, pairs, keys), pairs, left_out)
    return Comparison(*(frames if by else (frame.drop(_ALL) for frame in frames)))


def common_runs(runs: pl.DataFrame, subject: Subject, by: Sequence[str]) -> pl.DataFrame:
    """The runs that can be compared in each group: every name and seed has the same cells.

    A cell is what runs share apart from subject and seed. A name and seed with fewer than half
    of a group's cells would cost the others too many of them and is left out, unless fewer than
    two names remained; then the cells are those that all of these have. Names may have
    different seeds. Adds name (that of the subject) and found, the cells in the group.
    """
    member = pl.struct("name", "seed")
    cell = pl.struct(name for name in (*CELL, "strategy") if name != subject)
    runs = runs.with_columns(pl.col(subject).alias("name"), cell.alias("cell")).with_columns(
        pl.col("cell").n_unique().over(by).alias("found"),
        pl.col("cell").n_unique().over(*by, "name", "seed").alias("has"),
    )
    frequent = 2 * pl.col("has") >= pl.col("found")
    enough = pl.col("name").filter(frequent).n_unique().over(by) >= 2
    runs = runs.filter(frequent | ~enough)
    shared = member.n_unique().over(*by, "cell") == member.n_unique().over(by)
    return runs.filter(shared).drop("cell", "has")


def _average(by_seed: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Means over seeds, best first within a group; equal ones by name."""
    means = by_seed.group_by(*keys, "name", maintain_order=True).agg(
        pl.len().alias("seeds"), pl.col("score").mean(), pl.first("cells", "found")
    )
    return means.sort(*keys, -pl.col("score").round(12), "name")


def _pair(by_seed: pl.DataFrame, means: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """One row a group and pair: seeds, difference and std over the seeds that both have."""
    placed = means.select(*keys, "name", pl.int_range(pl.len()).alias("place"))
    pairs = placed.join(placed, on=keys, suffix="_2").filter(pl.col("place") < pl.col("place_2"))
    both = by_seed.join(by_seed, on=[*keys, "seed"], suffix="_2")
    difference = pl.col("score") - pl.col("score_2")
    shared = both.group_by(*keys, "name", "name_2").agg(
        pl.len().alias("seeds"),
        difference.mean().alias("difference"),
        difference.std().alias("std"),
    )
    return (
        pairs.join(shared, on=[*keys, "name", "name_2"], how="left")
        .sort("place", "place_2")
        .with_columns(pl.col("seeds").fill_null(0))
        .rename({"name": "first", "name_2": "second"})
        .drop("place", "place_2")
    )


def _test(pairs: pl.DataFrame) -> pl.DataFrame:
    """Add p: of Student's t, 1 where all differences are zero, null where there is no noise."""
    seeds, mean, std = (
        pairs[name].cast(pl.Float64).to_numpy() for name in ("seeds", "difference", "std")
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        p = 2 * special.stdtr(seeds - 1, -np.abs(mean) / std * np.sqrt(seeds))
    without = np.where(np.abs(mean) <= _TINY, 1.0, np.nan)
    tested = np.where(seeds > 1, np.where(std > _TINY, p, without), np.nan)
    return pairs.with_columns(pl.Series("p", tested).fill_nan(None))


def _decide(pairs: pl.DataFrame, keys: Sequence[str], risk: float) -> pl.DataFrame:
    """Holm's procedure in each group: add low, high, p_holm and apart."""
    # Whether a hypothesis falls depends on how many are left when its turn comes.
    left = (pl.col("p").count() - pl.int_range(pl.len())).over(keys)
    adjusted = (pl.col("p") * pl.col("left")).cum_max().over(keys).clip(upper_bound=1)
    stop = pl.col("left").filter(pl.col("p_holm") > risk).max().over(keys)
    decided = (
        pairs.with_row_index("order")
        .sort(*keys, "p", nulls_last=True, maintain_order=True)
        .with_columns(left.cast(pl.Int64).alias("left"))
        .with_columns(adjusted.alias("p_holm"))
        .with_columns((risk / pl.max_horizontal("left", stop)).alias("level"))
        .sort("order")
    )
    seeds, std, level = (
        decided[name].cast(pl.Float64).to_numpy() for name in ("seeds", "std", "level")
    )
    half = pl.Series(special.stdtrit(seeds - 1, 1 - level / 2) * std / np.sqrt(seeds))
    bounds = {
        name: pl.when(pl.col("p").is_not_null()).then(pl.col("difference") + sign * half)
        for name, sign in (("low", -1), ("high", 1))
    }
    apart = ((pl.col("low") > 0) | (pl.col("high") < 0)).fill_null(False).alias("apart")
    columns = ("first", "second", "seeds", "difference", "low", "high", "p", "p_holm")
    return decided.with_columns(**bounds).select(*keys, *columns, apart)


def _mark(means: pl.DataFrame, pairs: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Add judged, leader and best."""
    tested = pairs.filter(pl.col("p").is_not_null())
    judged = pl.concat(
        [tested.select(*keys, pl.col(side).alias("name")) for side in ("first", "second")]
    ).unique()
    means = means.join(
        judged.with_columns(judged=True), on=[*keys, "name"], how="left", maintain_order="left"
    ).with_columns(pl.col("judged").fill_null(False))
    ahead = (
        means.sort("judged", descending=True, maintain_order=True)
        .group_by(keys, maintain_order=True)
        .agg(pl.first("name").alias("first"))
        .join(pairs.filter("apart"), on=[*keys, "first"])
        .select(*keys, pl.col("second").alias("name"), behind=True)
    )
    nobody = ~pl.col("judged").any().over(keys)
    leader = (pl.col("judged") & pl.col("behind").is_null()) | nobody
    alone = (pl.col("leader").sum() == 1).over(keys) & pl.col("judged").all().over(keys)
    return (
        means.join(ahead, on=[*keys, "name"], how="left", maintain_order="left")
        .with_columns(leader.alias("leader"))
        .with_columns((pl.col("leader") & alone).alias("best"))
        .drop("behind")
    )
