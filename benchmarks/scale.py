"""Runs on pools far beyond memory's comfort: how long, and how much memory above the file.

    .venv/bin/python benchmarks/scale.py [--folder DIR] [--json FILE] [STRATEGY ...]

Writes synthetic embeddings as float16 (a mixture of as many clusters as the shapes below say,
in a few hundred directions, with noise), maps them from disk and runs 20 cycles of each
strategy in a process of its own with one BLAS thread, on the whole pool and on a quarter of
it. "growth" is the time of the whole over that of the quarter: 4 is linear. "memory" is the
most anonymous memory the process held, its libraries included, so without the mapped file.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from machine import anonymous_bytes
from numpy.lib.format import open_memmap

from tui_al import EmbeddedDataset, Experiment, simulate
from tui_al.learning.strategies import strategies

N_TEST = 2000
SEED = 7


@dataclass(frozen=True)
class Shape:
    """A pool and what is spent on it: sizes and budgets of the benchmark's large datasets."""

    n_pool: int
    dimension: int
    classes: int
    budget: int

    @property
    def name(self) -> str:
        return f"{self.n_pool // 1000}k x {self.dimension}"


SHAPES = (Shape(120_000, 4096, 4, 1000), Shape(650_000, 1024, 5, 2500))


@dataclass(frozen=True)
class Outcome:
    """One run. Seconds do not include opening the data."""

    pool: str
    strategy: str
    seconds: float
    query_seconds: float
    fit_seconds: float
    memory_gib: float
    accuracy: float
    note: str


def write_embeddings(shape: Shape, folder: Path) -> Path:
    """Normalised rows of a mixture: a class has several clusters of unequal size."""
    path = folder / f"{shape.n_pool}-{shape.dimension}"
    if (path / "y.npy").exists():
        return path
    path.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(SEED)
    n, clusters, directions = shape.n_pool + N_TEST, 20 * shape.classes, 256
    basis = rng.normal(size=(directions, shape.dimension)).astype(np.float32)
    centers = rng.normal(size=(clusters, directions)).astype(np.float32)
    of_row = rng.choice(clusters, n, p=rng.dirichlet(np.full(clusters, 2.0)))
    x = open_memmap(path / "x.npy", mode="w+", dtype=np.float16, shape=(n, shape.dimension))
    for start in range(0, n, 4096):
        rows = of_row[start : start + 4096]
        latent = centers[rows] + 2 * rng.standard_normal((len(rows), directions), np.float32)
        block = latent @ basis
        block += 8 * rng.standard_normal(block.shape, np.float32)
        x[start : start + 4096] = block / np.linalg.norm(block, axis=1, keepdims=True)
    x.flush()
    np.save(path / "y.npy", of_row % shape.classes)
    return path


def run_once(path: Path, shape: Shape, rows: int, strategy: str) -> Outcome:
    """Run in this process, which should do nothing else."""
    x, y = np.load(path / "x.npy", mmap_mode="r"), np.load(path / "y.npy")
    data = EmbeddedDataset.from_arrays(x[N_TEST : N_TEST + rows], y[N_TEST : N_TEST + rows],
                                       x[:N_TEST], y[:N_TEST])  # fmt: skip
    meter = MemoryMeter()
    started = time.perf_counter()
    records = list(simulate(data, Experiment(strategy=strategy, budget=shape.budget)))
    return Outcome(
        pool=f"{rows // 1000}k x {shape.dimension}",
        strategy=strategy,
        seconds=time.perf_counter() - started,
        query_seconds=sum(record.query_seconds for record in records),
        fit_seconds=sum(record.fit_seconds for record in records),
        memory_gib=meter.stop() / 2**30,
        accuracy=records[-1].accuracy,
        note=records[-1].note,
    )


class MemoryMeter(threading.Thread):
    """Watches the anonymous memory of this process; mapped files do not count."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._done = threading.Event()
        self._most = 0
        self.start()

    def run(self) -> None:
        while not self._done.wait(0.02):
            self._most = max(self._most, anonymous_bytes())

    def stop(self) -> int:
        """The most bytes that were seen."""
        self._done.set()
        self.join()
        return max(self._most, anonymous_bytes())


def measure(path: Path, shape: Shape, rows: int, strategy: str) -> Outcome:
    """One run in a process of its own."""
    arguments = [str(path), str(SHAPES.index(shape)), str(rows), strategy]
    command = [sys.executable, __file__, "--once", *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Outcome(**json.loads(done.stdout))


def main() -> None:
    """Measure every strategy on every shape and print a table row as each is done."""
    parser = argparse.ArgumentParser()
    parser.add_argument("strategies", nargs="*", default=list(strategies()))
    parser.add_argument("--folder", type=Path, help="where the embeddings lie or will lie")
    parser.add_argument("--json", type=Path, help="write all figures here")
    parser.add_argument("--once", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once:
        path, shape, rows, strategy = options.once
        outcome = run_once(Path(path), SHAPES[int(shape)], int(rows), strategy)
        print(json.dumps(asdict(outcome)))
        return
    outcomes = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        print("| pool | strategy | seconds | queries | fits | growth | memory GiB | left out |")
        print("|---|---|---|---|---|---|---|---|")
        for shape in SHAPES:
            path = write_embeddings(shape, folder)
            for strategy in options.strategies:
                quarter = measure(path, shape, shape.n_pool // 4, strategy)
                whole = measure(path, shape, shape.n_pool, strategy)
                outcomes += [quarter, whole]
                print(f"| {whole.pool} | {strategy} | {whole.seconds:.1f} "
                      f"| {whole.query_seconds:.1f} | {whole.fit_seconds:.1f} "
                      f"| {whole.seconds / quarter.seconds:.1f} | {whole.memory_gib:.2f} "
                      f"| {whole.note or '–'} |", flush=True)  # fmt: skip
    if options.json:
        options.json.write_text(json.dumps([asdict(o) for o in outcomes], indent=1) + "\n")


if __name__ == "__main__":
    main()
