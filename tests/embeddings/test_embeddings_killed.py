"""SIGKILL at any moment: the next process goes on, and the bytes are those of a whole run."""

import random
import signal
from pathlib import Path

import pytest
from embedding_samples import make_long_corpus, run_python, start_python

from tui_al.catalog import find_model
from tui_al.embeddings.inventory import list_entries
from tui_al.embeddings.job import embed_corpus, find_embedding
from tui_al.embeddings.ledger import read_ledger
from tui_al.embeddings.shards import SHARD_TEXTS, cut_shards
from tui_al.paths import Cache
from tui_al.progress import Progress

PROGRAM = """
from pathlib import Path
from embedding_samples import make_long_corpus
from tui_al.catalog import find_model
from tui_al.embeddings.job import embed_corpus
from tui_al.paths import Cache

embed_corpus(make_long_corpus(int(sys.argv[3]), int(sys.argv[4])), find_model(sys.argv[2]),
             Cache(Path(sys.argv[1])), listener=lambda report: print(report.done, flush=True))
"""


def rows_in_ledger(cache: Cache) -> int:
    (folder,) = cache.embeddings.glob("toy/.*.partial")
    kept = read_ledger(folder / "ledger.jsonl")
    return sum(record.rows for record in kept[1].values()) if kept else 0


@pytest.mark.parametrize(
    ("model", "kills", "fewest", "reports", "n_texts", "n_words", "lost"),
    [
        # a report a shard, right after it was noted
        ("wordllama-256", 7, 1, 3, 40 * SHARD_TEXTS, 90, 0),
        # a report a batch; the last batches of a shard are under way beside the next one's first
        ("tiny", 3, 25, 45, 10 * SHARD_TEXTS, 40, SHARD_TEXTS + 200),
    ],
    ids=["static", "transformer"],
)
def test_a_process_killed_again_and_again_ends_with_the_same_bytes(
    model, kills, fewest, reports, n_texts, n_words, lost, cache, tiny_bert, tmp_path
):
    """The process is not stopped for the blow: where it hits is another place every time."""
    model = str(tiny_bert) if model == "tiny" else model
    spec, corpus = find_model(model), make_long_corpus(n_texts, n_words)
    assert len(cut_shards(corpus)) >= 6
    chance, kept = random.Random(11), 0
    for _ in range(kills):
        process = start_python(PROGRAM, cache.root, model, n_texts, n_words)
        begun = int(process.stdout.readline())
        assert begun == kept  # where the last one had come to
        reported = [int(process.stdout.readline()) for _ in range(chance.randint(fewest, reports))]
        process.send_signal(signal.SIGKILL)
        output, errors = process.communicate(timeout=60)
        assert process.returncode == -signal.SIGKILL, errors
        reported += map(int, output.split("\n")[:-1])
        before, kept = kept, rows_in_ledger(cache)
        assert kept >= before
        assert reported[-1] - kept <= lost
        assert list_entries(cache) == []
        assert find_embedding(corpus, spec, cache) is None
    heard: list[Progress] = []
    entry = embed_corpus(corpus, spec, cache, listener=heard.append)
    assert heard[0].done == heard[0].before == kept > 0
    whole = embed_corpus(corpus, spec, Cache(tmp_path / "whole"))
    for name in ("train.npy", "test.npy"):
        assert (entry.folder / name).read_bytes() == (whole.folder / name).read_bytes()
    assert list((cache.embeddings / "toy").iterdir()) == [entry.folder]
    assert entry.meta["tokens"] == whole.meta["tokens"]


EVERY_STEP = """
import os
import signal
from pathlib import Path
from embedding_samples import DigestEncoder, files_under, make_corpus
from tui_al.catalog import find_model
from tui_al.embeddings import shards
from tui_al.embeddings.inventory import list_entries
from tui_al.embeddings.job import embed_corpus, find_embedding
from tui_al.embeddings.store import find_entry
from tui_al.errors import DamagedFile
from tui_al.paths import Cache

shards.SHARD_TEXTS = 10
root, repair = Path(sys.argv[1]), sys.argv[2] == "repair"
corpus, spec = make_corpus(30, 10), find_model("wordllama-256")
STEPS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir"}


def embed(cache):
    return embed_corpus(corpus, spec, cache, load=lambda *_: DigestEncoder())


def prepare(cache):
    if repair:
        with (embed(cache).folder / "train.npy").open("r+b") as file:
            file.truncate(200)


def die_at(step):
    left, pwrite = step, os.pwrite

    def next_step():
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def torn_pwrite(descriptor, content, position):
        middle = len(content) // 2
        written = pwrite(descriptor, content[:middle], position)
        next_step()
        return written + pwrite(descriptor, content[middle:], position + middle)

    def hear(event, what):
        writes = event != "open" or what[2] & (os.O_WRONLY | os.O_RDWR)
        if event in STEPS and writes and str(root) in str(what[0]):
            next_step()

    os.pwrite = torn_pwrite
    sys.addaudithook(hear)


whole = files_under(embed(Cache(root / "whole")).folder)
step, killed = 0, True
while killed:
    cache = Cache(root / str(step))
    prepare(cache)
    child = os.fork()
    if child == 0:
        die_at(step)
        embed(cache)
        os._exit(0)
    killed = os.waitpid(child, 0)[1] == signal.SIGKILL
    for info in list_entries(cache):
        try:
            find_embedding(corpus, spec, cache).open()
        except DamagedFile:
            assert repair  # the one that was to be repaired
    entry = embed(cache)
    after = files_under(entry.folder)
    assert all(after[name] == whole[name] for name in ("train.npy", "test.npy")), step
    hidden = [path.suffix for path in entry.folder.parent.iterdir() if path != entry.folder]
    assert set(hidden) <= {".lock", ".old"}, step  # of no use, and in nobody's way
    (info,) = list_entries(cache)
    step += 1
print(step)
"""


@pytest.mark.parametrize("begin", ["nothing", "repair"])
def test_killed_at_each_step_to_the_file_system(begin, tmp_path: Path):
    """Whatever step is the last one, what is there stays good and the next call finishes."""
    steps = int(run_python(EVERY_STEP, tmp_path, begin))
    assert steps > 20
