"""Memory that embedding takes, over growing corpora: it should not grow with them.

    .venv/bin/python benchmarks/embedding_memory.py [--model wordllama-256] [--rows 20000 200000]

A process for each size embeds made-up questions into an empty cache. "before" is the anonymous
memory with the texts and the model loaded, "peak" the most at any progress report, "grown" the
difference: what the work itself holds.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from machine import anonymous_bytes, describe

from tui_al.catalog import find_model
from tui_al.corpora.corpus import LabeledTexts, build_corpus
from tui_al.embeddings.encoders import EncoderOptions, load_encoder
from tui_al.embeddings.job import embed_corpus
from tui_al.paths import Cache
from tui_al.progress import Progress, ignore_progress

_WORDS = ("what", "who", "where", "is", "the", "city", "president", "river", "of", "first", "name",
          "many", "how", "long", "old", "country", "animal", "called", "from", "year")  # fmt: skip


@dataclass(frozen=True)
class Usage:
    """Bytes and seconds of one embedding."""

    rows: int
    before: int
    peak: int
    largest_resident: int
    seconds: float
    disk: int


def embed_once(model: str, rows: int) -> Usage:
    """Embed so many texts in this process and watch its memory."""
    rng = np.random.default_rng(0)
    picks = rng.integers(0, len(_WORDS), (rows, 12))
    texts = [f"{' '.join(_WORDS[i] for i in row)} {n} ?" for n, row in enumerate(picks.tolist())]
    labels = ["a" if row % 2 else "b" for row in range(rows)]
    part = LabeledTexts(texts, labels, "made up")
    corpus = build_corpus("made-up", part, part.take(range(100)))
    spec = find_model(model)
    encoder = load_encoder(spec, EncoderOptions(), ignore_progress)
    for _ in encoder.batches([texts[:512]]):
        pass
    before = peak = anonymous_bytes()

    def watch(_: Progress) -> None:
        nonlocal peak
        peak = max(peak, anonymous_bytes())

    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        entry = embed_corpus(
            corpus, spec, Cache(Path(folder)), listener=watch, load=lambda *_: encoder
        )
        disk = sum(file["bytes"] for file in entry.meta["files"].values())
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Usage(rows, before, peak, largest, time.perf_counter() - started, disk)


def main() -> None:
    """Print a row for each size, each measured in a process of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default="wordllama-256")
    parser.add_argument("--rows", type=int, nargs="+", default=[20_000, 200_000])
    parser.add_argument("--once", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once:
        print(json.dumps(asdict(embed_once(options.model, options.once))))
        return
    print(f"{describe()}, {options.model}\n")
    print("| texts | before, MiB | peak, MiB | grown, MiB | resident at most, MiB | on disk, MiB "
          "| seconds |\n" + "|---" * 7 + "|")  # fmt: skip
    for rows in options.rows:
        command = [sys.executable, __file__, "--model", options.model, "--once", str(rows)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        usage = Usage(**json.loads(done.stdout))
        cells = (usage.before, usage.peak, usage.peak - usage.before, usage.largest_resident,
                 usage.disk)  # fmt: skip
        sizes = " | ".join(f"{size / 2**20:,.0f}" for size in cells)
        print(f"| {rows:,} | {sizes} | {usage.seconds:.1f} |")


if __name__ == "__main__":
    main()
