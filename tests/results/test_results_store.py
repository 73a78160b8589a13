"""The store of finished runs: exact, atomic, and undisturbed by strange files."""

import json
import math
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui_al.errors import BadInput
from tui_al.learning.records import CycleRecord
from tui_al.results.runs import Origin, RecordedRun, RunIdentity
from tui_al.results.schema import (
    ADDED_COLUMNS,
    CYCLE_COLUMNS,
    RUN_COLUMNS,
    SCHEMA_VERSION,
    SELECTION_COLUMNS,
)
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
    CycleRecord(
        0,
        2,
        0.1 + 0.2,
        1 / 3,
        0.0,
        0.01,
        0.02,
        (7, 2),
        (math.inf, 0.5),
        class_recall=(0.5, None),
        class_labels=(1, 1),
    ),
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
        class_recall=st.lists(st.none() | numbers, max_size=4).map(tuple),
        class_labels=st.lists(st.integers(0, 2**40), max_size=4).map(tuple),
    ),
    min_size=1,
    max_size=5,
)


def _read(store, run_id):
    """The records of a run, as they were before they were stored."""
    rows = store.cycles().filter(run_id=run_id).collect()
    chosen = store.selections().filter(run_id=run_id).collect()
    by_class = store.classes().filter(run_id=run_id).drop("run_id", "cycle").collect()
    assert rows["cycle"].to_list() == chosen["cycle"].to_list()
    names = [name for name in CYCLE_COLUMNS if name in CycleRecord.__slots__]
    return [
        CycleRecord(**row, **{name: tuple(values) for name, values in lists.items()})
        for row, lists in zip(
            rows.select(names).to_dicts(),
            chosen.select("selected", "scores").hstack(by_class).to_dicts(),
            strict=True,
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
    assert path.name.startswith("0123abcd-")
    (row,) = store.runs().collect().to_dicts()
    assert {name: row[name] for name in RunIdentity.__slots__} == {
        name: getattr(RUN, name) for name in RunIdentity.__slots__
    }
    assert row["wall_seconds"] == 1.5
    assert before <= row["finished_at"] <= before + timedelta(minutes=1)
    assert {"python", "tui-al", "numpy", "scipy"} <= set(json.loads(row["versions"]))
    facts = {"cores", "architecture", "system", "instructions", "blas"}
    assert set(json.loads(row["machine"])) == facts


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
    assert store.unreadable() == {}
    assert folder.exists() == exists


def test_same_run_replaces_itself(store, cache):
    store.save(RUN, RECORDS, 1.5)
    store.save(replace(RUN, run_id="other"), RECORDS[:1], 1.5)
    store.save(RUN, RECORDS[:1], 2.5)
    assert _read(store, RUN.run_id) == RECORDS[:1]
    assert sorted(store.runs().collect()["run_id"]) == ["0123abcd", "other"]


def test_several_folders_are_one_table_and_new_runs_go_to_the_first(tmp_path):
    own, reference = tmp_path / "runs", tmp_path / "reference"
    ResultStore(reference).save(replace(RUN, run_id="shipped"), RECORDS, 1.0)
    both = ResultStore(own, reference)
    both.save(replace(RUN, run_id="mine"), RECORDS, 1.0)
    assert sorted(both.runs().collect()["run_id"]) == ["mine", "shipped"]
    assert both.cycles().collect().height == 2 * len(RECORDS)
    assert [name.partition("-")[0] for name in _files(own)] == ["mine"]
    assert [name.partition("-")[0] for name in _files(reference)] == ["shipped"]


def test_run_of_two_folders_counts_once(tmp_path):
    """Whoever computes a shipped run again sees their own, not two rows a cycle."""
    own, reference = tmp_path / "runs", tmp_path / "reference"
    both = ResultStore(own, reference)
    ResultStore(reference).save(RUN, RECORDS, 1.0)
    both.save(RUN, RECORDS[:1], 2.0)
    assert _read(both, RUN.run_id) == RECORDS[:1]
    assert both.runs().collect()["wall_seconds"].to_list() == [2.0]
    (part,) = own.glob("*.parquet")
    part.write_bytes(b"damaged")
    assert _read(both, RUN.run_id) == RECORDS
    assert both.unreadable() == {part: "is damaged"}


# Interruptions


def _half_written(path, content):
    with path.open("wb") as file:
        file.write(content[: len(content) // 2])
    raise _half_written.error


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")])
@pytest.mark.parametrize("stored_before", [False, True])
def test_interrupted_save_leaves_what_was_there(store, cache, monkeypatch, stored_before, error):
    if stored_before:
        store.save(RUN, RECORDS, 1.0)
    before = _files(cache.runs)
    monkeypatch.setattr(_half_written, "error", error, raising=False)
    monkeypatch.setattr(Path, "write_bytes", _half_written)
    with pytest.raises(BaseException) as caught:
        store.save(RUN, RECORDS[:1], 2.0)
    assert caught.value is error or "no space left" in str(caught.value)
    assert _files(cache.runs) == before
    assert _read(store, RUN.run_id) == (RECORDS if stored_before else [])


_DIE = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_results_store import RECORDS, RUN
from tui_al.results.store import ResultStore
def die(path, content):
    with path.open("wb") as file:
        file.write(content[: len(content) // 2])
    os._exit(9)
Path.write_bytes = die
ResultStore(Path(sys.argv[1])).save(RUN, RECORDS, 1.0)
"""


def test_killed_process_leaves_nothing_that_is_read(store, cache):
    here = os.path.dirname(__file__)  # noqa: PTH120
    killed = subprocess.run([sys.executable, "-c", _DIE, cache.runs, here], check=False)
    assert killed.returncode == 9
    assert len(_files(cache.runs)) == 1
    assert store.cycles().collect().is_empty()
    assert store.unreadable() == {}
    store.save(RUN, RECORDS, 1.0)
    assert _read(store, RUN.run_id) == RECORDS


# Strange files


def _part(folder):
    """The path of a sound part that a test is about to spoil."""
    return ResultStore(folder).save(replace(RUN, run_id="strange"), RECORDS, 1.0)


def _truncated(folder):
    path = _part(folder)
    path.write_bytes(path.read_bytes()[:-20])


def _flipped(folder):
    path = _part(folder)
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 4
    path.write_bytes(content)


def _rewritten(folder, change):
    """Another table in the place of a part, with nothing in its name to check it by."""
    path = _part(folder)
    change(pl.read_parquet(path)).write_parquet(folder / "strange.parquet")
    path.unlink()


def _other_type(folder):
    _rewritten(folder, lambda frame: frame.with_columns(pl.col("seed").cast(pl.String)))


def _newer(folder):
    _rewritten(folder, lambda frame: frame.with_columns(pl.lit(99).alias("schema_version"),
                                                        pl.lit(1).alias("more")))  # fmt: skip


def _inside(folder, act):
    act(folder / "strange.parquet")


STRANGE = {
    "empty": (lambda folder: _inside(folder, Path.touch), "is damaged"),
    "text": (lambda folder: _inside(folder, lambda p: p.write_text("no parquet")), "is damaged"),
    "magic only": (
        lambda folder: _inside(folder, lambda p: p.write_bytes(b"PAR1\xff\xff\xff\x7fPAR1")),
        "is damaged",
    ),
    "truncated": (_truncated, "is damaged"),
    "flipped": (_flipped, "is damaged"),
    "other columns": (
        lambda folder: _inside(folder, pl.DataFrame({"a": [1]}).write_parquet),
        "is not a stored result",
    ),
    "other type": (_other_type, "is not a stored result"),
    "newer": (_newer, "was written by a newer tui-al: upgrade to read it"),
    "folder": (lambda folder: _inside(folder, Path.mkdir), "is not a file"),
    "dangling link": (
        lambda folder: _inside(folder, lambda p: p.symlink_to("nowhere")), "is not a file"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("make", "reason"), STRANGE.values(), ids=list(STRANGE))
def test_strange_files_are_passed_over_and_reported(store, cache, make, reason):
    store.save(RUN, RECORDS, 1.0)
    before = set(cache.runs.iterdir())
    make(cache.runs)
    (strange,) = set(cache.runs.iterdir()) - before
    assert store.unreadable() == {strange: reason}
    assert _read(store, RUN.run_id) == RECORDS
    assert store.runs().collect()["run_id"].to_list() == [RUN.run_id]


def test_other_files_are_nobodys_business(store, cache):
    store.save(RUN, RECORDS, 1.0)
    for name in (".0123abcd.parquet.1a2b3c4d.tmp", "notes.txt", "README", "x.parquet.bak"):
        (cache.runs / name).write_text("anything")
    assert store.unreadable() == {}
    assert _read(store, RUN.run_id) == RECORDS


def test_folder_with_glob_characters(tmp_path):
    store = ResultStore(tmp_path / "a[1]*{b}?")
    store.save(RUN, RECORDS, 1.0)
    assert _read(store, RUN.run_id) == RECORDS


def test_file_in_the_place_of_the_folder_is_named(tmp_path):
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(BadInput, match=r"cannot write .*runs"):
        ResultStore(tmp_path / "runs").save(RUN, RECORDS, 1.0)


@pytest.mark.parametrize("version", [1, 2])
def test_parts_of_earlier_versions_are_read_with_the_others(tmp_path, version):
    store = ResultStore(tmp_path)
    note = replace(RECORDS[0], note="a sample")
    path = store.save(replace(RUN, run_id="old"), [note], 1.0, Origin("{}"))
    added = [name for later in range(version + 1, SCHEMA_VERSION + 1)
             for name in ADDED_COLUMNS[later]]  # fmt: skip
    old = pl.read_parquet(path).drop(added).with_columns(schema_version=pl.lit(version))
    old.write_parquet(tmp_path / "old.parquet")  # as they were named, without a digest
    path.unlink()
    store.save(replace(RUN, run_id="new"), [note], 1.0, Origin("{}"))
    assert store.unreadable() == {}
    notes = store.selections().sort("run_id").collect()["note"].to_list()
    assert notes == ["a sample", None if version == 1 else "a sample"]
    runs = store.runs().sort("run_id").collect()
    assert runs["fingerprints"].to_list() == ["{}", None]
    assert runs["schema_version"].to_list() == [SCHEMA_VERSION] * 2


def test_a_damaged_part_of_an_earlier_version_is_found_by_reading_it(tmp_path):
    store = ResultStore(tmp_path)
    path = store.save(RUN, RECORDS, 1.0)
    content = path.read_bytes()
    (tmp_path / "old.parquet").write_bytes(content[:50] + bytes(2000) + content[2050:])
    path.unlink()
    assert store.unreadable() == {tmp_path / "old.parquet": "is damaged"}
    assert store.runs().collect().is_empty()


def test_narrow_numbers_are_read_as_wide_ones(tmp_path):
    """As the shipped results are written."""
    store = ResultStore(tmp_path)
    path = store.save(RUN, RECORDS, 1.0)
    narrow = {"seed": pl.UInt8, "cycle": pl.UInt8, "selected": pl.List(pl.UInt16),
              "fit_seconds": pl.Float32}  # fmt: skip
    pl.read_parquet(path).cast(narrow).write_parquet(tmp_path / "narrow.parquet")
    path.unlink()
    assert [record.selected for record in _read(store, RUN.run_id)] == [(7, 2), (9, 0, 4)]
    assert _columns(store.cycles()) == dict(store.cycles().collect().schema) == CYCLE_COLUMNS


def test_a_batch_is_stored_as_one_part(store, cache):
    runs = [RecordedRun(replace(RUN, run_id=name), RECORDS, 1.0) for name in ("a", "b")]
    store.save_batch(runs)
    assert len(_files(cache.runs)) == 1
    assert store.run_ids() == {"a", "b"}
    assert _read(store, "a") == _read(store, "b") == RECORDS
