"""The same model through sentence-transformers, on real articles."""

from pathlib import Path

import numpy as np
import pytest
from embedding_samples import corpus_of

from tui_al.catalog import find_model
from tui_al.corpora.load import load_corpus
from tui_al.embeddings.encoders.packages import package_folder
from tui_al.embeddings.job import embed_corpus

pytestmark = pytest.mark.peers


@pytest.fixture(scope="module")
def minilm() -> Path:
    package = find_model("minilm-l6").package
    return package_folder(package) / package.path


def test_minilm_equals_sentence_transformers(cache, minilm):
    peers = pytest.importorskip("sentence_transformers")
    articles = load_corpus("bbcnews", cache).train.texts
    lengths = (20, 90, 150, 400)
    texts = [article[: lengths[i % 4]].strip() for i, article in enumerate(articles[:56])]
    texts += articles[56:64]  # whole ones
    peer = peers.SentenceTransformer(str(minilm), device="cpu")
    assert sum(len(peer.tokenizer(text)["input_ids"]) > 256 for text in texts) >= 4
    entry = embed_corpus(corpus_of(texts[8:], texts[:8]), find_model("minilm-l6"), cache)
    train, test = entry.open()
    expected = peer.encode([*texts[8:], *texts[:8]], normalize_embeddings=True)
    np.testing.assert_allclose(np.concatenate([train, test]), expected, atol=1e-5)


def test_trec_questions_equal_sentence_transformers(cache, minilm, real_data):
    """Short questions, with duplicates and characters of the tokenised original."""
    peers = pytest.importorskip("sentence_transformers")
    texts = load_corpus("trec6", cache, data_dir=real_data).test.texts[:64]
    peer = peers.SentenceTransformer(str(minilm), device="cpu")
    entry = embed_corpus(corpus_of(texts, texts[:2]), find_model("minilm-l6"), cache)
    expected = peer.encode(list(texts), normalize_embeddings=True)
    np.testing.assert_allclose(entry.open()[0], expected, atol=1e-5)
