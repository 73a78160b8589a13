"""What is on this machine: finished embeddings and model weights."""

from dataclasses import replace

import pytest
from embedding_samples import DIMENSION, make_corpus
from huggingface_hub import constants

from tui_al.catalog import ModelPackage, ModelSpec, find_model
from tui_al.embeddings.inventory import list_entries, weights_source
from tui_al.embeddings.job import embed_corpus
from tui_al.paths import Cache


def test_entries_are_listed_by_dataset_and_model(cache, tiny_bert):
    for name in ("zoo", "alpha"):
        for model in ("wordllama-256", str(tiny_bert)):
            embed_corpus(make_corpus(7, 4, name), find_model(model), cache)
    found = [(info.dataset, info.model) for info in list_entries(cache)]
    assert found == [
        ("alpha", "local/tiny-bert"),
        ("alpha", "wordllama-256"),
        ("zoo", "local/tiny-bert"),
        ("zoo", "wordllama-256"),
    ]
    assert [info.dataset for info in list_entries(cache, "zoo")] == ["zoo", "zoo"]
    assert list_entries(cache, "zo") == []


def test_an_entry_tells_its_size(cache, tiny_bert):
    entry = embed_corpus(make_corpus(7, 4), find_model(str(tiny_bert)), cache)
    (info,) = list_entries(cache)
    assert info.folder == entry.folder
    assert info.fingerprint == make_corpus(7, 4).fingerprint
    assert (info.n_train, info.n_test, info.dimension) == (7, 4, DIMENSION)
    matrices = [entry.folder / "train.npy", entry.folder / "test.npy"]
    assert info.n_bytes == sum(path.stat().st_size for path in matrices)


def test_an_empty_or_missing_cache_lists_nothing(tmp_path, cache):
    assert list_entries(cache) == []
    (tmp_path / "file").write_text("")
    assert list_entries(Cache(tmp_path / "file")) == []


def test_weights_of_packages_and_directories(tiny_bert):
    assert weights_source(find_model("minilm-l6")) == "package"
    assert weights_source(find_model(str(tiny_bert))) == "directory"
    missing = ModelPackage("no-such-distribution", "no_such_module")
    assert weights_source(replace(find_model("minilm-l6"), package=missing)) == "none"


def test_weights_of_the_hub_are_cached_or_not(tmp_path, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    spec = find_model("someone/some-model")
    assert weights_source(spec) == "hub"
    folder = tmp_path / "models--someone--some-model"
    (folder / "refs").mkdir(parents=True)
    (folder / "refs" / "main").write_text("abc123")
    (folder / "snapshots" / "abc123").mkdir(parents=True)
    assert weights_source(spec) == "hub"
    (folder / "snapshots" / "abc123" / "config.json").write_text("{}")
    assert weights_source(spec) == "cached"


@pytest.mark.parametrize("repo", ["a b/c", "owner/..", "owner/-x", "x" * 120 + "/y"])
def test_a_name_that_no_repository_can_have(repo):
    assert weights_source(ModelSpec(name=repo, repo=repo)) == "none"
