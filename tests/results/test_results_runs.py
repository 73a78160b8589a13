"""Running an experiment on prepared data: its identity, its records, what is stored when."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace

import numpy as np
import pytest

from tui_al.errors import BadInput, UnknownName
from tui_al.grid.run import identify_run, run_experiment
from tui_al.learning.experiment import Experiment
from tui_al.learning.simulate import simulate
from tui_al.learning.strategies import strategies
from tui_al.results.store import ResultStore

BASE = Experiment(strategy="margin", seed=1, budget=24, cycles=3)


def _id(prepared, experiment=BASE):
    return identify_run(prepared, experiment).run_id


def test_identity_says_what_will_be_spent(prepared):
    run = identify_run(prepared, replace(BASE, budget=None))
    assert (run.dataset, run.model, run.ips, run.strategy) == ("small", "made", "random", "margin")
    assert (run.seed, run.oracle, run.k0, run.batch, run.budget) == (1, "labels", 9, 7, 30)
    assert json.loads(run.experiment)["embedding"] == prepared.key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"budget": None}, {"budget": 30}),
        ({"budget": 24}, {"budget": 24, "initial": 6}),
        ({"budget": 24, "initial": 6}, {"budget": 26, "initial": 6}),  # 2 of 26 stay unspent
        ({}, {"strategy_params": {}, "ips_params": {}}),
    ],
)
def test_same_run_however_it_was_written(prepared, one, other):
    assert _id(prepared, replace(BASE, **one)) == _id(prepared, replace(BASE, **other))


@pytest.mark.parametrize(
    "changed",
    [
        {"strategy": "entropy"},
        {"ips": "coreset"},
        {"seed": 2},
        {"budget": 25},
        {"initial": 3},
        {"cycles": 4},
    ],
    ids=str,
)
def test_any_other_experiment_is_another_run(prepared, changed):
    assert _id(prepared, replace(BASE, **changed)) != _id(prepared)


def test_another_embedding_is_another_run(prepared):
    assert _id(replace(prepared, key="another")) != _id(prepared)


def test_ids_are_stable(prepared):
    """Stored runs are found again only while this holds."""
    assert _id(prepared) == "d2ca6f070024498e9527e629"


def test_parameters_are_part_of_the_run(prepared, monkeypatch):
    from tui_al.learning.strategies import random

    @dataclass(frozen=True)
    class Tempered(random.Random):
        temperature: float = 1.0

    monkeypatch.setattr(random, "Random", Tempered)
    left_out, spelled_out, hotter, elsewhere = (
        _id(prepared, Experiment(**fields))
        for fields in (
            {},
            {"strategy_params": {"temperature": 1.0}},
            {"strategy_params": {"temperature": 2.0}},
            {"ips_params": {"temperature": 2.0}},
        )
    )
    assert left_out == spelled_out
    assert len({left_out, hotter, elsewhere}) == 3


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"budget": 61}, BadInput),
        ({"strategy": "marign"}, UnknownName),
        ({"ips": "margin"}, UnknownName),
        ({"strategy_params": {"x": 1}}, BadInput),
    ],
)
def test_impossible_run_has_no_identity_and_leaves_no_file(prepared, store, cache, fields, error):
    with pytest.raises(error):
        identify_run(prepared, replace(BASE, **fields))
    with pytest.raises(error):
        list(run_experiment(prepared, replace(BASE, **fields), store))
    assert not cache.runs.exists()


@pytest.mark.parametrize("strategy", list(strategies()))
def test_stored_run_is_the_one_that_was_streamed(prepared, store, strategy):
    experiment = replace(BASE, strategy=strategy)
    records = list(run_experiment(prepared, experiment, store))
    run = identify_run(prepared, experiment)
    rows = store.cycles().collect()
    assert set(rows["run_id"]) == {run.run_id}
    for name in ("cycle", "n_labeled", "accuracy", "balanced_accuracy", "macro_f1",
                 "fit_seconds", "query_seconds"):  # fmt: skip
        assert rows[name].to_list() == [getattr(record, name) for record in records]
    chosen = store.selections().collect()
    assert chosen["selected"].to_list() == [list(record.selected) for record in records]
    assert chosen["scores"].to_list() == [list(record.scores) for record in records]
    (row,) = store.runs().collect().to_dicts()
    assert row["wall_seconds"] >= sum(record.fit_seconds for record in records)


def test_streamed_records_are_those_of_simulate(prepared, store):
    pairs = zip(run_experiment(prepared, BASE, store), simulate(prepared.data, BASE), strict=True)
    for ours, plain in pairs:
        seconds = {"fit_seconds": 0.0, "query_seconds": 0.0}
        assert replace(ours, **seconds) == replace(plain, **seconds)


def test_abandoned_run_stores_nothing(prepared, store, cache):
    records = run_experiment(prepared, BASE, store)
    for _ in range(BASE.cycles + 1):  # every cycle was seen, but the run was not finished
        next(records)
    records.close()
    assert store.runs().collect().is_empty()
    assert not cache.runs.exists()


def test_failed_run_stores_nothing(prepared, store, cache):
    y = np.full_like(prepared.data.train_y, 99)
    broken = replace(prepared, data=replace(prepared.data, train_y=y))
    with pytest.raises(BadInput):
        list(run_experiment(broken, BASE, store))
    assert not cache.runs.exists()


def test_running_again_replaces_the_run(prepared, store, cache):
    for _ in range(2):
        list(run_experiment(prepared, BASE, store))
    assert store.runs().collect().height == 1
    assert store.cycles().collect().height == BASE.cycles + 1


_RUN_ALL = """
import json, sys
from pathlib import Path
import numpy as np
from tui_al.grid.prepare import Prepared
from tui_al.grid.run import run_experiment
from tui_al.learning.dataset import EmbeddedDataset
from tui_al.learning.experiment import Experiment
from tui_al.results.store import ResultStore
rng = np.random.default_rng(0)
y = np.arange(2000) % 20
x = (rng.normal(size=(20, 256))[y] + 2 * rng.normal(size=(2000, 256))).astype(np.float32)
prepared = Prepared(None, EmbeddedDataset.from_arrays(x, y, x[:99], y[:99]), "key")
for name in json.loads(sys.argv[2]):
    experiment = Experiment(strategy=name, ips="coreset", budget=200, cycles=3)
    list(run_experiment(prepared, experiment, ResultStore(Path(sys.argv[1]))))
"""


def test_stored_numbers_depend_on_no_process_and_no_thread_setting(tmp_path):
    """To the last bit of every score, with products large enough for several threads."""
    tables = []
    for threads in ("1", "2"):
        variables = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        subprocess.run(
            [sys.executable, "-c", _RUN_ALL, tmp_path / threads, json.dumps([*strategies()])],
            env=os.environ | dict.fromkeys((*variables, "PYTHONHASHSEED"), threads),
            check=True,
        )
        store = ResultStore(tmp_path / threads)
        cycles = store.cycles().drop("fit_seconds", "query_seconds").collect()
        tables.append(cycles.join(store.selections().collect(), on=["run_id", "cycle"]))
    assert tables[0].height == 4 * len(strategies())
    assert tables[0].equals(tables[1])
