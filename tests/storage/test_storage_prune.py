"""`tui-al cache prune`: shown first, then gone, and nothing else with it."""

import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tui_al.corpora.inventory import known_datasets
from tui_al.embeddings.inventory import list_entries
from tui_al.embeddings.lock import hold_lock
from tui_al.errors import BadInput
from tui_al.storage import leftovers
from tui_al.storage.inventory import Item, list_items
from tui_al.storage.prune import Criteria, choose, prune
from tui_al.storage.units import parse_age, parse_size

NOW = datetime(2026, 6, 30, tzinfo=UTC)


def item(kind="embedding", dataset="pets", model="m", *, size=100, days=0, **more):
    model = model if kind in ("embedding", "unfinished") else ""
    path = Path(f"/{kind}/{dataset}/{model}")
    created = NOW - timedelta(days=days)
    return Item(kind, path, size, created, dataset=dataset, model=model, **more)


OLD = item(days=90, size=500)
USED = item(model="used", days=90, last_used=NOW)
YOUNG = item(model="young", days=1, size=300)
OTHER = item(dataset="news", days=60)
TEXTS = item("texts", "news", days=70)
USERS = item("texts", days=90, removable=False)
STOPPED = item("unfinished", days=90)
RUNNING = item("unfinished", model="running", busy=True)
RESULTS = item("results", "", days=90, size=1000, removable=False)
TEMPORARY = item("leftover", "pets", days=2, size=7)
EVERYTHING = [OLD, USED, YOUNG, OTHER, TEXTS, USERS, STOPPED, RUNNING, RESULTS, TEMPORARY]
TOTAL = sum(each.n_bytes for each in EVERYTHING)


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ({}, [TEMPORARY]),
        ({"untouched_since": NOW - timedelta(days=30)}, [OLD, OTHER, TEXTS]),
        ({"larger_than": 299}, [OLD, YOUNG]),
        ({"larger_than": 299, "untouched_since": NOW - timedelta(days=30)}, [OLD]),
        ({"datasets": ["news"]}, [OTHER, TEXTS]),
        ({"models": ["used"]}, [USED]),
        ({"datasets": ["pets"], "models": ["m"]}, [OLD]),
        ({"unfinished": True}, [STOPPED]),
        ({"keep_total": TOTAL}, []),
        ({"keep_total": TOTAL - 8}, [TEMPORARY, OLD]),
        ({"keep_total": TOTAL - 508}, [TEMPORARY, OLD, OTHER]),
        ({"keep_total": TOTAL - 8, "datasets": ["news"]}, [OTHER]),
        ({"keep_total": 0}, [TEMPORARY, OLD, OTHER, YOUNG, USED, TEXTS]),
        ({"larger_than": 99, "datasets": ["pets"]}, [OLD, YOUNG, USED]),
    ],
)
def test_what_meets_all_criteria(criteria, expected):
    assert choose(EVERYTHING, Criteria(**criteria)) == expected


def test_text_stays_with_its_embeddings():
    sample = item(dataset="news@200", model="sampled", size=1)
    chosen = choose([OTHER, TEXTS, sample], Criteria(larger_than=50))
    assert chosen == [OTHER]
    assert TEXTS in choose([OTHER, TEXTS, sample], Criteria(keep_total=0))


def files(cache):
    return {str(path.relative_to(cache.root)) for path in cache.root.rglob("*")}


def test_a_preview_removes_nothing_and_names_the_command(tui_al, stocked):
    before = files(stocked)
    shown = tui_al("cache", "prune", "--model", "wordllama-256")
    assert shown.code == 0
    assert files(stocked) == before
    assert "Would be removed" in shown.out
    assert all(len(line) <= 80 for line in shown.out.splitlines())
    command = shown.err.splitlines()[-1].partition("would be freed by: tui-al ")[2].split()
    assert command == ["cache", "prune", "--model", "wordllama-256", "--yes"]
    done = tui_al(*command)
    assert "Removed" in done.out
    gone = before - files(stocked)
    assert {name for name in gone if not name.startswith("embeddings/pets")} == set()
    assert not (stocked.embeddings / "pets").exists()
    assert known_datasets(stocked)[-1] == "pets"


def test_a_users_text_stays(tui_al, stocked):
    done = tui_al("cache", "prune", "--dataset", "pets", "--yes")
    assert done.code == 0
    assert (stocked.corpora / "pets" / "train.parquet").is_file()
    again = tui_al("cache", "prune", "--keep-total", "0B", "--yes")
    assert "nothing to remove" in again.err
    assert "nothing else may go" in again.err
    assert (stocked.corpora / "pets" / "train.parquet").is_file()


def never(owner):
    raise AssertionError(f"{owner} has the lock")


@pytest.fixture
def partial(stocked):
    folder = stocked.embeddings / "pets" / ".big--model@0123456789ab.partial"
    folder.mkdir()
    plan = {"request": {"dataset": "pets", "model": "big/model"}, "rows": 60}
    (folder / "ledger.jsonl").write_text(f"{json.dumps(plan)}\n")
    return folder


def test_a_running_job_is_left_alone(tui_al, stocked, partial):
    with hold_lock(partial.with_suffix(".lock"), never):
        left = tui_al("cache", "prune", "--unfinished", "--yes")
        assert left.code == 0
        assert "left alone: pets x big/model" in left.err
        assert partial.is_dir()
    assert tui_al("cache", "prune", "--unfinished", "--yes").code == 0
    assert files(stocked) & {f"embeddings/pets/{partial.name}"} == set()
    assert len(list_entries(stocked)) == 1


def test_a_job_that_began_after_the_look_is_refused(stocked, partial):
    chosen = choose(list_items(stocked), Criteria(unfinished=True))
    with (
        hold_lock(partial.with_suffix(".lock"), never),
        pytest.raises(BadInput, match="is writing there now"),
    ):
        list(prune(chosen))
    assert partial.is_dir()


def dead_process():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_leftovers_are_told_and_removed(tui_al, stocked):
    folder = stocked.embeddings / "pets"
    dead, host = dead_process(), platform.node()
    left = [
        stocked.corpora / "pets" / f".train.parquet.{host}-{dead}-0123abcd.tmp",
        folder / "wordllama-256" / f".meta.json.{host}-{dead}-0123abcd.tmp",
        folder / ".glove-50@0123456789ab.lock",
    ]
    kept = [
        stocked.corpora / "pets" / f".train.parquet.{host}-{os.getpid()}-0123abcd.tmp",
        stocked.corpora / "pets" / f".train.parquet.elsewhere-{dead}-0123abcd.tmp",
    ]
    for path in (*left, *kept):
        path.write_bytes(bytes(10))
    foreign = stocked.embeddings / "mine" / "notes"  # of whoever shares the folder with us
    foreign.mkdir(parents=True)
    (foreign / "thesis.txt").write_text("years of work")
    folders = [
        folder / ".wordllama-256.0123abcd.old",
        folder / ".x@0123456789ab.import",
        folder / "odd",
    ]
    for path in folders:
        path.mkdir()
        (path / "train.npy").write_bytes(bytes(10))
    shown = tui_al("cache", "info").out
    assert all(reason in " ".join(shown.split()) for reason in ("half removed", "unreadable"))
    assert tui_al("cache", "prune", "--yes").code == 0
    assert not [path for path in (*left, *folders) if path.exists()]
    assert all(path.exists() for path in (*kept, foreign / "thesis.txt"))
    assert (folder / "wordllama-256" / "train.npy").is_file()


def test_a_kill_leaves_nothing_that_looks_whole(stocked, monkeypatch):
    """Killed right after the folder got its hidden name, before a single file was removed."""
    monkeypatch.setattr(leftovers.shutil, "rmtree", lambda folder: None)
    (embedding,) = [item for item in list_items(stocked) if item.kind == "embedding"]
    leftovers.remove(embedding.path)
    leftovers.remove(stocked.corpora / "pets")
    monkeypatch.undo()
    assert list_entries(stocked) == []
    assert "pets" not in known_datasets(stocked)
    found = list_items(stocked)
    assert [(item.kind, item.note) for item in found] == [("leftover", "half removed")] * 2
    assert len(list(prune(found))) == 2
    assert [path for path in stocked.root.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0B", 0), ("500MB", 5e8), ("1.5 GB", 1.5e9), ("2GiB", 2 << 30), ("1TB", 1e12), ("7kB", 7e3)],
)
def test_sizes(text, expected):
    assert parse_size(text, "--keep-total") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("12h", timedelta(hours=12)), ("30d", timedelta(30)), ("8w", timedelta(56))],
)
def test_ages(text, expected):
    assert parse_age(text, "--older-than", NOW) == NOW - expected
    assert parse_age("2026-01-31", "--older-than", NOW) == datetime(2026, 1, 31, tzinfo=UTC)


@pytest.mark.parametrize("option", ["--older-than", "--larger-than", "--keep-total"])
@pytest.mark.parametrize(
    "text", ["", "5", "GB", "-1GB", "1,5GB", "1e3MB", "30 days", "٣d", "999999d", "2026-02-30", "d"]
)
def test_sizes_and_ages_that_nobody_can_mean(tui_al, cache, option, text):
    refused = tui_al("cache", "prune", f"{option}={text}")
    assert refused.code == 2
    (line,) = refused.err.splitlines()
    assert line.startswith(f"tui-al: {option} {text}")
    assert ": write a" in line
