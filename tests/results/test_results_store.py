"""The store of finished runs: exact, atomic, and undisturbed by strange files."""

import json
import math
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui_al.errors import BadInput
from tui_al.learning.records import CycleRecord
from tui_al.results.schema import CYCLE_COLUMNS, RUN_COLUMNS, SELECTION_COLUMNS, RunIdentity
from tui_al.results.store import ResultStore

RUN = RunIdentity(
    run_id="0123abcd",
    setting="89ef",
    dataset="bbcnews@100",
    model="org/model",
    ips="random",
    strategy="coreset",
    seed=3,
    oracle="labels",
    k0=2,
    batch=3,
    budget=5,
    experiment='{"seed":3}',
)
RECORDS = [
    CycleRecord(0, 2, 0.1 + 0.2, 1 / 3, 0.0, 0.01, 0.02, (7, 2), (math.inf, 0.5)),
    CycleRecord(1, 5, 1.0, 0.7, 1e-9, 0.03, 0.04, (9, 0, 4)),
]

numbers = st.floats(allow_nan=False)
record_lists = st.lists(
    st.builds(
        CycleRecord,
        cycle=st.integers(0, 2**40),
        n_labeled=st.integers(0, 2**40),
        accuracy=numbers,
        balanced_accuracy=numbers,
        macro_f1=numbers,
        fit_seconds=numbers,
        query_seconds=numbers,
        selected=st.lists(st.integers(0, 2**40), max_size=4).map(tuple),
        scores=st.lists(numbers, max_size=4).map(tuple),
    ),
    min_size=1,
    max_size=5,
)


def _read(store, run_id):
    """The records of a run, as they were before they were stored."""
    rows = store.cycles().filter(run_id=run_id).collect()
    chosen = store.selections().filter(run_id=run_id).collect()
    assert rows["cycle"].to_list() == chosen["cycle"].to_list()
    names = [name for name in CYCLE_COLUMNS if name in CycleRecord.__slots__]
    return [
        CycleRecord(**row, selected=tuple(selected), scores=tuple(scores))
        for row, selected, scores in zip(
            rows.select(names).to_dicts(), chosen["selected"], chosen["scores"], strict=True
        )
    ]


def _files(folder):
    return sorted(path.name for path in folder.rglob("*"))


def _columns(frame):
    return dict(frame.collect_schema())


def test_records_come_back_exactly(store):
    store.save(RUN, RECORDS, 1.5)
    assert _read(store, RUN.run_id) == RECORDS


@settings(
    deadline=None,
    max_examples=30,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(records=record_lists)
def test_any_records_come_back_exactly(store, records):
    """Every example replaces the one before."""
    store.save(RUN, records, 1.5)
    assert _read(store, RUN.run_id) == records


def test_run_comes_back_with_what_computed_it(store):
    before = datetime.now(UTC)
    path = store.save(RUN, RECORDS, 1.5)
    assert path.name == "0123abcd.parquet"
    (row,) = store.runs().collect().to_dicts()
    assert {name: row[name] for name in RunIdentity.__slots__} == {
        name: getattr(RUN, name) for name in RunIdentity.__slots__
    }
    assert row["wall_seconds"] == 1.5
    assert before <= row["finished_at"] <= before + timedelta(minutes=1)
    assert {"python", "tui-al", "numpy", "scipy"} <= set(json.loads(row["versions"]))
    assert {"cores", "architecture", "system"} <= set(json.loads(row["machine"]))


def test_tables_have_the_published_columns(store):
    store.save(RUN, RECORDS, 1.5)
    assert _columns(store.cycles()) == CYCLE_COLUMNS
    assert _columns(store.selections()) == {
        "run_id": pl.String, "cycle": pl.Int64, **SELECTION_COLUMNS
    }  # fmt: skip
    assert RUN_COLUMNS.items() <= _columns(store.runs()).items()


@pytest.mark.parametrize("exists", [True, False])
def test_empty_store(tmp_path, exists):
    folder = tmp_path / "runs"
    if exists:
        folder.mkdir()
    store = ResultStore(folder, tmp_path / "reference")
    for table in (store.cycles(), store.runs(), store.selections()):
        assert table.collect().is_empty()
    assert _columns(store.cycles()) == CYCLE_COLUMNS
    assert store.unreadable() == []
    assert folder.exists() == exists


def test_same_run_replaces_itself(store, cache):
    store.save(RUN, RECORDS, 1.5)
    store.save(replace(RUN, run_id="other"), RECORDS[:1], 1.5)
    store.save(RUN, RECORDS[:1], 2.5)
    assert _read(store, RUN.run_id) == RECORDS[:1]
    assert sorted(store.runs().collect()["run_id"]) == ["0123abcd", "other"]
    assert _files(cache.runs) == ["0123abcd.parquet", "other.parquet"]


def test_several_folders_are_one_table_and_new_runs_go_to_the_first(tmp_path):
    own, reference = tmp_path / "runs", tmp_path / "reference"
    ResultStore(reference).save(replace(RUN, run_id="shipped"), RECORDS, 1.0)
    both = ResultStore(own, reference)
    both.save(replace(RUN, run_id="mine"), RECORDS, 1.0)
    assert sorted(both.runs().collect()["run_id"]) == ["mine", "shipped"]
    assert both.cycles().collect().height == 2 * len(RECORDS)
    assert (_files(own), _files(reference)) == (["mine.parquet"], ["shipped.parquet"])


def test_run_of_two_folders_counts_once(tmp_path):
    """Whoever computes a shipped run again sees their own, not two rows a cycle."""
    own, reference = tmp_path / "runs", tmp_path / "reference"
    both = ResultStore(own, reference)
    ResultStore(reference).save(RUN, RECORDS, 1.0)
    both.save(RUN, RECORDS[:1], 2.0)
    assert _read(both, RUN.run_id) == RECORDS[:1]
    assert both.runs().collect()["wall_seconds"].to_list() == [2.0]
    (own / "0123abcd.parquet").write_bytes(b"damaged")
    assert _read(both, RUN.run_id) == RECORDS
    assert both.unreadable() == [own / "0123abcd.parquet"]


# Interruptions


def _half_written(frame, path, *_, **__):
    path.write_bytes(b"PAR1 half of it")
    raise _half_written.error


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")])
@pytest.mark.parametrize("stored_before", [False, True])
def test_interrupted_save_leaves_what_was_there(store, cache, monkeypatch, stored_before, error):
    if stored_before:
        store.save(RUN, RECORDS, 1.0)
    before = _files(cache.runs)
    monkeypatch.setattr(_half_written, "error", error, raising=False)
    monkeypatch.setattr(pl.DataFrame, "write_parquet", _half_written)
    with pytest.raises(BaseException) as caught:
        store.save(RUN, RECORDS[:1], 2.0)
    assert caught.value is error or "no space left" in str(caught.value)
    assert _files(cache.runs) == before
    assert _read(store, RUN.run_id) == (RECORDS if stored_before else [])


_DIE = """
import os, sys
from pathlib import Path
import polars as pl
sys.path.insert(0, sys.argv[2])
from test_results_store import RECORDS, RUN
from tui_al.results.store import ResultStore
def die(frame, path):
    path.write_bytes(b"PAR1 half of it")
    os._exit(9)
pl.DataFrame.write_parquet = die
ResultStore(Path(sys.argv[1])).save(RUN, RECORDS, 1.0)
"""


def test_killed_process_leaves_nothing_that_is_read(store, cache):
    here = os.path.dirname(__file__)  # noqa: PTH120
    killed = subprocess.run([sys.executable, "-c", _DIE, cache.runs, here], check=False)
    assert killed.returncode == 9
    assert len(_files(cache.runs)) == 1
    assert store.cycles().collect().is_empty()
    assert store.unreadable() == []
    store.save(RUN, RECORDS, 1.0)
    assert _read(store, RUN.run_id) == RECORDS


# Strange files


def _truncated(folder):
    ResultStore(folder).save(replace(RUN, run_id="strange"), RECORDS, 1.0)
    path = folder / "strange.parquet"
    path.write_bytes(path.read_bytes()[:-20])


def _other_type(folder):
    ResultStore(folder).save(replace(RUN, run_id="strange"), RECORDS, 1.0)
    frame = pl.read_parquet(folder / "strange.parquet")
    frame.with_columns(pl.col("seed").cast(pl.String)).write_parquet(folder / "strange.parquet")


STRANGE = {
    "empty": lambda folder: (folder / "strange.parquet").touch(),
    "text": lambda folder: (folder / "strange.parquet").write_text("not parquet"),
    "magic only": lambda folder: (folder / "strange.parquet").write_bytes(
        b"PAR1\xff\xff\xff\x7fPAR1"
    ),
    "truncated": _truncated,
    "other columns": lambda folder: pl.DataFrame({"a": [1]}).write_parquet(
        folder / "strange.parquet"
    ),
    "other type": _other_type,
    "folder": lambda folder: (folder / "strange.parquet").mkdir(),
    "dangling link": lambda folder: (folder / "strange.parquet").symlink_to("nowhere"),
}


@pytest.mark.parametrize("make", STRANGE.values(), ids=list(STRANGE))
def test_strange_files_are_passed_over_and_reported(store, cache, make):
    store.save(RUN, RECORDS, 1.0)
    make(cache.runs)
    assert store.unreadable() == [cache.runs / "strange.parquet"]
    assert _read(store, RUN.run_id) == RECORDS
    assert store.runs().collect()["run_id"].to_list() == [RUN.run_id]


def test_other_files_are_nobodys_business(store, cache):
    store.save(RUN, RECORDS, 1.0)
    for name in (".0123abcd.parquet.1a2b3c4d.tmp", "notes.txt", "README", "x.parquet.bak"):
        (cache.runs / name).write_text("anything")
    assert store.unreadable() == []
    assert _read(store, RUN.run_id) == RECORDS


def test_folder_with_glob_characters(tmp_path):
    store = ResultStore(tmp_path / "a[1]*{b}?")
    store.save(RUN, RECORDS, 1.0)
    assert _read(store, RUN.run_id) == RECORDS


def test_file_in_the_place_of_the_folder_is_named(tmp_path):
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(BadInput, match=r"cannot write .*runs"):
        ResultStore(tmp_path / "runs").save(RUN, RECORDS, 1.0)


def test_parts_of_the_first_version_have_no_notes_and_are_read_with_the_others(tmp_path):
    store = ResultStore(tmp_path)
    old = store.save(replace(RUN, run_id="old"), RECORDS, 1.0)
    pl.read_parquet(old).drop("note").write_parquet(old)
    store.save(replace(RUN, run_id="new"), [replace(RECORDS[0], note="a sample")], 1.0)
    assert store.unreadable() == []
    notes = store.selections().sort("run_id", "cycle").collect()
    assert notes["note"].to_list() == ["a sample", None, None]
    assert notes["selected"].to_list()[1:] == [[7, 2], [9, 0, 4]]
