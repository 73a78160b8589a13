"""The transformers encoder against transformers itself, one text at a time without padding."""

import shutil
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
import torch
from embedding_samples import (
    DIMENSION,
    ODD_TEXTS,
    POSITIONS,
    edit_json,
    load_tiny,
    pool_by_hand,
    vectors_of,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_al.embeddings.encoders.batching import batches_by_length


@lru_cache
def plain_model(folder: Path):
    from transformers import AutoModel, AutoTokenizer

    return AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()


def by_hand(folder: Path, text: str, pooling: str, max_length: int = POSITIONS) -> np.ndarray:
    tokenizer, model = plain_model(folder)
    tokens = tokenizer(text, truncation=True, max_length=max_length, return_tensors="pt")
    with torch.inference_mode():
        states = model(**tokens).last_hidden_state[0]
    return pool_by_hand(states.double().numpy(), pooling)


@pytest.mark.parametrize("pooling", ["cls", "eos", "mean"])
def test_every_architecture_equals_one_text_at_a_time(tiny_model, pooling):
    encoder = load_tiny(tiny_model, pooling=pooling)
    expected = [by_hand(tiny_model, text, pooling) for text in ODD_TEXTS]
    np.testing.assert_allclose(vectors_of(encoder, ODD_TEXTS), expected, atol=1e-5)
    assert encoder.dimension == DIMENSION
    assert encoder.commit == ""


@pytest.mark.parametrize("max_length", [4, 9, 1000, 0])
def test_texts_are_cut_at_the_shortest_limit(tiny_model, max_length):
    """At the wanted length, or else where the model has no more positions."""
    limit = min(max_length or POSITIONS, POSITIONS)
    encoder = load_tiny(tiny_model, pooling="eos", max_length=max_length)
    texts = ["the cat " * 300, "the cat", "the cat " * (limit // 2) + "and then a dog runs"]
    expected = [by_hand(tiny_model, text, "eos", limit) for text in texts]
    np.testing.assert_allclose(vectors_of(encoder, texts), expected, atol=1e-5)


def test_what_follows_the_limit_has_no_influence(tiny_bert):
    texts = ["the cat sat on the mat . red", "the cat sat on the mat . a blue dog runs"]
    short, whole = load_tiny(tiny_bert, max_length=8), load_tiny(tiny_bert)
    np.testing.assert_allclose(*vectors_of(short, texts), atol=1e-6)
    assert np.abs(np.subtract(*vectors_of(whole, texts))).max() > 0.01


def test_the_tokenizers_own_limit_counts_too(tiny_bert):
    edit_json(tiny_bert / "tokenizer_config.json", model_max_length=6)
    text = "the cat and the dog " * 9
    expected = by_hand(tiny_bert, text, "mean", 6)
    np.testing.assert_allclose(vectors_of(load_tiny(tiny_bert), [text])[0], expected, atol=1e-5)


def test_roberta_counts_positions_from_after_its_padding(tiny_models):
    folder = tiny_models("roberta")
    text = "the cat and the dog " * 50
    expected = by_hand(folder, text, "mean")
    np.testing.assert_allclose(vectors_of(load_tiny(folder), [text])[0], expected, atol=1e-5)


def test_rows_do_not_depend_on_the_order_of_texts(tiny_model):
    encoder = load_tiny(tiny_model)
    order = np.random.default_rng(3).permutation(len(ODD_TEXTS))
    shuffled = vectors_of(encoder, [ODD_TEXTS[i] for i in order])
    np.testing.assert_allclose(shuffled, vectors_of(encoder, ODD_TEXTS)[order], atol=1e-5)


def test_windows_of_many_texts(tiny_bert):
    encoder = load_tiny(tiny_bert)
    some = [f"the {'cat ' * (i % 5)}{'abcdefghijk'[i % 11]}" for i in range(55)]
    texts = (some * 80)[:4200]
    expected = np.tile(vectors_of(encoder, some), (80, 1))[:4200]
    np.testing.assert_allclose(vectors_of(encoder, texts), expected, atol=1e-5)


def test_no_texts_give_no_batches(tiny_bert):
    assert list(load_tiny(tiny_bert).batches([])) == []


def test_the_prompt_goes_before_every_text(tiny_model):
    encoder = load_tiny(tiny_model, prompt="query : ")
    texts = ["cat", "the red dog"]
    expected = [by_hand(tiny_model, f"query : {text}", "mean") for text in texts]
    np.testing.assert_allclose(vectors_of(encoder, texts), expected, atol=1e-5)


def test_a_tokenizer_that_pads_on_the_left_does_not_move_absolute_positions(tiny_bert):
    edit_json(tiny_bert / "tokenizer_config.json", padding_side="left")
    texts = ["cat", "the cat and the dog runs fast ."]
    expected = [by_hand(tiny_bert, text, "cls") for text in texts]
    found = vectors_of(load_tiny(tiny_bert, pooling="cls"), texts)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_model_without_padding_or_end_token(tiny_bert):
    edit_json(tiny_bert / "tokenizer_config.json", pad_token=None, sep_token=None, cls_token=None)
    edit_json(tiny_bert / "config.json", pad_token_id=None)
    expected = [by_hand(tiny_bert, text, "mean") for text in ODD_TEXTS]
    np.testing.assert_allclose(vectors_of(load_tiny(tiny_bert), ODD_TEXTS), expected, atol=1e-5)


@pytest.mark.parametrize("pooling", ["cls", "eos", "mean"])
def test_a_text_without_tokens_is_the_zero_vector(tiny_bert, pooling):
    edit_json(tiny_bert / "tokenizer.json", post_processor=None)  # no [CLS], no [SEP]
    texts = ["\x07", "the cat", "\u200b\x00"]
    found = vectors_of(load_tiny(tiny_bert, pooling=pooling), texts)
    assert not found[[0, 2]].any()
    np.testing.assert_allclose(found[1], by_hand(tiny_bert, "the cat", pooling), atol=1e-5)


@settings(deadline=None)
@given(
    lengths=st.lists(st.integers(0, 40), max_size=60),
    budget=st.integers(1, 120),
)
def test_batches_hold_every_row_once_within_the_token_budget(lengths, budget):
    batches = [
        rows.tolist() for rows in batches_by_length(np.array(lengths, dtype=np.intp), budget)
    ]
    assert sorted(row for rows in batches for row in rows) == list(range(len(lengths)))
    longest = [max(lengths[row] for row in rows) for rows in batches]
    assert longest == sorted(longest, reverse=True)
    for rows, length in zip(batches, longest, strict=True):
        assert len(rows) == 1 or len(rows) * length <= budget


@settings(deadline=None)
@given(lengths=st.lists(st.integers(1, 40), min_size=2, max_size=60), budget=st.integers(1, 120))
def test_batches_are_as_full_as_the_budget_allows(lengths, budget):
    batches = [
        rows.tolist() for rows in batches_by_length(np.array(lengths, dtype=np.intp), budget)
    ]
    for rows in batches[:-1]:
        assert (len(rows) + 1) * max(lengths[row] for row in rows) > budget


def test_a_copy_of_the_directory_gives_the_same_vectors(tiny_bert, tmp_path):
    copy = shutil.copytree(tiny_bert, tmp_path / "elsewhere")
    np.testing.assert_array_equal(
        vectors_of(load_tiny(copy), ODD_TEXTS), vectors_of(load_tiny(tiny_bert), ODD_TEXTS)
    )
