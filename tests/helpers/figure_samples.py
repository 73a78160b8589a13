"""Hand-made runs, and the tables that `load_results` would make of them."""

import itertools
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl
from hypothesis import strategies as st

from tui_al.analysis.slices import RUN, Results

MACHINE = '{"cores": 2, "architecture": "x86_64"}'


@dataclass(frozen=True)
class Made:
    """A run with a score a cycle: its accuracy is the score, its balanced accuracy 1 - score,
    so that who wins by one loses by the other; its macro-F1 is always 0.5."""

    scores: Sequence[float]
    strategy: str = "random"
    seed: int = 0
    dataset: str = "d"
    model: str = "m"
    ips: str = "random"
    oracle: str = "labels"
    k0: int = 10
    batch: int = 5

    @property
    def cycles(self) -> int:
        return len(self.scores) - 1

    @property
    def budget(self) -> int:
        return self.k0 + self.cycles * self.batch

    @property
    def run_id(self) -> str:
        return "|".join(str(getattr(self, name)) for name in RUN)

    def differs_only_by(self, other: "Made", *names: str) -> bool:
        return all(getattr(self, key) == getattr(other, key) for key in RUN if key not in names)

    def seconds(self, cycle: int) -> tuple[float, float]:
        """Of the fit and of the query; different for every run."""
        spread = sum(map(ord, self.run_id)) % 97
        return 1.0 + cycle + spread, 100.0 * (cycle + 1) + spread


def make_results(runs: Iterable[Made], machine: str | None = MACHINE) -> Results:
    """The tables of some runs."""
    listed = sorted(runs, key=lambda run: [getattr(run, name) for name in RUN])
    identities = [{name: getattr(run, name) for name in ("run_id", *RUN)} for run in listed]
    text = {"run_id", "dataset", "model", "ips", "oracle", "strategy"}
    keys = {name: pl.String if name in text else pl.Int64 for name in ("run_id", *RUN)}
    facts = {"setting": pl.String, "finished_at": pl.Datetime("us", "UTC"), "classes": pl.String,
             "embedding_seconds": pl.Float64, "machine": pl.String}  # fmt: skip
    known = {"setting": "s", "finished_at": datetime(2026, 1, 1, tzinfo=UTC), "machine": machine}
    rows = [
        identity | _figures(run, cycle)
        for run, identity in zip(listed, identities, strict=True)
        for cycle in range(run.cycles + 1)
    ]
    figures = {"cycle": pl.Int64, "n_labeled": pl.Int64, "accuracy": pl.Float64,
               "balanced_accuracy": pl.Float64, "macro_f1": pl.Float64,
               "fit_seconds": pl.Float64, "query_seconds": pl.Float64}  # fmt: skip
    table = pl.DataFrame(rows, schema=keys | figures)
    queried = pl.col("cycles") > 0
    return Results(
        pl.DataFrame([identity | known for identity in identities], schema=keys | facts),
        table.filter(queried),
        table.filter(~queried),
        pl.LazyFrame(schema={"run_id": pl.String}),
        pl.DataFrame(schema=keys | facts),
    )


def _figures(run: Made, cycle: int) -> dict[str, float]:
    score = run.scores[cycle]
    fit, query = run.seconds(cycle)
    return {"cycle": cycle, "n_labeled": run.k0 + cycle * run.batch, "accuracy": score,
            "balanced_accuracy": 1 - score, "macro_f1": 0.5, "fit_seconds": fit,
            "query_seconds": query}  # fmt: skip


@st.composite
def made_runs(draw: st.DrawFn, *, pools: bool = False) -> list[Made]:
    """Some of the runs of a small grid with several schedules, scores often tied."""
    rng = random.Random(draw(st.integers(0, 2**32)))
    density = draw(st.sampled_from([0.3, 0.7, 0.95, 1.0]))
    datasets, models, ips, strategies, seeds = (
        draw(st.integers(1, most)) for most in (2, 2, 3, 4, 3)
    )
    schedules = [(3, 0), (7, 0), (9, 0)] if pools else [(3, 2), (3, 1), (9, 2)]
    grid = itertools.product(
        ("a", "b")[:datasets], ("x", "y")[:models], ("random", "typiclust", "coreset")[:ips],
        ("random", "badge", "margin", "zip")[: 1 if pools else strategies], range(seeds),
        schedules[: draw(st.integers(1, 3))],
    )  # fmt: skip
    return [
        Made([rng.randrange(5) / 4 for _ in range(cycles + 1)], strategy, seed, dataset, model,
             selection, k0=k0, batch=5 if cycles else 0)
        for dataset, model, selection, strategy, seed, (k0, cycles) in grid
        if rng.random() < density
    ]  # fmt: skip
