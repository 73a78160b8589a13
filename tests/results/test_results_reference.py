"""The results that come with the program: found, complete, free of texts, and right."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import tui_al
from tui_al.catalog import datasets
from tui_al.grid.plan import SWEEP_SIZES
from tui_al.grid.verify import Checked, verify
from tui_al.learning.strategies import initial_selections
from tui_al.paths import find_reference
from tui_al.results.store import ResultStore

REPOSITORY = Path(tui_al.__file__).resolve().parents[1]
DATASETS = {"trec6": 5452, "banking77": 10003, "sst2": 6920, "bbcnews": 1780}
MODELS = ("minilm-l6", "wordllama-256", "glove-50")
SEEDS = range(5)


@pytest.fixture(scope="module")
def reference() -> ResultStore:
    return ResultStore(find_reference())


def test_every_curve_is_there_once(reference: ResultStore) -> None:
    cycles = reference.cycles().filter(pl.col("batch") > 0).collect()
    names = ["dataset", "model", "ips", "strategy", "seed"]
    curves = cycles.group_by(names).agg(pl.col("cycle").sort(), pl.col("budget").first())
    assert curves.height == 4 * 3 * 3 * 8 * 5 == 1440
    assert all(curve == list(range(21)) for curve in curves["cycle"].to_list())
    assert set(cycles["dataset"]) == DATASETS.keys()
    assert set(cycles["model"]) == set(MODELS)
    assert set(cycles["ips"]) == set(initial_selections())
    for dataset, budgets in curves.group_by("dataset"):
        assert set(budgets["budget"]) == {datasets()[str(dataset[0])].budget}
    last = cycles.filter(cycle=20)
    assert (last["n_labeled"] == last["budget"]).all()


def test_every_initial_pool_is_there_once(reference: ResultStore) -> None:
    cycles = reference.cycles().filter(batch=0).collect()
    for dataset, n_pool in DATASETS.items():
        sizes = [size for size in SWEEP_SIZES if size <= n_pool]
        rows = cycles.filter(dataset=dataset)
        assert rows.height == len(sizes) * 3 * 3 * 5
        assert sorted(set(rows["k0"])) == sizes
        keys = rows.select("model", "ips", "k0", "seed")
        assert keys.n_unique() == rows.height


def test_every_run_has_its_evidence_and_no_text(reference: ResultStore) -> None:
    runs = reference.runs().collect()
    assert runs.height == 2970
    for name, facts in (
        ("machine", {"cores", "architecture", "system", "instructions", "blas"}),
        ("fingerprints", {"embedding", "text", "weights", "revision", "train.npy", "test.npy"}),
        ("versions", {"tui-al", "python", "numpy", "scipy", "polars"}),
        ("experiment", {"experiment", "embedding", "oracle"}),
    ):
        assert all(json.loads(text).keys() == facts for text in runs[name].unique()), name
    assert not any("/" in text for name in ("machine", "versions") for text in runs[name].unique())
    chosen = reference.selections().select(pl.col("selected").list.len()).sum().collect()
    assert chosen.item() == reference.cycles().group_by("run_id").agg(
        pl.col("n_labeled").max()
    ).select(pl.col("n_labeled").sum()).collect().item()  # fmt: skip
    size = sum(part.stat().st_size for part in find_reference().iterdir())
    assert size < 8e6


def test_a_fresh_machine_reports_at_once(tmp_path: Path) -> None:
    """No cache, no network, nothing embedded, neither torch nor transformers loaded."""
    code = """
import sys
sys.argv = ["tui-al", "report", "--dataset", "trec6", "--format", "csv"]
from tui_al.cli import main
try:
    main()
finally:
    assert not {"torch", "transformers"} & set(sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"TUI_AL_CACHE": str(tmp_path / "none")},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert len(done.stdout.splitlines()) == 1 + 3 * 3 * 8 + 3 * 3 * 9
    assert not (tmp_path / "none").exists()


def test_an_installed_package_finds_them_beside_its_modules(tmp_path: Path) -> None:
    packaging = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    (source, target), = packaging["tool"]["hatch"]["build"]["targets"]["wheel"][
        "force-include"
    ].items()  # fmt: skip
    assert REPOSITORY / source == find_reference()
    shutil.copytree(REPOSITORY / "tui_al", tmp_path / "tui_al")
    code = "from tui_al.paths import find_reference; print(find_reference())"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert Path(done.stdout.strip()) == tmp_path / target


def test_a_sample_computed_again_agrees(reference: ResultStore, bbcnews, bbcnews_cache) -> None:
    chosen = reference.runs().filter(dataset="bbcnews", model="wordllama-256").collect()
    results = list(
        verify(reference, chosen["run_id"].to_list(), bbcnews_cache, np.random.default_rng(0))
    )
    assert len(results) == 5
    assert all(isinstance(result, Checked) and result.agrees for result in results)
