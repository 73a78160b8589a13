"""Stored runs as the records that they were made of."""

import json
from typing import Any

import polars as pl

from tui_al.errors import BadInput
from tui_al.learning.records import CycleRecord
from tui_al.paths import Cache, find_reference
from tui_al.results.runs import Origin, RecordedRun, RunIdentity
from tui_al.results.schema import CLASS_COLUMNS, RECORD_COLUMNS, SELECTION_COLUMNS
from tui_al.results.store import ResultStore

_IDENTITY = ("run_id", "setting", "dataset", "model", "ips", "strategy", "seed", "oracle",
             "k0", "batch", "budget", "experiment")  # fmt: skip


def open_stored(cache: Cache) -> ResultStore:
    """What this user ran and what comes with the program, as one store."""
    return ResultStore(cache.runs, find_reference())


def list_queried_runs(store: ResultStore) -> list[RunIdentity]:
    """Every run that queries beyond its initial pool, the one that ended last first."""
    runs = store.runs().filter(pl.col("batch") > 0).sort("finished_at", descending=True)
    return [RunIdentity(**row) for row in runs.select(_IDENTITY).collect().iter_rows(named=True)]


def read_run(store: ResultStore, run_id: str) -> RecordedRun:
    """A run with all its cycles; lists that were not stored are empty.

    Raises `BadInput` where the store has no such run.
    """
    found = store.runs().filter(run_id=run_id).collect().to_dicts()
    if not found:
        raise BadInput(f"run {run_id} is not stored any more: choose another one")
    (run,) = found
    tables = (store.cycles(), store.selections(), store.classes())
    cycles, *more = (table.filter(run_id=run_id).collect() for table in tables)
    for table in more:
        cycles = cycles.join(table, on=["run_id", "cycle"])
    return RecordedRun(
        RunIdentity(**{name: run[name] for name in _IDENTITY}),
        [_record(row) for row in cycles.sort("cycle").select(RECORD_COLUMNS).to_dicts()],
        run["wall_seconds"],
        Origin(
            run["fingerprints"], tuple(json.loads(run["classes"] or "[]")), run["embedding_seconds"]
        ),
    )


def _record(row: dict[str, Any]) -> CycleRecord:
    lists = ("selected", "scores", *CLASS_COLUMNS)
    whole = {name: tuple(row[name] or ()) for name in lists}
    notes = {name: row[name] or "" for name in SELECTION_COLUMNS if name not in lists}
    return CycleRecord(**(row | whole | notes))
