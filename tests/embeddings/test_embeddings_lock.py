"""Of two processes that want the same embedding one works, and the other knows how far it is."""

import fcntl
import os
import signal
import threading
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from embedding_samples import DigestEncoder, files_under, make_corpus, start_python

from tui_al.catalog import find_model
from tui_al.embeddings.inventory import list_entries
from tui_al.embeddings.job import embed_corpus
from tui_al.embeddings.lock import hold_lock, is_locked
from tui_al.errors import BadInput, Cancelled
from tui_al.paths import Cache
from tui_al.progress import Progress

MODEL = "wordllama-256"
CORPUS = make_corpus(1200, 100)  # four shards: 512, 512, 176, 100


@contextmanager
def held_by_another(path: Path, content: str):
    """As another process would: a lock belongs to whoever opened the file."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(content)
        file.flush()
        yield file


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "work.lock"


def never(_: int | None) -> None:
    pytest.fail("waited")


def test_a_lock_is_held_and_gone_afterwards(lock):
    assert not is_locked(lock)
    with hold_lock(lock, never):
        assert is_locked(lock)
        assert lock.read_text() == str(os.getpid())
    assert not is_locked(lock)
    assert not lock.exists()


def test_a_failure_inside_gives_the_lock_back(lock):
    with pytest.raises(ZeroDivisionError), hold_lock(lock, never):
        raise ZeroDivisionError
    assert not lock.exists()
    with hold_lock(lock, never):
        pass


@pytest.mark.parametrize("content", ["", "4194999", "nonsense" * 1000])
def test_a_file_that_a_killed_process_left_stops_nobody(lock, content):
    lock.write_text(content)
    assert not is_locked(lock)
    with hold_lock(lock, never):
        assert lock.read_text() == str(os.getpid())
    assert not lock.exists()


@pytest.mark.parametrize(
    ("content", "owner"), [("123", 123), ("", None), ("12a", None), ("\xff", None), ("-5", None)]
)
def test_who_waits_is_told_who_has_the_lock_and_gets_it_next(lock, content, owner):
    seen: list[int | None] = []
    with ExitStack() as other:
        other.enter_context(held_by_another(lock, content))
        assert is_locked(lock)

        def wait(number: int | None) -> None:
            seen.append(number)
            if len(seen) == 3:
                other.close()

        with hold_lock(lock, wait):
            assert is_locked(lock)
    assert seen == [owner] * 3


def test_who_waits_may_give_up(lock):
    def give_up(_: int | None) -> None:
        raise Cancelled("stopped")

    with held_by_another(lock, "123"):
        with pytest.raises(Cancelled), hold_lock(lock, give_up):
            pytest.fail("got the lock")
        assert lock.read_text() == "123"
        assert is_locked(lock)


def test_a_lock_whose_file_was_removed_is_no_lock(lock):
    with held_by_another(lock, "123"):
        lock.unlink()
        assert not is_locked(lock)
        with hold_lock(lock, never):
            assert lock.read_text() == str(os.getpid())


def test_never_do_two_hold_it_at_once(lock):
    inside: list[int] = []
    together: list[int] = []

    def work() -> None:
        for _ in range(100):
            with hold_lock(lock, lambda _: None):
                inside.append(1)
                together.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert together == [1] * 400


def test_a_lock_that_cannot_be_made_is_told_in_one_line(tmp_path):
    with (
        pytest.raises(BadInput, match="cannot write") as caught,
        hold_lock(tmp_path / "missing" / "work.lock", never),
    ):
        pass
    assert "\n" not in str(caught.value)


# Embedding


WORKER = """
from pathlib import Path
from embedding_samples import DigestEncoder, make_corpus
from tui_al.catalog import find_model
from tui_al.embeddings.job import embed_corpus
from tui_al.paths import Cache

def wait_in_the_middle(report):
    if report.done == 1024:
        print(report.stage, flush=True)
        sys.stdin.readline()

embed_corpus(make_corpus(1200, 100), find_model("wordllama-256"), Cache(Path(sys.argv[1])),
             load=lambda *_: DigestEncoder(), listener=wait_in_the_middle)
"""


@pytest.fixture
def worker(cache: Cache):
    """A process that has finished two of four shards, and goes on when it reads a line."""
    process = start_python(WORKER, cache.root)
    assert process.stdout.readline().startswith("embedding toy")
    yield process
    process.kill()
    process.communicate(timeout=60)


def embed(cache: Cache, listener, encoder: DigestEncoder | None = None):
    def load(*_: object) -> DigestEncoder:
        assert encoder is not None, "a model was loaded"
        return encoder

    return embed_corpus(CORPUS, find_model(MODEL), cache, load=load, listener=listener)


def whole_matrices(cache: Cache) -> dict[str, bytes]:
    entry = embed(Cache(cache.root / "whole"), lambda _: None, DigestEncoder())
    return {name: (entry.folder / name).read_bytes() for name in ("train.npy", "test.npy")}


def test_the_second_process_waits_and_takes_what_the_first_one_made(cache, worker):
    heard: list[Progress] = []

    def listen(report: Progress) -> None:
        heard.append(report)
        if len(heard) == 2:
            worker.stdin.write("go\n")
            worker.stdin.flush()

    entry = embed(cache, listen)
    assert worker.wait(timeout=60) == 0
    for report in heard:
        assert report.stage == f"waiting for process {worker.pid}: toy with {MODEL}"
        assert (report.total, report.unit) == (1300, "texts")
    assert [report.done for report in heard[:2]] == [1024, 1024]
    assert heard[0].before == 1024
    assert heard[0].rate == 0
    whole = whole_matrices(cache)
    assert {name: (entry.folder / name).read_bytes() for name in whole} == whole
    assert not list((cache.embeddings / "toy").glob(".*"))


def test_when_the_worker_is_killed_the_one_that_waits_takes_over(cache, worker):
    encoder, stages = DigestEncoder(), []

    def listen(report: Progress) -> None:
        stages.append(report.stage.partition(" ")[0])
        if stages == ["waiting"]:
            worker.send_signal(signal.SIGKILL)
            worker.wait(timeout=60)

    entry = embed(cache, listen, encoder)
    assert stages == ["waiting", "embedding", "embedding", "embedding"]
    assert encoder.encoded == 276
    whole = whole_matrices(cache)
    assert {name: (entry.folder / name).read_bytes() for name in whole} == whole
    assert not list((cache.embeddings / "toy").glob(".*"))


def test_one_that_gives_up_waiting_disturbs_nothing(cache, worker):
    def give_up(report: Progress) -> None:
        raise Cancelled(report.stage)

    before = files_under(cache.root)
    with pytest.raises(Cancelled, match="waiting"):
        embed(cache, give_up)
    assert files_under(cache.root) == before
    _, errors = worker.communicate("go\n", timeout=60)
    assert worker.returncode == 0, errors
    assert len(list_entries(cache)) == 1


def test_another_model_of_the_same_texts_does_not_wait(cache, worker):
    spec = find_model(f"{MODEL}+normalize=no")
    heard: list[Progress] = []
    embed_corpus(CORPUS, spec, cache, load=lambda *_: DigestEncoder(), listener=heard.append)
    assert not any("waiting" in report.stage for report in heard)
    assert worker.poll() is None
