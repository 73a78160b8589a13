"""The last real token as a text's vector, whatever side the tokenizer pads on."""

import shutil
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
import torch
from embedding_samples import ODD_TEXTS, POSITIONS, WORDS, edit_json, load_tiny, vectors_of
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import AutoModel, AutoTokenizer

TEXTS = (*ODD_TEXTS, "the cat " * (POSITIONS // 2), "cat " * (POSITIONS // 2 - 1), "the")


@lru_cache
def plain_model(folder: Path):
    return AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()


def last_token(folder: Path, text: str, *, end: bool, limit: int = POSITIONS) -> np.ndarray:
    """One text by itself, the end token appended where the tokenizer does not."""
    tokenizer, model = plain_model(folder)
    ids = tokenizer(text)["input_ids"]
    end_token = tokenizer.eos_token_id
    if ids[-1:] == [end_token]:  # the tokenizer ends every text itself
        ids = [*ids[:-1][: limit - 1], end_token]
    elif end:
        ids = [*ids[: limit - 1], end_token]
    else:
        ids = ids[:limit]
    with torch.inference_mode():
        states = model(input_ids=torch.tensor([ids])).last_hidden_state[0]
    return states[-1].numpy()


def pad_on(side: str, folder: Path) -> None:
    edit_json(folder / "tokenizer_config.json", padding_side=side)


@pytest.fixture
def decoder(request: pytest.FixtureRequest, tiny_models, tmp_path: Path) -> Path:
    """A copy of a tiny decoder for this test alone."""
    return shutil.copytree(tiny_models(request.param), tmp_path / request.param)


@pytest.mark.parametrize("end", [False, True])
@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("decoder", ["mistral", "qwen2"], indirect=True)
def test_the_last_token_equals_one_text_at_a_time(decoder, side, end):
    pad_on(side, decoder)
    encoder = load_tiny(decoder, pooling="eos", append_end=end)
    expected = [last_token(decoder, text, end=end) for text in TEXTS]
    np.testing.assert_allclose(vectors_of(encoder, TEXTS), expected, atol=1e-5)


@pytest.mark.parametrize("limit", [1, 2, 7])
@pytest.mark.parametrize("decoder", ["mistral", "qwen2"], indirect=True)
def test_the_end_token_fits_into_the_limit(decoder, limit):
    encoder = load_tiny(decoder, pooling="eos", append_end=True, max_length=limit)
    expected = [last_token(decoder, text, end=True, limit=limit) for text in TEXTS]
    np.testing.assert_allclose(vectors_of(encoder, TEXTS), expected, atol=1e-5)
    assert encoder.count_tokens(TEXTS).max() == limit


def test_an_appended_end_changes_what_is_pooled(tiny_models):
    folder = tiny_models("qwen2")
    with_end, without = (
        vectors_of(load_tiny(folder, pooling="eos", append_end=end), TEXTS) for end in (True, False)
    )
    assert (np.abs(with_end - without).max(axis=1) > 0.01).all()


def test_an_empty_text_with_an_end_token_is_that_token(tiny_models):
    folder = tiny_models("qwen2")
    found = vectors_of(load_tiny(folder, pooling="eos", append_end=True), ["", "cat"])
    np.testing.assert_allclose(found[0], last_token(folder, "", end=True), atol=1e-5)


def test_a_tokenizer_without_an_end_token_appends_nothing(tiny_models):
    folder = tiny_models("bert")
    with_end, without = (
        vectors_of(load_tiny(folder, pooling="eos", append_end=end), TEXTS) for end in (True, False)
    )
    np.testing.assert_array_equal(with_end, without)


@settings(deadline=None, max_examples=20)
@given(
    texts=st.lists(
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=40).map(" ".join),
        min_size=1,
        max_size=30,
    )
)
def test_batches_of_any_lengths_have_their_own_last_tokens(tiny_models, texts):
    folder = tiny_models("qwen2")
    encoder = load_tiny(folder, pooling="eos", append_end=True)
    alone = np.concatenate([vectors_of(encoder, [text]) for text in texts])
    np.testing.assert_allclose(vectors_of(encoder, texts), alone, atol=1e-5)
