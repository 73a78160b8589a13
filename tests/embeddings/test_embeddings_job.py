"""Embedding a corpus: what the listener hears, and what interruptions leave behind."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from embedding_samples import edit_json, files_under, make_corpus, run_python

from tui_al.catalog import find_model
from tui_al.embeddings.inventory import list_entries
from tui_al.embeddings.job import embed_corpus, find_embedding
from tui_al.errors import Cancelled
from tui_al.paths import Cache
from tui_al.progress import Progress

MODEL = "wordllama-256"
CORPUS = make_corpus(600, 100)  # three shards


def record(cache: Cache, model: str = MODEL, **changes: object) -> list[Progress]:
    heard: list[Progress] = []
    embed_corpus(CORPUS, replace(find_model(model), **changes), cache, listener=heard.append)
    return heard


@pytest.mark.parametrize("model", [MODEL, "tiny"])
def test_progress_goes_from_nothing_to_every_row(model, cache, tiny_bert):
    heard = record(cache, str(tiny_bert) if model == "tiny" else model)
    assert {(report.total, report.unit) for report in heard} == {(700, "texts")}
    assert all("toy" in report.stage for report in heard)
    done = [report.done for report in heard]
    assert done[0] == 0
    assert done[-1] == 700
    assert all(before < after for before, after in pairwise(done))
    assert len(done) >= 3
    seconds = [report.seconds for report in heard]
    assert seconds == sorted(seconds)


def test_rate_and_time_left_come_from_what_was_done(cache):
    heard = record(cache)
    assert heard[0].rate == 0
    assert heard[0].seconds_left is None
    for report in heard[1:]:
        assert report.rate * report.seconds == pytest.approx(report.done)
        assert report.seconds_left == pytest.approx((700 - report.done) / report.rate)
    assert heard[-1].seconds_left == 0


class Stop:
    """A listener that raises at its n-th call."""

    def __init__(self, call: int, exception: BaseException) -> None:
        self.left, self.exception = call, exception

    def __call__(self, _: Progress) -> None:
        self.left -= 1
        if self.left < 0:
            raise self.exception


EXCEPTIONS = [Cancelled("stopped"), KeyboardInterrupt(), ZeroDivisionError()]
FINISHED = (0, 512, 600, 700)  # rows of the shards that are finished at each report


def interrupt(cache: Cache, call: int, exception: BaseException) -> None:
    with pytest.raises(type(exception)) as caught:
        embed_corpus(CORPUS, find_model(MODEL), cache, listener=Stop(call, exception))
    assert caught.value is exception


@pytest.mark.parametrize("exception", EXCEPTIONS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("call", range(4))
def test_a_listener_that_raises_leaves_finished_shards_and_no_entry(cache, call, exception):
    interrupt(cache, call, exception)
    assert list_entries(cache) == []
    assert find_embedding(CORPUS, find_model(MODEL), cache) is None
    if call == 0:
        assert files_under(cache.root) == {}
        return
    (folder,) = (cache.embeddings / "toy").iterdir()
    assert folder.name.startswith(f".{MODEL}@")
    assert folder.suffix == ".partial"
    assert sorted(files_under(folder)) == ["ledger.jsonl", "test.npy", "train.npy"]


@pytest.mark.parametrize("call", range(4))
def test_the_next_call_goes_on_where_the_last_one_stopped(cache, call, tmp_path):
    interrupt(cache, call, Cancelled("stopped"))
    heard = record(cache)
    assert [report.done for report in heard] == [*FINISHED[call:]]
    assert {report.before for report in heard} == {FINISHED[call]}
    for report in heard[1:]:
        assert report.rate * report.seconds == pytest.approx(report.done - FINISHED[call])
    (info,) = list_entries(cache)
    assert list((cache.embeddings / "toy").iterdir()) == [info.folder]
    whole = embed_corpus(CORPUS, find_model(MODEL), Cache(tmp_path / "other"))
    for part in ("train.npy", "test.npy"):
        assert (info.folder / part).read_bytes() == (whole.folder / part).read_bytes()


def test_an_embedding_in_several_sittings_tells_sums_over_all_of_them(cache, tmp_path):
    for _ in range(3):
        interrupt(cache, 1, Cancelled("stopped"))
    entry = embed_corpus(CORPUS, find_model(MODEL), cache)
    whole = embed_corpus(CORPUS, find_model(MODEL), Cache(tmp_path / "other"))
    for fact in ("tokens", "norms", "engine", "note", "key", "request", "files"):
        assert entry.meta[fact] == whole.meta[fact]
    assert entry.meta["tokens"] > 700


@pytest.mark.parametrize("call", range(4))
def test_a_listener_that_raises_leaves_what_was_there(cache, call):
    """An intact entry of the same model, and the damaged one that was to be repaired."""
    spec = find_model(MODEL)
    damaged = embed_corpus(CORPUS, spec, cache)
    embed_corpus(CORPUS, replace(spec, normalize=False), cache)
    with (damaged.folder / "test.npy").open("r+b") as file:
        file.truncate(1000)
    before = files_under(cache.root)
    interrupt(cache, call, Cancelled("stopped"))
    after = files_under(cache.root)
    assert {path: after[path] for path in after if ".partial/" not in path} == before
    repaired = embed_corpus(CORPUS, spec, cache)
    repaired.open()
    assert files_under(cache.root).keys() == before.keys()


def test_a_repair_takes_over_no_rows_of_the_damaged_entry(cache):
    """What is damaged is computed anew, all of it."""
    damaged = embed_corpus(CORPUS, find_model(MODEL), cache)
    before = files_under(damaged.folder)
    (damaged.folder / "train.npy").write_bytes(before["train.npy"][:-4] + b"abcd")
    assert [report.done for report in record(cache)] == [*FINISHED]
    after = files_under(damaged.folder)
    assert (after["train.npy"], after["test.npy"]) == (before["train.npy"], before["test.npy"])


def test_nobody_is_told_of_work_while_weights_are_refused(cache, tiny_bert):
    edit_json(tiny_bert / "config.json", model_type="no-such-model")
    heard: list[Progress] = []
    with pytest.raises(Exception, match="tiny-bert"):
        embed_corpus(CORPUS, find_model(str(tiny_bert)), cache, listener=heard.append)
    assert heard == []


LIGHT = """
import json
from pathlib import Path
{action}
heavy = ("numpy", "torch", "transformers", "polars", "scipy", "sklearn", "tokenizers")
print(json.dumps([name for name in heavy if name in sys.modules]))
"""

ACTIONS = {
    "import tui_al.embeddings.job": ("numpy",),
    "import tui_al.embeddings.store": ("numpy",),
    "import tui_al.embeddings.request": (),
    """
from tui_al.catalog import models
from tui_al.embeddings.inventory import list_entries, weights_source
from tui_al.paths import Cache
assert len(list_entries(Cache(Path(sys.argv[1])))) == 1
assert {weights_source(spec) for spec in models().values()} == {"package", "hub"}
""": (),
}


@pytest.mark.parametrize(
    ("action", "allowed"), ACTIONS.items(), ids=["job", "store", "request", "inventory"]
)
def test_what_the_first_frame_needs_loads_no_heavy_library(action, allowed, cache: Cache):
    embed_corpus(make_corpus(), find_model(MODEL), cache)
    output = run_python(LIGHT.replace("{action}", action), Path(cache.root))
    assert json.loads(output) == list(allowed)


def test_a_static_model_is_embedded_without_torch(cache):
    action = """
from tui_al.catalog import find_model
from tui_al.embeddings.job import embed_corpus
from tui_al.paths import Cache
from embedding_samples import make_corpus
embed_corpus(make_corpus(), find_model("wordllama-256"), Cache(Path(sys.argv[1])))
assert "torch" not in sys.modules and "transformers" not in sys.modules
"""
    run_python(LIGHT.replace("{action}", action), cache.root)
