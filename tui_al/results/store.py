"""The store of finished runs: folders of Parquet parts, read lazily as one table."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from uuid import uuid4

import polars as pl
from polars.io.plugins import register_io_source

from tui_al.learning.records import CycleRecord
from tui_al.results.compaction import compact_when_many
from tui_al.results.deletion import delete_runs
from tui_al.results.parts import frame_of, write_part
from tui_al.results.runs import UNKNOWN, Origin, RecordedRun, RunIdentity
from tui_al.results.schema import (
    CLASS_COLUMNS,
    CYCLE_COLUMNS,
    RECORD_COLUMNS,
    RUN_COLUMNS,
    SELECTION_COLUMNS,
    STORED_COLUMNS,
)
from tui_al.results.shelves import Shelf, Shelves, scan

_ATTEMPTS = 20  # to read between two compactions; more than one is rare


class ResultStore:
    """Finished runs in one or more folders; new ones go to the first.

    Of a run that several folders hold, the first folder's is read; of several in one folder,
    the one that was finished last. Tables are read when they are collected, from whole parts:
    nobody sees half a run, whoever writes or compacts meanwhile.
    """

    def __init__(self, folder: Path, *more: Path) -> None:
        self._folder = folder
        self._shelves = Shelves([folder, *more])

    def save(
        self,
        run: RunIdentity,
        records: Sequence[CycleRecord],
        wall_seconds: float,
        origin: Origin = UNKNOWN,
    ) -> Path:
        """Write a finished run as one part and return its path; the same run replaces itself."""
        return self._write(run.run_id, [RecordedRun(run, records, wall_seconds, origin)])

    def save_batch(self, runs: Sequence[RecordedRun]) -> Path:
        """Write several finished runs as one part: all of them are stored, or none."""
        return self._write(f"batch-{uuid4().hex[:8]}", runs)

    def delete(self, run_ids: Collection[str]) -> int:
        """Delete runs from the first folder; return how many of them it had.

        A run that another folder holds too is read from there afterwards.
        """
        return delete_runs(self._folder, run_ids)

    def cycles(self) -> pl.LazyFrame:
        """All runs in long form: one row a run and cycle (`CYCLE_COLUMNS`)."""
        return self._table().select(*CYCLE_COLUMNS)

    def runs(self) -> pl.LazyFrame:
        """One row a run: its identity and `RUN_COLUMNS`."""
        identity = [name for name in CYCLE_COLUMNS if name not in RECORD_COLUMNS]
        return self._table().select(*identity, *RUN_COLUMNS).unique("run_id", maintain_order=True)

    def selections(self) -> pl.LazyFrame:
        """The queried train-pool indices, their scores and a note, one row a run and cycle."""
        return self._table().select("run_id", "cycle", *SELECTION_COLUMNS)

    def classes(self) -> pl.LazyFrame:
        """Recall and labels so far by class, one row a run and cycle (`CLASS_COLUMNS`)."""
        return self._table().select("run_id", "cycle", *CLASS_COLUMNS)

    def run_ids(self) -> set[str]:
        """Which runs are stored now."""
        return {run for shelf in self._survey() for run in shelf.part.finished}

    def unreadable(self) -> dict[Path, str]:
        """Files that are no parts of this store, and why; every other method passes them over."""
        return self._shelves.unusable()

    def _write(self, stem: str, runs: Sequence[RecordedRun]) -> Path:
        path = write_part(self._folder, stem, frame_of(runs))
        compact_when_many(self._folder)
        return path

    def _table(self) -> pl.LazyFrame:
        return register_io_source(self._read, schema=STORED_COLUMNS)

    def _read(
        self,
        columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,
        _batch_size: int | None,
    ) -> Iterator[pl.DataFrame]:
        """What polars calls when a table is collected."""
        for attempt in range(1, _ATTEMPTS + 1):
            shelves = self._survey()
            frame = scan(shelves)
            frame = frame if predicate is None else frame.filter(predicate)
            frame = frame if columns is None else frame.select(columns)
            frame = frame if n_rows is None else frame.head(n_rows)
            try:
                collected = frame.collect()
            except (OSError, pl.exceptions.PolarsError):
                vanished = not all(shelf.part.path.exists() for shelf in shelves)
                if attempt == _ATTEMPTS or not vanished:
                    raise
                continue
            yield collected
            return

    def _survey(self) -> list[Shelf]:
        """Parts that hold every run which was stored when this was called."""
        for _ in range(_ATTEMPTS):
            shelves = self._shelves.survey()
            if not self._shelves.outdated(shelves):
                break
        return shelves
