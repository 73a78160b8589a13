"""How long a report takes: over the results that come with the program, and over a whole grid.

    .venv/bin/python benchmarks/report.py [--json FILE]

"load" reads the store and chooses the runs, "analyse" builds all sections, "write" renders the
overview of the terminal format; "whole" is what these take together after imports, the median
of five. "command" is the process from its start to its end, imports included, the best of five.
The whole grid is made up: 10 datasets x 7 models x 3 initial pools x 8 strategies x 5 seeds of
21 cycles, 8,400 runs, and a sweep of initial pools of 9 sizes, 9,450 more; 10 classes each.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import import_module
from itertools import product
from pathlib import Path

import numpy as np
from machine import best_seconds, describe

from tui_al.analysis.slices import Slice, load_results
from tui_al.learning.records import CycleRecord
from tui_al.learning.strategies import initial_selections, strategies
from tui_al.paths import find_reference
from tui_al.report.overview import shorten
from tui_al.report.question import Question
from tui_al.report.rendering.render import render
from tui_al.report.sections import SECTIONS, build_sections
from tui_al.results.runs import Origin, RecordedRun, RunIdentity
from tui_al.results.store import ResultStore

PROGRAM = str(Path(sys.executable).with_name("tui-al"))
CYCLES, BATCH, K0, CLASSES = 20, 47, 60, 10
SIZES = (20, 50, 100, 250, 300, 500, 1000, 2500, 5000)
REPETITIONS = 5


def make_runs() -> Iterator[RecordedRun]:
    """Runs with made-up figures: curves that rise, and differ by strategy."""
    rng = np.random.default_rng(0)
    names = product([f"dataset{n}" for n in range(10)], [f"model{n}" for n in range(7)],
                    initial_selections(), strategies(), range(5))  # fmt: skip
    for dataset, model, ips, strategy, seed in names:
        labels = [K0 + BATCH * cycle for cycle in range(CYCLES + 1)]
        yield _make_run(rng, dataset, model, ips, strategy, seed, BATCH, labels)
    sweep = product([f"dataset{n}" for n in range(10)], [f"model{n}" for n in range(7)],
                    initial_selections(), SIZES, range(5))  # fmt: skip
    for dataset, model, ips, size, seed in sweep:
        yield _make_run(rng, dataset, model, ips, "random", seed, 0, [size])


def _make_run(
    rng: np.random.Generator, dataset: str, model: str, ips: str, strategy: str, seed: int,
    batch: int, labels: list[int],
) -> RecordedRun:  # fmt: skip
    setting = "-".join((dataset, model, ips, strategy, str(labels[0]), str(batch)))
    identity = RunIdentity(
        run_id=f"{setting}-{seed}", setting=setting, dataset=dataset, model=model, ips=ips,
        strategy=strategy, seed=seed, oracle="labels", k0=labels[0], batch=batch,
        budget=labels[-1], experiment="{}",
    )  # fmt: skip
    records = []
    for cycle, n in enumerate(labels):
        accuracy = float(0.9 - 4 / (n + 8) ** 0.7 + 0.01 * rng.random())
        recalls = tuple((accuracy * rng.random(CLASSES)).tolist())
        counts = tuple([n // CLASSES] * CLASSES)
        records.append(CycleRecord(
            cycle, n, accuracy, accuracy - 0.01, accuracy - 0.02, 0.01, 0.02, (),
            class_recall=recalls, class_labels=counts,
        ))  # fmt: skip
    names = tuple(f"class {n}" for n in range(CLASSES))
    return RecordedRun(identity, records, 1.0, Origin("{}", names, 5.0))


def time_phases(folder: Path) -> dict[str, float]:
    """Median seconds of reading, analysing and writing, and how long the text is."""
    timed: dict[str, list[float]] = {"load": [], "analyse": [], "write": [], "whole": []}
    for _ in range(REPETITIONS):
        marks = [time.perf_counter()]
        results = load_results(ResultStore(folder)).of(Slice())
        marks.append(time.perf_counter())
        sections = build_sections(tuple(SECTIONS), results, Question())
        marks.append(time.perf_counter())
        text = render([shorten(each, "tui-al report") for each in sections], "table", width=80)
        marks.append(time.perf_counter())
        for name, start, end in zip(timed, marks, marks[1:], strict=False):
            timed[name].append(end - start)
        timed["whole"].append(marks[-1] - marks[0])
    medians = {name: statistics.median(seconds) for name, seconds in timed.items()}
    return medians | {"runs": results.runs.height, "lines": text.count("\n")}


def time_command(cache: Path, *options: str) -> float:
    """Seconds of the whole process with such a cache."""
    environment = os.environ | {"TUI_AL_CACHE": str(cache)}
    command = [PROGRAM, "report", *options]
    return best_seconds(
        lambda: subprocess.run(command, env=environment, capture_output=True, check=True),
        REPETITIONS,
    )


def main() -> None:
    """Print the table and write the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path, help="write all figures here")
    options = parser.parse_args()
    for name in SECTIONS:  # not counted as the first report's
        import_module(f"tui_al.report.sections.{name.replace('-', '_')}")
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "results" / "runs"
        runs = list(make_runs())
        for start in range(0, len(runs), 1000):
            ResultStore(whole).save_batch(runs[start : start + 1000])
        figures = {"shipped": time_phases(find_reference()), "whole grid": time_phases(whole)}
        figures["shipped"]["command"] = time_command(Path(folder) / "none")
        figures["shipped"]["trec6"] = time_command(Path(folder) / "none", "--dataset", "trec6")
        figures["whole grid"]["command"] = time_command(Path(folder))
    print(f"{describe()}\n")
    print("| results | runs | load, s | analyse, s | write, s | whole, s | command, s |")
    print("|---" * 7 + "|")
    for name, row in figures.items():
        phases = " | ".join(f"{row[key]:.2f}" for key in ("load", "analyse", "write", "whole"))
        print(f"| {name} | {row['runs']:,} | {phases} | {row['command']:.2f} |")
    if options.json:
        options.json.write_text(json.dumps({"machine": describe(), **figures}, indent=1) + "\n")


if __name__ == "__main__":
    main()
