"""The stored form of a run: one row a cycle, what is true of the whole run repeated in each."""

from dataclasses import dataclass
from typing import Any

import polars as pl

SCHEMA_VERSION = 2

CYCLE_COLUMNS: dict[str, Any] = {
    "run_id": pl.String,
    "dataset": pl.String,
    "model": pl.String,
    "ips": pl.String,
    "strategy": pl.String,
    "seed": pl.Int64,
    "oracle": pl.String,
    "k0": pl.Int64,
    "batch": pl.Int64,
    "budget": pl.Int64,
    "cycle": pl.Int64,
    "n_labeled": pl.Int64,
    "accuracy": pl.Float64,
    "balanced_accuracy": pl.Float64,
    "macro_f1": pl.Float64,
    "fit_seconds": pl.Float64,
    "query_seconds": pl.Float64,
}
SELECTION_COLUMNS: dict[str, Any] = {
    "selected": pl.List(pl.Int64),
    "scores": pl.List(pl.Float64),
    "note": pl.String,  # what the strategy left out of its choice; since version 2
}
RUN_COLUMNS: dict[str, Any] = {
    "setting": pl.String,  # equal for runs that differ by their seed alone
    "schema_version": pl.Int64,
    "experiment": pl.String,  # JSON, with the embedding's key and every strategy parameter
    "versions": pl.String,  # JSON: Python and the libraries that compute
    "machine": pl.String,  # JSON: cores, architecture, system
    "wall_seconds": pl.Float64,
    "finished_at": pl.Datetime("us", "UTC"),
}
STORED_COLUMNS = {**CYCLE_COLUMNS, **SELECTION_COLUMNS, **RUN_COLUMNS}


@dataclass(frozen=True, slots=True)
class RunIdentity:
    """What distinguishes a run from every other: its experiment, resolved, and its embedding.

    `setting` digests the same without the seed: runs that differ by their seed alone share it.
    """

    run_id: str
    setting: str
    dataset: str
    model: str
    ips: str
    strategy: str
    seed: int
    oracle: str
    k0: int
    batch: int
    budget: int
    experiment: str
