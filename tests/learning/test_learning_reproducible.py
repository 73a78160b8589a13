"""Same seed, same result: whatever ran before, however many threads are allowed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from learning_samples import make_data, outcomes
from threadpoolctl import threadpool_info, threadpool_limits

from tui_al.learning.experiment import Experiment
from tui_al.learning.simulate import simulate
from tui_al.learning.strategies import strategies

EVERY_STRATEGY = pytest.mark.parametrize("name", list(strategies()))
_IN_A_PROCESS = """
import json, sys
import numpy as np
from learning_samples import make_data, outcomes
from tui_al.learning.experiment import Experiment
from tui_al.learning.simulate import simulate

data = make_data(n_train=700, n_test=100, dimension=96, classes=4)
for name in json.loads(sys.argv[1]):
    experiment = Experiment(name, ips="typiclust", seed=3, budget=180, cycles=4)
    print(json.dumps([name, outcomes(simulate(data, experiment))]))
"""


def _run(names, threads):
    """Runs of these strategies, in this order, in a process with so many BLAS threads."""
    helpers = str(Path(__file__).parent)
    environment = os.environ | {"OPENBLAS_NUM_THREADS": str(threads), "PYTHONPATH": helpers}
    command = [sys.executable, "-c", _IN_A_PROCESS, json.dumps(names)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return dict(json.loads(line) for line in done.stdout.splitlines())


def test_processes_threads_and_order_do_not_matter():
    names = list(strategies())
    first = _run(names, threads=1)
    assert first == _run(names[::-1], threads=2)
    assert first == _run(names, threads=2)
    alone = _run(["typiclust"], threads=1)
    assert alone["typiclust"] == first["typiclust"]


def _data():
    return make_data(n_train=700, n_test=100, dimension=96, classes=4)


@EVERY_STRATEGY
def test_the_threads_of_this_process_do_not_matter(name):
    """BLAS splits products by its threads, and the last digits with them: one computes."""
    experiment = Experiment(name, seed=1, budget=150, cycles=3)
    runs = []
    for threads in (1, 2):
        with threadpool_limits(threads, user_api="blas"):
            runs.append(outcomes(simulate(_data(), experiment)))
    assert runs[0] == runs[1]


def test_between_cycles_the_process_has_its_threads_back():
    def threads():
        return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}

    with threadpool_limits(2, user_api="blas"):
        allowed = threads()
        for _ in simulate(_data(), Experiment("badge", budget=60, cycles=2)):
            assert threads() == allowed


@EVERY_STRATEGY
def test_runs_side_by_side_do_not_touch_each_other(name):
    """Cycles of several runs taken in turn, as a notebook might."""
    data = _data()
    experiments = [Experiment(name, ips="coreset", seed=s, budget=120, cycles=3) for s in (0, 1)]
    alone = [outcomes(simulate(data, experiment)) for experiment in experiments]
    together = [[], []]
    for pair in zip(*(simulate(data, experiment) for experiment in experiments), strict=True):
        for records, record in zip(together, pair, strict=True):
            records.append(record)
    assert [outcomes(records) for records in together] == alone
    assert alone[0] != alone[1]


@EVERY_STRATEGY
def test_memory_of_earlier_cycles_does_not_reach_into_the_data(name):
    """Caches are the run's own: neither the features nor the labels are written."""
    data = _data()
    before = data.train_x.copy(), data.train_y.copy()
    list(simulate(data, Experiment(name, budget=150, cycles=3)))
    np.testing.assert_array_equal(data.train_x, before[0])
    np.testing.assert_array_equal(data.train_y, before[1])
