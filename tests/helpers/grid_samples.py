"""Datasets embedded with made-up vectors, plans over them, and what their grids stored."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl

from tui_al.catalog import find_model
from tui_al.corpora.corpus import LabeledTexts, build_corpus
from tui_al.corpora.store import save_corpus
from tui_al.embeddings.request import request_embedding
from tui_al.embeddings.store import publish_entry
from tui_al.grid.batch import Batch
from tui_al.grid.plan import GridPlan, PlannedRun, expand, make_plan
from tui_al.grid.session import GridSession
from tui_al.grid.sources import load_sources
from tui_al.paths import Cache
from tui_al.results.schema import CYCLE_COLUMNS
from tui_al.results.store import ResultStore

PROGRAM = str(Path(sys.executable).with_name("tui-al"))
MODELS = ("glove-50", "wordllama-256")
_CLASSES, _DIMENSION = 4, 12
_SECONDS = ("fit_seconds", "query_seconds")


def add_made_up(cache: Cache, name: str = "made", n_train: int = 120) -> None:
    """A dataset of the user's that is embedded with two models, and a budget of 40."""
    rng = np.random.default_rng(len(name))
    rows = [
        LabeledTexts(
            [f"{part} text {row}" for row in range(n)],
            [f"class {row % _CLASSES}" for row in range(n)],
            "memory",
        )
        for part, n in (("train", n_train), ("test", 40))
    ]
    corpus = build_corpus(name, *rows, budget=40, origin={"kind": "user"})
    save_corpus(corpus, cache)
    centers = rng.normal(size=(_CLASSES, _DIMENSION))
    for model in MODELS:
        request = request_embedding(name, corpus.fingerprint, find_model(model))
        draft = cache.embeddings / name / ".draft"
        draft.mkdir(parents=True)
        for part, split in (("train", corpus.train), ("test", corpus.test)):
            noisy = centers[split.labels] + rng.normal(size=(len(split), _DIMENSION))
            unit = noisy / np.linalg.norm(noisy, axis=1, keepdims=True)
            np.save(draft / f"{part}.npy", unit.astype(np.float32))
        publish_entry(cache, request, draft, commit="", facts={})


def small_plan(**entries: object) -> GridPlan:
    """Two models, two initial pools, three strategies, two seeds: 24 runs."""
    defaults = {
        "datasets": ["made"],
        "models": list(MODELS),
        "ips": ["random", "typiclust"],
        "strategies": ["margin", "coreset", "dropquery"],
        "seeds": 2,
        "cycles": 3,
    }
    return make_plan({**defaults, **entries})


def plan_runs(plan: GridPlan, cache: Cache) -> list[PlannedRun]:
    sources = load_sources(plan.datasets, plan.models, cache)
    return expand(plan, [source.subject for source in sources])


def plan_batches(plan: GridPlan, cache: Cache, *, workers: int = 2) -> list[Batch]:
    session = GridSession(plan, cache)
    return session.batches(session.preflight(workers))


def write_plan(path: Path, plan: GridPlan) -> Path:
    """The TOML file of a plan."""
    fields = ("datasets", "models", "ips", "strategies", "seeds", "cycles", "budget")
    given = ((name, getattr(plan, name)) for name in fields)
    lines = [f"{name} = {json.dumps(value)}" for name, value in given if value is not None]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def start_grid(cache: Cache, plan: Path, *options: str) -> "subprocess.Popen[str]":
    """`tui-al grid --plan PLAN` in a process of its own."""
    return subprocess.Popen(
        [PROGRAM, "grid", "--plan", str(plan), "--workers", "2", *options],
        env=os.environ | {"TUI_AL_CACHE": str(cache.root)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def figures(cache: Cache) -> pl.DataFrame:
    """All that runs yielded, but for how long it took: one row a run and cycle, in order."""
    store = ResultStore(cache.runs)
    cycles = store.cycles().drop(_SECONDS)
    joined = cycles.join(store.selections(), on=["run_id", "cycle"]).sort("run_id", "cycle")
    return joined.collect()


def times_stored(cache: Cache) -> Counter[tuple[str, int]]:
    """How often each run and cycle lies in the files, whatever a reader makes of them."""
    rows: Counter[tuple[str, int]] = Counter()
    for part in cache.runs.glob("*.parquet"):
        rows.update(pl.read_parquet(part, columns=list(CYCLE_COLUMNS)).select(
            "run_id", "cycle").rows())  # fmt: skip
    return rows
