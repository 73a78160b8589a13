"""Plans: products of everything, the sweep, TOML files, and what is refused."""

from itertools import product
from pathlib import Path

import pytest
from grid_samples import MODELS, plan_runs, small_plan, write_plan
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_al.errors import BadInput, UnknownName
from tui_al.grid.plan import SWEEP_SIZES, expand, left_out_by_dataset, make_plan, read_plan
from tui_al.grid.run import Subject, identify
from tui_al.learning.experiment import Experiment
from tui_al.learning.strategies import initial_selections, strategies

BASE = {"datasets": ["made"], "models": ["glove-50"]}


def _subject(n_pool: int = 10_000, dataset: str = "made") -> Subject:
    return Subject(dataset, "glove-50", n_pool, 500, f"key of {dataset}")


def test_what_is_left_out_is_the_benchmark() -> None:
    plan = make_plan(BASE)
    assert plan.ips == ("random", "coreset", "typiclust") == initial_selections()
    assert plan.strategies == tuple(strategies())
    assert (plan.seeds, plan.cycles, plan.budget) == ((0, 1, 2, 3, 4), 20, None)
    runs = expand(plan, [_subject()])
    assert len(runs) == 3 * len(strategies()) * 5
    assert {(run.identity.budget, run.identity.k0, run.identity.batch) for run in runs} == {
        (500, 40, 23)
    }


def test_runs_are_those_of_the_run_command() -> None:
    subject = _subject()
    plan = make_plan({**BASE, "ips": ["coreset"], "strategies": ["badge"], "seeds": [7]})
    (run,) = expand(plan, [subject])
    assert run.identity == identify(subject, Experiment("badge", "coreset", 7))


names = st.lists(st.sampled_from(["random", "coreset", "typiclust"]), min_size=1, max_size=4)
queries = st.lists(st.sampled_from(["margin", "badge", "entropy"]), min_size=1, max_size=4)


@settings(deadline=None, database=None, max_examples=25)
@given(names, queries, st.lists(st.integers(0, 9), min_size=1, max_size=4),
       st.lists(st.sampled_from("abc"), min_size=1, unique=True))  # fmt: skip
def test_every_combination_is_planned_once(ips, chosen, seeds, datasets) -> None:
    plan = make_plan(
        {"datasets": datasets, "models": ["m/x"], "ips": ips, "strategies": chosen, "seeds": seeds}
    )
    runs = expand(plan, [_subject(dataset=name) for name in datasets])
    found = [(r.identity.dataset, r.identity.ips, r.identity.strategy, r.identity.seed)
             for r in runs]  # fmt: skip
    assert sorted(found) == sorted(product(set(datasets), set(ips), set(chosen), set(seeds)))
    assert len({run.identity.run_id for run in runs}) == len(runs)
    order = list(dict.fromkeys(seeds))
    assert [seed for *_, seed in found] == sorted((s for *_, s in found), key=order.index)


def test_the_sweep_trains_on_initial_pools_alone() -> None:
    plan = make_plan({**BASE, "experiment": "ips", "seeds": 1})
    assert plan.initial == SWEEP_SIZES == (20, 50, 100, 250, 300, 500, 1000, 2500, 5000)
    runs = expand(plan, [_subject(1000)])
    sizes = {run.identity.k0 for run in runs}
    assert sizes == {20, 50, 100, 250, 300, 500, 1000}
    assert len(runs) == 3 * len(sizes)
    assert all((run.identity.batch, run.experiment.cycles) == (0, 0) for run in runs)
    assert all(run.identity.budget == run.identity.k0 for run in runs)
    assert left_out_by_dataset(plan, [_subject(1000)]) == {"made": (2500, 5000)}


def test_a_plan_from_a_file_is_the_one_from_options(tmp_path: Path) -> None:
    plan = small_plan(budget=30)
    path = write_plan(tmp_path / "grid.toml", plan)
    assert make_plan(read_plan(path)) == plan


def test_local_datasets_expand_with_their_own_sizes(made) -> None:
    runs = plan_runs(small_plan(), made)
    assert len(runs) == 24
    assert {run.identity.model for run in runs} == set(MODELS)
    assert {run.identity.budget for run in runs} == {40}


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ({"models": ["glove-50"]}, "a grid needs datasets: give --dataset"),
        ({"datasets": ["made"]}, "a grid needs models: give --model"),
        ({**BASE, "experiment": "curve"}, "experiment 'curve' does not exist: give curves or ips"),
        ({**BASE, "strategies": ["marign"]}, "did you mean margin"),
        ({**BASE, "ips": ["margin"]}, "unknown initial pool selection 'margin'"),
        ({**BASE, "models": ["minilm"]}, "did you mean minilm-l6"),
        ({**BASE, "seeds": 0}, "seeds must be a number of at least 1"),
        ({**BASE, "seeds": [0, -1]}, "seeds must be a number of at least 1"),
        ({**BASE, "seeds": "five"}, "seeds must be a whole number, not 'five'"),
        ({**BASE, "seeds": True}, "seeds must be a whole number"),
        ({**BASE, "cycles": 2.5}, "cycles must be a whole number, not 2.5"),
        ({**BASE, "datasets": [1]}, "datasets must be a list of names"),
        ({**BASE, "datasets": {"a": 1}}, "datasets must be a list of names"),
        ({**BASE, "initial": [10, 20]}, "several initial pools are a sweep"),
        ({**BASE, "experiment": "ips", "initial": [0]}, "sizes of at least 1"),
        ({**BASE, "experiment": "ips", "strategies": ["badge"]}, "has no strategies"),
        ({**BASE, "experiment": "ips", "cycles": 3}, "has no cycles"),
    ],
)
def test_refused(entries, words) -> None:
    with pytest.raises(BadInput, match=words):
        make_plan(entries)


def test_unknown_names_are_typed() -> None:
    with pytest.raises(UnknownName):
        make_plan({**BASE, "strategies": ["marign"]})


def test_an_impossible_budget_names_the_dataset() -> None:
    with pytest.raises(BadInput, match="made: budget 500 does not fit the train pool of 300"):
        expand(make_plan(BASE), [_subject(300)])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"datasets = [\n1 2]", r"grid\.toml is not a plan in TOML: .*line 2"),
        (b"\xff", r"grid\.toml is not a plan in TOML"),
        (b"dataset = ['a']", r"has an entry 'dataset': a plan has datasets, models"),
        (None, r"cannot read the plan .*grid\.toml: no such file"),
    ],
)
def test_refused_files(tmp_path: Path, content, words) -> None:
    path = tmp_path / "grid.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadInput, match=words):
        read_plan(path)
