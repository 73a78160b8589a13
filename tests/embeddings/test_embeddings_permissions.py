"""Files of a model that can run code: refused, permitted, and told apart ever after."""

import pickle
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from embedding_samples import ODD_TEXTS, Trap, edit_json, load_tiny, make_corpus, vectors_of
from safetensors.torch import load_file

from tui_al.catalog import find_model
from tui_al.embeddings.encoders import EncoderOptions
from tui_al.embeddings.job import embed_corpus, find_embedding
from tui_al.embeddings.request import request_embedding
from tui_al.errors import BadInput

OWN_CODE = """
from transformers import BertConfig, BertModel

class OwnConfig(BertConfig):
    model_type = "tiny-own"

class OwnModel(BertModel):
    config_class = CONFIG

    def forward(self, *args, **kwargs):
        output = super().forward(*args, **kwargs)
        output.last_hidden_state = output.last_hidden_state.flip(-1)
        return output
"""
TRUST = EncoderOptions("cpu", trust_remote_code=True)


@pytest.fixture(autouse=True)
def own_code_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Where transformers copies a model's code to, and imports it from."""
    from transformers import dynamic_module_utils

    monkeypatch.setattr(dynamic_module_utils, "HF_MODULES_CACHE", str(tmp_path / "code"))
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield
    for name in [name for name in sys.modules if name.startswith("transformers_modules")]:
        del sys.modules[name]


@pytest.fixture
def own_model(tiny_bert: Path) -> Path:
    """A model of a type that only its own code knows: BERT with its dimensions turned round."""
    (tiny_bert / "own_code.py").write_text(OWN_CODE.replace("CONFIG", "OwnConfig"))
    reach = {"AutoConfig": "own_code.OwnConfig", "AutoModel": "own_code.OwnModel"}
    edit_json(tiny_bert / "config.json", model_type="tiny-own", auto_map=reach)
    return tiny_bert


@pytest.fixture
def known_model(tiny_bert: Path) -> Path:
    """A model of a known type that brings a class of its own."""
    (tiny_bert / "own_code.py").write_text(OWN_CODE.replace("CONFIG", "BertConfig"))
    edit_json(tiny_bert / "config.json", auto_map={"AutoModel": "own_code.OwnModel"})
    return tiny_bert


def test_own_code_runs_with_permission_alone(own_model, tiny_models):
    with pytest.raises(BadInput, match="--trust-remote-code") as caught:
        load_tiny(own_model)
    assert "\n" not in str(caught.value)
    encoder = load_tiny(own_model, trust=True)
    assert encoder.note == ""
    plain = vectors_of(load_tiny(tiny_models("bert")), ODD_TEXTS)
    np.testing.assert_allclose(vectors_of(encoder, ODD_TEXTS), plain[:, ::-1], atol=1e-6)


def test_what_own_code_computed_has_a_key_of_its_own_and_serves_all(own_model, cache):
    corpus, spec = make_corpus(), find_model(str(own_model))
    with pytest.raises(BadInput, match="--trust-remote-code"):
        embed_corpus(corpus, spec, cache)
    entry = embed_corpus(corpus, spec, cache, options=TRUST)
    plain, trusted = (
        request_embedding("toy", corpus.fingerprint, spec, trust_remote_code=trust)
        for trust in (False, True)
    )
    assert entry.meta["request"] == trusted.facts() == plain.with_own_code().facts()
    assert plain.key() != trusted.key() == entry.key
    assert find_embedding(corpus, spec, cache) == entry
    assert embed_corpus(corpus, spec, cache, options=TRUST) == entry


def test_the_class_that_was_not_run_is_noted(known_model, tiny_models, cache):
    careful, trusting = load_tiny(known_model), load_tiny(known_model, trust=True)
    assert "--trust-remote-code" in careful.note
    assert "\n" not in careful.note
    assert trusting.note == ""
    plain = vectors_of(load_tiny(tiny_models("bert")), ODD_TEXTS)
    np.testing.assert_array_equal(vectors_of(careful, ODD_TEXTS), plain)
    np.testing.assert_allclose(vectors_of(trusting, ODD_TEXTS), plain[:, ::-1], atol=1e-6)
    entry = embed_corpus(make_corpus(), find_model(str(known_model)), cache)
    assert entry.meta["note"] == careful.note


def test_the_careful_embedding_is_found_before_the_trusting_one(known_model, cache):
    corpus, spec = make_corpus(), find_model(str(known_model))
    careful = embed_corpus(corpus, spec, cache)
    trusting = embed_corpus(corpus, spec, cache, options=TRUST)
    assert find_embedding(corpus, spec, cache) == careful
    assert embed_corpus(corpus, spec, cache) == careful
    assert not np.array_equal(careful.open()[0], trusting.open()[0])
    assert embed_corpus(corpus, spec, cache, options=TRUST) == trusting


def test_a_trusting_embedding_serves_those_who_do_not_give_the_permission(known_model, cache):
    corpus, spec = make_corpus(), find_model(str(known_model))
    trusting = embed_corpus(corpus, spec, cache, options=TRUST)
    assert find_embedding(corpus, spec, cache) == trusting
    assert embed_corpus(corpus, spec, cache) == trusting


def test_a_model_without_own_code_has_no_note(tiny_model):
    assert load_tiny(tiny_model).note == ""


# Pickled weights


def pickle_weights(folder: Path, content: object) -> None:
    torch.save(content, folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()


def test_pickled_weights_are_read_with_permission_alone(tiny_bert, cache):
    expected = vectors_of(load_tiny(tiny_bert), ODD_TEXTS)
    pickle_weights(tiny_bert, load_file(tiny_bert / "model.safetensors"))
    with pytest.raises(BadInput) as caught:
        load_tiny(tiny_bert)
    assert "\n" not in str(caught.value)
    np.testing.assert_array_equal(
        vectors_of(load_tiny(tiny_bert, pickled=True), ODD_TEXTS), expected
    )
    spec, options = find_model(str(tiny_bert)), EncoderOptions("cpu", allow_pickle=True)
    entry = embed_corpus(make_corpus(), spec, cache, options=options)
    assert find_embedding(make_corpus(), spec, cache) == entry  # the numbers are the same


def test_safetensors_come_first_where_a_model_has_both(tiny_bert):
    expected = vectors_of(load_tiny(tiny_bert), ODD_TEXTS)
    tensors = load_file(tiny_bert / "model.safetensors")
    zeros = {name: torch.zeros_like(tensor) for name, tensor in tensors.items()}
    torch.save(zeros, tiny_bert / "pytorch_model.bin")
    for pickled in (False, True):
        found = vectors_of(load_tiny(tiny_bert, pickled=pickled), ODD_TEXTS)
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("kind", ["torch.save", "plain pickle"])
def test_a_pickle_that_runs_code_is_refused_even_with_permission(tiny_bert, tmp_path, kind):
    trap = Trap(tmp_path / "sprung")
    pickle_weights(tiny_bert, {"embeddings.word_embeddings.weight": trap})
    if kind == "plain pickle":
        (tiny_bert / "pytorch_model.bin").write_bytes(pickle.dumps(trap, protocol=2))
    with pytest.raises(BadInput) as caught:
        load_tiny(tiny_bert, pickled=True)
    assert "more than tensors" in str(caught.value)
    assert not trap.path.exists()
