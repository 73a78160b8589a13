"""Whole runs of every strategy, beside scikit-activeml's and over their floor.

    TUI_AL_DATA=../shared/data .venv/bin/python benchmarks/strategies.py [--json FILE]

trec6 x minilm-l6, B = 1000, T = 20, seed 0, from the same initial pool; one BLAS thread; both
sides in this process. A run is queries, fits and tests. Ours is the median of three runs, the
peer's a single one. Parameters are matched: typiclust with 5 neighbours and a cluster for
every label, probcover with one given radius, dropquery with 3 copies. "defaults" is our run
with our own parameters. The floor is explained in floors.py.
"""

import argparse
import json
import statistics
import time
import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from floors import Run, floor_of
from machine import describe, peak_bytes, peak_multiply_adds
from peers import make_peers, run_peer
from threadpoolctl import threadpool_limits

from tui_al import EmbeddedDataset, Experiment, simulate
from tui_al.grid.prepare import prepare
from tui_al.learning.coverage import pure_neighbourhoods
from tui_al.paths import find_cache, find_data_dir

DATASET, MODEL = "trec6", "minilm-l6"
REPETITIONS = 3


@dataclass(frozen=True)
class Row:
    """One strategy's figures, in seconds a run."""

    strategy: str
    ours: float
    peer: float
    defaults: float
    queries: float
    fits: float
    floor: float
    accuracy: float
    peer_accuracy: float


def matched_parameters(radius: float) -> Mapping[str, Mapping[str, float]]:
    """What makes ours do what the peer does."""
    return {
        "typiclust": {"neighbours": 5, "max_clusters": 1_000_000, "min_size": 0},
        "probcover": {"radius": radius},
    }


def run_ours(
    data: EmbeddedDataset, strategy: str, parameters: Mapping[str, float]
) -> tuple[float, float, float, float]:
    """Seconds of a whole run, of its queries and fits, and the last accuracy; medians."""
    runs = []
    for _ in range(REPETITIONS):
        started = time.perf_counter()
        records = list(simulate(data, Experiment(strategy=strategy, strategy_params=parameters)))
        seconds = time.perf_counter() - started
        queries = sum(record.query_seconds for record in records)
        runs.append((seconds, queries, sum(record.fit_seconds for record in records)))
    median = [statistics.median(figures) for figures in zip(*runs, strict=True)]
    return *median, records[-1].accuracy


def measure(data: EmbeddedDataset) -> list[Row]:
    """All strategies, ours and the peer's."""
    first = next(simulate(data, Experiment(strategy="random")))
    schedule = Experiment().schedule(len(data.train_x), data.budget)
    sizes = Run(*data.train_x.shape, data.n_classes, len(data.test_x),
                schedule.initial, schedule.batch, schedule.cycles)  # fmt: skip
    rates = peak_multiply_adds(), peak_bytes(data.train_x)
    radius = pure_neighbourhoods(data.train_x, data.n_classes, np.random.default_rng(0),
                                 purity=0.95, radius=None, max_rows=12_000).radius  # fmt: skip
    matched = matched_parameters(radius)
    rows = []
    for name, make in make_peers(data.n_classes, radius).items():
        defaults, queries, fits, accuracy = run_ours(data, name, {})
        ours = defaults
        if name in matched:
            ours, *_, accuracy = run_ours(data, name, matched[name])
        peer = run_peer(make(), data, np.array(first.selected), schedule.batch, schedule.cycles)
        floor = floor_of(name, sizes).seconds(*rates)
        rows.append(
            Row(name, ours, peer.seconds, defaults, queries, fits, floor, accuracy, peer.accuracy)
        )
        print(markdown(rows[-1]), flush=True)
    return rows


def markdown(row: Row) -> str:
    """A line of the table."""
    return (f"| {row.strategy} | {row.ours:.2f} | {row.peer:.1f} | {row.peer / row.ours:.0f}x "
            f"| {row.defaults:.2f} | {row.queries:.2f} | {row.fits:.2f} "
            f"| {1000 * row.floor:.1f} | {row.defaults / row.floor:.0f}x "
            f"| {row.accuracy:.3f} / {row.peer_accuracy:.3f} |")  # fmt: skip


def main() -> None:
    """Print the table and write the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path, help="write all figures here")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    prepared = prepare(DATASET, MODEL, find_cache(None), data_dir=find_data_dir(None))
    data = prepared.data
    print(f"{describe()}, one BLAS thread; {DATASET} x {MODEL}, "
          f"{data.train_x.shape[0]:,} x {data.train_x.shape[1]}\n")  # fmt: skip
    print("| strategy | ours, s | scikit-activeml, s | ratio | defaults, s | queries, s | fits, s "
          "| floor, ms | over floor | accuracy |")  # fmt: skip
    print("|---" * 10 + "|")
    with threadpool_limits(1, user_api="blas"):
        rows = measure(data)
    ours, peer = sum(row.ours for row in rows), sum(row.peer for row in rows)
    defaults, floor = sum(row.defaults for row in rows), sum(row.floor for row in rows)
    print(f"| **all** | {ours:.2f} | {peer:.1f} | {peer / ours:.0f}x | {defaults:.2f} "
          f"| | | {1000 * floor:.1f} | {defaults / floor:.0f}x | |")  # fmt: skip
    if options.json:
        figures = {"machine": describe(), "rows": [asdict(row) for row in rows]}
        options.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
