"""What an interruption leaves is taken over only as far as it is whole."""

import resource
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from embedding_samples import (
    DigestEncoder,
    files_under,
    make_corpus,
    run_python,
    small_disk,
)
from hypothesis import given
from hypothesis import strategies as st

from tui_al.catalog import find_model
from tui_al.corpora.corpus import Corpus
from tui_al.embeddings import shards as shards_module
from tui_al.embeddings.inventory import list_entries
from tui_al.embeddings.job import embed_corpus
from tui_al.embeddings.ledger import Ledger, ShardRecord, read_ledger
from tui_al.embeddings.shards import SHARD_CHARACTERS, SHARD_TEXTS, cut_shards
from tui_al.embeddings.store import Entry
from tui_al.errors import BadInput, Cancelled
from tui_al.paths import Cache
from tui_al.progress import Progress

SPEC = find_model("wordllama-256")  # its name only: no weights are loaded here
CORPUS = make_corpus(60, 20)  # eight shards of ten texts
PLAN = {"key": "abc", "rows": 80}


@pytest.fixture(autouse=True)
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards_module, "SHARD_TEXTS", 10)


def embed(cache: Cache, *, encoder=None, corpus: Corpus = CORPUS, spec=SPEC, **more) -> Entry:
    encoder = encoder or DigestEncoder()
    return embed_corpus(corpus, spec, cache, load=lambda *_: encoder, **more)


def stop_after(rows: int):
    def listen(report: Progress) -> None:
        if report.done >= rows:
            raise Cancelled("stopped")

    return listen


def begin(cache: Cache, rows: int = 50, **more) -> Path:
    """Embed some shards; returns the folder that is left."""
    before = set(partials(cache))
    with pytest.raises(Cancelled):
        embed(cache, listener=stop_after(rows), **more)
    (folder,) = set(partials(cache)) - before
    return folder


def partials(cache: Cache) -> list[Path]:
    return sorted(cache.embeddings.glob("*/.*.partial"))


def matrices(folder: Path) -> list[bytes]:
    return [(folder / name).read_bytes() for name in ("train.npy", "test.npy")]


def whole_matrices(cache: Cache, **more) -> list[bytes]:
    return matrices(embed(Cache(cache.root / "whole"), **more).folder)


def record_of(shard: int, rows: int = 10) -> ShardRecord:
    return ShardRecord(shard, rows, "0" * 16, 20, 0.5, (1.0, 1.5, 2.0))


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


# Shards


@given(
    train=st.lists(st.integers(1, 40), min_size=4, max_size=40),
    test=st.lists(st.integers(1, 40), min_size=2, max_size=20),
)
def test_every_text_is_in_one_shard_of_bounded_size(train, test):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shards_module, "SHARD_CHARACTERS", 60)
        corpus = make_corpus()
        corpus = replace(
            corpus,
            train=replace(corpus.train, texts=tuple("x" * n for n in train)),
            test=replace(corpus.test, texts=tuple("y" * n for n in test)),
        )
        shards = cut_shards(corpus)
    assert [shard.number for shard in shards] == list(range(len(shards)))
    for part, split in (("train", corpus.train), ("test", corpus.test)):
        mine = [shard for shard in shards if shard.part == part]
        assert sum((shard.texts(corpus) for shard in mine), ()) == split.texts
        for shard in mine:
            characters = sum(map(len, shard.texts(corpus)))
            assert len(shard) <= 10
            assert characters <= 60 or len(shard) == 1
    assert (SHARD_TEXTS, SHARD_CHARACTERS) == (512, 1 << 18)


# The file


def test_records_come_back_as_they_were_written(tmp_path):
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger(path, PLAN)
    for shard in (3, 0, 1):
        ledger.append(record_of(shard))
    ledger.close()
    assert read_ledger(path) == (PLAN, {shard: record_of(shard) for shard in (3, 0, 1)})
    content = path.read_bytes()
    assert Ledger(path, PLAN).records == {shard: record_of(shard) for shard in (3, 0, 1)}
    assert path.read_bytes() == content


def test_another_plan_begins_anew(tmp_path):
    path = tmp_path / "ledger.jsonl"
    Ledger(path, PLAN).append(record_of(0))
    assert Ledger(path, PLAN | {"rows": 81}).records == {}
    assert read_ledger(path) == (PLAN | {"rows": 81}, {})


@given(cut=st.integers(0, 10_000))
def test_a_file_cut_anywhere_keeps_its_whole_lines(tmp_path_factory, cut):
    path = tmp_path_factory.mktemp("ledger") / "ledger.jsonl"
    ledger = Ledger(path, PLAN)
    for shard in range(4):
        ledger.append(record_of(shard))
    ledger.close()
    content = path.read_bytes()
    cut %= len(content) + 1
    path.write_bytes(content[:cut])
    lines = content[:cut].count(b"\n")
    ledger = Ledger(path, PLAN)
    assert list(ledger.records) == list(range(max(0, lines - 1)))
    ledger.append(record_of(9))
    ledger.close()
    kept = [*range(max(0, lines - 1)), 9]
    assert read_ledger(path) == (PLAN, {shard: record_of(shard) for shard in kept})


MIDDLE = {
    "half a line": lambda line: line[: len(line) // 2],
    "zeros": lambda line: b"\0" * len(line),
    "not UTF-8": lambda line: b"\xff" + line[1:],
    "an empty line": lambda _: b"",
    "a list": lambda _: b"[1, 2]",
    "a number": lambda _: b"7",
    "a field too few": lambda _: b'{"shard": 1}',
    "a field too many": lambda line: line[:-1] + b', "colour": "red"}',
}


@pytest.mark.parametrize("damage", MIDDLE)
def test_what_follows_a_damaged_line_is_not_trusted(tmp_path, damage):
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger(path, PLAN)
    for shard in range(4):
        ledger.append(record_of(shard))
    ledger.close()
    lines = path.read_bytes().split(b"\n")
    lines[2] = MIDDLE[damage](lines[2])
    path.write_bytes(b"\n".join(lines))
    assert list(Ledger(path, PLAN).records) == [0]


@pytest.mark.parametrize("content", [b"", b"\n", b"{", b"[]\n", b"\xff\n", b"null\n", b"3\n3\n"])
def test_a_file_without_a_plan_is_begun_anew(tmp_path, content):
    path = tmp_path / "ledger.jsonl"
    path.write_bytes(content)
    ledger = Ledger(path, PLAN)
    assert ledger.records == {}
    ledger.append(record_of(0))
    ledger.close()
    assert read_ledger(path) == (PLAN, {0: record_of(0)})


def test_half_a_line_on_a_full_disk_is_no_record(tmp_path):
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger(path, PLAN)
    ledger.append(record_of(0))
    with files_no_longer_than(path.stat().st_size + 20), pytest.raises(OSError, match="space"):
        ledger.append(record_of(1))
    assert list(ledger.records) == [0]
    ledger.close()
    assert not path.read_bytes().endswith(b"\n")
    assert list(Ledger(path, PLAN).records) == [0]


# The embedding that goes on


def damage_ledger(folder: Path, edit) -> None:
    path = folder / "ledger.jsonl"
    path.write_bytes(edit(path.read_bytes()))


def flip(folder: Path, name: str, position: int) -> None:
    content = bytearray((folder / name).read_bytes())
    content[position] ^= 1
    (folder / name).write_bytes(content)


ROW = 4 * 4  # bytes
HEAD = 128
DAMAGE = {
    "nothing": (lambda _: None, 50),
    "a torn line": (lambda folder: damage_ledger(folder, lambda text: text[:-9]), 40),
    "a damaged line": (
        lambda folder: damage_ledger(folder, lambda text: text.replace(b'"shard": 2', b'"shar')),
        20,
    ),
    "no ledger": (lambda folder: (folder / "ledger.jsonl").unlink(), 0),
    "another ledger": (lambda folder: damage_ledger(folder, lambda _: b'{"rows": 1}\n'), 0),
    "a flipped bit": (lambda folder: flip(folder, "train.npy", HEAD + 25 * ROW), 40),
    "two flipped bits": (
        lambda folder: [flip(folder, "train.npy", HEAD + row * ROW) for row in (0, 49)],
        30,
    ),
    "a bit of an unfinished shard": (lambda folder: flip(folder, "train.npy", -1), 50),
    "a damaged header": (lambda folder: flip(folder, "train.npy", 0), 0),
    "no matrix": (lambda folder: (folder / "train.npy").unlink(), 0),
    "a shorter matrix": (
        lambda folder: (folder / "train.npy").write_bytes(b"\x93NUMPY" + bytes(200)),
        0,
    ),
    "no test matrix": (lambda folder: (folder / "test.npy").unlink(), 50),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_only_whole_shards_are_taken_over(cache, damage):
    spoil, kept = DAMAGE[damage]
    spoil(begin(cache))
    encoder, heard = DigestEncoder(), []
    entry = embed(cache, encoder=encoder, listener=heard.append)
    assert heard[0].done == heard[0].before == kept
    assert encoder.encoded == 80 - kept
    assert matrices(entry.folder) == whole_matrices(cache)
    assert partials(cache) == []
    assert entry.meta["tokens"] == 160


def test_a_power_cut_that_loses_the_rows_but_not_the_ledger(cache):
    folder = begin(cache)
    for name in ("train.npy", "test.npy"):
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[:HEAD] + bytes(len(content) - HEAD))
    encoder = DigestEncoder()
    assert matrices(embed(cache, encoder=encoder).folder) == whole_matrices(cache)
    assert encoder.encoded == 80


def test_rows_of_another_engine_are_not_mixed_in(cache):
    begin(cache, encoder=DigestEncoder(torch="1"))
    encoder = DigestEncoder(torch="2")
    entry = embed(cache, encoder=encoder)
    assert encoder.encoded == 80
    assert entry.meta["engine"] == {"torch": "2"}


def test_rows_of_another_width_are_not_mixed_in(cache):
    begin(cache)
    entry = embed(cache, encoder=DigestEncoder(dimension=6))
    assert entry.open()[0].shape == (60, 6)
    assert matrices(entry.folder) == whole_matrices(cache, encoder=DigestEncoder(dimension=6))


@pytest.mark.parametrize("dtype", ["float32", "float16"])
@pytest.mark.parametrize("normalize", [True, False])
def test_any_storage_goes_on_where_it_stopped(cache, dtype, normalize):
    spec = replace(SPEC, dtype=dtype, normalize=normalize)
    begin(cache, spec=spec)
    encoder = DigestEncoder()
    entry = embed(cache, encoder=encoder, spec=spec)
    assert encoder.encoded == 30
    assert matrices(entry.folder) == whole_matrices(cache, spec=spec)
    assert entry.open()[0].dtype == np.dtype(dtype)


def test_a_text_changed_between_two_sittings_leaves_the_old_work_alone(cache):
    old = begin(cache)
    before = files_under(old)
    other = make_corpus(60, 20, word="dog")
    encoder = DigestEncoder()
    entry = embed(cache, encoder=encoder, corpus=other)
    assert encoder.encoded == 80
    assert files_under(old) == before
    assert matrices(entry.folder) == whole_matrices(cache, corpus=other)
    encoder = DigestEncoder()
    back = embed(cache, encoder=encoder)
    assert encoder.encoded == 30
    assert back.key != entry.key
    assert len(list_entries(cache)) == 2
    assert partials(cache) == []


def test_unfinished_work_is_no_entry(cache):
    folder = begin(cache, rows=80)
    assert list_entries(cache) == []
    entry = embed(cache)
    shutil.copytree(entry.folder, folder)  # as of a process killed right before the last rename
    assert [info.folder for info in list_entries(cache)] == [entry.folder]


def test_a_process_that_ended_right_before_publishing_encodes_nothing(cache):
    begin(cache, rows=80)
    encoder = DigestEncoder()
    heard: list[Progress] = []
    entry = embed(cache, encoder=encoder, listener=heard.append)
    assert encoder.encoded == 0
    assert (heard[-1].done, heard[-1].before) == (80, 80)
    assert matrices(entry.folder) == whole_matrices(cache)


# Places that vanish or fill up


@pytest.mark.parametrize("what", ["the cache", "the dataset", "the work"])
@pytest.mark.parametrize("rows", [0, 30, 70, 80])
def test_a_folder_removed_during_work_is_told_in_one_line(cache, what, rows):
    def remove(report: Progress) -> None:
        if report.done == rows:
            (folder,) = partials(cache)
            shutil.rmtree({"the cache": cache.root, "the dataset": folder.parent}.get(what, folder))

    with pytest.raises(BadInput, match=r"removed|cannot write") as caught:
        embed(cache, listener=remove)
    assert "\n" not in str(caught.value)
    assert list_entries(cache) == []
    assert matrices(embed(cache).folder) == whole_matrices(cache)


@pytest.mark.parametrize(
    ("rows", "room"),
    [(30, lambda _: HEAD + 35 * ROW), (70, lambda ledger: ledger.stat().st_size + 20)],
    ids=["within the rows", "within a line of the ledger"],
)
def test_a_disk_that_fills_up_keeps_finished_shards(cache, rows, room):
    """A limit on the size of files stops the writing at an exact byte."""
    with ExitStack() as limits, pytest.raises(BadInput, match="cannot write") as caught:

        def fill(report: Progress) -> None:
            if report.done == rows:
                (folder,) = partials(cache)
                limits.enter_context(files_no_longer_than(room(folder / "ledger.jsonl")))

        embed(cache, listener=fill)
    assert "goes on where it stopped" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list_entries(cache) == []
    encoder = DigestEncoder()
    entry = embed(cache, encoder=encoder)
    assert encoder.encoded == 80 - rows
    assert matrices(entry.folder) == whole_matrices(cache)


DISK_FILLS_UP = """
from pathlib import Path
from embedding_samples import DigestEncoder, make_corpus
from tui_al.catalog import find_model
from tui_al.embeddings import shards
from tui_al.embeddings.job import embed_corpus
from tui_al.errors import BadInput
from tui_al.paths import Cache

shards.SHARD_TEXTS = 10
cache, ballast = Cache(Path(sys.argv[1])), Path(sys.argv[1]).with_name("ballast")

def fill(report):
    if report.done == 100:
        try:
            with ballast.open("wb", buffering=0) as file:
                while file.write(bytes(4096)):
                    pass
        except OSError:
            pass

def embed(listener):
    encoder = DigestEncoder()
    entry = embed_corpus(make_corpus(1200, 20), find_model("wordllama-256"), cache,
                         load=lambda *_: encoder, listener=listener)
    return encoder.encoded, entry

try:
    embed(fill)
except BadInput as error:
    print(error)
ballast.unlink()
encoded, entry = embed(lambda _: None)
assert 10 <= encoded < 1120, encoded
entry.open()
"""


def test_a_disk_that_another_program_fills_up_keeps_finished_shards(tmp_path):
    output = run_python(DISK_FILLS_UP, tmp_path / "cache", prefix=small_disk(tmp_path, "128k"))
    assert output.startswith(f"cannot write {tmp_path}")
    assert "no space left" in output
    assert output.count("\n") == 1
