"""The live screen, driven by keys and mouse, with a scripted engine."""

import os
import shutil
from collections.abc import Callable

import explorer_samples
import pytest
from scripted import MakeApp, ScriptedEngine
from textual.pilot import Pilot
from textual.widgets import Select, Static

from tui_al.grid.messages import Failed, Job, Pause, Resume, SetPace, Step, Stop, WorkerLost
from tui_al.paths import Cache
from tui_al.tui.app import TuiAlApp
from tui_al.tui.choices import Choices
from tui_al.tui.screens.dialogs import OfferScreen, TextScreen
from tui_al.tui.screens.help import HelpScreen
from tui_al.tui.widgets.cycles import CycleTable
from tui_al.tui.widgets.legend import Legend
from tui_al.tui.widgets.linetable import LineTable
from tui_al.tui.widgets.queried import QueriedTexts

SIZE = (100, 30)


def state(app: TuiAlApp) -> str:
    return str(app.screen.query_one("#state", Static).render())


def legend(app: TuiAlApp) -> str:
    return str(app.screen.query_one(Legend).render())


def cells(table: LineTable, row: int) -> list[str]:
    return [cell.plain for cell in table._make_row(row) if cell.plain]


async def play(pilot: Pilot, engine: ScriptedEngine, cycles: int = 21, lift: float = 0.0) -> None:
    """Press r and let a whole run come in."""
    await pilot.press("r")
    await pilot.pause()
    engine.report_cycles(cycles, lift=lift)
    if cycles == 21:
        engine.report_end()
    await pilot.pause()


@pytest.mark.usefixtures("embedded")
async def test_one_key_runs_what_is_chosen(app: TuiAlApp, engine: ScriptedEngine) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert "Press r to run margin on bbcnews" in state(app)
        await play(pilot, engine, cycles=3)
        experiment = engine.job.experiment
        assert (engine.job.dataset, engine.job.model) == ("bbcnews", "wordllama-256")
        assert experiment is not None
        assert (experiment.strategy, experiment.ips, experiment.seed) == ("margin", "random", 0)
        table = app.screen.query_one(CycleTable)
        assert table.row_count == 3
        assert cells(table, 2) == ["2", "52", "0.9033", "0.8833", "0.006"]
        assert "cycle 2 of 20" in state(app)
        engine.report_cycles(21, first=3)
        engine.report_end()
        await pilot.pause()
        assert table.row_count == 21
        assert "Finished, stored" in state(app)
        assert "margin 0.960" in legend(app)


@pytest.mark.usefixtures("embedded")
async def test_start_option_starts_at_once(new_app: MakeApp, engine: ScriptedEngine) -> None:
    app = new_app(start=True)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert engine.job.experiment is not None


@pytest.mark.usefixtures("embedded")
async def test_pause_step_resume_and_stop_reach_the_worker(
    app: TuiAlApp, engine: ScriptedEngine
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await play(pilot, engine, cycles=2)
        await pilot.press("p", "n", "n", "p", "f", "f", "x")
        sent = engine.commands[1:]
        assert sent == [Pause(), Step(), Step(), Resume(), SetPace(0.0), SetPace(0.25), Stop()]
        engine.report_end(finished=False)
        await pilot.pause()
        assert "Stopped, not stored" in state(app)


@pytest.mark.usefixtures("embedded")
async def test_stopping_twice_ends_a_worker_that_does_not_listen(
    app: TuiAlApp, engine: ScriptedEngine
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await play(pilot, engine, cycles=0)
        await pilot.press("x")
        assert (engine.commands[-1], engine.killed) == (Stop(), False)
        await pilot.press("x")
        assert engine.killed
        engine.deliver(WorkerLost("killed"))
        await play(pilot, engine)
        assert "Finished, stored" in state(app)


@pytest.mark.usefixtures("embedded")
async def test_paused_state_is_said(app: TuiAlApp, engine: ScriptedEngine) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await play(pilot, engine, cycles=2)
        await pilot.press("p")
        await pilot.pause()
        assert state(app).startswith("Paused")


async def test_keys_without_meaning_send_nothing(app: TuiAlApp, engine: ScriptedEngine) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("p", "n", "x")
        assert engine.commands == []


@pytest.mark.usefixtures("embedded")
async def test_second_run_cannot_start_during_the_first(
    app: TuiAlApp, engine: ScriptedEngine
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await play(pilot, engine, cycles=2)
        await pilot.press("r", "e")
        assert len([command for command in engine.commands if isinstance(command, Job)]) == 1


@pytest.mark.usefixtures("embedded")
async def test_finished_runs_stay_to_compare(app: TuiAlApp, engine: ScriptedEngine) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await play(pilot, engine)
        await play(pilot, engine, lift=0.01)  # the same choices again: the next seed
        assert engine.job.experiment is not None
        assert engine.job.experiment.seed == 1
        assert "margin · seed 0 0.960" in legend(app)
        assert "margin · seed 1 0.970" in legend(app)
        table = app.screen.query_one(CycleTable)
        assert cells(table, 20)[2] == "0.9705"
        await pilot.press("left_square_bracket")
        await pilot.pause()
        assert cells(table, 20)[2] == "0.9605"
        await pilot.press("c")
        await pilot.pause()
        assert "margin 0.960" in legend(app)
        assert "0.970" not in legend(app)


@pytest.mark.usefixtures("embedded")
async def test_texts_follow_the_selected_cycle(app: TuiAlApp, engine: ScriptedEngine) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await play(pilot, engine, cycles=5)
        texts = app.screen.query_one(QueriedTexts)
        assert cells(texts, 0) == ["business", "Air passengers win new EU rights (4)"]
        app.screen.query_one(CycleTable).focus()
        await pilot.press("up", "up")
        await pilot.pause()
        assert cells(texts, 0)[1].endswith("(2)")
        engine.report_cycles(7, first=5)  # the selection stays where the person put it
        await pilot.pause()
        assert cells(texts, 0)[1].endswith("(2)")
        await pilot.press("end")
        await pilot.pause()
        assert cells(texts, 0)[1].endswith("(6)")


@pytest.mark.usefixtures("embedded")
async def test_hostile_texts_are_characters(app: TuiAlApp, engine: ScriptedEngine) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await play(pilot, engine, cycles=1)
        texts = app.screen.query_one(QueriedTexts)
        assert cells(texts, 2)[1].startswith("Federer wins title in Rotterdam ␛[31mand ␛]0;owned␇")
        assert cells(texts, 3)[0] == "[red]politics[/red]"
        assert "[bold]Brown[/bold]" in cells(texts, 3)[1]
        texts.focus()
        await pilot.press("down", "down", "down", "enter")
        await pilot.pause()
        assert isinstance(app.screen, TextScreen)
        shown = app.screen.query_one("Static", Static).render()
        assert "[bold]Brown[/bold] ally rejects Budget spree [link=x]" in str(shown)
        svg = app.export_screenshot()
        assert "politics[/red]" in svg.replace("&#160;", " ")
        await pilot.press("escape")


async def test_missing_embedding_is_offered(app: TuiAlApp, engine: ScriptedEngine) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("r")
        await pilot.pause()
        assert isinstance(app.screen, OfferScreen)
        await pilot.press("escape")
        await pilot.pause()
        assert engine.commands == []
        await pilot.press("r")
        await pilot.pause()
        await pilot.click("#yes")
        await pilot.pause()
        engine.report_embedding(512)
        await pilot.pause()
        assert "512 of 2,225 texts · 1,024/s · 2 s left" in state(app)
        await pilot.press("x")
        assert engine.commands[-1] == Stop()
        engine.report_end(finished=False)
        await pilot.pause()
        assert state(app).startswith("Stopped")


async def test_embedding_alone(app: TuiAlApp, engine: ScriptedEngine) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("e")
        assert engine.job.experiment is None
        engine.report_embedding(2225)
        engine.report_end()
        await pilot.pause()
        assert state(app).startswith("Embedded")


@pytest.mark.usefixtures("embedded")
async def test_errors_and_lost_workers_leave_the_app_alive(
    app: TuiAlApp, engine: ScriptedEngine
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await play(pilot, engine, cycles=0)
        engine.deliver(Failed(engine.job.number, "test.npy is [bold]damaged[/bold]: run ..."))
        await pilot.pause()
        assert [note.message for note in app._notifications] == [
            "test.npy is [bold]damaged[/bold]: run ..."
        ]
        await play(pilot, engine, cycles=2)
        engine.deliver(WorkerLost("the worker process was killed by signal 9"))
        await pilot.pause()
        assert "Failed, not stored" in state(app)
        await play(pilot, engine)
        assert "Finished, stored" in state(app)


async def test_choices_by_keyboard(app: TuiAlApp, engine: ScriptedEngine) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("enter", "down", "enter")  # the strategy list has the focus
        await pilot.press("shift+tab", "enter", "down", "enter")
        await pilot.press("e")
        await pilot.pause()
        assert "entropy" in str(app.screen.query_one("#strategy SelectCurrent #label").render())
        assert "coreset" in str(app.screen.query_one("#ips SelectCurrent #label").render())


async def test_lists_show_what_is_on_disk(new_app: MakeApp) -> None:
    app = new_app(Choices("agnews", "minilm-l6", "random", "random"))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("shift+tab", "shift+tab", "shift+tab", "enter")
        await pilot.pause()
        shown = app.export_screenshot().replace("&#160;", " ")
        assert "● bbcnews" in shown
        assert "○ agnews" in shown
        assert "560,000 texts, 14 classes, on the Hub" in shown


@pytest.mark.parametrize("key", ["question_mark", "f1"])
async def test_help(app: TuiAlApp, key: str) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(key)
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        await pilot.press("escape")
        await pilot.pause()
        assert not isinstance(app.screen, HelpScreen)


async def test_palette_has_the_apps_own_commands(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        titles = {command.title for command in app.get_system_commands(app.screen)}
        assert {"Run", "Embed", "Clear", "Help", "Theme", "Quit"} <= titles
        assert "Stop" not in titles  # nothing runs


async def test_ctrl_q_quits_and_closes_the_engine(app: TuiAlApp, engine: ScriptedEngine) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("ctrl+q")
        await pilot.pause()
    assert engine.closed


@pytest.mark.usefixtures("embedded")
async def test_ctrl_c_copies_the_text_under_the_cursor(
    app: TuiAlApp, engine: ScriptedEngine
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await play(pilot, engine, cycles=1)
        app.screen.query_one(QueriedTexts).focus()
        await pilot.press("down", "ctrl+c")
        assert app.clipboard == "Junk e-mails on relentless rise (0)"
    assert app.return_code == 0 or app.return_code is None


@pytest.mark.usefixtures("embedded")
async def test_resizing_never_breaks(app: TuiAlApp, engine: ScriptedEngine) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await play(pilot, engine)
        for size in ((80, 24), (40, 12), (20, 5), (250, 80), (1, 1), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert "margin" in legend(app)


@pytest.mark.usefixtures("embedded")
async def test_no_color_has_no_colour(
    new_app: MakeApp, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "NO_COLOR", "1")
    app = new_app()
    async with app.run_test(size=SIZE) as pilot:
        await play(pilot, engine)
        colours = {
            colour
            for strips in app.screen._compositor.render_strips()
            for segment in strips
            if segment.style is not None
            for colour in (segment.style.color, segment.style.bgcolor)
            if colour is not None and colour.triplet is not None
        }
        greys = {colour for colour in colours if len(set(colour.triplet)) == 1}
        assert colours == greys


async def test_what_is_added_elsewhere_is_offered_on_return(
    new_app: MakeApp, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    choices = Choices("bbcnews", explorer_samples.MODEL, "random", "margin")
    async with new_app(choices=choices).run_test() as pilot:
        screen = pilot.app.screen
        assert "letters" not in names(screen.query_one("#dataset", Select))
        await pilot.press("2")
        explorer_samples.add_explored(cache)
        await pilot.press("1")
        await until(pilot, lambda: "letters" in names(screen.query_one("#dataset", Select)))
        assert screen.query_one("#dataset", Select).value == "bbcnews"
        screen.query_one("#dataset", Select).value = "letters"
        await pilot.pause()
        assert state(pilot.app) == "Press r to run margin on letters"
        await pilot.press("2")
        shutil.rmtree(cache.embeddings / "letters")
        await pilot.press("1")
        await until(pilot, lambda: "embedded first" in state(pilot.app))


async def until(pilot: Pilot, seen: Callable[[], bool]) -> None:
    for _ in range(1000):
        if seen():
            return
        await pilot.pause(0.01)
    raise AssertionError("never seen")


def names(options: Select[str]) -> set[str]:
    return {value for _, value in options._options if isinstance(value, str)}


@pytest.mark.usefixtures("embedded")
async def test_the_newest_cycle_is_in_sight(app: TuiAlApp, engine: ScriptedEngine) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await play(pilot, engine)
        table = app.screen.query_one(CycleTable)
        await pilot.pause()
        assert table.cursor == 20
        shown = [table.render_line(y).text for y in range(table.scrollable_content_region.height)]
        assert shown[-1].startswith("   20     250")
