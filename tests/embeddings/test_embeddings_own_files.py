"""What a model's own sentence-transformers files say, against sentence-transformers itself."""

import json
import pickle
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from embedding_samples import (
    ARCHITECTURES,
    DIMENSION,
    ODD_TEXTS,
    POSITIONS,
    Trap,
    edit_json,
    load_tiny,
    make_corpus,
    vectors_of,
)
from safetensors.torch import load_file

from tui_al.catalog import find_model
from tui_al.embeddings.job import embed_corpus
from tui_al.errors import BadInput

PROMPT = "query : "
TEXTS = (*ODD_TEXTS, "The CAT and The Dog", " a dog with spaces ", "the cat " * 40)
MODES = ("cls", "max", "mean", "mean_sqrt_len_tokens", "weightedmean", "lasttoken")
LEGACY = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean",
    "pooling_mode_lasttoken": "lasttoken",
}


@dataclass
class Peer:
    """A model as sentence-transformers saves it, and that library's vectors of texts."""

    folder: Path

    def check(self, texts: tuple[str, ...] = TEXTS, **changes: Any) -> np.ndarray:
        """Compare with ours; `changes` go to our spec. Returns the expected vectors."""
        library = pytest.importorskip("sentence_transformers")
        peer = library.SentenceTransformer(str(self.folder), device="cpu")
        expected = peer.encode(list(texts), normalize_embeddings=True)
        encoder = load_tiny(self.folder, **changes)
        assert encoder.dimension == expected.shape[1]
        found = unit(vectors_of(encoder, texts))
        np.testing.assert_allclose(found, expected, atol=1e-5)
        return expected


def unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


Save = Callable[..., Peer]


def save(
    model: Path, target: Path, pooling: Any, *head: Any, include_prompt: bool = True, **more: Any
) -> Peer:
    """Save a tiny model with sentence-transformers: poolings, further modules, prompts."""
    library = pytest.importorskip("sentence_transformers")
    modules = pytest.importorskip("sentence_transformers.sentence_transformer.modules")
    transformer = modules.Transformer(str(model))
    if transformer.tokenizer.pad_token is None:
        transformer.tokenizer.pad_token = transformer.tokenizer.eos_token
    pooler = modules.Pooling(DIMENSION, pooling, include_prompt=include_prompt)
    with torch.no_grad():
        for parameter in (one for module in head for one in module.parameters()):
            parameter.normal_(std=0.4, generator=torch.Generator().manual_seed(1))
    steps = [transformer, pooler, *head]
    library.SentenceTransformer(modules=steps, device="cpu", **more).save(str(target))
    return Peer(target)


@pytest.fixture
def save_peer(tiny_models: Callable[[str], Path], tmp_path: Path) -> Save:
    """Save a model of an architecture for this test alone."""

    def save_one(architecture: str = "bert", pooling: Any = "mean", *head: Any, **more: Any):
        return save(tiny_models(architecture), tmp_path / "peer", pooling, *head, **more)

    return save_one


@pytest.fixture(scope="module")
def saved_dense(tiny_models: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory):
    """A tiny BERT with a dense layer; nobody may write into it."""
    return save(tiny_models("bert"), tmp_path_factory.mktemp("dense"), "mean", dense()).folder


@pytest.fixture
def with_dense(saved_dense: Path, tmp_path: Path) -> Path:
    """A copy of it for this test alone."""
    return shutil.copytree(saved_dense, tmp_path / "with-dense")


def dense(activation: Any = None, n_in: int = DIMENSION, n_out: int = 8, **settings: Any) -> Any:
    from sentence_transformers.sentence_transformer.modules import Dense

    return Dense(n_in, n_out, activation_function=activation or torch.nn.Tanh(), **settings)


@pytest.mark.peers
@pytest.mark.parametrize("pooling", MODES)
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_pooling_of_every_architecture(save_peer: Save, architecture, pooling):
    save_peer(architecture, pooling).check()


@pytest.mark.peers
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_poolings_side_by_side(save_peer: Save, architecture):
    expected = save_peer(architecture, ("cls", "mean", "lasttoken")).check()
    assert expected.shape[1] == 3 * DIMENSION


@pytest.mark.peers
@pytest.mark.parametrize("include_prompt", [True, False])
@pytest.mark.parametrize(
    ("architecture", "pooling"),
    [*((name, "mean") for name in ARCHITECTURES), ("bert", "cls"), ("qwen2", ("max", "cls"))],
    ids=str,
)
def test_a_default_prompt(save_peer: Save, architecture, pooling, include_prompt):
    prompts = {"query": PROMPT, "document": "a dog . "}
    peer = save_peer(
        architecture,
        pooling,
        include_prompt=include_prompt,
        prompts=prompts,
        default_prompt_name="query",
    )
    expected = peer.check()
    edit_json(peer.folder / "config_sentence_transformers.json", default_prompt_name=None)
    assert np.abs(expected - peer.check()).max() > 0.01


@pytest.mark.peers
@pytest.mark.parametrize("include_prompt", [True, False])
def test_a_prompt_is_named_or_written(save_peer: Save, include_prompt):
    peer = save_peer(
        "bert", include_prompt=include_prompt, prompts={"query": PROMPT}, default_prompt_name=None
    )
    named, written = (
        vectors_of(load_tiny(peer.folder, prompt=prompt), TEXTS) for prompt in ("query", PROMPT)
    )
    np.testing.assert_array_equal(named, written)
    edit_json(peer.folder / "config_sentence_transformers.json", default_prompt_name="query")
    np.testing.assert_allclose(unit(named), peer.check(), atol=1e-5)


@pytest.mark.peers
@pytest.mark.parametrize(
    ("activation", "bias"),
    [(torch.nn.Tanh(), True), (torch.nn.Identity(), False), (torch.nn.GELU(), True)],
)
def test_dense_layers(save_peer: Save, activation, bias):
    save_peer("bert", "mean", dense(activation, bias=bias)).check()


@pytest.mark.peers
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_all_kinds_of_steps_in_a_row(save_peer: Save, architecture):
    from sentence_transformers.sentence_transformer.modules import Dropout, LayerNorm, Normalize

    head = [
        Normalize(),
        dense(torch.nn.Identity(), n_in=2 * DIMENSION, n_out=12),
        LayerNorm(12),
        Dropout(0.5),
        dense(n_in=12, n_out=6),
        Normalize(),
    ]
    expected = save_peer(architecture, ("max", "mean"), *head).check()
    assert expected.shape[1] == 6


@pytest.mark.peers
@pytest.mark.parametrize("length", [3, 8])
def test_the_authors_length(save_peer: Save, length):
    peer = save_peer("bert")
    edit_json(peer.folder / "sentence_bert_config.json", max_seq_length=length)
    cut = peer.check()
    whole = unit(vectors_of(load_tiny(peer.folder, max_length=0), TEXTS))
    assert np.abs(cut - whole).max() > 0.01


def test_the_authors_length_can_be_more_than_there_are_positions(save_peer: Save):
    folder = save_peer("bert").folder
    expected = vectors_of(load_tiny(folder, max_length=POSITIONS), TEXTS)
    edit_json(folder / "sentence_bert_config.json", max_seq_length=10_000)
    np.testing.assert_array_equal(vectors_of(load_tiny(folder), TEXTS), expected)


@pytest.mark.peers
def test_the_tokenizers_length_counts_where_the_authors_say_nothing(save_peer: Save):
    peer = save_peer("bert")
    whole = peer.check()
    edit_json(peer.folder / "tokenizer_config.json", model_max_length=5)
    assert np.abs(peer.check() - whole).max() > 0.01


@pytest.mark.peers
def test_texts_in_lower_case(save_peer: Save):
    peer = save_peer("qwen2")  # its tokenizer tells capitals apart
    with_capitals = peer.check()
    edit_json(peer.folder / "sentence_bert_config.json", do_lower_case=True, max_seq_length=40)
    assert np.abs(peer.check() - with_capitals).max() > 0.01


@pytest.mark.peers
@pytest.mark.parametrize("modes", [[*LEGACY][:1], [*LEGACY][1:5], [*LEGACY][-1:], []], ids=len)
def test_poolings_as_older_versions_wrote_them(save_peer: Save, modes):
    peer = save_peer("bert")
    (pooling,) = peer.folder.glob("1_Pooling/config.json")
    content = {"word_embedding_dimension": DIMENSION, **{key: key in modes for key in LEGACY}}
    pooling.write_text(json.dumps(content))
    expected = peer.check()
    assert expected.shape[1] == DIMENSION * max(1, len(modes))


@pytest.mark.peers
def test_a_transformer_in_a_folder_of_its_own(save_peer: Save, cache):
    peer = save_peer("bert", "cls")
    plain = peer.check()
    inner = peer.folder / "0_Transformer"
    inner.mkdir()
    kept = {"modules.json", "config_sentence_transformers.json", "README.md"}
    for path in [path for path in peer.folder.iterdir() if path.is_file()]:
        if path.name not in kept:
            path.rename(inner / path.name)
    modules = json.loads((peer.folder / "modules.json").read_text())
    modules[0]["path"] = "0_Transformer"
    modules[0]["type"] = "sentence_transformers.models.Transformer"
    modules[1]["type"] = "sentence_transformers.models.Pooling"
    (peer.folder / "modules.json").write_text(json.dumps(modules[::-1]))  # `idx` is the order
    np.testing.assert_allclose(unit(vectors_of(load_tiny(peer.folder), TEXTS)), plain, atol=1e-5)
    (peer.folder / "modules.json").write_text(json.dumps(modules))
    peer.check()
    train, _ = embed_corpus(make_corpus(), find_model(f"{peer.folder}+pooling=eos"), cache).open()
    assert train.any()


@pytest.mark.parametrize("pooling", ["cls", "eos", "mean"])
def test_a_pooling_of_the_users_choice_leaves_the_authors_files_aside(
    save_peer: Save, tiny_models, pooling
):
    peer = save_peer("bert", "max", dense(), prompts={"query": PROMPT}, default_prompt_name="query")
    chosen = vectors_of(load_tiny(peer.folder, pooling=pooling), TEXTS)
    plain = vectors_of(load_tiny(tiny_models("bert"), pooling=pooling), TEXTS)
    np.testing.assert_array_equal(chosen, plain)


# Refused


def edit_modules(folder: Path, edit: Callable[[list[dict[str, Any]]], Any]) -> None:
    modules = json.loads((folder / "modules.json").read_text())
    (folder / "modules.json").write_text(json.dumps(edit(modules)))


def another_type(position: int, name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        def edit(modules: list[dict[str, Any]]) -> list[dict[str, Any]]:
            modules[position]["type"] = name
            return modules

        edit_modules(folder, edit)

    return change


def in_config(file: str, **changes: Any) -> Callable[[Path], None]:
    return lambda folder: edit_json(folder / file, **changes)


PREFIX = "sentence_transformers.models"
UNKNOWN = {
    "static first": (another_type(0, f"{PREFIX}.StaticEmbedding"), "StaticEmbedding"),
    "weighted layers": (another_type(1, f"{PREFIX}.WeightedLayerPooling"), "WeightedLayer"),
    "convolution": (another_type(2, f"{PREFIX}.CNN"), "CNN"),
    "no modules": (lambda folder: edit_modules(folder, lambda _: []), "nothing"),
    "only one": (lambda folder: edit_modules(folder, lambda all_: all_[:1]), "Transformer"),
    "no list": (lambda folder: edit_modules(folder, lambda _: {}), "not a list"),
    "no objects": (lambda folder: edit_modules(folder, lambda _: [1, 2]), "not a list"),
    "no type": (lambda folder: edit_modules(folder, lambda _: [{}]), "type"),
    "broken": (lambda folder: (folder / "modules.json").write_text("[{"), "cannot be loaded"),
    "pooling": (in_config("1_Pooling/config.json", pooling_mode="median"), "median"),
    "one of two": (in_config("1_Pooling/config.json", pooling_mode=["mean", "x"]), "'x'"),
    "residual": (in_config("2_Dense/config.json", use_residual=True), "Dense"),
    "tokens": (in_config("2_Dense/config.json", module_input_name="token_embeddings"), "Dense"),
    "width": (in_config("2_Dense/config.json", out_features=9), "cannot be loaded"),
    "no width": (in_config("2_Dense/config.json", in_features=None), "in_features"),
}
ACTIVATIONS = (
    *("os.system", "builtins.exec", "torch.nn.functional.relu", "torch.nn.Nothing", "Tanh", ""),
    *("torch.nn.modules.activation.MultiheadAttention", "torch.nn.init.normal_"),
    *("my_activations.Tanh", "transformers.activations.GELUActivation"),
)


@pytest.mark.parametrize("unknown", UNKNOWN)
def test_what_is_not_known_is_refused_in_one_line(with_dense: Path, cache, unknown):
    change, says = UNKNOWN[unknown]
    change(with_dense)
    with pytest.raises(BadInput) as caught:
        embed_corpus(make_corpus(), find_model(str(with_dense)), cache)
    assert str(with_dense) in str(caught.value)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_only_activations_of_torch_nn_are_known(with_dense: Path):
    for name in ACTIVATIONS:
        edit_json(with_dense / "2_Dense" / "config.json", activation_function=name)
        with pytest.raises(BadInput) as caught:
            load_tiny(with_dense)
        assert "\n" not in str(caught.value)


def test_code_that_modules_name_is_never_imported(with_dense: Path, monkeypatch):
    mark = with_dense / "was-run"
    for name in ("own_modules", "my_activations"):
        (with_dense / f"{name}.py").write_text(
            f"open({str(mark)!r}, 'w')\nfrom torch.nn import Tanh\nclass Step: pass\n"
        )
    monkeypatch.syspath_prepend(with_dense)
    monkeypatch.chdir(with_dense)
    another_type(2, "own_modules.Step")(with_dense)
    with pytest.raises(BadInput, match="Step"):
        load_tiny(with_dense, trust=True)
    another_type(2, f"{PREFIX}.Dense")(with_dense)
    edit_json(with_dense / "2_Dense" / "config.json", activation_function="my_activations.Tanh")
    with pytest.raises(BadInput, match="my_activations"):
        load_tiny(with_dense, trust=True)
    assert not mark.exists()
    assert not {"own_modules", "my_activations"} & sys.modules.keys()


def test_pickled_weights_of_a_step_need_permission(with_dense: Path):
    expected = vectors_of(load_tiny(with_dense), TEXTS)
    step = with_dense / "2_Dense"
    torch.save(load_file(step / "model.safetensors"), step / "pytorch_model.bin")
    (step / "model.safetensors").unlink()
    with pytest.raises(BadInput, match="--allow-pickle") as caught:
        load_tiny(with_dense)
    assert "\n" not in str(caught.value)
    np.testing.assert_array_equal(vectors_of(load_tiny(with_dense, pickled=True), TEXTS), expected)


def test_a_pickle_that_runs_code_is_refused_even_with_permission(with_dense: Path, tmp_path):
    trap = Trap(tmp_path / "sprung")
    (with_dense / "2_Dense" / "model.safetensors").unlink()
    (with_dense / "2_Dense" / "pytorch_model.bin").write_bytes(pickle.dumps(trap, protocol=2))
    with pytest.raises(BadInput) as caught:
        load_tiny(with_dense, pickled=True)
    assert "more than tensors" in str(caught.value)
    assert not trap.path.exists()


def test_a_step_without_weights_is_refused(with_dense: Path):
    shutil.rmtree(with_dense / "2_Dense")
    for pickled in (False, True):
        with pytest.raises(BadInput, match="cannot be loaded"):
            load_tiny(with_dense, pickled=pickled)
