"""An embedding moves to a machine that has neither its texts, nor the model, nor a network."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from tui_al.catalog import find_model
from tui_al.corpora.load import load_corpus
from tui_al.embeddings.request import request_embedding
from tui_al.embeddings.store import publish_entry
from tui_al.errors import BadInput
from tui_al.paths import Cache

NAMES = ("--dataset", "pets", "--model", "wordllama-256")
RUN = ("run", *NAMES, "--budget", "12", "--cycles", "2", "--json")


def cycles(result):
    assert result.code == 0, result.err
    timed = ("fit_seconds", "query_seconds")
    rows = [json.loads(line) for line in result.out.splitlines()]
    return [{key: row[key] for key in row if key not in timed} for row in rows]


def files(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("options", [(), ("--with-texts",)])
def test_a_run_is_the_same_after_the_journey(
    tui_al, stocked: Cache, tmp_path, monkeypatch, options
):
    expected = cycles(tui_al(*RUN))
    out = tmp_path / "moved.zip"
    exported = tui_al("cache", "export", *NAMES, "--out", out, *options)
    assert exported.code == 0
    assert str(out) in exported.err
    original = stocked.root.rename(tmp_path / "gone")
    monkeypatch.setenv("TUI_AL_CACHE", str(tmp_path / "there"))
    imported = tui_al("cache", "import", out)
    assert imported.code == 0
    assert "ready: 'tui-al run --dataset pets --model wordllama-256'" in imported.err
    for name in ("train.npy", "test.npy"):
        moved = tmp_path / "there" / "embeddings" / "pets" / "wordllama-256" / name
        before = original / "embeddings" / "pets" / "wordllama-256" / name
        assert moved.read_bytes() == before.read_bytes()
    assert cycles(tui_al(*RUN)) == expected
    assert tui_al("cache", "verify").code == 0


@pytest.mark.usefixtures("without_packages")
def test_without_the_package_of_the_model(tui_al, bundle):
    assert tui_al("cache", "import", bundle).code == 0
    assert cycles(tui_al(*RUN))[-1]["n_labeled"] == 12
    embedded = tui_al("embed", *NAMES)
    assert embedded.code == 0
    other = tui_al("run", "--dataset", "pets", "--model", "minilm-l6")
    assert (other.code, other.out) == (2, "")


def test_labels_without_texts(tui_al, bundle, stock, cache):
    original = load_corpus("pets", Cache(stock))
    assert tui_al("cache", "import", bundle).code == 0
    corpus = load_corpus("pets", cache)
    assert not corpus.has_texts
    assert corpus.train.texts[16] == "(text 17 was not exported)"
    facts = ("name", "classes", "budget", "fingerprint")
    assert all(getattr(corpus, name) == getattr(original, name) for name in facts)
    assert corpus.train.labels.tolist() == original.train.labels.tolist()
    assert corpus.test.labels.tolist() == original.test.labels.tolist()
    listed = {row["name"]: row for row in json.loads(tui_al("datasets", "--json").out)}
    assert (listed["pets"]["text"], listed["pets"]["embedded"]) == ("labels", ["wordllama-256"])


def test_placeholders_are_never_embedded(tui_al, bundle, cache):
    assert tui_al("cache", "import", bundle).code == 0
    before = files(cache.root)
    for command in ("embed", "run"):
        refused = tui_al(command, "--dataset", "pets", "--model", "glove-50")
        assert refused.code == 2
        assert "the texts of pets were not exported: import a file made with" in refused.err
    refused = tui_al("cache", "export", *NAMES, "--with-texts")
    assert (refused.code, "were not exported" in refused.err) == (2, True)
    assert files(cache.root) == before


def test_texts_come_later(tui_al, bundle, stock, cache, tmp_path):
    assert tui_al("cache", "import", bundle).code == 0
    out = tmp_path / "texts.zip"
    names = (*NAMES, "--cache-dir", stock, "--out", out, "--with-texts")
    assert tui_al("cache", "export", *names).code == 0
    assert tui_al("cache", "import", out, "--replace").code == 0
    assert load_corpus("pets", cache).has_texts
    assert tui_al("cache", "import", bundle, "--replace").code == 0
    assert load_corpus("pets", cache).has_texts


def test_labels_are_pruned_with_their_embedding(tui_al, bundle, cache):
    assert tui_al("cache", "import", bundle).code == 0
    assert tui_al("cache", "prune", "--dataset", "pets", "--yes").code == 0
    assert files(cache.root) == set()


def test_a_sample_moves_with_the_labels_of_its_whole(tui_al, stocked, tmp_path):
    names = ("--dataset", "pets@20", "--model", "wordllama-256")
    assert tui_al("embed", "--dataset", "pets", "--limit", "20", "--model", names[3]).code == 0
    run = ("run", *names, "--budget", "9", "--cycles", "2", "--json")
    expected = cycles(tui_al(*run))
    assert tui_al("cache", "export", *names, "--out", tmp_path / "sample.zip").code == 0
    shutil.rmtree(stocked.root)
    assert tui_al("cache", "import", tmp_path / "sample.zip").code == 0
    assert cycles(tui_al(*run)) == expected


def embed_anyhow(cache: Cache, model: Path) -> None:
    """An embedding by a model in a directory, whose weights are of no concern here."""
    corpus, spec = load_corpus("pets", cache), find_model(str(model))
    draft = cache.embeddings / "pets" / ".draft"
    draft.mkdir()
    vectors = np.random.default_rng(3).normal(size=(60, 4)).astype(np.float32)
    np.save(draft / "train.npy", vectors[:48])
    np.save(draft / "test.npy", vectors[48:])
    request = request_embedding("pets", corpus.fingerprint, spec)
    publish_entry(cache, request, draft, commit="", facts={"model_option": spec.option})


def test_a_model_of_a_directory_that_is_gone(tui_al, stocked, tmp_path):
    model, out = tmp_path / "tiny", tmp_path / "tiny.zip"
    model.mkdir()
    (model / "config.json").write_text("{}")
    embed_anyhow(stocked, model)
    assert tui_al("cache", "export", "--dataset", "pets", "--model", model, "--out", out).code == 0
    assert str(tmp_path).encode() not in out.read_bytes()
    for folder in (stocked.root, model):
        shutil.rmtree(folder)
    assert "'tui-al run --dataset pets --model local/tiny'" in tui_al("cache", "import", out).err
    run = tui_al("run", "--dataset", "pets", "--model", "local/tiny", "--budget", "30", "--json")
    assert cycles(run)[-1]["n_labeled"] == 30
    refused = tui_al("run", "--dataset", "pets", "--model", "local/other")
    assert (refused.code, "give its path instead" in refused.err) == (2, True)


def test_a_dataset_of_the_catalog_uses_its_texts_where_they_are(tui_al, cache, tmp_path):
    """The labels of an import stand back where the texts are, and agree with them."""
    names = ("--dataset", "bbcnews", "--model", "wordllama-256")
    assert tui_al("embed", *names).code == 0
    assert tui_al("cache", "export", *names, "--out", tmp_path / "bbc.zip").code == 0
    shutil.rmtree(cache.root)
    assert tui_al("cache", "import", tmp_path / "bbc.zip").code == 0
    assert json.loads((cache.corpora / "bbcnews" / "meta.json").read_text())["texts"] is False
    assert load_corpus("bbcnews", cache).has_texts
    assert tui_al("run", *names, "--budget", "30", "--cycles", "1").code == 0


def test_the_same_embedding_gives_the_same_file(tui_al, stocked, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert tui_al("cache", "export", *NAMES).code == 0
    written = tmp_path / "pets--wordllama-256.tui-al.zip"
    first = written.read_bytes()
    assert tui_al("cache", "export", *NAMES).code == 0
    assert written.read_bytes() == first
    assert sorted(path.name for path in tmp_path.iterdir()) == [written.name]


@pytest.mark.parametrize(
    ("arguments", "explanation"),
    [
        (("export", "--dataset", "pets", "--model", "glove-50"), "run 'tui-al embed"),
        (("export", "--dataset", "pest", "--model", "glove-50"), "did you mean pets"),
        (("export", *NAMES, "--out", "."), "is a folder: name a file with --out"),
        (("export", *NAMES, "--out", "/dev/null/x.zip"), "choose another file with --out"),
        (("import", "nowhere.zip"), "does not exist or is not a file"),
    ],
)
def test_refused(tui_al, stocked, tmp_path, monkeypatch, arguments, explanation):
    monkeypatch.chdir(tmp_path)
    refused = tui_al("cache", *arguments)
    assert refused.code == 2
    (line,) = refused.err.splitlines()
    assert explanation in line
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_embedding_is_not_exported(tui_al, stocked, tmp_path):
    with (stocked.embeddings / "pets" / "wordllama-256" / "train.npy").open("r+b") as matrix:
        matrix.seek(500)
        matrix.write(b"damage")
    refused = tui_al("cache", "export", *NAMES, "--out", tmp_path / "out.zip")
    assert refused.code == 2
    assert "train.npy does not match its checksum" in refused.err
    assert not (tmp_path / "out.zip").exists()


def test_what_is_there_is_replaced_on_demand_only(tui_al, bundle, cache):
    assert tui_al("cache", "import", bundle).code == 0
    refused = tui_al("cache", "import", bundle)
    assert refused.code == 2
    assert "pets with wordllama-256 is in the cache already: pass --replace" in refused.err
    matrix = cache.embeddings / "pets" / "wordllama-256" / "train.npy"
    whole = matrix.read_bytes()
    matrix.write_bytes(whole[:-1])
    (cache.corpora / "pets" / "train.parquet").write_bytes(b"damage")
    assert "tui-al cache import FILE --replace" in tui_al("cache", "verify").out
    assert tui_al("cache", "import", bundle, "--replace").code == 0
    assert matrix.read_bytes() == whole
    assert tui_al("cache", "verify").code == 0


def test_another_text_of_the_same_name_is_not_lost(tui_al, bundle, cache, tmp_path):
    table = tmp_path / "pets.csv"
    table.write_text("text,label\n" + "one,a\ntwo,b\n" * 10)
    assert tui_al("dataset", "add", "pets", table).code == 0
    before = load_corpus("pets", cache).fingerprint
    refused = tui_al("cache", "import", bundle)
    assert (refused.code, "holds another text under the name pets" in refused.err) == (2, True)
    assert load_corpus("pets", cache).fingerprint == before
    assert tui_al("cache", "import", bundle, "--replace").code == 0
    assert load_corpus("pets", cache).fingerprint != before


def test_an_import_waits_for_nobody(tui_al, bundle, cache, monkeypatch):
    """While another process makes the same embedding, the import is refused."""
    from tui_al.storage import transfer

    def busy(path, wait):
        wait(4711)
        raise AssertionError

    monkeypatch.setattr(transfer, "hold_lock", busy)
    refused = tui_al("cache", "import", bundle)
    assert refused.code == 2
    assert "process 4711 is making this embedding now" in refused.err
    assert files(cache.root) == set()


def test_a_full_disk_leaves_nothing(tui_al, bundle_with_texts, cache, monkeypatch):
    from tui_al.storage import transfer

    def full(corpus, cache):
        raise BadInput("cannot write: no space left on device")

    monkeypatch.setattr(transfer, "save_corpus", full)
    assert tui_al("cache", "import", bundle_with_texts).code == 2
    assert files(cache.root) == set()
