"""The judge of a race over stored runs, and what races would have been worth on known results."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Literal

import numpy as np
import polars as pl

from tui_al.analysis.leading import Floats
from tui_al.analysis.racing import FIRST_ROUND, Rules, Standing, judge, replay
from tui_al.analysis.slices import CELL, Metric, score_runs
from tui_al.grid.race import Scored
from tui_al.results.store import ResultStore

Measure = Literal["aulc", "final"]

_ORDERS = 120  # of seeds to race over: all there are of five


@dataclass(frozen=True, slots=True)
class Referee:
    """Scores stored runs by the area under a metric's curve, or by its last value."""

    store: ResultStore
    rules: Rules
    metric: Metric = "accuracy"
    measure: Measure = "aulc"

    @property
    def first_round(self) -> int:
        """How many seeds it takes until somebody can be judged."""
        return FIRST_ROUND

    def read(self, run_ids: Collection[str]) -> Mapping[str, Scored]:
        """The scores of those that are stored, with the seconds it took to compute them."""
        wanted = pl.col("run_id").is_in(list(run_ids))
        rows = self.store.cycles().filter(wanted).collect().sort("run_id", "cycle")
        rows = rows.with_columns(pl.col("cycle").max().over("run_id").alias("cycles"))
        seconds = self.store.runs().filter(wanted).select("run_id", "wall_seconds").collect()
        table = score_runs(rows, self.metric).join(seconds, on="run_id")
        columns = ("run_id", self.measure, "wall_seconds")
        return {name: Scored(*figures) for name, *figures in table.select(columns).iter_rows()}

    def judge(self, scores: Mapping[str, Sequence[float]]) -> Standing:
        """Where the race stands (`racing.judge`)."""
        return judge(scores, self.rules)


@dataclass(frozen=True, slots=True)
class Record:
    """What races at a risk came to over results that are known in full.

    Shares are of `races`, in every order of `seeds` over each of `cells` (dataset x model x
    initial pool, with `strategies`): `saved` of the runs, `dropped` of the races in which the
    winner of the whole grid was dropped. `loss` and `worst` are the mean and the largest loss
    of score of the pick against that winner.
    """

    risk: float
    cells: int
    races: int
    strategies: int
    seeds: int
    saved: float
    dropped: float
    loss: float
    worst: float


def known_scores(curves: pl.DataFrame, metric: Metric, measure: Measure) -> Floats:
    """Scores (cells x strategies x seeds) of the cells that have most of both, in full."""
    scores = score_runs(curves, metric).sort(*CELL, "strategy", "seed")
    sizes = scores.group_by(CELL, maintain_order=True).agg(
        pl.col("strategy").n_unique().alias("strategies"),
        pl.col("seed").n_unique().alias("seeds"),
        pl.len(),
        pl.col(measure),
    )
    full = sizes.filter(pl.col("len") == pl.col("strategies") * pl.col("seeds"))
    if full.is_empty():
        return np.empty((0, 0, 0))
    strategies, seeds = full.select("strategies", "seeds").row(
        int(full.select((pl.col("len") * (pl.col("seeds") >= FIRST_ROUND)).arg_max()).item())
    )
    alike = full.filter(strategies=strategies, seeds=seeds)
    return np.array(alike[measure].to_list()).reshape(-1, strategies, seeds)


def race_again(scores: Floats, risk: float) -> Record:
    """Race over known scores (cells x strategies x seeds), each in many orders of its seeds."""
    cells, strategies, seeds = scores.shape
    orders = _orders(seeds)
    shuffled = scores[:, :, orders].transpose(0, 2, 1, 3).reshape(-1, strategies, seeds)
    races = replay(shuffled, Rules(seeds, risk))
    return Record(
        risk=risk,
        cells=cells,
        races=len(shuffled),
        strategies=strategies,
        seeds=seeds,
        saved=float(1 - races.runs.mean() / (strategies * seeds)),
        dropped=float((races.loss > 0).mean()),
        loss=float(races.loss.mean()),
        worst=float(races.loss.max()),
    )


def _orders(seeds: int) -> np.ndarray[tuple[int, int], np.dtype[np.intp]]:
    """All orders of a few seeds; of more, as many drawn ones, the same at every call."""
    if seeds <= 5:
        return np.array(list(permutations(range(seeds))))
    rng = np.random.default_rng(0)
    return np.array([rng.permutation(seeds) for _ in range(_ORDERS)])
