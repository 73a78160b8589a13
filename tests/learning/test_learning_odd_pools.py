"""Whole runs on pools that nobody would choose: every strategy, from every initial pool."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from learning_samples import clusters

from tui_al.errors import BadInput
from tui_al.learning.dataset import EmbeddedDataset
from tui_al.learning.experiment import Experiment
from tui_al.learning.simulate import simulate
from tui_al.learning.strategies import initial_selections, strategies

EVERY_STRATEGY = pytest.mark.parametrize("name", list(strategies()))
_X, _Y = clusters(60, dimension=6)
POOLS = {
    "all rows identical": (np.repeat(_X[:1], 60, axis=0), _Y),
    "three distinct rows": (_X[np.arange(60) % 3], _Y),
    "every row twice": (_X[np.arange(60) // 2], _Y),
    "zero rows": (np.zeros_like(_X), _Y),
    "float16": (_X.astype(np.float16), _Y),
    "not normalised": (_X * np.geomspace(1e-3, 1e3, 60, dtype=np.float32)[:, None], _Y),
    "far from the origin": (_X + 200, _Y),
    "one column": (_X[:, :1], _Y),
    "one rare class": (_X, (np.arange(60) == 59).astype(int)),
    "a class a row": (_X, np.arange(60)),
}


def _run(x, y, name, ips, **size):
    data = EmbeddedDataset.from_arrays(x, y, x[:9], y[:9])
    records = list(simulate(data, Experiment(name, ips=ips, **size)))
    selected = [index for record in records for index in record.selected]
    assert len(set(selected)) == len(selected) == records[-1].n_labeled
    assert all(np.isfinite([record.accuracy, record.macro_f1]).all() for record in records)
    return records


@EVERY_STRATEGY
@pytest.mark.parametrize("ips", initial_selections())
@pytest.mark.parametrize("pool", list(POOLS))
def test_the_whole_pool_is_labeled_in_the_end(name, ips, pool):
    x, y = POOLS[pool]
    assert _run(x, y, name, ips, budget=60, cycles=7)[-1].n_labeled == 60


@EVERY_STRATEGY
@pytest.mark.parametrize("ips", initial_selections())
def test_one_label_a_cycle_from_one_label(name, ips):
    records = _run(_X, _Y, name, ips, budget=12, initial=1, cycles=11)
    assert [len(record.selected) for record in records] == [1] * 12


@EVERY_STRATEGY
@settings(deadline=None, max_examples=15, database=None)
@given(draw=st.data())
def test_any_small_run(name, draw):
    n = draw.draw(st.integers(3, 25), "rows")
    rng = np.random.default_rng(draw.draw(st.integers(0, 999), "seed"))
    x = rng.integers(-2, 3, size=(n, draw.draw(st.integers(1, 3), "columns")))
    y = np.append([0, 1], rng.integers(0, 4, n - 2))
    budget = draw.draw(st.integers(2, n), "budget")
    cycles = draw.draw(st.integers(1, budget - 1), "cycles")
    ips = draw.draw(st.sampled_from(initial_selections()), "ips")
    _run(x.astype(np.float32), y, name, ips, budget=budget, cycles=cycles)


@pytest.mark.parametrize("fault", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("part", ["train_x", "test_x"])
def test_nan_is_refused_by_name_and_row(part, fault):
    matrices = {"train_x": _X.copy(), "test_x": _X.copy()}
    matrices[part][17, 3] = fault
    with pytest.raises(BadInput, match=f"{part}: row 17 holds NaN or infinity"):
        EmbeddedDataset.from_arrays(matrices["train_x"], _Y, matrices["test_x"], _Y)
