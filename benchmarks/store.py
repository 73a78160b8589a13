"""The store of results at 200,000 rows: writing, compacting, opening, aggregating.

    .venv/bin/python benchmarks/store.py [--json FILE]

9,524 runs of 21 cycles and 1,000 queried texts each, stored in batches as a grid does, which
compacts on the way. "open" is a new store that checks every part; "aggregate" the means over
seeds that a report shows, the check included; the least of five.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from machine import best_seconds, describe

from tui_al.analysis.slices import read_runs, score_runs
from tui_al.analysis.summary import summarise_settings
from tui_al.learning.records import CycleRecord
from tui_al.results.runs import Origin, RecordedRun, RunIdentity
from tui_al.results.store import ResultStore

RUNS, CYCLES, K0, BATCH = 9_524, 20, 60, 47
_BATCH_RUNS = 8
_STRATEGIES = ("random", "margin", "entropy", "coreset", "typiclust", "probcover", "badge",
               "dropquery")  # fmt: skip


def make_runs() -> Iterator[RecordedRun]:
    """Runs of a large benchmark, with random figures."""
    rng = np.random.default_rng(0)
    for number in range(RUNS):
        setting = number // 5
        strategy = _STRATEGIES[setting % len(_STRATEGIES)]
        identity = RunIdentity(
            run_id=f"{number:024x}", setting=f"{setting:024x}", dataset=f"data{setting % 40}",
            model=f"model{setting // 40 % 7}", ips="random", strategy=strategy, seed=number % 5,
            oracle="labels", k0=K0, batch=BATCH, budget=1000,
            experiment=json.dumps({"strategy": strategy, "seed": number % 5}),
        )  # fmt: skip
        texts = rng.permutation(5452)[: K0 + CYCLES * BATCH]
        records = []
        for cycle in range(CYCLES + 1):
            n = K0 + cycle * BATCH
            chosen = texts[n - BATCH if cycle else 0 : n]
            scores = tuple(rng.random(len(chosen)).tolist())
            figures = rng.random(3).tolist()
            records.append(
                CycleRecord(cycle, n, *figures, 0.01, 0.02, tuple(chosen.tolist()), scores)
            )
        yield RecordedRun(identity, records, 1.0, Origin("{}"))


def aggregate(folder: Path) -> int:
    """Open a store and average over seeds; how many settings there are."""
    runs, rows = read_runs(ResultStore(folder))
    return summarise_settings(runs, score_runs(rows, "accuracy")).height


def main() -> None:
    """Print the table and write the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path, help="write all figures here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store, path, seconds = ResultStore(Path(folder)), Path(folder), 0.0
        batch: list[RecordedRun] = []
        for run in make_runs():
            batch.append(run)
            if len(batch) == _BATCH_RUNS:
                started = time.perf_counter()
                store.save_batch(batch)
                seconds += time.perf_counter() - started
                batch = []
        store.save_batch(batch)
        figures = {
            "rows": store.cycles().collect().height,
            "parts": len(list(path.glob("*.parquet"))),
            "megabytes": sum(part.stat().st_size for part in path.glob("*.parquet")) / 1e6,
            "save_ms_a_run": 1e3 * seconds / RUNS,
            "open_seconds": best_seconds(lambda: ResultStore(path).run_ids(), 5),
            "aggregate_seconds": best_seconds(lambda: aggregate(path), 5),
        }
    print(f"{describe()}\n")
    print("| rows | parts | MB | save, ms a run | open, s | open and aggregate, s |")
    print("|---" * 6 + "|")
    print(f"| {figures['rows']:,} | {figures['parts']} | {figures['megabytes']:.0f} "
          f"| {figures['save_ms_a_run']:.1f} | {figures['open_seconds']:.2f} "
          f"| {figures['aggregate_seconds']:.2f} |")  # fmt: skip
    if options.json:
        options.json.write_text(json.dumps({"machine": describe(), **figures}, indent=1) + "\n")


if __name__ == "__main__":
    main()
