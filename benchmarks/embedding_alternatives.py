"""What else could compute minilm-l6 on a CPU, in our own batches and on as many threads.

    pip install onnx onnxruntime onnxscript
    TUI_AL_DATA=../shared/data .venv/bin/python benchmarks/embedding_alternatives.py [--json FILE]

Each candidate takes the model's place in the encoder: texts, batches, tokenising and pooling are
the same, one thread a core. Rates are the median of three rounds, candidates in turn; loading,
exporting and the first texts (compiling) are not timed. "distance" is the largest cosine distance
to our float32 vectors. For those that change numbers, runs of margin and badge (initial pool
random, 5 seeds, the dataset's budget) on all texts tell what that costs: the mean difference in
accuracy over the cycles, and after the last one, with its standard error over the ten pairs.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from machine import describe
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import AutoModel

from tui_al import EmbeddedDataset, Experiment, simulate
from tui_al.catalog import find_model
from tui_al.corpora.corpus import Corpus
from tui_al.corpora.load import load_corpus
from tui_al.embeddings.encoders import EncoderOptions, load_encoder
from tui_al.embeddings.encoders.packages import package_folder
from tui_al.embeddings.encoders.transformer import TransformerEncoder
from tui_al.embeddings.shards import cut_shards
from tui_al.paths import find_cache, find_data_dir
from tui_al.progress import ignore_progress

TEXTS = {"trec6": 2560, "bbcnews": 230}
ROUNDS, SEEDS = 3, 5
Model = Callable[..., dict[str, torch.Tensor]]


def load_ours(arithmetic: str) -> TransformerEncoder:
    """Our encoder in an arithmetic."""
    spec = find_model(f"minilm-l6+arithmetic={arithmetic}")
    encoder = load_encoder(spec, EncoderOptions("cpu"), ignore_progress)
    assert isinstance(encoder, TransformerEncoder)
    return encoder


def load_plain() -> torch.nn.Module:
    """The model as transformers loads it."""
    package = find_model("minilm-l6").package
    assert package is not None
    return AutoModel.from_pretrained(package_folder(package) / package.path).eval()


class _States(torch.nn.Module):
    """What an export needs: tensors in, one tensor out."""

    def __init__(self, model: torch.nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        states: torch.Tensor = self.model(
            input_ids=input_ids, attention_mask=attention_mask
        ).last_hidden_state
        return states


def export_onnx(folder: Path) -> tuple[Path, Path]:
    """The model as an ONNX file, and that file quantised."""
    whole, small = folder / "float32.onnx", folder / "int8.onnx"
    ids = torch.randint(5, 1000, (3, 17))
    mask = torch.ones_like(ids)
    mask[1, 9:] = 0
    axes = {0: "texts", 1: "tokens"}
    torch.onnx.export(
        _States(load_plain()), (ids, mask), str(whole), dynamo=False, opset_version=17,
        input_names=["input_ids", "attention_mask"], output_names=["states"],
        dynamic_axes={"input_ids": axes, "attention_mask": axes, "states": axes},
    )  # fmt: skip
    quantize_dynamic(whole, small, per_channel=True, weight_type=QuantType.QInt8)
    return whole, small


def open_onnx(path: Path) -> Model:
    """An ONNX file as a model; a session may be used by several threads at once."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def run(
        input_ids: torch.Tensor, attention_mask: torch.Tensor | None = None
    ) -> dict[str, torch.Tensor]:
        mask = torch.ones_like(input_ids) if attention_mask is None else attention_mask
        inputs = {"input_ids": input_ids.numpy(), "attention_mask": mask.numpy()}
        return {"last_hidden_state": torch.from_numpy(session.run(None, inputs)[0])}

    return run


def make_candidates(folder: Path) -> dict[str, TransformerEncoder]:
    """Every candidate by name, ours in float32 first."""
    ours = load_ours("float32")
    (replica,) = ours.replicas

    def with_model(model: Any) -> TransformerEncoder:
        return replace(ours, replicas=(replace(replica, model=model),))

    whole, small = export_onnx(folder)
    torch.backends.quantized.engine = "onednn"
    quantized = torch.ao.quantization.quantize_dynamic(load_plain(), {torch.nn.Linear}, torch.qint8)
    return {
        "ours, float32": ours,
        "torch as it is": with_model(load_plain()),
        "torch.compile": with_model(torch.compile(deepcopy(load_plain()), dynamic=True)),
        "onnxruntime, float32": with_model(open_onnx(whole)),
        "ours, bfloat16": load_ours("bfloat16"),
        "onnxruntime, int8": with_model(open_onnx(small)),
        "torch.ao, int8": with_model(quantized),
    }


def encode(encoder: TransformerEncoder, corpus: Corpus, part: str, most: int = 0) -> np.ndarray:
    """Unit vectors of a part of a corpus, or of its first shards up to so many texts."""
    shards = [s for s in cut_shards(corpus) if s.part == part and (not most or s.stop <= most)]
    matrix = np.empty((shards[-1].stop, encoder.dimension), dtype=np.float32)
    for batch in encoder.batches(shard.texts(corpus) for shard in shards):
        matrix[shards[batch.window].start + batch.rows] = batch.vectors
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


def measure_rates(
    candidates: dict[str, TransformerEncoder], corpus: Corpus
) -> dict[str, dict[str, float]]:
    """Texts a second and the distance to the first candidate."""
    most = TEXTS[corpus.name]
    vectors = {name: encode(one, corpus, "train", most) for name, one in candidates.items()}
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(ROUNDS):
        for name, encoder in candidates.items():
            started = time.perf_counter()
            encode(encoder, corpus, "train", most)
            seconds[name].append(time.perf_counter() - started)
    exact = next(iter(vectors.values())).astype(np.float64)
    return {
        name: {
            "rate": len(exact) / statistics.median(seconds[name]),
            "distance": float((1 - (found.astype(np.float64) * exact).sum(axis=1)).max()),
        }
        for name, found in vectors.items()
    }


def learn(encoder: TransformerEncoder, corpus: Corpus) -> np.ndarray:
    """Accuracy over the cycles, shape (pairs of strategy and seed, cycles)."""
    data = EmbeddedDataset.from_arrays(
        encode(encoder, corpus, "train"), corpus.train.labels,
        encode(encoder, corpus, "test"), corpus.test.labels, budget=corpus.budget,
    )  # fmt: skip
    return np.array([
        [record.accuracy for record in simulate(data, Experiment(strategy=strategy, seed=seed))]
        for strategy in ("margin", "badge")
        for seed in range(SEEDS)
    ])  # fmt: skip


def main() -> None:
    """Print two tables and write the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path, help="write all figures here")
    options = parser.parse_args()
    corpora = [load_corpus(name, find_cache(), data_dir=find_data_dir()) for name in TEXTS]
    with tempfile.TemporaryDirectory() as folder:
        candidates = make_candidates(Path(folder))
        rates = {corpus.name: measure_rates(candidates, corpus) for corpus in corpora}
        first, *others = candidates
        changed = [name for name in others if rates["trec6"][name]["distance"] > 1e-6]
        curves = {
            corpus.name: {name: learn(candidates[name], corpus) for name in (first, *changed)}
            for corpus in corpora
        }
    print(f"{describe()}\n")
    print("| candidate | trec6, texts/s | bbcnews, texts/s | distance |\n" + "|---" * 4 + "|")
    for name in candidates:
        trec, news = (rates[corpus.name][name] for corpus in corpora)
        distance = max(trec["distance"], news["distance"])
        print(f"| {name} | {trec['rate']:.0f} | {news['rate']:.1f} | {distance:.0e} |")
    print(
        "\n| candidate | dataset | accuracy over the cycles | after the last |\n" + "|---" * 4 + "|"
    )
    figures: dict[str, Any] = {"machine": describe(), "rates": rates, "costs": []}
    for name in changed:
        for corpus in corpora:
            apart = curves[corpus.name][name] - curves[corpus.name][first]
            cells = [
                (values.mean(), values.std(ddof=1) / len(values) ** 0.5)
                for values in (apart.mean(axis=1), apart[:, -1])
            ]
            written = " | ".join(f"{mean:+.4f} ± {error:.4f}" for mean, error in cells)
            print(f"| {name} | {corpus.name} | {written} |")
            figures["costs"].append({"candidate": name, "dataset": corpus.name, "cells": cells})
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
