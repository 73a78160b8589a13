"""Many parts become one: nothing lost, nothing twice, whoever writes, reads or dies meanwhile."""

import os
import subprocess
import sys
import time
from dataclasses import replace

import polars as pl
import pytest
from test_results_store import RECORDS, RUN

from tui_al.analysis.slices import read_runs, score_runs
from tui_al.analysis.summary import summarise_settings
from tui_al.results import compaction
from tui_al.results.claims import claims_of
from tui_al.results.compaction import compact
from tui_al.results.runs import Origin, RecordedRun
from tui_al.results.schema import ADDED_COLUMNS, STORED_COLUMNS
from tui_al.results.store import ResultStore


def _runs(*names):
    return [RecordedRun(replace(RUN, run_id=name), RECORDS, 1.0, Origin("{}")) for name in names]


def _parts(folder):
    return sorted(folder.glob("*.parquet"))


def _table(folder):
    store = ResultStore(folder)
    joined = store.cycles().join(store.selections(), on=["run_id", "cycle"])
    return joined.join(store.runs().select("run_id", "wall_seconds"), on="run_id").sort(
        "run_id", "cycle"
    ).collect()  # fmt: skip


def test_parts_become_one_with_the_same_content(tmp_path):
    store = ResultStore(tmp_path)
    for name in "abcde":
        store.save_batch(_runs(name))
    before = _table(tmp_path)
    assert compact(tmp_path) == 5
    (part,) = _parts(tmp_path)
    assert part.name.startswith("compacted-")
    assert _table(tmp_path).equals(before)
    assert store.run_ids() == set("abcde")
    assert compact(tmp_path) == 0
    store.save_batch(_runs("f"))
    assert compact(tmp_path) == 2
    assert ResultStore(tmp_path).run_ids() == set("abcdef")


def test_an_open_table_outlives_the_parts_it_was_opened_on(tmp_path):
    store = ResultStore(tmp_path)
    for name in "abc":
        store.save_batch(_runs(name))
    lazy = store.cycles()
    compact(tmp_path)
    assert lazy.collect().height == 3 * len(RECORDS)


def test_of_doubles_the_last_stays(tmp_path):
    store = ResultStore(tmp_path)
    for seconds in (1.0, 2.0, 3.0):
        store.save(RUN, RECORDS, seconds)
    store.save_batch(_runs("other"))
    assert store.runs().filter(run_id=RUN.run_id).collect()["wall_seconds"].to_list() == [3.0]
    compact(tmp_path)
    (part,) = _parts(tmp_path)
    assert pl.read_parquet(part).filter(run_id=RUN.run_id)["wall_seconds"].to_list() == [3.0, 3.0]


def test_a_part_that_comes_while_others_are_compacted_stays(tmp_path, monkeypatch):
    store = ResultStore(tmp_path)
    for name in "ab":
        store.save_batch(_runs(name))
    real = compaction._remove

    def remove(parts):
        parts = list(parts)
        store.save_batch(_runs(f"late{len(_parts(tmp_path))}"))
        real(parts)

    monkeypatch.setattr(compaction, "_remove", remove)
    compact(tmp_path)
    assert {"a", "b"} < store.run_ids()
    assert len(store.run_ids()) == 4


def test_killed_before_the_old_parts_went_nothing_counts_twice(tmp_path, monkeypatch):
    store = ResultStore(tmp_path)
    for name in "abc":
        store.save_batch(_runs(name))
    before = _table(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(compaction, "_remove", lambda parts: None)
        compact(tmp_path)
    assert len(_parts(tmp_path)) == 4
    assert _table(tmp_path).equals(before)
    compact(tmp_path)
    assert len(_parts(tmp_path)) == 1
    assert _table(tmp_path).equals(before)


def test_older_parts_become_present_ones_and_damaged_ones_stay(tmp_path):
    store = ResultStore(tmp_path)
    old = store.save(replace(RUN, run_id="old"), RECORDS, 1.0)
    pl.read_parquet(old).drop(
        name for names in ADDED_COLUMNS.values() for name in names
    ).write_parquet(tmp_path / "old.parquet")
    old.unlink()
    store.save_batch(_runs("new"))
    (tmp_path / "damaged.parquet").write_text("half of it")
    assert compact(tmp_path) == 2
    damaged, part = sorted(_parts(tmp_path), key=lambda path: "damaged" not in path.name)
    assert dict(pl.read_parquet_schema(part)) == STORED_COLUMNS
    assert store.unreadable() == {damaged: "is damaged"}
    assert store.run_ids() == {"old", "new"}


def test_full_parts_are_left_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(compaction, "_FULL_RUNS", 3)
    store = ResultStore(tmp_path)
    full = store.save_batch(_runs("a", "b", "c"))
    for name in "de":
        store.save_batch(_runs(name))
    assert compact(tmp_path) == 2
    assert full in _parts(tmp_path)


def test_who_stores_the_hundredth_part_compacts(tmp_path, monkeypatch):
    monkeypatch.setattr(compaction, "MANY_PARTS", 10)
    store = ResultStore(tmp_path)
    for number in range(25):
        store.save_batch(_runs(f"run{number}"))
        assert len(_parts(tmp_path)) < 10
    assert len(store.run_ids()) == 25


def test_one_compacts_at_a_time(tmp_path):
    store = ResultStore(tmp_path)
    for name in "ab":
        store.save_batch(_runs(name))
    with claims_of(tmp_path).hold(["compaction"]):
        assert compact(tmp_path) == 0
    assert compact(tmp_path) == 2


def test_what_killed_writers_left_is_removed(tmp_path):
    store = ResultStore(tmp_path)
    for name in "ab":
        store.save_batch(_runs(name))
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    host = os.uname().nodename
    orphan = tmp_path / f".batch-x.parquet.{host}-{dead.pid}-0123.tmp"
    living = tmp_path / f".batch-y.parquet.{host}-{os.getpid()}-0123.tmp"
    for path in (orphan, living):
        path.write_text("half")
    compact(tmp_path)
    assert not orphan.exists()
    assert living.exists()


_WRITE = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_results_compaction import _runs
from tui_al.results.store import ResultStore
store = ResultStore(Path(sys.argv[1]))
for number in range(120):
    store.save_batch(_runs(f"{sys.argv[3]}{number}"))
    print(number, flush=True)
"""


@pytest.mark.parametrize("writers", [2])
def test_compaction_and_reading_while_others_write(tmp_path, writers):
    here = os.path.dirname(__file__)  # noqa: PTH120
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITE, tmp_path, here, f"writer{number}-"],
            stdout=subprocess.PIPE, text=True,
        )
        for number in range(writers)
    ]  # fmt: skip
    store, seen, compactions = ResultStore(tmp_path), 0, 0
    while any(process.poll() is None for process in processes):
        compactions += compact(tmp_path) > 0
        cycles = store.cycles().collect()
        counts = cycles.group_by("run_id").len()["len"].unique().to_list()
        assert counts in ([], [len(RECORDS)])  # every run whole, and once
        assert cycles.height >= seen
        seen = cycles.height
    assert all(process.returncode == 0 for process in processes)
    assert compactions > 0
    assert store.cycles().collect().height == writers * 120 * len(RECORDS)
    compact(tmp_path)
    assert len(_parts(tmp_path)) == 1
    for process in processes:
        process.communicate()


def test_two_hundred_thousand_rows_open_and_aggregate_in_well_under_a_second(tmp_path):
    """`benchmarks/store.py` measures; this only notices a collapse."""
    store = ResultStore(tmp_path)
    many = [replace(RECORDS[0], cycle=cycle) for cycle in range(21)]
    for first in range(0, 9_524, 1_024):
        store.save_batch([
            RecordedRun(replace(RUN, run_id=str(n), setting=str(n // 5), seed=n % 5), many, 1.0)
            for n in range(first, min(first + 1_024, 9_524))
        ])  # fmt: skip
    started = time.perf_counter()
    runs, rows = read_runs(ResultStore(tmp_path))
    means = summarise_settings(runs, score_runs(rows, "accuracy"))
    assert time.perf_counter() - started < 3
    assert means["seeds"].sum() == 9_524
