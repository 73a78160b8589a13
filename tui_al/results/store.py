"""A folder of Parquet parts, one atomic file a finished run, read lazily as one table."""

import json
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import polars as pl

from tui_al import __version__
from tui_al.learning.records import CycleRecord
from tui_al.paths import atomic_write
from tui_al.results.schema import (
    CYCLE_COLUMNS,
    RUN_COLUMNS,
    SCHEMA_VERSION,
    SELECTION_COLUMNS,
    STORED_COLUMNS,
    RunIdentity,
)

_LIBRARIES = ("numpy", "scipy", "polars")


class ResultStore:
    """Finished runs in one or more folders; new ones go to the first.

    Of a run that several folders hold, the first folder's is read.
    """

    def __init__(self, folder: Path, *more: Path) -> None:
        self._folders = (folder, *more)
        self._damaged: set[Path] = set()

    def save(self, run: RunIdentity, records: Sequence[CycleRecord], wall_seconds: float) -> Path:
        """Write a finished run as one part and return its path; the same run replaces itself."""
        of_run = {name: getattr(run, name) for name in CYCLE_COLUMNS if hasattr(run, name)}
        of_run |= {
            "setting": run.setting,
            "schema_version": SCHEMA_VERSION,
            "experiment": run.experiment,
            "versions": _versions(),
            "machine": _machine(),
            "wall_seconds": wall_seconds,
            "finished_at": datetime.now(UTC),
        }
        rows = [
            of_run | {name: getattr(record, name) for name in _RECORD_COLUMNS} for record in records
        ]
        path = self._folders[0] / f"{run.run_id}.parquet"
        with atomic_write(path) as temporary:
            try:
                pl.DataFrame(rows, schema=STORED_COLUMNS).write_parquet(temporary)
            except pl.exceptions.PolarsError as error:  # so polars reports a full disk
                raise OSError(str(error)) from error
        return path

    def cycles(self) -> pl.LazyFrame:
        """All runs in long form: one row a run and cycle (`CYCLE_COLUMNS`)."""
        return self._scan().select(*CYCLE_COLUMNS)

    def runs(self) -> pl.LazyFrame:
        """One row a run: its identity and `RUN_COLUMNS`."""
        identity = [name for name in CYCLE_COLUMNS if name not in _RECORD_COLUMNS]
        return self._scan().select(*identity, *RUN_COLUMNS).unique("run_id", maintain_order=True)

    def selections(self) -> pl.LazyFrame:
        """The queried train-pool indices, their scores and a note, one row a run and cycle."""
        return self._scan().select("run_id", "cycle", *SELECTION_COLUMNS)

    def unreadable(self) -> list[Path]:
        """Parts that are not results of this schema; every other method passes them over."""
        return [path for path in self._paths() if not _readable(path)]

    def pass_over_damaged(self) -> list[Path]:
        """Read every part to the end; leave out from now on, and return, those that fail."""
        found = [path for path in self._paths() if _readable(path) and not _whole(path)]
        self._damaged.update(found)
        return found

    def _paths(self) -> list[Path]:
        found = [path for folder in self._folders for path in sorted(folder.glob("*.parquet"))]
        return [path for path in found if path not in self._damaged]

    def _scan(self) -> pl.LazyFrame:
        parts: dict[str, Path] = {}
        for path in self._paths():
            if path.name not in parts and _readable(path):
                parts[path.name] = path
        if not parts:
            return pl.LazyFrame(schema=STORED_COLUMNS)
        return pl.scan_parquet(
            list(parts.values()), glob=False, schema=STORED_COLUMNS, missing_columns="insert"
        )


_RECORD_COLUMNS = ("cycle", "n_labeled", "accuracy", "balanced_accuracy", "macro_f1",
                   "fit_seconds", "query_seconds", "selected", "scores", "note")  # fmt: skip
_OF_VERSION_1 = {name: kind for name, kind in STORED_COLUMNS.items() if name != "note"}


def _readable(path: Path) -> bool:
    if not path.is_file():  # opening a pipe would wait for ever
        return False
    try:
        columns = dict(pl.scan_parquet(path, glob=False).collect_schema())
    except (OSError, pl.exceptions.PolarsError):
        return False
    return columns in (STORED_COLUMNS, _OF_VERSION_1)


def _whole(path: Path) -> bool:
    try:
        pl.read_parquet(path, glob=False)
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return False
    return True


def _versions() -> str:
    found = {name: version(name) for name in _LIBRARIES}
    return json.dumps({"tui-al": __version__, "python": platform.python_version(), **found})


def _machine() -> str:
    return json.dumps(
        {"cores": os.cpu_count(), "architecture": platform.machine(), "system": platform.system()}
    )
