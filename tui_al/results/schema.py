"""The stored form of a run: one row a cycle, what is true of the whole run repeated in each."""

from collections.abc import Mapping

import polars as pl
from polars.datatypes import DataType

SCHEMA_VERSION = 4

CYCLE_COLUMNS: dict[str, DataType] = {
    "run_id": pl.String(),
    "dataset": pl.String(),
    "model": pl.String(),
    "ips": pl.String(),
    "strategy": pl.String(),
    "seed": pl.Int64(),
    "oracle": pl.String(),
    "k0": pl.Int64(),
    "batch": pl.Int64(),
    "budget": pl.Int64(),
    "cycle": pl.Int64(),
    "n_labeled": pl.Int64(),
    "accuracy": pl.Float64(),
    "balanced_accuracy": pl.Float64(),
    "macro_f1": pl.Float64(),
    "fit_seconds": pl.Float64(),
    "query_seconds": pl.Float64(),
}
SELECTION_COLUMNS: dict[str, DataType] = {
    "selected": pl.List(pl.Int64),
    "scores": pl.List(pl.Float64),
    "note": pl.String(),  # what the strategy left out of its choice; since version 2
}
CLASS_COLUMNS: dict[str, DataType] = {  # in the order of the run's classes; since version 4
    "class_recall": pl.List(pl.Float64),  # on the test set; null without test rows
    "class_labels": pl.List(pl.Int64),  # labels so far
}
RUN_COLUMNS: dict[str, DataType] = {
    "setting": pl.String(),  # equal for runs that differ by their seed alone
    "schema_version": pl.Int64(),
    "experiment": pl.String(),  # JSON, with the embedding's key and every strategy parameter
    "versions": pl.String(),  # JSON: Python and the libraries that compute
    "machine": pl.String(),  # JSON: cores, architecture, instruction set, BLAS kernel, system
    "wall_seconds": pl.Float64(),
    "finished_at": pl.Datetime("us", "UTC"),
    "fingerprints": pl.String(),  # JSON: of the text, weights and matrices; since version 3
    "classes": pl.String(),  # JSON: their names; since version 4
    "embedding_seconds": pl.Float64(),  # what embedding the dataset took; since version 4
}
STORED_COLUMNS = {**CYCLE_COLUMNS, **SELECTION_COLUMNS, **CLASS_COLUMNS, **RUN_COLUMNS}
RECORD_COLUMNS = ("cycle", "n_labeled", "accuracy", "balanced_accuracy", "macro_f1",
                  "fit_seconds", "query_seconds", "selected", "scores", "note",
                  *CLASS_COLUMNS)  # fmt: skip
ADDED_COLUMNS = {2: ("note",), 3: ("fingerprints",),
                 4: (*CLASS_COLUMNS, "classes", "embedding_seconds")}  # fmt: skip
"""What each version of the schema added to the one before; older parts read as null there."""


def find_version(columns: Mapping[str, DataType]) -> int | None:
    """The version of the schema that has these columns, narrower numbers allowed, or None."""
    expected = dict(STORED_COLUMNS)
    for version in range(SCHEMA_VERSION, 0, -1):
        if columns.keys() == expected.keys():
            sound = all(_fits(columns[name], kind) for name, kind in expected.items())
            return version if sound else None
        for name in ADDED_COLUMNS.get(version, ()):
            del expected[name]
    return None


def migrate(frame: pl.LazyFrame, version: int) -> pl.LazyFrame:
    """A part of an older version, or of narrower numbers, in the form of this one."""
    missing = [name for later in range(version + 1, SCHEMA_VERSION + 1)
               for name in ADDED_COLUMNS[later]]  # fmt: skip
    inserted = [pl.lit(None, dtype=STORED_COLUMNS[name]).alias(name) for name in missing]
    present = frame.with_columns(*inserted, schema_version=pl.lit(SCHEMA_VERSION))
    return present.select(
        pl.col(name).cast(kind, strict=True) for name, kind in STORED_COLUMNS.items()
    )


def _fits(stored: DataType, kind: DataType) -> bool:
    """Whether values of the stored type are values of this kind, whatever their width."""
    if isinstance(stored, pl.List) and isinstance(kind, pl.List):
        return _fits(pl.Series(dtype=stored.inner).dtype, pl.Series(dtype=kind.inner).dtype)
    if kind.is_integer() or kind.is_float():
        return stored.is_integer() if kind.is_integer() else stored.is_float()
    return stored == kind
