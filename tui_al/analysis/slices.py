"""The stored runs that a question is about, as the tables that every analysis reads."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Literal

import polars as pl

from tui_al.results.store import ResultStore

Metric = Literal["accuracy", "balanced_accuracy", "macro_f1"]

TASK = ("dataset", "model", "ips")
CELL = (*TASK, "oracle", "budget", "k0", "batch", "cycles")
"""What runs share that may be compared with each other: everything but strategy and seed."""
RUN = (*CELL, "strategy", "seed")
_RUN_COLUMNS = ("run_id", *RUN, "setting", "finished_at", "classes", "embedding_seconds",
                "machine")  # fmt: skip
_CURVE_COLUMNS = ("run_id", *RUN, "cycle", "n_labeled", "accuracy", "balanced_accuracy",
                  "macro_f1", "fit_seconds", "query_seconds")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Slice:
    """Which runs are wanted; an empty list wants all."""

    dataset: Sequence[str] = ()
    model: Sequence[str] = ()
    ips: Sequence[str] = ()
    strategy: Sequence[str] = ()

    def of(self, table: pl.DataFrame) -> pl.DataFrame:
        """The rows of a table with such columns."""
        for field in fields(self):
            wanted = getattr(self, field.name)
            if wanted:
                table = table.filter(pl.col(field.name).is_in(wanted))
        return table


@dataclass(frozen=True, slots=True)
class Results:
    """Runs of a slice. Of equal names with several settings, the one that ran last.

    `runs` has one row a run: `RUN`, run_id, setting, finished_at, classes (JSON),
    embedding_seconds and machine (JSON). `curves` has one row a run and cycle of the runs that
    query: `RUN`, run_id, cycle, n_labeled, the metrics, fit_seconds and query_seconds, in the
    order of runs and cycles. `pools` has the same of runs that train on an initial pool alone
    (cycles == 0). `classes` yields run_id, cycle, class_recall and class_labels of all of them.
    `earlier` are the runs that are left out, of an earlier text, embedding or parameter.
    """

    runs: pl.DataFrame
    curves: pl.DataFrame
    pools: pl.DataFrame
    classes: pl.LazyFrame
    earlier: pl.DataFrame

    def of(self, wanted: Slice) -> "Results":
        """The same for fewer runs."""
        frames = map(wanted.of, (self.runs, self.curves, self.pools, self.earlier))
        runs, curves, pools, earlier = frames
        kept = runs.lazy().select("run_id")
        classes = self.classes.join(kept, on="run_id", how="semi")
        return Results(runs, curves, pools, classes, earlier)


def load_results(store: ResultStore) -> Results:
    """Read everything a store has."""
    runs, rows = read_runs(store)
    newest = pl.col("setting").sort_by("finished_at").last().over(*CELL, "strategy")
    current = runs.filter(pl.col("setting") == newest)
    rows = rows.join(current.select("run_id"), on="run_id", how="semi", maintain_order="left")
    queried = pl.col("cycles") > 0
    kept = current.lazy().select("run_id")
    return Results(
        runs=current,
        curves=rows.filter(queried),
        pools=rows.filter(~queried),
        classes=store.classes().join(kept, on="run_id", how="semi"),
        earlier=runs.filter(pl.col("setting") != newest),
    )


def read_runs(store: ResultStore) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All runs, of earlier texts, embeddings and parameters too, and their rows of cycles.

    Columns and order are those of `Results.runs` and `Results.curves`.
    """
    cycles = store.cycles().collect()
    lengths = cycles.group_by("run_id").agg(pl.col("cycle").max().alias("cycles"))
    runs = store.runs().collect().join(lengths, on="run_id").select(_RUN_COLUMNS).sort(RUN)
    rows = cycles.join(lengths, on="run_id").sort(*RUN, "cycle").select(_CURVE_COLUMNS)
    return runs, rows


def score_runs(rows: pl.DataFrame, metric: Metric) -> pl.DataFrame:
    """One row a run of `curves` or `pools`: `RUN` and run_id, then labels (spent in all), the
    three metrics after the last cycle, final (the chosen one of them), aulc (trapezoid area
    under it over labels, divided by the label range; final where there is one cycle only) and
    seconds (fits and queries).
    """
    step = pl.col("n_labeled").diff().cast(pl.Float64)
    height = (pl.col(metric) + pl.col(metric).shift(1)) / 2
    span = pl.col("n_labeled").last() - pl.col("n_labeled").first()
    area = pl.when(span > 0).then((step * height).sum() / span).otherwise(pl.col(metric).last())
    return rows.group_by("run_id", *RUN, maintain_order=True).agg(
        pl.col("n_labeled").last().alias("labels"),
        pl.col("accuracy", "balanced_accuracy", "macro_f1").last(),
        pl.col(metric).last().alias("final"),
        area.alias("aulc"),
        (pl.col("fit_seconds") + pl.col("query_seconds")).sum().alias("seconds"),
    )
