"""From names to data: embedded on demand, found again, and refused before any work."""

import numpy as np
import pytest

from tui_al import load_embedded
from tui_al.errors import BadInput, DamagedFile, UnknownName
from tui_al.grid.prepare import prepare
from tui_al.learning.experiment import Experiment


def _forbidden(progress):
    raise AssertionError(f"nothing was left to do: {progress}")


def test_prepared_data_are_the_corpus_in_its_order(bbcnews):
    data = bbcnews.data
    assert (data.name, data.model, data.budget) == ("bbcnews", "wordllama-256", 250)
    assert data.classes == ("business", "entertainment", "politics", "sports", "tech")
    assert data.train_x.shape == (1780, 256)
    assert data.test_x.shape == (445, 256)
    np.testing.assert_array_equal(data.train_y, bbcnews.corpus.train.labels)
    np.testing.assert_array_equal(data.test_y, bbcnews.corpus.test.labels)
    np.testing.assert_allclose(np.linalg.norm(data.train_x, axis=1), 1, rtol=1e-5)


def test_embedding_is_read_from_disk_and_cannot_be_written(bbcnews):
    with pytest.raises(ValueError, match="read-only"):
        bbcnews.data.train_x[0, 0] = 1.0


def test_second_time_nothing_is_embedded(bbcnews, bbcnews_cache):
    again = prepare("bbcnews", "wordllama-256", bbcnews_cache, listener=_forbidden)
    assert again.key == bbcnews.key
    np.testing.assert_array_equal(again.data.train_x, bbcnews.data.train_x)


def test_load_embedded_finds_what_was_prepared(bbcnews, bbcnews_cache):
    data = load_embedded("bbcnews", "wordllama-256", cache_dir=bbcnews_cache.root)
    np.testing.assert_array_equal(data.test_x, bbcnews.data.test_x)


def test_load_embedded_says_which_command_embeds(bbcnews, bbcnews_cache):
    with pytest.raises(BadInput, match="run 'tui-al embed --dataset bbcnews --model glove-50'"):
        load_embedded("bbcnews", "glove-50", cache_dir=bbcnews_cache.root)


@pytest.mark.parametrize(
    ("dataset", "model", "experiment", "words"),
    [
        ("bbcnew", "wordllama-256", None, "did you mean bbcnews"),
        ("bbcnews", "wordlama-256", None, "did you mean wordllama-256"),
        ("bbcnews", "wordllama-256", Experiment(budget=1781), "train pool of 1780 texts"),
        ("bbcnews", "wordllama-256", Experiment(initial=251), "does not fit the budget 250"),
    ],
)
def test_refused_with_nothing_written(cache, dataset, model, experiment, words):
    with pytest.raises(BadInput, match=words):
        prepare(dataset, model, cache, experiment=experiment)
    assert not cache.root.exists()


def test_unknown_names_are_typed(cache):
    with pytest.raises(UnknownName):
        prepare("bbcnew", "wordllama-256", cache)


def test_damaged_embedding_is_named_with_its_repair(cache):
    prepare("bbcnews@40", "glove-50", cache)
    (path,) = cache.embeddings.rglob("train.npy")
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    for read in (
        lambda: prepare("bbcnews@40", "glove-50", cache),
        lambda: load_embedded("bbcnews@40", "glove-50"),
    ):
        with pytest.raises(
            DamagedFile, match=r"train\.npy .*run 'tui-al embed --dataset bbcnews@40"
        ):
            read()
