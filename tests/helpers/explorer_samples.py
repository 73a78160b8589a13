"""A small dataset with two runs to explore, hostile texts and labels among its rows."""

import numpy as np

from tui_al.catalog import find_model
from tui_al.corpora.corpus import LabeledTexts, build_corpus
from tui_al.corpora.store import save_corpus
from tui_al.embeddings.request import request_embedding
from tui_al.embeddings.store import publish_entry
from tui_al.grid.prepare import prepare
from tui_al.grid.run import run_experiment
from tui_al.learning.experiment import Experiment
from tui_al.paths import Cache
from tui_al.results.store import ResultStore

DATASET, MODEL = "letters", "glove-50"
LABELS = ("consonant", "vowel", "[red]digit[/red]", "rare \x1b[31m")
_SUBJECTS = ("The quick brown fox", "Pack my box", "Sphinx of black quartz", "How vexingly quick",
             "[bold]Jinxed wizards[/bold]", "Bright vixens \x1b]0;owned\x07")  # fmt: skip


def add_explored(cache: Cache) -> None:
    """The dataset, embedded, and four runs on it: three strategies, the last with two seeds."""
    rng = np.random.default_rng(7)
    parts = [_rows(240, rng), _rows(60, rng)]
    corpus = build_corpus(DATASET, *parts, budget=60, origin={"kind": "user"})
    save_corpus(corpus, cache)
    _embed(corpus, cache, rng)
    data = prepare(DATASET, MODEL, cache)
    for strategy, seed in (("random", 0), ("random", 1), ("badge", 0), ("margin", 0)):
        experiment = Experiment(strategy=strategy, seed=seed, cycles=5, initial=10)
        for _ in run_experiment(data, experiment, ResultStore(cache.runs)):
            pass


def _rows(n: int, rng: np.random.Generator) -> LabeledTexts:
    shares = (0.5, 0.35, 0.13, 0.02)
    codes = [*range(len(LABELS)), *rng.choice(len(LABELS), n - len(LABELS), p=shares)]
    texts = [f"{_SUBJECTS[row % len(_SUBJECTS)]} number {row}, in words that go on for a while"
             for row in range(n)]  # fmt: skip
    return LabeledTexts(texts, [LABELS[code] for code in codes], "memory")


def _embed(corpus, cache: Cache, rng: np.random.Generator) -> None:
    centers = rng.normal(size=(len(LABELS), 16)) * 1.5
    draft = cache.embeddings / DATASET / ".draft"
    draft.mkdir(parents=True)
    for part, split in (("train", corpus.train), ("test", corpus.test)):
        noisy = centers[split.labels] + rng.normal(size=(len(split), 16)) * 1.4
        unit = noisy / np.linalg.norm(noisy, axis=1, keepdims=True)
        np.save(draft / f"{part}.npy", unit.astype(np.float32))
    request = request_embedding(DATASET, corpus.fingerprint, find_model(MODEL))
    publish_entry(cache, request, draft, commit="", facts={})
