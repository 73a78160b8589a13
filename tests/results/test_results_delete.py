"""Deleting runs: those, no others, whoever writes, compacts, reads or dies meanwhile."""

import os
import subprocess
import sys
from dataclasses import replace
from threading import Event, Thread

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_results_store import RECORDS, RUN

from tui_al.errors import BadInput
from tui_al.results import deletion
from tui_al.results.claims import claims_of
from tui_al.results.compaction import CLAIM, compact
from tui_al.results.parts import write_part
from tui_al.results.runs import RecordedRun
from tui_al.results.schema import ADDED_COLUMNS
from tui_al.results.store import ResultStore


def _runs(*names):
    return [RecordedRun(replace(RUN, run_id=name), RECORDS, 1.0) for name in names]


def _parts(folder):
    return sorted(folder.glob("*.parquet"))


def _table(folder):
    return ResultStore(folder).cycles().collect().sort("run_id", "cycle")


def test_a_part_goes_with_its_last_run(tmp_path):
    store = ResultStore(tmp_path)
    for name in "ab":
        store.save_batch(_runs(name))
    assert store.delete(["a"]) == 1
    assert store.run_ids() == {"b"}
    assert len(_parts(tmp_path)) == 1


def test_other_runs_of_a_part_stay_as_they_were(tmp_path):
    store = ResultStore(tmp_path)
    store.save_batch(_runs(*"abcd"))
    before = _table(tmp_path)
    assert store.delete(["b", "d", "unknown"]) == 2
    assert _table(tmp_path).equals(before.filter(pl.col("run_id").is_in(["a", "c"])))
    selections = store.selections().collect()
    assert selections.height == 2 * len(RECORDS)
    assert selections["selected"].null_count() == 0


@given(
    parts=st.lists(st.sets(st.sampled_from("abcdef"), min_size=1), max_size=5),
    doomed=st.sets(st.sampled_from("abcdefg")),
    compacted=st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_what_is_left_is_what_was_there_without_the_deleted(
    tmp_path_factory, parts, doomed, compacted
):
    folder = tmp_path_factory.mktemp("store")
    store = ResultStore(folder)
    for part in parts:
        store.save_batch(_runs(*sorted(part)))
    if compacted:
        compact(folder)
    there, before = store.run_ids(), _table(folder)
    assert store.delete(doomed) == len(there & doomed)
    assert store.run_ids() == there - doomed
    assert _table(folder).equals(before.filter(~pl.col("run_id").is_in(list(doomed))))


def test_earlier_versions_of_a_run_do_not_come_back(tmp_path):
    store = ResultStore(tmp_path)
    for seconds in (1.0, 2.0, 3.0):
        store.save(RUN, RECORDS, seconds)
    store.save_batch(_runs(RUN.run_id, "other"))
    assert store.delete([RUN.run_id]) == 1
    assert ResultStore(tmp_path).run_ids() == {"other"}
    compact(tmp_path)
    assert ResultStore(tmp_path).run_ids() == {"other"}


def test_runs_of_other_folders_stay(tmp_path):
    mine, shipped = tmp_path / "mine", tmp_path / "shipped"
    ResultStore(shipped).save_batch(_runs("a", "b"))
    store = ResultStore(mine, shipped)
    store.save_batch(_runs("a"))
    assert store.delete(["a", "b"]) == 1
    assert store.run_ids() == {"a", "b"}
    assert not _parts(mine)


def test_parts_of_an_older_form_lose_runs_too(tmp_path):
    path = ResultStore(tmp_path).save_batch(_runs("a", "b"))
    added = [name for names in ADDED_COLUMNS.values() for name in names]
    write_part(tmp_path, "old", pl.read_parquet(path).drop(added))
    path.unlink()
    store = ResultStore(tmp_path)
    assert store.delete(["a"]) == 1
    assert store.run_ids() == {"b"}
    assert store.cycles().collect().height == len(RECORDS)


def test_damaged_parts_are_not_touched(tmp_path):
    store = ResultStore(tmp_path)
    store.save_batch(_runs("a", "b"))
    damaged = tmp_path / "damaged.parquet"
    damaged.write_bytes(b"half of it")
    assert store.delete(["a"]) == 1
    assert damaged.read_bytes() == b"half of it"


@pytest.mark.parametrize("doomed", [[], ["a"]])
def test_nothing_to_delete_makes_no_folder(tmp_path, doomed):
    folder = tmp_path / "none"
    assert ResultStore(folder).delete(doomed) == 0
    assert not folder.exists()


def test_without_room_nothing_is_deleted(tmp_path, monkeypatch):
    store = ResultStore(tmp_path)
    store.save_batch(_runs("a", "b"))
    store.save_batch(_runs("c"))
    before = _parts(tmp_path)

    def full(folder, stem, frame):
        raise BadInput("cannot write it (no space left on device): free it")

    monkeypatch.setattr(deletion, "write_part", full)
    with pytest.raises(BadInput, match="no space left"):
        store.delete(["a", "c"])
    assert _parts(tmp_path) == before
    assert store.run_ids() == {"a", "b", "c"}


def test_killed_between_writing_and_removing_other_runs_count_once(tmp_path, monkeypatch):
    store = ResultStore(tmp_path)
    store.save_batch(_runs("a", "b"))

    def die(path):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(deletion, "_unlink", die)
        with pytest.raises(KeyboardInterrupt):
            store.delete(["a"])
    assert _table(tmp_path).height == 2 * len(RECORDS)  # a is there still: it was not deleted
    assert store.delete(["a"]) == 1
    assert _table(tmp_path)["run_id"].unique().to_list() == ["b"]
    assert _table(tmp_path).height == len(RECORDS)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may delete everywhere")
def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    store = ResultStore(tmp_path)
    store.save_batch(_runs("a"))
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(BadInput, match="cannot write"):
            store.delete(["a"])
    finally:
        tmp_path.chmod(0o700)
    assert store.run_ids() == {"a"}


def test_a_part_that_cannot_be_removed_is_named(tmp_path, monkeypatch):
    path = ResultStore(tmp_path).save_batch(_runs("a"))

    def unlink(self, missing_ok=False):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(type(path), "unlink", unlink)
    with pytest.raises(BadInput, match="operation not permitted"):
        ResultStore(tmp_path).delete(["a"])


def test_a_run_stored_while_others_are_deleted_stays(tmp_path, monkeypatch):
    store = ResultStore(tmp_path)
    store.save_batch(_runs("a", "b"))
    real = deletion.write_part

    def write(folder, stem, frame):
        store.save_batch(_runs("late", "a"))  # a grid that computed a once more
        return real(folder, stem, frame)

    monkeypatch.setattr(deletion, "write_part", write)
    assert store.delete(["a"]) == 1
    assert store.run_ids() == {"a", "b", "late"}
    assert _table(tmp_path).height == 3 * len(RECORDS)


def test_who_lists_the_folder_in_between_misses_nothing(tmp_path, monkeypatch):
    """A part listed before its heir was written, and gone when it is looked at."""
    reader = ResultStore(tmp_path)
    reader.save_batch(_runs("a", "b"))
    shelves = reader._shelves
    real, calls = type(shelves)._inspect, []

    def inspect(self, folder):
        if self is shelves and not calls:
            calls.append(True)
            listed = sorted(folder.glob("*.parquet"))
            ResultStore(tmp_path).delete(["a"])
            assert not any(path.exists() for path in listed)
            return iter(())
        return real(self, folder)

    monkeypatch.setattr(type(shelves), "_inspect", inspect)
    assert reader.run_ids() == {"b"}


def test_who_reads_while_parts_are_replaced_again_and_again_misses_nothing(tmp_path, monkeypatch):
    """Each part that takes the place of others is itself replaced before it is looked at."""
    reader = ResultStore(tmp_path)
    reader.save_batch(_runs(*"abcd"))
    shelves = reader._shelves
    real, doomed = type(shelves)._inspect_one, list("abc")

    def inspect_one(self, path):
        if self is shelves and doomed:
            ResultStore(tmp_path).delete([doomed.pop()])
            assert not path.exists()
        return real(self, path)

    monkeypatch.setattr(type(shelves), "_inspect_one", inspect_one)
    assert reader.run_ids() == {"d"}


def test_deleting_waits_for_whoever_compacts(tmp_path):
    store = ResultStore(tmp_path)
    store.save_batch(_runs("a", "b"))
    deleted = Event()

    def delete():
        store.delete(["a"])
        deleted.set()

    thread = Thread(target=delete)
    with claims_of(tmp_path).hold([CLAIM]):
        thread.start()
        assert not deleted.wait(0.05)
        assert ResultStore(tmp_path).run_ids() == {"a", "b"}
    thread.join(timeout=20)
    assert deleted.is_set()
    assert store.run_ids() == {"b"}


_COMPACT = """
import sys
from dataclasses import replace
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_results_store import RECORDS, RUN
from tui_al.results.compaction import compact
from tui_al.results.runs import RecordedRun
from tui_al.results.store import ResultStore
folder = Path(sys.argv[1])
for number in range(60):
    run = replace(RUN, run_id=f"kept{number}")
    ResultStore(folder).save_batch([RecordedRun(run, RECORDS, 1.0)])
    compact(folder)
"""


def test_nothing_comes_back_while_another_process_writes_and_compacts(tmp_path):
    store = ResultStore(tmp_path)
    for number in range(40):
        store.save_batch(_runs(f"old{number}", f"stays{number}"))
    here = os.path.dirname(__file__)  # noqa: PTH120
    process = subprocess.Popen([sys.executable, "-c", _COMPACT, tmp_path, here])
    gone = set()
    for number in range(40):
        assert store.delete([f"old{number}"]) == 1
        gone.add(f"old{number}")
        ids = ResultStore(tmp_path).run_ids()
        assert not gone & ids
        assert {f"stays{other}" for other in range(40)} <= ids
    assert process.wait(timeout=120) == 0
    expected = {f"stays{n}" for n in range(40)} | {f"kept{n}" for n in range(60)}
    assert store.run_ids() == expected
    counts = _table(tmp_path).group_by("run_id").len()["len"].unique().to_list()
    assert counts == [len(RECORDS)]
