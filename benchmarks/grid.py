"""Grids on one and on two workers: runs a minute, parallel efficiency, scheduling overhead.

    TUI_AL_DATA=../shared/data .venv/bin/python benchmarks/grid.py [--repeat N] [--json FILE]

The reference grid with one initial pool and one seed, 96 runs, into an empty store each
time; the least of N. "wall" is from the first batch being sent to the last being stored, the
start of worker processes included; "compute" the sum of what the runs themselves took.
"overhead" is everything else that workers spent (starting, sending, claiming, storing, waiting
for the last one) over compute; "efficiency" runs a second on two workers over twice those on one.
"""

import argparse
import json
import tempfile
import time
from contextlib import closing
from pathlib import Path

from machine import describe

from tui_al.grid.execute import execute
from tui_al.grid.local import LocalWorkers
from tui_al.grid.plan import make_plan
from tui_al.grid.session import GridSession
from tui_al.grid.tally import Tally
from tui_al.paths import Cache, find_cache, find_data_dir

PLAN = make_plan({
    "datasets": ["trec6", "banking77", "sst2", "bbcnews"],
    "models": ["minilm-l6", "wordllama-256", "glove-50"],
    "ips": ["random"],
    "seeds": 1,
})  # fmt: skip


def measure(workers: int) -> dict[str, float]:
    """Wall and compute seconds of the grid on so many workers."""
    shared = find_cache(None)
    with tempfile.TemporaryDirectory() as folder:
        cache = Cache(Path(folder))
        for room in ("corpora", "embeddings"):
            (cache.root / room).symlink_to(getattr(shared, room))
        session = GridSession(PLAN, cache, data_dir=find_data_dir(None))
        batches = session.batches(session.preflight(workers))
        tally = Tally.of(batches)
        started = time.perf_counter()
        with closing(LocalWorkers(workers, cache)) as pool:
            for event in execute(batches, pool, cache):
                tally.add(event)
            wall = time.perf_counter() - started
    assert tally.stored == tally.total
    return {"workers": workers, "runs": tally.total, "wall": wall,
            "compute": tally.compute_seconds}  # fmt: skip


def main() -> None:
    """Print the table and write the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write all figures here")
    options = parser.parse_args()
    session = GridSession(PLAN, find_cache(None), data_dir=find_data_dir(None))
    session.batches(session.preflight(1))  # embeds what is missing
    measured = [measure(workers) for _ in range(options.repeat) for workers in (1, 2)]
    rows = [min((row for row in measured if row["workers"] == workers),
                key=lambda row: row["wall"]) for workers in (1, 2)]  # fmt: skip
    print(f"{describe()}, one BLAS thread a worker\n")
    print("| workers | runs | wall, s | compute, s | runs a minute | overhead | efficiency |")
    print("|---" * 7 + "|")
    for row in rows:
        row["overhead"] = row["workers"] * row["wall"] / row["compute"] - 1
        row["efficiency"] = rows[0]["wall"] / row["wall"] / row["workers"]
        print(f"| {row['workers']} | {row['runs']} | {row['wall']:.1f} | {row['compute']:.1f} "
              f"| {60 * row['runs'] / row['wall']:.0f} | {row['overhead']:.1%} "
              f"| {row['efficiency']:.2f} |")  # fmt: skip
    if options.json:
        figures = {"machine": describe(), "rows": rows, "measured": measured}
        options.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
