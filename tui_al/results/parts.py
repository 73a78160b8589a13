"""Parts of the store: Parquet files of whole runs, named with a digest of their content.

A part is written once and never changed. Who reads it checks the digest first, so that a
damaged part is passed over before polars sees it: some flipped bytes end the whole process.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl

from tui_al.paths import atomic_write
from tui_al.results.machine import describe_machine, describe_versions
from tui_al.results.runs import RecordedRun
from tui_al.results.schema import (
    CYCLE_COLUMNS,
    RECORD_COLUMNS,
    SCHEMA_VERSION,
    STORED_COLUMNS,
    find_version,
    migrate,
)

SUFFIX = ".parquet"
_NAMED_DIGEST = re.compile(r"-([0-9a-f]{16})\.parquet")
_DAMAGED = (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException)


class UnusablePart(Exception):
    """A file in the store's folder that cannot be read as runs; the message says why."""


@dataclass(frozen=True, slots=True)
class Part:
    """A readable part: its runs, and when each was finished (microseconds since 1970)."""

    path: Path
    version: int
    current: bool
    finished: dict[str, int]

    def scan(self) -> pl.LazyFrame:
        """Its rows in the present form of the schema."""
        frame = pl.scan_parquet(self.path, glob=False)
        return frame if self.current else migrate(frame, self.version)


def inspect_part(path: Path) -> Part:
    """Check a part and read which runs it holds. Raises `UnusablePart`, `FileNotFoundError`."""
    if not path.is_file():  # opening a pipe would wait for ever
        if not path.is_symlink() and not path.exists():
            raise FileNotFoundError(path)
        raise UnusablePart("is not a file")
    try:
        content = path.read_bytes()
        named = _NAMED_DIGEST.search(path.name)
        if named and named[1] != _digest(content):
            raise UnusablePart("is damaged")
        columns = dict(pl.read_parquet_schema(BytesIO(content)))
        version = find_version(columns)
        if version is None:
            raise UnusablePart(_why_foreign(columns, content))
        if not named:  # of an earlier version: only reading all of it tells that it is whole
            pl.read_parquet(BytesIO(content))
        return Part(path, version, columns == STORED_COLUMNS, _finished(content))
    except FileNotFoundError:
        raise
    except _DAMAGED as error:
        raise UnusablePart("is damaged") from error


def write_part(
    folder: Path, stem: str, frame: pl.DataFrame, *, compression_level: int | None = None
) -> Path:
    """Write rows of whole runs as one part, named after its content, and return its path."""
    buffer = BytesIO()
    frame.write_parquet(buffer, compression_level=compression_level)
    content = buffer.getvalue()
    path = folder / f"{stem}-{_digest(content)}{SUFFIX}"
    with atomic_write(path) as temporary:
        temporary.write_bytes(content)
    return path


def frame_of(runs: Sequence[RecordedRun]) -> pl.DataFrame:
    """Finished runs in the stored form."""
    return pl.concat([_run_frame(run) for run in runs])


def _run_frame(run: RecordedRun) -> pl.DataFrame:
    of_records: dict[str, list[Any]] = {
        name: [getattr(record, name) for record in run.records] for name in RECORD_COLUMNS
    }
    identity = {name: getattr(run.identity, name) for name in CYCLE_COLUMNS
                if name not in RECORD_COLUMNS}  # fmt: skip
    of_run = identity | {
        "setting": run.identity.setting,
        "schema_version": SCHEMA_VERSION,
        "experiment": run.identity.experiment,
        "versions": describe_versions(),
        "machine": describe_machine(),
        "wall_seconds": run.wall_seconds,
        "finished_at": datetime.now(UTC),
        "fingerprints": run.origin.fingerprints,
        "classes": json.dumps(run.origin.classes),
        "embedding_seconds": run.origin.embedding_seconds,
    }
    repeated = {name: [value] * len(run.records) for name, value in of_run.items()}
    columns = of_records | repeated
    return pl.DataFrame({name: columns[name] for name in STORED_COLUMNS}, schema=STORED_COLUMNS)


def _finished(content: bytes) -> dict[str, int]:
    runs = pl.read_parquet(BytesIO(content), columns=["run_id", "finished_at"]).unique("run_id")
    return dict(zip(runs["run_id"], runs["finished_at"].to_physical(), strict=True))


def _why_foreign(columns: dict[str, Any], content: bytes) -> str:
    kind = columns.get("schema_version")
    if kind is not None and kind.is_integer():
        versions = pl.read_parquet(BytesIO(content), columns=["schema_version"])["schema_version"]
        if (versions.max() or 0) > SCHEMA_VERSION:  # type: ignore[operator]
            return "was written by a newer tui-al: upgrade to read it"
    return "is not a stored result"


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=8).hexdigest()
