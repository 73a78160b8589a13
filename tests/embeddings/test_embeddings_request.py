"""What names an embedding: keys that stay what they were, names that can be folders."""

import os
import unicodedata
from dataclasses import replace
from hashlib import blake2b
from itertools import combinations
from pathlib import Path

import pytest
from embedding_samples import make_corpus
from hypothesis import given
from hypothesis import strategies as st

from tui_al.catalog import find_model
from tui_al.embeddings import job
from tui_al.embeddings.inventory import list_entries
from tui_al.embeddings.job import embed_corpus, find_embedding
from tui_al.embeddings.partial import partial_folder
from tui_al.embeddings.request import EmbeddingRequest, request_embedding
from tui_al.errors import BadInput
from tui_al.paths import Cache

SETTINGS = ("", "+pooling=cls", "+tokens=4", "+prompt=the ", "+normalize=no", "+disk=float16")
ARITHMETIC = ("+arithmetic=float32", "+arithmetic=bfloat16")
LONG_PROMPT = "Instruct: find what a person would say of this text\nQuery: " * 40


def request_of(model: str) -> EmbeddingRequest:
    return request_embedding("toy", "f" * 32, find_model(model))


def named(model: str) -> EmbeddingRequest:
    return replace(request_of("owner/model"), model=model)


def test_embeddings_from_before_there_were_settings_keep_their_keys():
    """The exact text that was digested then; a commit stood in place of the branch."""
    text = (
        '{"dataset":"toy","dtype":"float32","fingerprint":"' + "f" * 32 + '","kind":"transformer",'
        '"max_length":512,"model":"bert-base-uncased","normalize":true,"pooling":"cls",'
        '"prompt":"","revision":"main","weights":"hub:google-bert/bert-base-uncased"}'
    )
    for commit in ("", "abc"):
        old = text.replace('"main"', f'"{commit}"') if commit else text
        digest = blake2b(old.encode(), digest_size=16).hexdigest()
        assert request_of("bert-base-uncased").key(commit) == digest


def test_late_facts_are_told_only_where_they_say_something():
    plain = request_of("owner/model").facts()
    assert not {"arithmetic", "append_end", "code"} & plain.keys()
    set_later = request_of("owner/model+arithmetic=float16").with_own_code().facts()
    assert set_later.keys() - plain.keys() == {"arithmetic", "code"}
    assert request_of("qwen2.5-7b").facts()["append_end"] == "yes"


@pytest.mark.parametrize("plain", ["owner/model", "modernbert-base"])
def test_every_setting_is_part_of_the_key(plain):
    more = ("+revision=v2", "+pooling=eos", "+tokens=5", "+prompt=a", "+arithmetic=float16")
    requests = [request_of(plain + setting) for setting in (*SETTINGS, *ARITHMETIC, *more)]
    requests += [request.with_own_code() for request in requests]
    names = {(request.model, request.code) for request in requests}
    assert len({request.key() for request in requests}) == len(names) >= 24


def test_every_setting_makes_an_entry_of_its_own(cache, tiny_bert, monkeypatch):
    corpus = make_corpus(30, 4)
    specs = [find_model(f"{tiny_bert}{setting}") for setting in (*SETTINGS, *ARITHMETIC[1:])]
    entries = [embed_corpus(corpus, spec, cache) for spec in specs]
    monkeypatch.setattr(job, "load_encoder", lambda *_: pytest.fail("embedded again"))
    assert [embed_corpus(corpus, spec, cache) for spec in specs] == entries
    assert [find_embedding(corpus, spec, cache) for spec in specs] == entries
    for one, other in combinations([entry.open()[0] for entry in entries], 2):
        assert one.dtype != other.dtype or not (one == other).all()
    listed = {info.model for info in list_entries(cache)}
    assert listed == {spec.name for spec in specs}
    assert {entry.meta["model_option"] for entry in entries} == {spec.option for spec in specs}


def test_single_precision_on_disk_or_half_are_the_same_numbers_rounded(cache, tiny_bert):
    corpus = make_corpus(30, 4)
    single, half = (
        embed_corpus(corpus, find_model(f"{tiny_bert}{setting}"), cache).open()
        for setting in ("", "+disk=float16")
    )
    for one, other in zip(single, half, strict=True):
        assert other.dtype == "float16"
        assert (one.astype("float16") == other).all()


# Folders


@pytest.mark.parametrize(
    ("model", "folder"),
    [
        ("minilm-l6", "minilm-l6"),
        ("owner/model", "owner--model"),
        ("local/my model", "local--my model"),
        ("owner/model+pooling=cls+disk=float16", "owner--model+pooling=cls+disk=float16"),
        ("local/snow☃", "local--snow☃"),
        ("m" * 120, "m" * 120),
    ],
)
def test_plain_names_are_folders_as_they_are(model, folder):
    assert named(model).folder_name == folder


ODD_NAMES = (
    *("owner/model+prompt=query: ", "owner/model+prompt=query| ", 'owner/model+prompt="q"'),
    *("owner/model+prompt=a\nb", "owner/model+prompt=a\x00b", "owner/model+prompt=a\\b"),
    *("owner/model+prompt=" + LONG_PROMPT, "owner/model+prompt=" + LONG_PROMPT + "x"),
    *("owner/model+prompt=" + "☃" * 500, "owner/model+prompt=" + "\U0001f600" * 500, "m" * 121),
    os.fsdecode(b"local/not-utf-8-\xff"),
    os.fsdecode(b"local/not-utf-8-\xff" + b"+prompt=query: "),
)


def test_odd_names_get_folders_of_their_own(tmp_path):
    for name in ODD_NAMES:
        (tmp_path / named(name).folder_name).mkdir()
    assert len(list(tmp_path.iterdir())) == len(ODD_NAMES)


@given(st.text(st.characters(blacklist_categories=[]), min_size=1, max_size=400))
def test_any_name_is_one_folder_beneath_the_datasets(model):
    request = named(f"owner/{model}")
    folder = partial_folder(Cache(Path("root")), request)
    assert folder.parent == Path("root/embeddings/toy")
    name = request.folder_name
    assert "/" not in name
    assert not any(unicodedata.category(sign) == "Cc" and sign < "\x7f" for sign in name)
    assert len(os.fsencode(name.encode("utf-8", "replace"))) <= 160  # endings follow; 255 at most
    assert len(request.key()) == 32


def test_a_prompt_of_any_length_and_signs_is_embedded_and_found_again(cache, tiny_bert):
    corpus = make_corpus()
    prompts = ("query: ", LONG_PROMPT, "☃" * 300)
    specs = [find_model(f"{tiny_bert}+prompt={prompt}") for prompt in prompts]
    entries = [embed_corpus(corpus, spec, cache) for spec in specs]
    assert [find_embedding(corpus, spec, cache) for spec in specs] == entries
    listed = {info.model for info in list_entries(cache)}
    assert listed == {spec.name for spec in specs}


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("minilm-l6+tokens=064", "minilm-l6+tokens=64"),
        ("minilm-l6+tokens=1", "minilm-l6+tokens=1"),
        ("minilm-l6+tokens=0", "minilm-l6+tokens=0"),
        ("minilm-l6+tokens=256", "minilm-l6"),
        ("minilm-l6+normalize=yes", "minilm-l6"),
        ("minilm-l6+normalize=no+tokens=9", "minilm-l6+tokens=9+normalize=no"),
    ],
)
def test_a_setting_has_one_spelling(written, canonical):
    assert find_model(written).name == canonical
    assert find_model(canonical) == find_model(written)


def test_tables_have_no_tokens_to_cut():
    with pytest.raises(BadInput, match="table of word vectors"):
        find_model("glove-50+tokens=5")


def test_a_directory_does_not_hide_a_setting_of_a_catalog_model(tmp_path, monkeypatch):
    (tmp_path / "minilm-l6+pooling=cls").mkdir()
    monkeypatch.chdir(tmp_path)
    assert find_model("minilm-l6+pooling=cls").package is not None
