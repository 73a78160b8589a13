"""The simulation loop: what it spends, what it refuses, what it yields."""

import json
import os
import subprocess
import sys
from itertools import zip_longest
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from learning_samples import make_data, outcomes
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score, recall_score

from tui_al.catalog import datasets
from tui_al.errors import BadInput
from tui_al.learning.experiment import Experiment
from tui_al.learning.simulate import simulate
from tui_al.learning.strategies import initial_selections, strategies

EVERY_STRATEGY = pytest.mark.parametrize("strategy", list(strategies()))


# The budget


@given(budget=st.integers(1, 5000), cycles=st.integers(0, 60), rest=st.integers(0, 100))
def test_default_schedule_spends_exactly_the_budget(budget, cycles, rest):
    experiment = Experiment(budget=budget, cycles=cycles)
    if budget <= cycles:
        with pytest.raises(BadInput, match="leaves no label"):
            experiment.schedule(budget + rest)
        return
    schedule = experiment.schedule(budget + rest)
    assert schedule.budget == schedule.initial + schedule.cycles * schedule.batch == budget
    assert schedule.cycles == cycles
    if cycles:
        assert schedule.batch == budget // (cycles + 1)
        assert schedule.batch <= schedule.initial <= schedule.batch + cycles


@given(budget=st.integers(1, 5000), cycles=st.integers(0, 60), initial=st.integers(1, 5000))
def test_chosen_initial_pool_leaves_less_than_a_batch_of_one_a_cycle(budget, cycles, initial):
    experiment = Experiment(budget=budget, cycles=cycles, initial=initial)
    if initial > budget or budget - initial < cycles:
        with pytest.raises(BadInput):
            experiment.schedule(budget)
        return
    schedule = experiment.schedule(budget)
    assert schedule.initial == initial
    assert budget - max(cycles, 1) < schedule.budget <= budget or cycles == 0


@pytest.mark.parametrize(
    ("budget", "initial", "batch"), [(250, 30, 11), (500, 40, 23), (1000, 60, 47), (21, 1, 1)]
)
def test_default_schedule_by_hand(budget, initial, batch):
    schedule = Experiment(budget=budget).schedule(10_000)
    assert (schedule.initial, schedule.batch, schedule.cycles) == (initial, batch, 20)


@pytest.mark.parametrize("name", list(datasets()))
def test_every_catalog_budget_has_a_default_schedule(name):
    spec = datasets()[name]
    assert Experiment().schedule(spec.n_train, spec.budget).budget == spec.budget


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "no budget"),
        ({"budget": 0}, "budget 0 does not fit"),
        ({"budget": -5}, "budget -5"),
        ({"budget": 121}, "budget 121 does not fit the train pool of 120"),
        ({"budget": 20}, "no label for each of 20 cycles"),
        ({"budget": 60, "cycles": -1}, "cannot be negative"),
        ({"budget": 60, "seed": -1}, "cannot be negative"),
        ({"budget": 60, "initial": 61}, "initial pool 61 does not fit the budget 60"),
        ({"budget": 60, "initial": 0}, "initial pool 0"),
        ({"budget": 60, "initial": -1}, "initial pool -1"),
        ({"budget": 60, "initial": 60}, "no label for each"),
        ({"budget": 60, "initial": 41}, "no label for each"),
        ({"budget": 60, "strategy": "bage"}, "unknown query strategy"),
        ({"budget": 60, "ips": "typi"}, "unknown initial pool selection"),
        ({"budget": 60, "ips_params": {"k": 1}}, "no parameter 'k'"),
    ],
)
def test_impossible_experiments_are_refused_before_the_first_cycle(fields, words):
    with pytest.raises(BadInput, match=words) as caught:
        simulate(make_data(), Experiment(**fields))
    assert "\n" not in str(caught.value)


def test_experiment_without_budget_takes_the_datasets():
    *_, last = simulate(make_data(budget=42), Experiment())
    assert last.n_labeled == 42


# The records


@EVERY_STRATEGY
@pytest.mark.parametrize(
    ("fields", "labels"),
    [
        ({"budget": 60, "cycles": 4}, [12, 24, 36, 48, 60]),
        ({"budget": 62, "cycles": 4}, [14, 26, 38, 50, 62]),
        ({"budget": 60, "cycles": 4, "initial": 5}, [5, 18, 31, 44, 57]),
        ({"budget": 3, "cycles": 2}, [1, 2, 3]),
        ({"budget": 9, "cycles": 0}, [9]),
        ({"budget": 120, "cycles": 3}, [30, 60, 90, 120]),
    ],
    ids=str,
)
def test_labels_spent(strategy, fields, labels):
    records = list(simulate(make_data(), Experiment(strategy=strategy, **fields)))
    assert [record.cycle for record in records] == list(range(len(labels)))
    assert [record.n_labeled for record in records] == labels
    selected = [index for record in records for index in record.selected]
    assert len(set(selected)) == len(selected) == labels[-1]
    assert set(selected) <= set(range(120))
    for record in records:
        assert len(record.selected) == len(record.scores)
        assert all(type(index) is int for index in record.selected)
        assert record.fit_seconds >= 0
        assert record.query_seconds >= 0


@EVERY_STRATEGY
def test_metrics_are_those_of_a_classifier_on_the_labels_so_far(bbcnews, strategy):
    """The whole of a run, done again by hand with scikit-learn."""
    labeled = []
    for record in simulate(bbcnews, Experiment(strategy=strategy, seed=1, budget=250, cycles=5)):
        labeled += record.selected
        peer = LogisticRegression(max_iter=100_000, tol=1e-8)  # to the optimum
        peer.fit(bbcnews.train_x[labeled].astype(float), bbcnews.train_y[labeled])
        true, predicted = bbcnews.test_y, peer.predict(bbcnews.test_x.astype(float))
        assert record.accuracy == pytest.approx(accuracy_score(true, predicted))
        balanced = balanced_accuracy_score(true, predicted)
        assert record.balanced_accuracy == pytest.approx(balanced)
        assert record.macro_f1 == pytest.approx(f1_score(true, predicted, average="macro"))
        assert record.class_recall == pytest.approx(recall_score(true, predicted, average=None))
        counted = np.bincount(bbcnews.train_y[labeled], minlength=bbcnews.n_classes)
        assert record.class_labels == tuple(counted)
    assert record.accuracy > 0.9


@pytest.mark.parametrize("ips", initial_selections())
def test_every_strategy_starts_from_the_same_pool(ips):
    data = make_data()
    pools = {
        next(simulate(data, Experiment(strategy=name, ips=ips, seed=3, budget=60))).selected
        for name in strategies()
    }
    assert len(pools) == 1


def test_seeds_and_selections_start_differently():
    data = make_data()
    pools = [
        next(simulate(data, Experiment(ips=ips, seed=seed, budget=60))).selected
        for ips in initial_selections()
        for seed in range(4)
    ]
    assert len(set(pools)) == len(pools)


def test_strategies_part_after_the_initial_pool():
    data = make_data()
    second = [
        list(simulate(data, Experiment(strategy=name, budget=60, cycles=2)))[1].selected
        for name in strategies()
    ]
    assert len(set(second)) == len(second)


# Reproducibility


@EVERY_STRATEGY
def test_interleaved_and_abandoned_runs_do_not_disturb_each_other(strategy):
    data = make_data()
    experiments = [
        Experiment(strategy=strategy, ips="coreset", seed=seed, budget=60, cycles=5)
        for seed in (0, 0, 1)
    ]
    apart = [outcomes(simulate(data, experiment)) for experiment in experiments]
    next(simulate(data, experiments[0])).selected  # noqa: B018  (abandoned)
    rounds = zip_longest(*(simulate(data, experiment) for experiment in experiments))
    assert [outcomes(records) for records in zip(*rounds, strict=True)] == apart
    assert apart[0] == apart[1] != apart[2]


def test_a_record_in_hand_is_never_changed():
    records = simulate(make_data(), Experiment(strategy="coreset", budget=60, cycles=3))
    first = next(records)
    before = outcomes([first])
    list(records)
    assert outcomes([first]) == before
    with pytest.raises(AttributeError):
        first.accuracy = 1.0


_PRINT_RUNS = """
import json, sys
sys.path.insert(0, sys.argv[1])
from learning_samples import make_data, outcomes
from tui_al import Experiment, simulate
data = make_data(n_train=300)
print(json.dumps({name: outcomes(simulate(data, Experiment(strategy=name, budget=90, cycles=8)))
                  for name in json.loads(sys.argv[2])}))
"""


def _runs_in_another_process(hash_seed):
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            _PRINT_RUNS,
            str(Path(__file__).parent),
            json.dumps([*strategies()]),
        ],
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(run.stdout)


def test_every_process_computes_the_same():
    data = make_data(n_train=300)
    here = {
        name: outcomes(simulate(data, Experiment(strategy=name, budget=90, cycles=8)))
        for name in strategies()
    }
    here = json.loads(json.dumps(here))
    assert _runs_in_another_process(hash_seed="1") == here


# The oracle


def test_oracle_is_asked_for_every_selected_text_once_and_answers_are_used():
    data, asked = make_data(), []

    def ask(indices):
        asked.append(tuple(indices.tolist()))
        return (data.train_y[indices] + 1) % 3

    records = list(simulate(data, Experiment(strategy="margin", budget=120, cycles=4), ask))
    assert asked == [record.selected for record in records]
    assert records[-1].accuracy < 0.2  # it learned that every class is the next one


@EVERY_STRATEGY
@pytest.mark.parametrize("answer", [0, 2])
def test_oracle_that_knows_one_class(strategy, answer):
    data = make_data()
    experiment = Experiment(strategy=strategy, budget=120, cycles=5)
    records = list(simulate(data, experiment, lambda indices: [answer] * len(indices)))
    assert records[-1].n_labeled == 120
    share = np.mean(data.test_y == answer)
    assert [record.accuracy for record in records] == pytest.approx([share] * 6)


@pytest.mark.parametrize(
    "answer",
    [
        lambda indices: [3] * len(indices),
        lambda indices: [-1] * len(indices),
        lambda indices: [0.0] * len(indices),
        lambda indices: ["0"] * len(indices),
        lambda indices: [0] * (len(indices) - 1),
        lambda indices: 0,
        lambda indices: None,
    ],
)
def test_oracle_that_answers_nonsense_is_refused(answer):
    with pytest.raises(BadInput, match="the oracle"):
        list(simulate(make_data(), Experiment(budget=60), answer))


def test_error_of_an_oracle_reaches_the_caller():
    def away(indices):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(simulate(make_data(), Experiment(budget=60), away))


# Data


@EVERY_STRATEGY
@settings(deadline=None, max_examples=15, database=None)
@given(draw=st.data())
def test_any_small_dataset_runs_to_its_end(strategy, draw):
    """Few rows, many classes, classes that only the test set or no set has."""
    rng = np.random.default_rng(draw.draw(st.integers(0, 999), "seed"))
    size, n_classes = draw.draw(st.integers(2, 25), "rows"), draw.draw(st.integers(2, 30), "C")
    y = rng.integers(0, n_classes, size)
    y[:2] = 0, n_classes - 1
    x = rng.integers(-2, 3, size=(size, 3)).astype(np.float16)
    labels = [str(label) for label in range(n_classes + 1)]
    data = _arrays(x, y, x, rng.integers(0, n_classes, size), classes=labels)
    cycles = draw.draw(st.integers(0, size - 1), "cycles")
    ips = draw.draw(st.sampled_from(initial_selections()), "ips")
    *_, last = simulate(data, Experiment(strategy=strategy, ips=ips, budget=size, cycles=cycles))
    assert last.n_labeled == size


def _arrays(*arrays, **more):
    return make_data().from_arrays(*arrays, **more)
