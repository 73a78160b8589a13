"""Runs with everything needed to repeat and to check them, as one self-contained JSON file."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from tui_al import __version__
from tui_al.analysis.slices import Slice, read_runs, score_runs
from tui_al.analysis.summary import summarise_settings
from tui_al.paths import Cache, atomic_write
from tui_al.report.narration import tell
from tui_al.report.results import open_results, select_known, tell_missing
from tui_al.results.schema import CYCLE_COLUMNS, RECORD_COLUMNS, SCHEMA_VERSION
from tui_al.results.store import ResultStore

_JSON_COLUMNS = ("experiment", "versions", "machine", "fingerprints", "classes")
_OF_CYCLE = tuple(name for name in CYCLE_COLUMNS if name in RECORD_COLUMNS)


def write_evidence(wanted: Slice, cache: Cache, data_dir: Path | None, file: Path) -> None:
    """Write a slice of the stored runs: each with its experiment, fingerprints, versions,
    machine, cycles and queried texts (by index), and the means that a report shows.

    Where nothing is stored, no file is written and standard error says so.
    """
    store = open_results(cache)
    stored = store.runs().collect()
    runs = select_known(wanted, stored, cache, data_dir)
    if runs.is_empty():
        tell_missing(wanted, stored)
        return
    content = {
        "about": "active-learning runs of tui-al: what was computed, from what, by what",
        "tui_al": __version__,
        "schema_version": SCHEMA_VERSION,
        "written_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "settings": _settings(store, runs),
        "runs": _runs(store, runs),
    }
    with atomic_write(file.absolute(), advice="choose another file with --evidence") as temporary:
        temporary.write_text(json.dumps(content, default=str), "utf-8")
    tell(f"{runs.height:,} runs with their evidence in {file}")


def _settings(store: ResultStore, wanted: pl.DataFrame) -> list[dict[str, Any]]:
    runs, rows = read_runs(store)
    chosen = rows.join(wanted.select("run_id"), on="run_id", how="semi", maintain_order="left")
    return summarise_settings(runs, score_runs(chosen, "accuracy")).to_dicts()


def _runs(store: ResultStore, runs: pl.DataFrame) -> list[dict[str, Any]]:
    chosen = runs.lazy().select("run_id")
    cycles = (
        store.cycles()
        .select("run_id", *_OF_CYCLE)
        .join(store.selections().drop("scores"), on=["run_id", "cycle"])
        .join(chosen, on="run_id", how="semi")
        .sort("run_id", "cycle")
        .collect()
        .partition_by("run_id", as_dict=True, include_key=False)
    )
    order = ("dataset", "model", "ips", "strategy", "k0", "seed", "run_id")
    return [
        row
        | {name: json.loads(row[name] or "null") for name in _JSON_COLUMNS}
        | {"cycles": cycles[(row["run_id"],)].to_dicts()}
        for row in runs.sort(order).to_dicts()
    ]
