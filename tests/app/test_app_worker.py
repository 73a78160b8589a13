"""The worker process behind the app: obeys, survives, and is never left behind."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue

import polars as pl
import pytest

from tui_al.embeddings.inventory import list_entries
from tui_al.grid.messages import (
    Advanced,
    CycleDone,
    Ended,
    Event,
    Failed,
    Job,
    Pause,
    Resume,
    RunBegan,
    Step,
    Stop,
    WorkerLost,
)
from tui_al.learning.experiment import Experiment
from tui_al.paths import Cache
from tui_al.results.store import ResultStore
from tui_al.tui.engine import ProcessEngine

PATIENCE = 60  # seconds a test waits for an event before it fails


class Conversation:
    """An engine and the events it delivers, awaited one kind at a time."""

    def __init__(self, engine: ProcessEngine) -> None:
        self.engine = engine
        self.seen: list[Event] = []
        self._queue: Queue[Event] = Queue()
        engine.listen(self._queue.put)
        engine.start()

    def until(self, *kinds: type) -> Event:
        """Wait for the next event of these kinds."""
        while True:
            event = self._queue.get(timeout=PATIENCE)
            self.seen.append(event)
            if isinstance(event, kinds):
                return event

    def silent(self) -> bool:
        return self._queue.empty()


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A mirror with a small dataset of two kinds of sentences."""
    folder = tmp_path / "data" / "tiny"
    folder.mkdir(parents=True)
    for name, size in (("train", 120), ("test", 40)):
        texts = [f"the {'match' if row % 2 else 'market'} number {row}" for row in range(size)]
        labels = ["sport" if row % 2 else "business" for row in range(size)]
        pl.DataFrame({"text": texts, "label": labels}).write_parquet(folder / f"{name}.parquet")
    return tmp_path / "data"


@pytest.fixture
def talk() -> Iterator[Conversation]:
    conversation = Conversation(ProcessEngine())
    yield conversation
    conversation.engine.close()


@pytest.fixture
def make_job(cache: Cache, data_dir: Path) -> Callable[..., Job]:
    def make(
        number: int = 1, model: str = "wordllama-256", pace: float = 0.0, **options: int
    ) -> Job:
        experiment = Experiment(strategy="margin", budget=42, **options)
        return Job(number, "tiny", model, cache.root, data_dir, experiment, pace)

    return make


def worker_pid(engine: ProcessEngine) -> int:
    assert engine._process is not None
    return engine._process.pid


def test_a_run_embeds_what_is_missing_and_is_stored(
    talk: Conversation, make_job: Callable[..., Job], cache: Cache
) -> None:
    talk.engine.send(make_job())
    assert talk.until(Ended, Failed) == Ended(1, finished=True)
    assert any(isinstance(event, Advanced) for event in talk.seen)
    began = next(event for event in talk.seen if isinstance(event, RunBegan))
    assert (began.identity.budget, began.cycles) == (42, 20)
    cycles = [event for event in talk.seen if isinstance(event, CycleDone)]
    assert [event.record.cycle for event in cycles] == list(range(21))
    assert [text.index for text in cycles[3].texts] == list(cycles[3].record.selected)
    assert {text.label for event in cycles for text in event.texts} == {"sport", "business"}
    assert ResultStore(cache.runs).run_ids() == {began.identity.run_id}


def test_pause_step_resume(talk: Conversation, make_job: Callable[..., Job]) -> None:
    talk.engine.send(make_job(pace=0.02))
    talk.until(CycleDone)
    talk.engine.send(Pause())
    talk.engine.send(Step())
    talk.engine.send(Step())
    talk.engine.send(Resume())
    assert talk.until(Ended, Failed) == Ended(1, finished=True)
    assert len([event for event in talk.seen if isinstance(event, CycleDone)]) == 21


def test_a_paused_worker_computes_nothing(talk: Conversation, make_job: Callable[..., Job]) -> None:
    talk.engine.send(make_job())
    talk.engine.send(Pause())
    talk.engine.send(Step())
    first = talk.until(CycleDone)
    assert isinstance(first, CycleDone)
    talk.engine.send(Step())
    second = talk.until(CycleDone)
    assert isinstance(second, CycleDone)
    assert (first.record.cycle, second.record.cycle) == (0, 1)
    assert talk.silent()
    talk.engine.send(Stop())
    assert talk.until(Ended, CycleDone) == Ended(1, finished=False)


def test_stepping_to_the_end_finishes(
    talk: Conversation, make_job: Callable[..., Job], cache: Cache
) -> None:
    talk.engine.send(make_job(cycles=2))
    talk.engine.send(Pause())
    for _ in range(3):
        talk.engine.send(Step())
    assert talk.until(Ended, Failed) == Ended(1, finished=True)
    assert len(list(cache.runs.glob("*.parquet"))) == 1


def test_waiting_is_not_part_of_the_stored_seconds(
    talk: Conversation, make_job: Callable[..., Job], cache: Cache
) -> None:
    talk.engine.send(make_job(cycles=3, pace=0.5))
    assert talk.until(Ended, Failed) == Ended(1, finished=True)
    (seconds,) = ResultStore(cache.runs).runs().collect()["wall_seconds"]
    assert seconds < 1.0


def test_stop_stores_nothing_and_the_next_job_runs(
    talk: Conversation, make_job: Callable[..., Job], cache: Cache
) -> None:
    talk.engine.send(make_job(pace=0.05))
    talk.until(CycleDone)
    talk.engine.send(Stop())
    assert talk.until(Ended, Failed) == Ended(1, finished=False)
    assert not list(cache.runs.glob("*"))
    talk.engine.send(make_job(number=2))
    assert talk.until(Ended, Failed) == Ended(2, finished=True)


def test_an_error_is_one_line_and_the_worker_lives(
    talk: Conversation, make_job: Callable[..., Job]
) -> None:
    talk.engine.send(make_job(cycles=99))
    failed = talk.until(Ended, Failed)
    assert isinstance(failed, Failed)
    assert "budget 42" in failed.reason
    talk.engine.send(make_job(number=2))
    assert talk.until(Ended, Failed) == Ended(2, finished=True)


def test_a_killed_worker_is_reported_and_replaced(
    talk: Conversation, make_job: Callable[..., Job]
) -> None:
    talk.engine.send(make_job(pace=0.05))
    talk.until(CycleDone)
    os.kill(worker_pid(talk.engine), signal.SIGKILL)
    lost = talk.until(WorkerLost)
    assert isinstance(lost, WorkerLost)
    assert "killed by signal 9" in lost.reason
    talk.engine.send(make_job(number=2))
    assert talk.until(Ended, Failed) == Ended(2, finished=True)


def test_a_worker_that_cannot_start_says_why(
    make_job: Callable[..., Job], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a library is missing or broken: the last line of the traceback."""
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['numpy'] = None\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    talk = Conversation(ProcessEngine())
    lost = talk.until(WorkerLost)
    assert isinstance(lost, WorkerLost)
    assert "ended with code 1 (" in lost.reason
    assert "numpy" in lost.reason
    assert "\n" not in lost.reason
    monkeypatch.delenv("PYTHONPATH")
    talk.engine.send(make_job())
    assert talk.until(Ended, Failed) == Ended(1, finished=True)
    talk.engine.close()


@pytest.mark.parametrize("busy", [True, False])
def test_closing_leaves_no_process_and_no_half_written_file(
    make_job: Callable[..., Job], cache: Cache, busy: bool
) -> None:
    talk = Conversation(ProcessEngine())
    if busy:
        talk.engine.send(make_job(pace=5.0))
        talk.until(CycleDone)
    pid = worker_pid(talk.engine)
    talk.engine.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not list(cache.root.rglob("*.tmp"))
    assert not list(cache.runs.glob("*"))


def test_closing_in_the_middle_of_an_embedding(cache: Cache) -> None:
    talk = Conversation(ProcessEngine())
    talk.engine.send(Job(1, "bbcnews", "minilm-l6", cache.root, None, None))
    while not (isinstance(event := talk.until(Advanced, Failed), Advanced) and event.progress.done):
        assert isinstance(event, Advanced)
    assert list(cache.embeddings.rglob("*.lock"))  # it was at work
    talk.engine.close()
    assert not [*cache.root.rglob("*.tmp"), *cache.root.rglob("*.lock")]
    assert list_entries(cache) == []
