"""What the screen of embeddings knows, without an app."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tui_al.grid.assessment import Probe, Quality
from tui_al.grid.messages import Advanced, Ended, Event, Failed
from tui_al.progress import Progress
from tui_al.report.catalog import DatasetRow, ModelRow
from tui_al.storage.inventory import Item
from tui_al.tui.embedding_board import EmbeddingBoard
from tui_al.tui.embedding_jobs import EmbeddingJobs, EmbeddingState
from tui_al.tui.embedding_words import say_idle, say_job
from tui_al.tui.shelf import Pair, Shelf, Slot

HERE, STALE, BEGUN, MISSING = ("a", "good"), ("b", "good"), ("a", "bad"), ("b", "bad")
PROGRESS = Progress("embedding", 40, 160, "texts", 0.5)


def item(pair: Pair, *, busy: bool = False) -> Item:
    dataset, model = pair
    made = datetime(2026, 1, 1, tzinfo=UTC)
    return Item("embedding", Path(*pair), 1000, made, dataset=dataset, model=model, busy=busy)


@pytest.fixture
def board() -> EmbeddingBoard:
    rows = [DatasetRow(name, name, "", 8, 2, 2, 4, "user", ()) for name in "ab"]
    models = [ModelRow(name, name, 1, 1, "", None, "yours", ()) for name in ("good", "bad")]
    quality = Quality(10, 2, 0, 0, None, Probe(0.9, 0.0, 0.5, 10, 5))
    slots = {
        HERE: Slot("here", (item(HERE),), quality),
        STALE: Slot("stale", (item(STALE),)),
        BEGUN: Slot("begun", (item(BEGUN, busy=True),)),
    }
    return EmbeddingBoard(Shelf(rows, models, slots))


def test_what_the_cursor_is_on_counts_where_nothing_is_marked(board: EmbeddingBoard) -> None:
    assert board.chosen(None) == []
    assert board.chosen(HERE) == [HERE]
    board.mark(MISSING)
    assert board.chosen(HERE) == [MISSING]
    board.mark(MISSING)
    assert board.chosen(HERE) == [HERE]


def test_only_what_is_missing_is_embedded_model_by_model(board: EmbeddingBoard) -> None:
    board.marks = {HERE, STALE, BEGUN, MISSING}
    assert board.wanted(None) == [STALE, BEGUN, MISSING]
    board.jobs.add(1, MISSING)
    board.follow_others({BEGUN: 0.5})
    assert board.wanted(None) == [STALE]
    board.take(1, [Ended(1, finished=False)])
    assert board.follow_others({}) == [BEGUN]
    assert board.wanted(None) == [STALE, BEGUN, MISSING]


def test_only_what_is_here_is_looked_at_and_once(board: EmbeddingBoard) -> None:
    board.marks = {HERE, STALE, MISSING}
    assert board.assessable(None) == [HERE]
    board.assessing[7] = HERE
    assert board.assessable(None) == []
    assert board.cell(HERE).look == "assessing"
    assert board.take(7, [Failed(7, "no numbers")]) == [("Quality of a x good", "no numbers")]
    assert board.assessable(None) == [HERE]


def test_what_is_being_written_is_not_deleted(board: EmbeddingBoard) -> None:
    board.marks = {HERE, STALE, BEGUN, MISSING}
    assert [(one.dataset, one.model) for one in board.removable(None)] == [HERE, STALE]


def test_marking_a_row_twice_takes_its_marks_away_alone(board: EmbeddingBoard) -> None:
    board.mark(MISSING)
    row = [HERE, STALE]
    board.mark_missing(row)
    assert board.marks == {STALE, MISSING}  # the other is here
    board.mark_missing(row)
    assert board.marks == {MISSING}


def test_what_is_here_is_the_title_and_its_quality_a_view(board: EmbeddingBoard) -> None:
    assert board.title == "Embeddings: 1 here, 3.0 kB"
    assert EmbeddingBoard().title == "Embeddings"
    assert board.cell(HERE).wide == "1.0 kB"
    board.view = "quality"
    assert board.cell(HERE).wide == "0.900"


@pytest.mark.parametrize(
    ("events", "stopping", "state", "failed"),
    [
        ([Advanced(1, PROGRESS)], False, "running", []),
        ([Advanced(1, PROGRESS), Ended(1, finished=True)], False, "done", []),
        ([Ended(1, finished=False)], True, "stopped", []),
        ([Failed(1, "no room")], False, "failed", [("b x bad", "no room")]),
        ([Failed(1, "killed by signal 9")], True, "stopped", []),
    ],
)
def test_a_job_as_it_is_reported(
    board: EmbeddingBoard, events: list[Event], stopping: bool, state: str, failed: object
) -> None:
    job = board.jobs.add(1, MISSING)
    board.begin(1)
    assert job.state == "running"
    job.stopping = stopping
    assert board.take(1, events) == failed
    assert job.state == state
    assert job.open == (state == "running")


def test_reports_of_unknown_jobs_change_nothing(board: EmbeddingBoard) -> None:
    board.begin(9)
    assert board.take(9, [Advanced(9, PROGRESS), Failed(9, "gone")]) == []
    assert board.jobs.jobs == []


def test_jobs_that_are_over_are_forgotten() -> None:
    jobs = EmbeddingJobs([EmbeddingState(1, HERE, "done"), EmbeddingState(2, HERE, "waiting")])
    assert (jobs.waiting, jobs.running) == (1, None)
    jobs.forget_closed()
    assert [job.number for job in jobs.jobs] == [2]


def test_what_is_said_of_a_job() -> None:
    job = EmbeddingState(1, HERE, "running")
    assert say_job(job, 0) == "Loading a x good ..."
    job.progress = PROGRESS
    assert say_job(job, 1) == "a x good: 40 of 160 · 80 texts/s · 1.5 s left · 1 more waits"
    job.stopping = True
    assert say_job(job, 0).startswith("Stopping a x good ...")
    assert say_idle(2).startswith("2 marked: e embeds")
