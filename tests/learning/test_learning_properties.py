"""What must not change a choice, whatever the strategy: order, layout, scale, memory, threads."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from learning_samples import clusters, make_data, outcomes, view_of
from threadpoolctl import threadpool_limits

from tui_al.learning import simulate as simulation
from tui_al.learning.dataset import EmbeddedDataset
from tui_al.learning.experiment import Experiment
from tui_al.learning.simulate import simulate
from tui_al.learning.strategies import initial_selections, make_strategy, strategies
from tui_al.learning.strategies.base import CycleCache

EVERY_STRATEGY = pytest.mark.parametrize("name", list(strategies()))
THREADS = pytest.mark.xfail(reason="the limit of BLAS threads is the whole process's", strict=False)


def _query(name, view, n, seed=0):
    return make_strategy(name, {}).query(view, n, np.random.default_rng(seed))


@pytest.mark.parametrize("name", ["margin", "entropy", "coreset"])
@settings(deadline=None, max_examples=25, database=None)
@given(seed=st.integers(0, 9999), classes=st.integers(2, 6), n=st.integers(1, 80))
def test_order_of_the_pool_does_not_matter(name, seed, classes, n):
    """Where nothing is drawn at random, the same texts are chosen from a shuffled pool."""
    x, y = clusters(100, dimension=7, classes=classes, seed=seed)
    order = np.random.default_rng(seed).permutation(100)
    labeled, places = np.arange(20), np.argsort(order)
    view, shuffled = view_of(x, y, labeled), view_of(x[order], y[order], places[labeled])
    shuffled = replace(shuffled, classifier=view.classifier)
    chosen, among_shuffled = _query(name, view, n), _query(name, shuffled, n, seed=1)
    np.testing.assert_array_equal(order[among_shuffled.indices], chosen.indices)
    np.testing.assert_allclose(among_shuffled.scores, chosen.scores, rtol=1e-3, atol=1e-6)


@EVERY_STRATEGY
@settings(deadline=None, max_examples=15, database=None)
@given(seed=st.integers(0, 9999), classes=st.integers(2, 6), n=st.integers(1, 30))
def test_half_precision_is_only_another_way_to_store_the_same_numbers(name, seed, classes, n):
    x, y = clusters(60, dimension=5, classes=classes, seed=seed)
    half = x.astype(np.float16)
    one, other = (_query(name, view_of(v, y, range(12)), n) for v in (half, half.astype("f4")))
    np.testing.assert_array_equal(one.indices, other.indices)
    np.testing.assert_array_equal(one.scores, other.scores)


@pytest.mark.parametrize("scale", [2.0**-20, 0.5, 2.0**20])
@pytest.mark.parametrize("name", ["random", "coreset", "typiclust", "probcover"])
def test_choices_by_distance_do_not_depend_on_the_unit(name, scale):
    x, y = clusters(150, dimension=6)
    plain, scaled = (_query(name, view_of(v, y, range(9)), 40) for v in (x, x * np.float32(scale)))
    np.testing.assert_array_equal(plain.indices, scaled.indices)


def _layouts(x):
    return {
        "columns first": np.asfortranarray(x),
        "every other column": np.repeat(x, 2, axis=1)[:, ::2],
        "backwards": x[::-1].copy()[::-1],
        "not aligned": np.frombuffer(b"1234" + x.tobytes(), np.float32)[1:].reshape(x.shape),
    }


@pytest.mark.parametrize("layout", list(_layouts(np.zeros((2, 2), "f4"))))
@pytest.mark.parametrize("name", ["margin", "coreset", "badge", "typiclust"])
def test_layout_in_memory_does_not_matter(name, layout):
    x, y = clusters(300, dimension=50, classes=4)
    runs = []
    for values in (x, _layouts(x)[layout]):
        data = EmbeddedDataset.from_arrays(values[:240], y[:240], values[240:], y[240:])
        runs.append(outcomes(simulate(data, Experiment(name, budget=90, cycles=3))))
    assert runs[0] == runs[1]


@pytest.mark.parametrize("ips", initial_selections())
@pytest.mark.parametrize("name", [name for name in strategies() if name != "typiclust"])
def test_memory_of_earlier_cycles_changes_no_choice(name, ips, monkeypatch):
    """What a cycle takes from the last only saves time (typiclust grows its clusters)."""
    data = make_data(n_train=400, dimension=12, classes=4)
    experiment = Experiment(name, ips=ips, seed=2, budget=150, cycles=6)
    with_memory = outcomes(simulate(data, experiment))
    view = simulation._view
    monkeypatch.setattr(simulation, "_view", lambda *args: view(*args[:-1], CycleCache()))
    without = outcomes(simulate(data, experiment))
    assert [run[2] for run in with_memory] == [run[2] for run in without]
    for one, other in zip(with_memory, without, strict=True):
        np.testing.assert_allclose(one[3], other[3], rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("ips", initial_selections())
def test_initial_pool_parameters_reach_no_further(ips):
    """An initial pool by the query's own strategy leaves that strategy nothing to remember."""
    data = make_data(n_train=200)
    runs = [
        list(simulate(data, Experiment(name, ips=ips, budget=60, cycles=1)))
        for name in (ips, "margin")
    ]
    assert runs[0][0].selected == runs[1][0].selected


@THREADS
@EVERY_STRATEGY
def test_runs_in_threads_compute_the_same(name):
    """Several runs at once in one process, each with its own classifier and memory."""
    data = make_data(n_train=500, dimension=96, classes=4)
    experiments = [Experiment(name, seed=seed, budget=120, cycles=3) for seed in range(3)]
    alone = [outcomes(simulate(data, experiment)) for experiment in experiments]
    found = [None] * len(experiments)

    def run(place):
        found[place] = outcomes(simulate(data, experiments[place]))

    with threadpool_limits(2, user_api="blas"):
        threads = [threading.Thread(target=run, args=(place,)) for place in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == alone


@pytest.mark.filterwarnings("error")
def test_nothing_is_said_when_clusters_outnumber_distinct_texts():
    """Few texts of many dimensions, some of them twice, labeled to the last."""
    x = np.random.default_rng(0).normal(size=(60, 384)).astype(np.float32)
    x[55:] = x[:5]
    data = EmbeddedDataset.from_arrays(x, np.arange(60) % 3, x[:9], np.arange(9) % 3)
    experiment = Experiment("typiclust", ips="typiclust", budget=60, cycles=8)
    assert [*simulate(data, experiment)][-1].n_labeled == 60
