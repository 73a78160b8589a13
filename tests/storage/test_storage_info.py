"""What `tui-al cache info` lists, and what `tui-al cache verify` finds."""

import json
import shutil
import subprocess
import sys

import pytest
from embedding_samples import edit_json

from tui_al.embeddings.lock import hold_lock

FOLDER = "embeddings/pets/wordllama-256"


def files_of(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def listed(tui_al):
    content = json.loads(tui_al("cache", "info", "--json").out)
    return content, {(item["kind"], item["dataset"]): item for item in content["items"]}


def never(owner):
    raise AssertionError(f"{owner} has the lock")


@pytest.fixture
def unfinished(stocked):
    """An embedding that stopped after twelve of sixty texts."""
    plan = {"request": {"dataset": "pets", "model": "big/model", "dtype": "float16"}, "rows": 60}
    record = {"shard": 0, "rows": 12, "digest": "", "tokens": 9, "seconds": 1, "norms": [1, 1, 1]}
    folder = stocked.embeddings / "pets" / ".big--model@0123456789ab.partial"
    folder.mkdir()
    lines = f"{json.dumps(plan)}\n{json.dumps(record)}\n"
    (folder / "ledger.jsonl").write_text(lines)
    (folder / "train.npy").write_bytes(bytes(5000))
    return folder


def test_everything_has_its_size(tui_al, stocked, unfinished):
    (stocked.runs).mkdir(parents=True)
    (stocked.runs / "abc.parquet").write_bytes(bytes(700))
    content, items = listed(tui_al)
    assert content["bytes"] == files_of(stocked.root) == sum(content["totals"].values())
    embedding = items["embedding", "pets"]
    assert (embedding["rows"], embedding["dimension"], embedding["dtype"]) == (60, 256, "float32")
    assert embedding["bytes"] == files_of(stocked.root / FOLDER)
    assert items["texts", "pets"]["note"] == "user"
    assert (items["results", ""]["rows"], items["results", ""]["bytes"]) == (1, 700)
    partial = items["unfinished", "pets"]
    assert (partial["done"], partial["rows"], partial["busy"]) == (12, 60, False)


def test_the_table_fits_eighty_columns(tui_al, stocked, unfinished):
    edit_json(stocked.root / FOLDER / "meta.json", created_at="2026-01-02T03:04:05+00:00")
    shown = tui_al("cache", "info")
    assert shown.code == 0
    assert all(len(line) <= 80 for line in shown.out.splitlines()[:-1])
    row = next(line for line in shown.out.splitlines() if "wordllama-256" in line)
    assert row.split()[:6] == ["pets", "wordllama-256", "60", "×", "256", "float32"]
    assert "2026-01-02" in row
    assert "12 of 60" in shown.out
    assert "stopped" in shown.out
    assert shown.out.splitlines()[-1].startswith(f"{stocked.root}: ")


def test_a_running_job_is_told(tui_al, stocked, unfinished):
    with hold_lock(unfinished.with_suffix(".lock"), never):
        assert "running" in tui_al("cache", "info").out
        assert listed(tui_al)[1]["unfinished", "pets"]["busy"]


def test_an_empty_cache(tui_al, cache):
    assert tui_al("cache", "info").out == f"{cache.root}: 0 B in all\n"
    assert listed(tui_al)[0]["items"] == []
    verified = tui_al("cache", "verify")
    assert (verified.code, verified.out) == (0, "")


def test_help_stays_light():
    code = "from tui_al.cli import app; app(['cache', '--help'], standalone_mode=False)"
    check = f"{code}\nimport sys; sys.exit(bool({{'numpy', 'polars', 'rich'}} & set(sys.modules)))"
    subprocess.run([sys.executable, "-c", check], check=True, stdout=subprocess.DEVNULL)


def test_a_sound_cache_verifies_without_counting_as_used(tui_al, stocked):
    matrix = stocked.root / FOLDER / "train.npy"
    before = matrix.stat().st_atime_ns
    verified = tui_al("cache", "verify")
    assert (verified.code, verified.out) == (0, "")
    assert "all is well" in verified.err
    assert matrix.stat().st_atime_ns == before


MATRIX_REPAIR = "tui-al embed --dataset pets --model wordllama-256"
TEXT_REPAIR = "tui-al dataset add pets FILE --replace"


@pytest.mark.parametrize("place", [0, 200, -1])
@pytest.mark.parametrize(
    ("name", "repair"),
    [
        (f"{FOLDER}/train.npy", MATRIX_REPAIR),
        (f"{FOLDER}/test.npy", MATRIX_REPAIR),
        ("corpora/pets/train.parquet", TEXT_REPAIR),
        ("corpora/pets/test.parquet", TEXT_REPAIR),
    ],
)
def test_a_flipped_byte_is_found_and_named(tui_al, stocked, name, repair, place):
    path = stocked.root / name
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    verified = tui_al("cache", "verify")
    assert verified.code == 1
    (line,) = verified.out.splitlines()
    assert line.startswith(f"{path} does not match its checksum: ")
    assert repair in line


def test_verify_names_all_that_is_damaged(tui_al, stocked):
    (stocked.root / FOLDER / "test.npy").unlink()
    edit_json(stocked.corpora / "pets" / "meta.json", fingerprint="0" * 32)
    stocked.runs.mkdir(parents=True)
    (stocked.runs / "abc.parquet").write_bytes(b"nothing")
    shutil.copytree(stocked.root / FOLDER, stocked.embeddings / "pets" / "glove-50")
    (stocked.embeddings / "pets" / "glove-50" / "meta.json").write_text("{")
    lines = sorted(tui_al("cache", "verify").out.splitlines())
    assert [line.split(": ")[0] for line in lines] == [
        f"{stocked.corpora}/pets/meta.json does not describe the texts beside it",
        f"{stocked.embeddings}/pets/glove-50/meta.json unreadable",
        f"{stocked.root}/{FOLDER}/test.npy is missing",
        f"{stocked.runs}/abc.parquet is damaged",
    ]
    one = tui_al("cache", "verify", "--model", "wordllama-256")
    assert [line.split()[0] for line in one.out.splitlines()] == [lines[2].split()[0]]


def test_a_changed_description_is_found(tui_al, stocked):
    meta = stocked.root / FOLDER / "meta.json"
    meta.write_text(meta.read_text().replace('"pooling": "mean"', '"pooling": "meen"'))
    verified = tui_al("cache", "verify", "--dataset", "pets")
    assert verified.code == 1
    assert verified.out.startswith(f"{meta} does not match its key: ")


@pytest.mark.parametrize("option", ["--dataset", "--model"])
def test_names_that_the_cache_does_not_hold(tui_al, stocked, option):
    for command in ("verify", "prune"):
        refused = tui_al("cache", command, option, "glove-50")
        assert refused.code == 2
        assert "'glove-50': 'tui-al cache info' lists all" in refused.err
