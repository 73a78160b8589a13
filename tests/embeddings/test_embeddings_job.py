"""Embedding a corpus: what the listener hears, and what interruptions leave behind."""

import json
import signal
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from embedding_samples import edit_json, files_under, make_corpus, run_python, start_python

from tui_al.catalog import find_model
from tui_al.embeddings.inventory import list_entries
from tui_al.embeddings.job import embed_corpus, find_embedding
from tui_al.errors import Cancelled
from tui_al.paths import Cache
from tui_al.progress import Progress

MODEL = "wordllama-256"
CORPUS = make_corpus(600, 100)  # three batches


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


@pytest.mark.parametrize("exception", EXCEPTIONS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("call", range(4))
def test_a_listener_that_raises_leaves_nothing(cache, call, exception):
    with pytest.raises(type(exception)) as caught:
        embed_corpus(CORPUS, find_model(MODEL), cache, listener=Stop(call, exception))
    assert caught.value is exception
    assert files_under(cache.root) == {}
    assert find_embedding(CORPUS, find_model(MODEL), cache) is None


@pytest.mark.parametrize("call", range(4))
def test_a_listener_that_raises_leaves_what_was_there(cache, call):
    """An intact entry of the same model, and the damaged one that was to be repaired."""
    spec = find_model(MODEL)
    damaged = embed_corpus(CORPUS, spec, cache)
    embed_corpus(CORPUS, replace(spec, normalize=False), cache)
    with (damaged.folder / "test.npy").open("r+b") as file:
        file.truncate(1000)
    before = files_under(cache.root)
    with pytest.raises(Cancelled):
        embed_corpus(CORPUS, spec, cache, listener=Stop(call, Cancelled("stopped")))
    assert files_under(cache.root) == before


KILLED = """
from pathlib import Path
from tui_al.catalog import find_model
from tui_al.embeddings.job import embed_corpus
from tui_al.paths import Cache
from embedding_samples import make_corpus

def wait_to_be_killed(report):
    if report.done > 300:
        print(report.done, flush=True)
        sys.stdin.read()

embed_corpus(make_corpus(600, 100), find_model(sys.argv[2]), Cache(Path(sys.argv[1])),
             listener=wait_to_be_killed)
"""


def test_a_killed_process_leaves_no_entry_and_the_next_call_finishes(cache):
    process = start_python(KILLED, cache.root, MODEL)
    assert process.stdout.readline().strip() == "512"
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert list_entries(cache) == []
    assert find_embedding(CORPUS, find_model(MODEL), cache) is None
    entry = embed_corpus(CORPUS, find_model(MODEL), cache)
    assert entry == find_embedding(CORPUS, find_model(MODEL), cache)
    assert [len(matrix) for matrix in entry.open()] == [600, 100]


TOGETHER = """
from pathlib import Path
from tui_al.catalog import find_model
from tui_al.embeddings.job import embed_corpus
from tui_al.paths import Cache
from embedding_samples import make_corpus

def wait_for_the_other(report):
    if report.done == 0:
        print("ready", flush=True)
        sys.stdin.readline()

entry = embed_corpus(make_corpus(600, 100), find_model(sys.argv[2]), Cache(Path(sys.argv[1])),
                     listener=wait_for_the_other)
entry.open()
"""


def test_two_processes_may_embed_the_same_at_once(cache):
    pair = [start_python(TOGETHER, cache.root, MODEL) for _ in range(2)]
    for process in pair:
        assert process.stdout.readline().strip() == "ready"
    for process in pair:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in pair:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    (info,) = list_entries(cache)
    assert sorted(files_under(info.folder)) == ["meta.json", "test.npy", "train.npy"]
    find_embedding(CORPUS, find_model(MODEL), cache).open()


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
