"""One contract for every registered strategy, whoever wrote it."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from learning_samples import clusters, make_data, outcomes, view_of

from tui_al.errors import BadInput, PoolExhausted, UnknownName
from tui_al.learning.experiment import Experiment
from tui_al.learning.simulate import simulate
from tui_al.learning.strategies import (
    check_names,
    initial_selections,
    make_strategy,
    strategies,
)

EVERY_STRATEGY = pytest.mark.parametrize("name", list(strategies()))
EVERY_SELECTION = pytest.mark.parametrize("name", initial_selections())


def _pools():
    x, y = clusters(40)
    return {
        "plain": SimpleNamespace(x=x, y=y, labeled=[7, 3, 30, 1]),
        "duplicate rows": SimpleNamespace(x=x[np.arange(40) % 5], y=y, labeled=[0, 1, 2, 3, 4]),
        "identical rows": SimpleNamespace(x=x[np.zeros(40, int)], y=y, labeled=[0, 1, 2, 3]),
        "zero rows": SimpleNamespace(x=np.zeros_like(x), y=y, labeled=[0, 1, 2, 3]),
        "float16": SimpleNamespace(x=x.astype(np.float16), y=y, labeled=[7, 3, 30, 1]),
        "not normalised": SimpleNamespace(x=x * 40 + 300, y=y, labeled=[7, 3, 30, 1]),
        "tiny numbers": SimpleNamespace(x=x * np.float32(1e-20), y=y, labeled=[7, 3, 30, 1]),
        "large numbers": SimpleNamespace(x=x * np.float32(1e6), y=y, labeled=[7, 3, 30, 1]),
        "one column": SimpleNamespace(x=x[:, :1], y=y, labeled=[7, 3, 30, 1]),
        "one class labeled": SimpleNamespace(x=x, y=y, labeled=np.flatnonzero(y == 1)[:4]),
        "two of three classes": SimpleNamespace(x=x, y=y, labeled=np.flatnonzero(y != 1)[:6]),
        "more classes than labels": SimpleNamespace(x=x, y=np.arange(40), labeled=[39, 2]),
        "one label": SimpleNamespace(x=x, y=y, labeled=[11]),
        "one left": SimpleNamespace(x=x[:5], y=y[:5], labeled=[4, 0, 3, 1]),
    }


EVERY_POOL = pytest.mark.parametrize("pool", _pools().values(), ids=list(_pools()))


def _query(name, view, n, seed=0):
    return make_strategy(name, {}).query(view, n, np.random.default_rng(seed))


def _assert_kept(query, view, n):
    assert query.indices.shape == query.scores.shape == (n,)
    assert len(set(query.indices.tolist())) == n
    assert set(query.indices.tolist()) <= set(view.unlabeled.tolist())
    assert not np.isnan(query.scores).any()


@EVERY_STRATEGY
@EVERY_POOL
def test_exactly_n_distinct_unlabeled(name, pool):
    for n in {1, (len(pool.x) - len(pool.labeled)) // 2 or 1, len(pool.x) - len(pool.labeled)}:
        view = view_of(pool.x, pool.y, pool.labeled)
        _assert_kept(_query(name, view, n), view, n)


@EVERY_SELECTION
@EVERY_POOL
def test_initial_pool_needs_no_label(name, pool):
    for n in (1, len(pool.x) // 2, len(pool.x)):
        view = view_of(pool.x, pool.y, [])
        _assert_kept(_query(name, view, n), view, n)


@EVERY_STRATEGY
@settings(deadline=None, max_examples=40, database=None)
@given(draw=st.data())
def test_any_pool(name, draw):
    size = draw.draw(st.integers(2, 30), "rows")
    shape = (size, draw.draw(st.integers(1, 4), "columns"))
    coarse = st.integers(-3, 3).map(float)  # many duplicates and ties
    x = draw.draw(
        arrays(draw.draw(st.sampled_from([np.float16, np.float32])), shape, elements=coarse)
    )
    y = draw.draw(arrays(np.int64, size, elements=st.integers(0, 5)), "y")
    order = draw.draw(st.permutations(range(size)), "order")
    view = view_of(x, y, order[: draw.draw(st.integers(1, size - 1), "labeled")], n_classes=6)
    n = draw.draw(st.integers(1, len(view.unlabeled)), "n")
    _assert_kept(_query(name, view, n), view, n)


@EVERY_STRATEGY
def test_generator_alone_decides(name):
    """Neither earlier queries, on this view or another, nor numpy's global state matter."""
    pool = _pools()["plain"]
    first = _query(name, view_of(pool.x, pool.y, pool.labeled), 6, seed=5)
    global_state = np.random.get_state()[1].tolist()
    used = view_of(pool.x, pool.y, pool.labeled)
    for seed, n in ((1, 3), (2, 36)):
        _query(name, used, n, seed)
        _query(name, view_of(pool.x[::-1].copy(), pool.y, [2, 9]), n, seed)
    for view in (used, view_of(pool.x, pool.y, pool.labeled)):
        again = _query(name, view, 6, seed=5)
        np.testing.assert_array_equal(again.indices, first.indices)
        np.testing.assert_array_equal(again.scores, first.scores)
    assert np.random.get_state()[1].tolist() == global_state


@EVERY_STRATEGY
def test_ties_break_at_random(name):
    pool = _pools()["identical rows"]
    view = view_of(pool.x[:9], pool.y[:9], [0, 1, 2, 3])
    assert {int(_query(name, view, 1, seed).indices[0]) for seed in range(60)} == {4, 5, 6, 7, 8}


@EVERY_STRATEGY
@pytest.mark.parametrize("labeled", [[5], list(range(40))], ids=["some left", "none left"])
def test_exhausted_pool(name, labeled):
    pool = _pools()["plain"]
    view = view_of(pool.x, pool.y, labeled)
    with pytest.raises(PoolExhausted, match=f"only {len(view.unlabeled)} are left"):
        _query(name, view, len(view.unlabeled) + 1)


@EVERY_STRATEGY
@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_memory_map_is_read_like_an_array_and_never_written(name, dtype, tmp_path):
    pool = _pools()["plain"]
    x = pool.x.astype(dtype)
    np.save(tmp_path / "x.npy", x)
    before = (tmp_path / "x.npy").read_bytes()
    mapped = view_of(np.load(tmp_path / "x.npy", mmap_mode="r"), pool.y, pool.labeled)
    from_disk, from_memory = (
        _query(name, view, 7) for view in (mapped, view_of(x, pool.y, pool.labeled))
    )
    np.testing.assert_array_equal(from_disk.indices, from_memory.indices)
    assert (tmp_path / "x.npy").read_bytes() == before


@EVERY_STRATEGY
def test_arguments_stay_as_they_were(name):
    pool = _pools()["plain"]
    view = view_of(pool.x.copy(), pool.y, pool.labeled)
    arrays_before = [a.copy() for a in (view.features, view.labeled, view.labels, view.unlabeled)]
    for array in (view.features, view.labeled, view.labels, view.unlabeled):
        array.flags.writeable = True
    _query(name, view, 36)
    arrays_after = (view.features, view.labeled, view.labels, view.unlabeled)
    for before, after in zip(arrays_before, arrays_after, strict=True):
        np.testing.assert_array_equal(before, after)


@EVERY_STRATEGY
def test_hidden_labels_cannot_leak(name):
    """The same answers to the same questions give the same run, whatever the pool's labels."""
    honest = make_data()
    scrambled = make_data()
    scrambled.train_y[:] = (scrambled.train_y + 1) % 3
    runs = [
        outcomes(
            simulate(data, Experiment(strategy=name, budget=60, cycles=5), honest.train_y.take)
        )
        for data in (honest, scrambled)
    ]
    assert runs[0] == runs[1]


@pytest.mark.parametrize(
    ("strategy", "ips", "words"),
    [
        ("margni", "random", "unknown query strategy 'margni': did you mean margin"),
        ("", "random", "unknown query strategy"),
        ("margin", "corset", "initial pool selection 'corset': did you mean coreset"),
        ("margin", "margin", "unknown initial pool selection 'margin'"),
    ],
)
def test_unknown_names(strategy, ips, words):
    with pytest.raises(UnknownName, match=words):
        check_names(strategy, ips)
    with pytest.raises(UnknownName, match=words):
        simulate(make_data(), Experiment(strategy=strategy, ips=ips, budget=30, cycles=2))


@EVERY_STRATEGY
def test_unknown_parameter_is_named(name):
    with pytest.raises(BadInput, match=f"strategy {name} has no parameter 'temprature'"):
        make_strategy(name, {"temprature": 2})
    with pytest.raises(BadInput, match="temprature"):
        simulate(
            make_data(), Experiment(strategy=name, budget=90, strategy_params={"temprature": 2})
        )


@EVERY_STRATEGY
def test_spec_says_what_a_list_needs(name):
    spec = strategies()[name]
    assert spec.name == name
    assert spec.rule
    assert spec.source
