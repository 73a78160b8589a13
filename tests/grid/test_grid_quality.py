"""The quality signal: known matrices, real models, and what is kept beside the entry."""

import json

import numpy as np
import pytest
from embedding_samples import corpus_of

from tui_al.catalog import find_model
from tui_al.corpora.load import load_corpus
from tui_al.embeddings.job import embed_corpus
from tui_al.grid import quality
from tui_al.grid.quality import assess_embedding, probe_labels

TRAIN = ["the cat", "a dog", "the cat", "\u200b\u200b", "a dog runs", "the red cat"]


def test_rows_repeated_and_rows_of_zeros_are_counted(cache):
    corpus = corpus_of(TRAIN, ["a dog", "a fish"])
    entry = embed_corpus(corpus, find_model("glove-50"), cache)
    found = assess_embedding(corpus, entry)
    assert (found.rows, found.dimension) == (8, 50)
    assert found.duplicates == 2  # one in the train pool, one across
    assert found.zeros == 1
    low, mean, high = found.norms
    assert low == 0
    assert low < mean < high


def test_what_was_found_is_kept_and_belongs_to_one_embedding(cache, monkeypatch):
    corpus = corpus_of(TRAIN, ["a dog", "a fish"])
    entry = embed_corpus(corpus, find_model("glove-50"), cache)
    first = assess_embedding(corpus, entry)
    path = entry.folder / "quality.json"
    assert json.loads(path.read_text("utf-8"))["key"] == entry.key
    with monkeypatch.context() as patch:
        patch.setattr(quality, "probe_labels", lambda *_: pytest.fail("computed again"))
        assert assess_embedding(corpus, entry) == first
    for damage in ("", "[]", '{"key": "another"}', f'{{"key": "{entry.key}"}}'):
        path.write_text(damage)
        assert assess_embedding(corpus, entry) == first


def blobs(distance: float, n: int = 600, classes: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    y = rng.integers(0, classes, n)
    centres = rng.normal(size=(classes, 16)) * distance
    return (centres[y] + rng.normal(size=(n, 16))).astype(np.float32), y


def test_separate_classes_are_told_apart_and_noise_is_not():
    apart, y = blobs(5)
    assert probe_labels(apart, y, 3).accuracy > 0.99
    noise, y = blobs(0)
    probe = probe_labels(noise, y, 3)
    assert probe.accuracy == pytest.approx(1 / 3, abs=0.08)
    assert probe.majority == np.bincount(y).max() / len(y)
    assert (probe.rows, probe.folds) == (600, 5)


def test_the_probe_equals_scikit_learn_on_the_same_folds():
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import PredefinedSplit, cross_val_score

    from tui_al.learning.randomness import derive_generator

    x, y = blobs(0.4)
    generator = derive_generator(0, 0, "probe")
    rows = np.sort(generator.permutation(len(x))[: quality.PROBED])
    folds = quality._deal(y[rows], generator)
    model = LogisticRegression(max_iter=1000, tol=1e-8)
    scores = cross_val_score(model, x[rows], y[rows], cv=PredefinedSplit(folds))
    probe = probe_labels(x, y, 3)
    assert probe.accuracy == pytest.approx(scores.mean(), abs=0.004)
    assert probe.deviation == pytest.approx(scores.std(ddof=1), abs=0.01)


def test_folds_share_every_class_evenly():
    _, y = blobs(1, n=503, classes=7)
    folds = quality._deal(y, np.random.default_rng(0))
    counts = np.array([np.bincount(folds[y == label], minlength=5) for label in range(7)])
    assert (np.ptp(counts, axis=1) <= 1).all()
    assert np.ptp(np.bincount(folds)) <= 1


@pytest.mark.parametrize("rows", [2, 3, 5, 9])
def test_few_rows_and_lonely_classes_do_no_harm(rows):
    x = np.eye(rows, 4, dtype=np.float32)
    assert probe_labels(x, np.arange(rows), rows) is None
    y = np.minimum(np.arange(rows), 1)
    probe = probe_labels(x, y, 2)
    assert probe is None or 0 <= probe.accuracy <= 1


def test_the_ladder_of_models_shows(cache):
    corpus = load_corpus("bbcnews@300", cache)
    accuracy = [
        assess_embedding(corpus, embed_corpus(corpus, find_model(name), cache)).probe.accuracy
        for name in ("glove-50", "wordllama-256")
    ]
    assert accuracy[0] < accuracy[1]
