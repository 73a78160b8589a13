"""Texts a second, beside sentence-transformers' encode with the same model and texts.

    TUI_AL_DATA=../shared/data .venv/bin/python benchmarks/embedding.py [--json FILE]

Both sides in this process, in turn, three times; the median counts. sentence-transformers has
every batch size of the list and its best one counts; it uses both cores through torch's threads.
Loading is not timed on either side, tokenising is. "apart" is the largest difference between
two numbers of the two matrices. `--model minilm-l6+arithmetic=bfloat16` measures another setting of
the same weights.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from machine import describe
from sentence_transformers import SentenceTransformer

from tui_al.catalog import find_model
from tui_al.corpora.load import load_corpus
from tui_al.embeddings.encoders import Encoder, EncoderOptions, load_encoder
from tui_al.embeddings.encoders.packages import package_folder
from tui_al.embeddings.shards import cut_shards
from tui_al.paths import find_cache, find_data_dir
from tui_al.progress import ignore_progress

TEXTS = {"trec6": 3000, "bbcnews": 400}
BATCH_SIZES = (16, 32, 64, 128)
REPEATS = 3


def encode_ours(encoder: Encoder, dataset: str) -> Callable[[], np.ndarray]:
    """What `tui-al embed` does, but for the disk: the same windows, rows scaled to length 1."""
    shards = cut_shards(load_corpus(dataset, find_cache(), data_dir=find_data_dir()))
    corpus = load_corpus(dataset, find_cache(), data_dir=find_data_dir())
    shards = [shard for shard in shards if shard.stop <= TEXTS[dataset] and shard.part == "train"]

    def encode() -> np.ndarray:
        matrix = np.empty((shards[-1].stop, encoder.dimension), dtype=np.float32)
        for batch in encoder.batches(shard.texts(corpus) for shard in shards):
            matrix[shards[batch.window].start + batch.rows] = batch.vectors
        return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)

    return encode


def encode_peer(peer: SentenceTransformer, texts: Sequence[str], size: int) -> np.ndarray:
    """sentence-transformers' own way, bar hidden."""
    return peer.encode(
        list(texts), batch_size=size, normalize_embeddings=True, show_progress_bar=False
    )


def measure(dataset: str, encoder: Encoder, peer: SentenceTransformer) -> dict[str, object]:
    """Both sides in turn on the first texts of a dataset."""
    encode = encode_ours(encoder, dataset)
    n = len(encode())  # also warms up
    texts = load_corpus(dataset, find_cache(), data_dir=find_data_dir()).train.texts[:n]
    expected = encode_peer(peer, texts[:64], 32)
    ours: list[float] = []
    theirs: dict[int, list[float]] = {size: [] for size in BATCH_SIZES}
    for _ in range(REPEATS):
        started = time.perf_counter()
        found = encode()
        ours.append(time.perf_counter() - started)
        for size in BATCH_SIZES:
            started = time.perf_counter()
            encode_peer(peer, texts, size)
            theirs[size].append(time.perf_counter() - started)
    best = min(theirs, key=lambda size: statistics.median(theirs[size]))
    return {
        "dataset": dataset,
        "texts": n,
        "tokens": int(encoder.count_tokens(texts).sum()),
        "ours_seconds": ours,
        "peer_seconds": {str(size): seconds for size, seconds in theirs.items()},
        "peer_batch": best,
        "ours": n / statistics.median(ours),
        "peer": n / statistics.median(theirs[best]),
        "apart": float(np.abs(found[:64] - expected).max()),
    }


def main() -> None:
    """Print the table and write the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default="minilm-l6")
    parser.add_argument("--json", type=Path, help="write all figures here")
    options = parser.parse_args()
    spec = find_model(options.model)
    encoder = load_encoder(spec, EncoderOptions(), ignore_progress)
    assert spec.package is not None
    folder = package_folder(spec.package) / spec.package.path
    peer = SentenceTransformer(str(folder), device="cpu")
    print(f"{describe()}, {options.model}\n")
    print("| dataset | texts | tokens a text | ours, texts/s | tokens/s | "
          "sentence-transformers | its batch | ratio | apart |")  # fmt: skip
    print("|---" * 9 + "|")
    rows = [measure(dataset, encoder, peer) for dataset in TEXTS]
    for row in rows:
        each = row["tokens"] / row["texts"]
        print(f"| {row['dataset']} | {row['texts']} | {each:.0f} | {row['ours']:.0f} "
              f"| {row['ours'] * each:,.0f} | {row['peer']:.1f} | {row['peer_batch']} "
              f"| {row['ours'] / row['peer']:.2f}x | {row['apart']:.0e} |")  # fmt: skip
    if options.json:
        figures = {"machine": describe(), "model": options.model, "rows": rows}
        options.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
