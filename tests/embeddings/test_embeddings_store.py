"""Entries on disk: which embedding answers which request, and what damage does."""

import json
import os
import pickle
import shlex
import shutil
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from embedding_samples import (
    Trap,
    corpus_of,
    edit_json,
    files_under,
    make_corpus,
    run_python,
    small_disk,
)

from tui_al.catalog import ModelSpec, find_model
from tui_al.embeddings import job
from tui_al.embeddings.inventory import list_entries
from tui_al.embeddings.job import embed_corpus, find_embedding
from tui_al.embeddings.request import EmbeddingRequest, request_embedding
from tui_al.embeddings.store import Entry, find_entry, publish_entry
from tui_al.errors import BadInput, DamagedFile
from tui_al.paths import Cache

MODEL = "wordllama-256"
PARTS = ("train.npy", "test.npy")


@pytest.fixture
def spec() -> ModelSpec:
    return find_model(MODEL)


@pytest.fixture
def entry(cache: Cache, spec: ModelSpec) -> Entry:
    return embed_corpus(make_corpus(), spec, cache)


@pytest.fixture
def no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on, nothing may be embedded."""
    monkeypatch.setattr(job, "load_encoder", lambda *_: pytest.fail("a model was loaded"))


def write_constant(cache: Cache, request: EmbeddingRequest, value: float) -> Entry:
    draft = cache.embeddings / request.dataset / ".draft"
    draft.mkdir(parents=True)
    for name, rows in zip(PARTS, (3, 2), strict=True):
        np.save(draft / name, np.full((rows, 4), value, dtype=request.dtype))
    return publish_entry(cache, request, draft, commit="", facts={})


def make_request(**changes: object) -> EmbeddingRequest:
    request = EmbeddingRequest(
        dataset="toy",
        fingerprint="f" * 32,
        model="owner/model",
        kind="transformer",
        weights="hub:owner/model",
        revision="main",
        pooling="mean",
        max_length=512,
        prompt="",
        normalize=True,
    )
    return replace(request, **changes)


# What is written


def test_matrices_are_read_only_memory_maps_of_unit_rows(entry):
    for matrix, rows in zip(entry.open(), (6, 4), strict=True):
        assert isinstance(matrix, np.memmap)
        assert not matrix.flags.writeable
        assert matrix.dtype == np.float32
        assert matrix.shape == (rows, 256)
        np.testing.assert_allclose(np.linalg.norm(matrix, axis=1), 1, atol=1e-6)


def test_train_and_test_rows_keep_the_order_of_the_corpus(cache, spec, entry):
    corpus = make_corpus()
    swapped = corpus_of(corpus.test.texts, corpus.train.texts, name="swapped")
    train, test = entry.open()
    other_train, other_test = embed_corpus(swapped, spec, cache).open()
    np.testing.assert_array_equal(train, other_test)
    np.testing.assert_array_equal(test, other_train)


def test_meta_tells_what_was_embedded_and_how(cache, spec, entry):
    folder = cache.embeddings / "toy" / MODEL
    assert entry.folder == folder
    assert sorted(files_under(folder)) == ["meta.json", "test.npy", "train.npy"]
    meta = json.loads((folder / "meta.json").read_text("utf-8"))
    corpus = make_corpus()
    assert meta["request"] == request_embedding("toy", corpus.fingerprint, spec).facts()
    assert meta["request"]["fingerprint"] == corpus.fingerprint
    assert meta["request"]["dtype"] == "float32"
    assert meta["key"] == entry.key
    for name, rows in (("train.npy", 6), ("test.npy", 4)):
        content = (folder / name).read_bytes()
        assert meta["files"][name] == {
            "shape": [rows, 256],
            "bytes": len(content),
            "sha256": sha256(content).hexdigest(),
        }
        assert b"'<f4'" in content[:128]  # plain numbers: numpy's own format, no pickle


def test_without_normalisation_rows_keep_their_lengths(cache, spec, entry):
    raw, _ = embed_corpus(make_corpus(), replace(spec, normalize=False), cache).open()
    lengths = np.linalg.norm(raw, axis=1)
    assert lengths.std() > 0.01
    np.testing.assert_allclose(raw / lengths[:, None], entry.open()[0], atol=1e-6)


@pytest.mark.parametrize("model", ["wordllama-256", "glove-50", "tiny"])
def test_embedding_twice_writes_the_same_bytes(model, tiny_bert, tmp_path):
    spec = find_model(str(tiny_bert) if model == "tiny" else model)
    corpus = make_corpus(300, 40)
    first, second = (
        embed_corpus(corpus, spec, Cache(tmp_path / name)).folder for name in ("first", "second")
    )
    for part in PARTS:
        assert (first / part).read_bytes() == (second / part).read_bytes()


# Finding it again


def test_a_second_call_does_no_work(cache, spec, entry, no_work):
    before = files_under(cache.root)
    again = embed_corpus(make_corpus(), spec, cache, listener=lambda _: pytest.fail("worked"))
    assert again == entry
    assert find_embedding(make_corpus(), spec, cache) == entry
    assert files_under(cache.root) == before


def test_nothing_is_found_in_an_empty_cache(cache, spec):
    assert find_embedding(make_corpus(), spec, cache) is None


CHANGES = {
    "pooling": "cls",
    "max_length": 7,
    "prompt": "query: ",
    "normalize": False,
}


@pytest.mark.parametrize("field", [*CHANGES, "text"])
def test_a_change_makes_another_entry_beside_the_first(field, cache, tiny_bert, monkeypatch):
    spec, corpus = find_model(str(tiny_bert)), make_corpus()
    changed = spec if field == "text" else replace(spec, **{field: CHANGES[field]})
    other = make_corpus(word="dog") if field == "text" else corpus
    first = embed_corpus(corpus, spec, cache)
    assert find_embedding(other, changed, cache) is None
    second = embed_corpus(other, changed, cache)
    assert first.key != second.key
    assert first.folder != second.folder
    monkeypatch.setattr(job, "load_encoder", lambda *_: pytest.fail("embedded again"))
    assert embed_corpus(corpus, spec, cache) == first
    assert embed_corpus(other, changed, cache) == second
    assert not np.array_equal(first.open()[0], second.open()[0])
    assert len(list_entries(cache, "toy")) == 2


def test_weights_trained_further_are_another_model(cache, tiny_bert, monkeypatch):
    """Also in a process that has seen the directory before, the app for instance."""
    spec, corpus = find_model(str(tiny_bert)), make_corpus()
    first = embed_corpus(corpus, spec, cache)
    original = shutil.copytree(tiny_bert, tiny_bert.with_name("original"))
    content = bytearray((tiny_bert / "model.safetensors").read_bytes())
    content[-100:] = bytes(100)
    (tiny_bert / "model.safetensors").write_bytes(content)
    assert find_embedding(corpus, spec, cache) is None
    assert embed_corpus(corpus, spec, cache).key != first.key
    shutil.rmtree(tiny_bert)
    original.rename(tiny_bert)
    assert find_embedding(corpus, spec, cache) == first


@pytest.mark.parametrize("name", ["m[ab]*?", "with space", "snow☃", "-dash", "m@1", "v1.0"])
def test_a_directory_of_any_name_keeps_several_entries(name, cache, tiny_bert, monkeypatch):
    spec = find_model(str(tiny_bert.rename(tiny_bert.with_name(name))))
    changed, corpus = replace(spec, pooling="eos"), make_corpus()
    entries = [embed_corpus(corpus, one, cache) for one in (spec, changed)]
    assert [find_embedding(corpus, one, cache) for one in (spec, changed)] == entries
    folders = {entry.folder for entry in entries}
    assert len(folders) == 2
    assert {folder.parent for folder in folders} == {cache.embeddings / "toy"}


def test_directories_of_one_name_do_not_answer_for_each_other(cache, tiny_bert, tmp_path):
    corpus = make_corpus()
    other = shutil.copytree(tiny_bert, tmp_path / "other" / tiny_bert.name)
    edit_json(other / "config.json", layer_norm_eps=0.5)
    specs = [find_model(str(folder)) for folder in (tiny_bert, other)]
    entries = [embed_corpus(corpus, spec, cache) for spec in specs]
    assert [find_embedding(corpus, spec, cache) for spec in specs] == entries
    assert entries[0].key != entries[1].key
    assert not np.array_equal(entries[0].open()[0], entries[1].open()[0])


def test_a_moved_directory_is_still_the_same_model(cache, tiny_bert, tmp_path):
    corpus = make_corpus()
    request = request_embedding("toy", corpus.fingerprint, find_model(str(tiny_bert)))
    entry = write_constant(cache, request, 1)
    moved = tmp_path / "elsewhere" / tiny_bert.name
    moved.parent.mkdir()
    tiny_bert.rename(moved)
    assert find_embedding(corpus, find_model(str(moved)), cache) == entry


def test_hub_ids_that_share_a_folder_name_stay_apart(cache):
    requests = [
        make_request(model="a/b--c"),
        make_request(model="a--b/c"),
        make_request(model="a/b"),
        make_request(model="a/b@c"),
    ]
    for number, request in enumerate(requests):
        write_constant(cache, request, number)
    for number, request in enumerate(requests):
        assert (find_entry(cache, request).open()[0] == number).all()
    assert len(list_entries(cache)) == 4
    assert all(info.folder.parent == cache.embeddings / "toy" for info in list_entries(cache))


@pytest.mark.parametrize("field", sorted(asdict(make_request())))
def test_every_fact_of_a_request_tells_entries_apart(field, cache):
    value = asdict(make_request())[field]
    changes = {bool: lambda: not value, int: lambda: value + 1, str: lambda: f"{value}x"}
    changed = "float16" if field == "dtype" else changes[type(value)]()
    first, second = make_request(), make_request(**{field: changed})
    write_constant(cache, first, 1)
    assert find_entry(cache, second) is None
    write_constant(cache, second, 2)
    assert (find_entry(cache, first).open()[0] == 1).all()
    assert (find_entry(cache, second).open()[0] == 2).all()
    assert first.key() != second.key()


def test_the_commit_of_hub_weights_is_part_of_the_key():
    request = make_request()
    assert len({request.key(), request.key("abc"), request.key("def")}) == 3
    assert make_request(revision="abc").key() == request.key("abc")


# Damage


def cut_short(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def longer(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


def gone(path: Path) -> None:
    path.unlink()


def flip(position: float):
    def flip_bit(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[int(position * (len(content) - 1))] ^= 1
        path.write_bytes(content)

    return flip_bit


DAMAGE = {
    "cut short": cut_short,
    "empty": empty,
    "longer": longer,
    "gone": gone,
    "first byte": flip(0),
    "a byte in the middle": flip(0.5),
    "last byte": flip(1),
}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_named_and_repaired(part, damage, cache, spec, entry):
    before = files_under(entry.folder)
    DAMAGE[damage](entry.folder / part)
    with pytest.raises(DamagedFile) as caught:
        find_embedding(make_corpus(), spec, cache).open()
    message = str(caught.value)
    assert str(entry.folder / part) in message
    assert f"tui-al embed --dataset toy --model {MODEL}" in message
    assert "\n" not in message
    repaired = embed_corpus(make_corpus(), spec, cache)
    assert repaired.folder == entry.folder
    after = files_under(entry.folder)
    assert after.keys() == before.keys()
    assert all(after[name] == before[name] for name in PARTS)
    repaired.open()


def test_the_repair_of_a_local_model_names_its_directory(cache, tiny_bert):
    folder = tiny_bert.rename(tiny_bert.with_name("my model"))
    entry = embed_corpus(make_corpus(), find_model(str(folder)), cache)
    cut_short(entry.folder / "train.npy")
    with pytest.raises(DamagedFile) as caught:
        entry.open()
    command = str(caught.value).partition("run '")[2].rpartition("' to write")[0]
    option = shlex.split(command)[-1]
    assert find_model(option) == find_model(str(folder))


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "null", "{}", '{"format": 1}', '{"format": 1, "request": [], "files": 3}'],
)
def test_an_unreadable_meta_is_no_entry(content, cache, spec, entry):
    (entry.folder / "meta.json").write_text(content)
    assert find_embedding(make_corpus(), spec, cache) is None
    assert list_entries(cache) == []
    embed_corpus(make_corpus(), spec, cache).open()
    assert [info.folder for info in list_entries(cache)] == [entry.folder]


def test_the_meta_of_another_version_is_no_entry(cache, spec, entry):
    edit_json(entry.folder / "meta.json", format=999)
    assert find_embedding(make_corpus(), spec, cache) is None
    assert list_entries(cache) == []


def test_a_file_without_a_checksum_is_damaged(cache, spec, entry):
    meta = json.loads((entry.folder / "meta.json").read_text("utf-8"))
    del meta["files"]["test.npy"]["sha256"]
    (entry.folder / "meta.json").write_text(json.dumps(meta))
    with pytest.raises(DamagedFile, match=r"test\.npy"):
        find_embedding(make_corpus(), spec, cache).open()


@pytest.mark.parametrize("kind", ["object array", "plain pickle"])
def test_a_pickle_is_refused_even_where_its_checksum_is_right(kind, entry, tmp_path):
    trap = Trap(tmp_path / "sprung")
    path = entry.folder / "train.npy"
    if kind == "object array":
        np.save(path, np.array([trap], dtype=object), allow_pickle=True)
    else:
        path.write_bytes(pickle.dumps(trap))
    content = path.read_bytes()
    vouched = {"bytes": len(content), "sha256": sha256(content).hexdigest(), "shape": [1, 1]}
    meta = entry.meta | {"files": entry.meta["files"] | {"train.npy": vouched}}
    with pytest.raises(DamagedFile, match=r"train\.npy"):
        Entry(entry.folder, meta).open()
    assert not trap.path.exists()


def test_open_maps_outlive_a_rewrite(cache, spec, entry):
    train, test = entry.open()
    kept = train.copy(), test.copy()
    (entry.folder / "meta.json").unlink()
    embed_corpus(make_corpus(word="dog"), spec, cache)
    assert not np.array_equal(np.load(entry.folder / "train.npy"), kept[0])
    shutil.rmtree(entry.folder)
    np.testing.assert_array_equal(train, kept[0])
    np.testing.assert_array_equal(test, kept[1])


# Places that cannot be written


def test_an_unwritable_cache_is_refused_before_any_work(tmp_path, spec, no_work):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(BadInput, match="--cache-dir") as caught:
        embed_corpus(make_corpus(), spec, Cache(tmp_path / "file" / "cache"))
    assert "\n" not in str(caught.value)
    assert files_under(tmp_path) == {"file": b"in the way"}


FULL_DISK = """
from pathlib import Path
from embedding_samples import files_under, make_corpus
from tui_al.catalog import find_model
from tui_al.embeddings.inventory import list_entries
from tui_al.embeddings.job import embed_corpus
from tui_al.errors import BadInput
from tui_al.paths import Cache

cache = Cache(Path(sys.argv[1]))
try:
    embed_corpus(make_corpus(2000, 4), find_model("glove-50"), cache)
except BadInput as error:
    print(error)
assert files_under(cache.root) == {}, files_under(cache.root)
assert list_entries(cache) == []
"""


def test_a_file_too_large_for_its_limit_gives_one_line(tmp_path):
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
    output = run_python(limit + FULL_DISK, tmp_path / "cache")
    assert output.startswith(f"cannot write {tmp_path}")
    assert output.count("\n") == 1


def test_a_full_disk_gives_one_line(tmp_path):
    """A write to a memory map of a sparse file would end in a bus error instead."""
    output = run_python(FULL_DISK, tmp_path / "cache", prefix=small_disk(tmp_path, "128k"))
    assert f" needs 0.4 MB, and {tmp_path}" in output
    assert "--cache-dir" in output
    assert output.count("\n") == 1
