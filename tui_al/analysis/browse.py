"""Stored runs as tables to look through: sorted, filtered, averaged over seeds.

Texts are enums whose categories are in order: 200,000 rows are sorted and searched in
milliseconds.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from tui_al.analysis.filters import Condition
from tui_al.analysis.slices import CELL, TASK, read_runs, score_runs
from tui_al.errors import BadInput
from tui_al.results.store import ResultStore

Level = Literal["runs", "cycles"]

SPREAD = "_sd"
"""A column that is averaged over seeds has its sample standard deviation beside it."""

_NAMES = (*TASK, "strategy")
_SCHEDULE = ("budget", "k0", "batch", "cycles", "oracle")
_ORIGINS = pl.Enum(["both", "own", "shipped"])
_KEPT_ORDERS = 16  # of 200,000 rows, 0.8 MB each
_QUERIED = pl.col("cycles") > 0
"""Runs that query come before those that train on an initial pool alone."""
_COLUMNS: dict[Level, tuple[str, ...]] = {
    "runs": (*_NAMES, "seed", "aulc", "accuracy", "labels", "macro_f1", "balanced_accuracy",
             "seconds", "finished", "origin", *_SCHEDULE, "setting", "run_id"),
    "cycles": (*_NAMES, "seed", "cycle", "labels", "accuracy", "macro_f1", "balanced_accuracy",
               "fit_seconds", "query_seconds", "origin", *_SCHEDULE, "setting", "run_id"),
}  # fmt: skip
_AVERAGED = ("aulc", "accuracy", "macro_f1", "balanced_accuracy", "seconds", "fit_seconds",
             "query_seconds")  # fmt: skip


@dataclass(frozen=True, slots=True)
class View:
    """How the runs are looked at: one row a run or a cycle, `grouped` to means over seeds.

    All `conditions` hold for the rows, those on what means do not have (seed, run_id) for what
    is averaged. Rows are sorted by column `order`, else by their names. `pinned` are keys
    whose rows come first; rows of runs also where the conditions exclude them.
    """

    level: Level = "runs"
    grouped: bool = True
    conditions: tuple[Condition, ...] = ()
    order: str | None = None
    descending: bool = False
    pinned: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The column that names what a row belongs to: its run, or its setting."""
        return "setting" if self.grouped else "run_id"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of its table, without standard deviations."""
        columns = _COLUMNS[self.level]
        if not self.grouped:
            return columns
        renamed = ("seeds" if name == "seed" else name for name in columns)
        return tuple(name for name in renamed if name != "run_id")


ALL_COLUMNS = tuple(dict.fromkeys(
    name for level in _COLUMNS for grouped in (True, False) for name in View(level, grouped).columns
))  # fmt: skip
"""What conditions may be about."""


class Stored:
    """Everything that is stored, ready to be looked through.

    `runs` has one row a run, `cycles` one a run and cycle, with the columns of ungrouped views.
    """

    def __init__(self, runs: pl.DataFrame, cycles: pl.DataFrame) -> None:
        self.runs = runs
        self.cycles = cycles
        self._by_run = cycles.sort("run_id", "cycle")
        self._places = _places(self._by_run["run_id"])
        self._means: dict[Level, pl.DataFrame] = {}
        self._sorted: dict[tuple[object, ...], pl.Series] = {}

    def show(self, view: View, columns: Collection[str] | None = None) -> pl.DataFrame:
        """The rows of a view, all its columns or these, its key and that of its order.

        Raises `BadInput` for a condition that it has no column for.
        """
        table = self._table(view)
        wanted = {view.key, view.order, *(table.columns if columns is None else columns)}
        kept = [name for name in table.columns if name in wanted]
        pinned = pl.col(view.key).is_in(_known(table, view.key, view.pinned))
        keep = [one.mask(table) for one in view.conditions if _applies(one, table)]
        if keep and view.pinned and view.level == "runs":
            keep = [pl.all_horizontal(keep) | pinned]
        if not keep and not view.pinned and view.order not in table.columns:
            return table.select(kept)
        places = self._sort(table, view)
        if keep:
            places = places.filter(_mask(table, pl.all_horizontal(keep)).gather(places))
        if view.pinned:
            on_top = _mask(table, pinned).gather(places)
            places = pl.concat([places.filter(on_top), places.filter(~on_top)])
        return table.select(pl.col(kept).gather(places))

    def curves(self, view: View, keys: Collection[str]) -> pl.DataFrame:
        """The cycles of some rows of a view (their `View.key`), means where it is grouped:
        the columns of a view of cycles, in the order of cycles."""
        places = (self._places[run] for run in self.runs_of(view, keys)["run_id"])
        parts = [self._by_run.slice(*place) for place in places]
        rows = pl.concat(parts) if parts else self._by_run.clear()
        if view.grouped:
            rows = _average(rows, "cycles")
        return rows.sort(view.key, "cycle")

    def strategies(self, view: View, keys: Sequence[str]) -> dict[str, str]:
        """The strategy of each of these rows of a view, in their order."""
        found = dict(self.runs_of(view, keys).select(view.key, "strategy").iter_rows())
        return {key: found[key] for key in keys if key in found}

    def runs_of(self, view: View, keys: Collection[str]) -> pl.DataFrame:
        """The runs behind some rows of a view: of a mean, those that it averages."""
        runs = self.runs.filter(pl.col(view.key).is_in(_known(self.runs, view.key, keys)))
        return self._before(runs, view)

    def _table(self, view: View) -> pl.DataFrame:
        """The rows that may be shown, and in their own order."""
        base = self.runs if view.level == "runs" else self.cycles
        chosen = self._before(base, view)
        if not view.grouped:
            return chosen
        if chosen.height < base.height:
            return _average(chosen, view.level)
        if view.level not in self._means:
            self._means[view.level] = _average(base, view.level)
        return self._means[view.level]

    def _sort(self, table: pl.DataFrame, view: View) -> pl.Series:
        """The places of all rows in the order of a view. That of whole tables is kept: whoever
        sorts goes on to filter and to pin."""
        order = view.order
        if order is None or order not in table.columns:
            return pl.int_range(table.height, dtype=pl.UInt32, eager=True)
        how = (view.level, view.grouped, order, view.descending)
        whole = any(table is one for one in (self.runs, self.cycles, *self._means.values()))
        if whole and how in self._sorted:
            return self._sorted[how]
        by = pl.arg_sort_by(
            order, descending=view.descending, nulls_last=True, maintain_order=True
        )  # fmt: skip
        places = table.select(by.cast(pl.UInt32)).to_series()
        if whole:
            if len(self._sorted) >= _KEPT_ORDERS:
                self._sorted.pop(next(iter(self._sorted)), None)
            self._sorted[how] = places
        return places

    def _before(self, base: pl.DataFrame, view: View) -> pl.DataFrame:
        """Rows that meet the conditions which are not about the view's own columns."""
        for condition in view.conditions:
            name = condition.column
            if name is None or name in view.columns:
                continue
            if name in base.columns:
                base = base.filter(condition.mask(base))
            elif name in self.runs.columns and not view.grouped:
                kept = self.runs.filter(condition.mask(self.runs))
                base = base.join(kept, on="run_id", how="semi", maintain_order="left")
            else:
                raise BadInput(f"{name}: these rows have no such column, take the condition out")
        return base


def read_stored(store: ResultStore, own: ResultStore) -> Stored:
    """Read everything; `own` has those of the runs that this user computed."""
    runs, rows = read_runs(store)
    return prepare(runs, rows, own.run_ids())


def prepare(runs: pl.DataFrame, rows: pl.DataFrame, own: Collection[str]) -> Stored:
    """Tables to look through of what `read_runs` returns; runs of `own` are this user's."""
    mine = pl.col("run_id").is_in(list(own))
    origin = pl.when(mine).then(pl.lit("own")).otherwise(pl.lit("shipped")).cast(_ORIGINS)
    facts = runs.select("run_id", "setting", pl.col("finished_at").alias("finished"), origin=origin)
    scores = score_runs(rows, "accuracy").join(facts, on="run_id", maintain_order="left")
    cycles = rows.rename({"n_labeled": "labels"}).join(
        facts.drop("finished"), on="run_id", maintain_order="left"
    )
    kinds = {name: _kind(scores[name]) for name, kind in scores.schema.items() if kind == pl.String}
    of_text = [pl.col(name).cast(kind) for name, kind in kinds.items()]
    return Stored(_arrange(scores, of_text, "runs"), _arrange(cycles, of_text, "cycles"))


def _arrange(table: pl.DataFrame, of_text: Sequence[pl.Expr], level: Level) -> pl.DataFrame:
    ordered = table.with_columns(of_text).sort(~_QUERIED, maintain_order=True)
    return ordered.select(_COLUMNS[level])


def _kind(names: pl.Series) -> pl.Enum:
    return pl.Enum(names.drop_nulls().unique().sort())


def _average(rows: pl.DataFrame, level: Level) -> pl.DataFrame:
    """Means over the seeds of each setting, in cycles of each of its cycles."""
    keys = ["setting"] if level == "runs" else ["setting", "cycle"]
    averaged = [name for name in _AVERAGED if name in rows.columns]
    origin = pl.col("origin")
    same = [name for name in (*CELL, "strategy", "labels") if name in rows.columns]
    extra = [pl.col("finished").max()] if level == "runs" else []
    means = rows.group_by(keys, maintain_order=True).agg(
        *(pl.col(name).first() for name in same),
        pl.len().alias("seeds"),
        *(pl.col(name).mean() for name in averaged),
        *(pl.col(name).std().alias(name + SPREAD) for name in averaged),
        *extra,
        pl.when(origin.min() == origin.max()).then(origin.first())
        .otherwise(pl.lit("both").cast(_ORIGINS)).alias("origin"),
    )  # fmt: skip
    if level == "runs":
        best_first = [~_QUERIED, pl.col("dataset"), pl.col("model"), -pl.col("aulc")]
        means = means.sort(best_first, maintain_order=True)
    spreads = [name for name in means.columns if name.endswith(SPREAD)]
    return means.select(*View(level, grouped=True).columns, *spreads)


def _places(runs: pl.Series) -> dict[str, tuple[int, int]]:
    """Where each run begins among sorted rows, and how many rows it has."""
    ends = runs.rle().struct.unnest()
    lengths = ends["len"].to_list()
    starts = (ends["len"].cum_sum() - ends["len"]).to_list()
    return dict(zip(ends["value"], zip(starts, lengths, strict=True), strict=True))


def _applies(condition: Condition, table: pl.DataFrame) -> bool:
    return condition.column is None or condition.column in table.columns


def _mask(table: pl.DataFrame, condition: pl.Expr) -> pl.Series:
    """Which rows meet a condition, one value a row."""
    return table.select(condition & pl.repeat(value=True, n=pl.len())).to_series()


def _known(table: pl.DataFrame, key: str, names: Collection[str]) -> pl.Expr:
    """Those names that the table has, as its enum."""
    there = pl.Series(list(names), dtype=pl.String).cast(table.schema[key], strict=False)
    return pl.lit(there.drop_nulls().implode())
