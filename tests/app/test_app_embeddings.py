"""The screen of embeddings: what is there, jobs, quality, deleting."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from grid_samples import add_made_up
from many_engines import engine_of, jobs_of, make_many, settle
from rich.text import Text
from scripted import ScriptedEngine
from textual.pilot import Pilot
from textual.widgets import Static

from tui_al.catalog import find_model
from tui_al.corpora.load import load_corpus
from tui_al.embeddings.inventory import QUALITY, list_entries
from tui_al.embeddings.job import find_embedding
from tui_al.grid.assessment import Probe, Quality
from tui_al.grid.bulk import Assessed, AssessJob
from tui_al.grid.messages import Advanced, Ended, Failed, Job, Stop, WorkerLost
from tui_al.grid.quality import assess_embedding
from tui_al.paths import Cache
from tui_al.progress import Progress
from tui_al.tui.app import TuiAlApp
from tui_al.tui.choices import Choices
from tui_al.tui.embedding_cells import describe
from tui_al.tui.embedding_jobs import EmbeddingState
from tui_al.tui.screens.deleting import DeleteEmbeddings
from tui_al.tui.screens.dialogs import LeaveScreen
from tui_al.tui.screens.embeddings import EmbeddingsScreen
from tui_al.tui.shelf import Pair, Slot, read_shelf
from tui_al.tui.widgets.facts import PairFacts
from tui_al.tui.widgets.joblist import JobList
from tui_al.tui.widgets.matrix import EmbeddingMatrix

SIZE = (140, 45)
MADE = ("made", "glove-50")


@pytest.fixture
def made(cache: Cache) -> Cache:
    """The dataset "made" is embedded with two models."""
    add_made_up(cache)
    return cache


@pytest.fixture
def app(made: Cache) -> TuiAlApp:
    return make_many(made, Choices(*MADE, "random", "margin"))


def screen_of(app: TuiAlApp) -> EmbeddingsScreen:
    assert isinstance(app.screen, EmbeddingsScreen)
    return app.screen


def matrix_of(app: TuiAlApp) -> EmbeddingMatrix:
    return screen_of(app).query_one(EmbeddingMatrix)


def shown(app: TuiAlApp, pair: Pair) -> str:
    """What the matrix shows of a pair."""
    matrix = matrix_of(app)
    columns = [str(column.label).partition("\n")[0] for column in matrix.ordered_columns]
    rows = [str(row.label).strip() for row in matrix.ordered_rows]
    cell = matrix.get_cell_at((rows.index(pair[1]), columns.index(pair[0])))  # type: ignore[arg-type]
    assert isinstance(cell, Text)
    return cell.plain.strip()


def state(app: TuiAlApp) -> str:
    return str(app.screen.query_one("#state", Static).render())


def facts(app: TuiAlApp, box: str) -> str:
    text = app.export_screenshot().replace("&#160;", " ")
    assert app.screen.query_one(f"#{box}").display
    return text


def advance(engine: ScriptedEngine, done: int, total: int = 160) -> None:
    stage = f"embedding {engine.job.dataset} with {engine.job.model}"
    engine.deliver(Advanced(engine.job.number, Progress(stage, done, total, "texts", 0.5)))


async def open_screen(pilot: Pilot[None]) -> ScriptedEngine:
    await pilot.press("5")
    await settle(pilot)
    app = pilot.app
    assert isinstance(app, TuiAlApp)
    return engine_of(app, "embeddings")


async def go_to(pilot: Pilot[None], pair: Pair) -> None:
    pilot.app.screen.query_one(EmbeddingMatrix).go_to(pair)
    await pilot.pause()


async def test_what_is_here_and_what_is_missing(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot)
        assert shown(app, MADE).startswith("● ")
        assert "kB" in shown(app, MADE)
        assert shown(app, ("bbcnews", "glove-50")) == "·"
        assert matrix_of(app).pair == MADE  # what the app was opened with
        assert str(matrix_of(app).border_title).startswith("Embeddings: 2 here, ")
        text = facts(app, "slot")
        for fact in ("160 × 12", "120 + 40", "40 labels", "your file", "20 million"):
            assert fact in text


async def test_the_catalog_s_facts_follow_the_cursor(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot)
        await go_to(pilot, ("banking77", "nv-embed-v2"))
        text = facts(app, "model")
        for fact in ("72.31, published", "4,096", "cls", "7.8 billion", "nvidia/NV-Embed-v2",
                     "customer intent", "5,000 labels", "77",
                     "e fetches and embeds it"):  # fmt: skip
            assert fact in text


async def test_embedding_what_is_under_the_cursor(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        engine = await open_screen(pilot)
        await go_to(pilot, ("bbcnews", "glove-50"))
        await pilot.press("e")
        assert (engine.job.dataset, engine.job.model) == ("bbcnews", "glove-50")
        assert engine.job.experiment is None
        assert state(app) == "Loading bbcnews x glove-50 ..."
        advance(engine, 40)
        await pilot.pause()
        assert shown(app, ("bbcnews", "glove-50")) == "◐ 25%"
        assert state(app) == "bbcnews x glove-50: 40 of 160 · 80 texts/s · 1.5 s left"
        assert "embedding 25%" in str(app.screen.query_one("#activity", Static).render())
        await pilot.press("e")  # it is being done
        assert len(jobs_of(engine, Job)) == 1
        engine.report_end()
        await settle(pilot)
        job = screen_of(app)._board.jobs.of(("bbcnews", "glove-50"))
        assert job is not None
        assert job.state == "done"
        assert state(app).startswith("e embeds")


async def test_several_are_marked_and_wait_for_each_other(app: TuiAlApp) -> None:
    wanted = [("bbcnews", "glove-50"), ("trec6", "minilm-l6"), ("agnews", "glove-50")]
    async with app.run_test(size=SIZE) as pilot:
        engine = await open_screen(pilot)
        for pair in wanted:
            await go_to(pilot, pair)
            await pilot.press("space")
        assert shown(app, wanted[0]) == "·+"
        assert state(app).startswith("3 marked: e embeds")
        await pilot.press("e")
        await pilot.pause()
        assert engine.job.model == "minilm-l6"  # model by model, as they stand
        assert [shown(app, pair) for pair in wanted] == ["◌ waits", "◐ 0%", "◌ waits"]
        assert "2 more wait" in state(app)
        engine.report_end()
        await settle(pilot)
        assert (engine.job.dataset, engine.job.model) == ("agnews", "glove-50")
        assert shown(app, wanted[0]) == "◌ waits"
        assert [job.state for job in screen_of(app)._board.jobs.jobs] == [
            "done",
            "running",
            "waiting",
        ]


async def test_all_that_is_missing_of_a_model_or_dataset_is_marked(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot)
        await pilot.press("m")
        marks = screen_of(app)._board.marks
        assert {pair[1] for pair in marks} == {"glove-50"}
        assert MADE not in marks  # it is here
        assert len(marks) == len(screen_of(app)._board.shelf.datasets) - 1
        await pilot.press("m", "M")
        assert {pair[0] for pair in screen_of(app)._board.marks} == {"made"}
        await pilot.press("escape")
        assert screen_of(app)._board.marks == set()
        assert app.current_mode == "embeddings"


async def test_a_job_is_cancelled_then_killed(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        engine = await open_screen(pilot)
        for pair in (("bbcnews", "glove-50"), ("agnews", "glove-50")):
            await go_to(pilot, pair)
            await pilot.press("e")
        await pilot.press("x")  # the one that waits
        await pilot.pause()
        assert screen_of(app)._board.jobs.jobs[1].state == "stopped"
        assert not jobs_of(engine, Stop)
        await pilot.press("x")  # nothing of this pair is open: the one that runs
        assert jobs_of(engine, Stop)
        assert state(app).startswith("Stopping bbcnews x glove-50")
        assert not engine.killed
        await pilot.press("x")
        assert engine.killed
        engine.deliver(WorkerLost("the worker process was killed by signal 9"))
        await settle(pilot)
        assert screen_of(app)._board.jobs.jobs[0].state == "stopped"
        assert not app._notifications  # it was asked for


async def test_all_jobs_are_cancelled(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        engine = await open_screen(pilot)
        await go_to(pilot, ("bbcnews", "glove-50"))
        await pilot.press("m", "e", "X")
        engine.report_end(finished=False)
        await settle(pilot)
        assert {job.state for job in screen_of(app)._board.jobs.jobs} == {"stopped"}
        assert app.services.desks.work == ()


async def test_a_failure_is_told_and_the_next_job_begins(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        engine = await open_screen(pilot)
        for pair in (("bbcnews", "glove-50"), ("agnews", "glove-50")):
            await go_to(pilot, pair)
            await pilot.press("e")
        engine.deliver(Failed(engine.job.number, "no [b]room[/b] on the disk"))
        await settle(pilot)
        assert [note.message for note in app._notifications] == ["no [b]room[/b] on the disk"]
        assert shown(app, ("bbcnews", "glove-50")) == "✗ failed"
        assert engine.job.dataset == "agnews"
        await go_to(pilot, ("bbcnews", "glove-50"))
        assert "no [b]room[/b] on the disk" in facts(app, "slot")
        assert screen_of(app).query_one(JobList).row_count == 2
        engine.deliver(WorkerLost("the worker process was killed"))
        await settle(pilot)
        assert shown(app, ("agnews", "glove-50")) == "✗ failed"
        assert app.is_running
        await pilot.press("c")
        assert screen_of(app).query_one(JobList).row_count == 0


async def test_why_a_job_failed_is_told_again(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        engine = await open_screen(pilot)
        await go_to(pilot, ("bbcnews", "glove-50"))
        await pilot.press("e")
        engine.deliver(Failed(engine.job.number, "no room"))
        await settle(pilot)
        app.clear_notifications()
        await go_to(pilot, MADE)
        screen_of(app).query_one(JobList).focus()
        await pilot.press("enter")
        await settle(pilot)
        assert [note.message for note in app._notifications] == ["no room"]
        assert matrix_of(app).pair == ("bbcnews", "glove-50")


async def test_what_becomes_of_a_job_is_told_beside_it(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot)
        for pair in (("bbcnews", "glove-50"), ("agnews", "glove-50")):
            await go_to(pilot, pair)
            await pilot.press("e")
        assert "waits: x takes it back" in facts(app, "slot")
        await go_to(pilot, ("bbcnews", "glove-50"))
        assert "being made: x stops it" in facts(app, "slot")


async def test_quality_is_computed_when_asked_for_and_kept(app: TuiAlApp, made: Cache) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot)
        assert "Enter looks" in facts(app, "slot")
        await pilot.press("enter")
        engine = engine_of(app, "questions")
        (job,) = jobs_of(engine, AssessJob)
        assert isinstance(job, AssessJob)
        assert (job.dataset, job.model) == MADE
        assert shown(app, MADE) == "… looking"
        await pilot.press("enter")  # it is under way
        assert len(jobs_of(engine, AssessJob)) == 1
        corpus = load_corpus("made", made)
        entry = find_embedding(corpus, find_model("glove-50"), made)
        assert entry is not None
        quality = assess_embedding(corpus, entry)
        assert quality.probe is not None
        engine.deliver(Assessed(job.number, quality))
        engine.deliver(Ended(job.number, finished=True))
        await settle(pilot)
        assert f"{quality.probe.accuracy:.3f}" in facts(app, "slot")
        await pilot.press("v")
        assert shown(app, MADE) == f"● {quality.probe.accuracy:.3f}"
        assert shown(app, ("made", "wordllama-256")) == "● ?"


async def test_a_look_that_fails_is_told(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot)
        await pilot.press("a")
        engine = engine_of(app, "questions")
        engine.deliver(WorkerLost("the worker process ended with code 1"))
        await settle(pilot)
        assert [note.message for note in app._notifications] == [
            "the worker process ended with code 1"
        ]
        assert shown(app, MADE).startswith("● ")


async def test_nothing_is_asked_on_leaving_while_quality_is_looked_at(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot)
        await pilot.press("a")
        assert len(app.services.desks["questions"].work) == 1
        await pilot.press("ctrl+q")
        await pilot.pause()
    assert engine_of(app, "questions").closed


async def test_leaving_with_jobs_that_wait_asks(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot)
        await go_to(pilot, ("bbcnews", "glove-50"))
        await pilot.press("e", "ctrl+q")
        await pilot.pause()
        assert isinstance(app.screen, LeaveScreen)


async def test_deleting_asks_first(app: TuiAlApp, made: Cache) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot)
        await pilot.press("d")
        assert isinstance(app.screen, DeleteEmbeddings)
        await pilot.press("enter")  # the careful answer has the focus
        await settle(pilot)
        assert len(list_entries(made)) == 2
        await pilot.press("d", "y")
        await settle(pilot)
        assert [entry.model for entry in list_entries(made)] == ["wordllama-256"]
        assert shown(app, MADE) == "·"
        await pilot.press("d")  # nothing is there any more
        assert isinstance(app.screen, EmbeddingsScreen)


async def test_what_cannot_be_deleted_is_told(
    app: TuiAlApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot)
        monkeypatch.setattr(shutil, "rmtree", refuse)
        await pilot.press("d", "y")
        await settle(pilot)
        (note,) = app._notifications
        assert "cannot remove" in note.message
        assert "permission denied" in note.message


async def test_what_other_screens_embed_is_shown(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot)
        desk = app.services.desks["runs"]
        number = app.services.desks.new_number()
        live = app.screen_stack[0]
        root = app.services.cache.root
        desk.submit(Static(), Job(number, "bbcnews", "glove-50", root, None, None))
        advance(engine_of(app, "runs"), 80)
        await pilot.pause()
        assert live is not None
        assert shown(app, ("bbcnews", "glove-50")) == "◐ 50%"
        await go_to(pilot, ("bbcnews", "glove-50"))
        await pilot.press("e")
        assert not jobs_of(engine_of(app, "embeddings"), Job)
        engine_of(app, "runs").report_end()
        await settle(pilot)
        assert shown(app, ("bbcnews", "glove-50")) == "·"


async def test_its_state_survives_other_screens(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        engine = await open_screen(pilot)
        await go_to(pilot, ("bbcnews", "glove-50"))
        await pilot.press("e", "k", "space", "v", "1")
        advance(engine, 80)
        await pilot.press("5")
        await settle(pilot)
        assert matrix_of(app).pair == ("bbcnews", "wordllama-256")
        assert screen_of(app)._board.marks == {("bbcnews", "wordllama-256")}
        assert shown(app, ("bbcnews", "glove-50")) == "◐ 50%"
        assert shown(app, MADE) == "● ?"


async def test_the_command_is_copied(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot)
        await pilot.press("y")
        assert app.clipboard == "tui-al embed --dataset made --model glove-50"


@pytest.mark.parametrize("size", [(40, 10), (80, 24), (100, 30), (250, 60)])
async def test_any_size_is_survived(app: TuiAlApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot)
        await pilot.resize_terminal(*size)
        await settle(pilot)
        assert matrix_of(app).pair == MADE
        assert matrix_of(app).region.height > 3
        await pilot.press("t", "v", "j")
        await pilot.resize_terminal(*SIZE)
        assert app.is_running


async def test_in_a_short_terminal_jobs_take_the_place_of_facts(app: TuiAlApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await open_screen(pilot)
        jobs, boxes = app.screen.query_one(JobList), app.screen.query_one(PairFacts)
        assert (bool(jobs.region), bool(boxes.region)) == (False, True)
        await pilot.press("t")
        await pilot.pause()
        assert (bool(jobs.region), bool(boxes.region)) == (True, False)


def test_texts_that_changed_make_an_embedding_stale(made: Cache) -> None:
    meta = made.corpora / "made" / "meta.json"
    known = read_shelf(made, None).slot(MADE)
    assert known.state == "here"
    meta.write_text(meta.read_text("utf-8").replace('"fingerprint": "', '"fingerprint": "0'))
    slot = read_shelf(made, None).slot(MADE)
    assert (slot.state, slot.n_bytes) == ("stale", known.n_bytes)


def test_a_quality_of_another_embedding_is_not_shown(made: Cache) -> None:
    folder = next(entry.folder for entry in list_entries(made) if entry.model == "glove-50")
    (folder / QUALITY).write_text('{"key": "another", "probe": null, "norms": null}')
    assert read_shelf(made, None).slot(MADE).quality is None


@pytest.mark.parametrize(
    ("slot", "job", "elsewhere", "expected"),
    [
        (Slot(), None, None, ("missing", "")),
        (Slot(), None, 0.5, ("running", "50%")),
        (Slot("begun"), None, None, ("begun", "0%")),
        (Slot("stale"), None, None, ("stale", "old texts")),
        (Slot("here"), None, 0.5, ("here", "")),
        (Slot(), "waiting", None, ("waiting", "waits")),
        (Slot("begun"), "running", 0.5, ("running", "0%")),
        (Slot("begun"), "failed", None, ("failed", "failed")),
        (Slot("here"), "failed", None, ("here", "")),
        (Slot("begun"), "stopped", None, ("begun", "0%")),
    ],
)  # fmt: skip
def test_what_a_place_shows(
    slot: Slot, job: Any, elsewhere: float | None, expected: tuple[str, str]
) -> None:
    known = EmbeddingState(1, MADE, job) if job else None
    cell = describe(slot, known, elsewhere, "sizes", assessing=False)
    assert (cell.look, cell.wide) == expected


@pytest.mark.parametrize(("accuracy", "narrow"), [(0.876, ".88"), (1.0, "1.00"), (0.0, ".00")])
def test_accuracies_are_short_where_there_is_no_room(accuracy: float, narrow: str) -> None:
    quality = Quality(10, 4, 0, 0, None, Probe(accuracy, 0.0, 0.5, 10, 5))
    cell = describe(Slot("here", quality=quality), None, None, "quality", assessing=False)
    assert cell.narrow == narrow


@pytest.mark.parametrize("size", [(80, 24), (140, 45)], ids=["80x24", "140x45"])
@pytest.mark.parametrize("theme", ["tui-al-dark", "tui-al-light"])
def test_picture_of_embeddings(
    snap_compare: Any, made: Cache, size: tuple[int, int], theme: str
) -> None:
    app = make_many(made, Choices(*MADE, "random", "margin"), theme)

    async def work(pilot: Pilot[None]) -> None:
        engine = await open_screen(pilot)
        for pair in (("bbcnews", "glove-50"), ("sst2", "glove-50"), ("trec6", "glove-50")):
            await go_to(pilot, pair)
            await pilot.press("space")
        await pilot.press("e")
        engine.deliver(Failed(engine.job.number, "the disk is full: free some room"))
        await pilot.pause()
        app.clear_notifications()
        advance(engine, 600, 2225)
        await go_to(pilot, ("trec6", "minilm-l6"))
        await pilot.press("space")
        await go_to(pilot, MADE)
        await settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=work)
