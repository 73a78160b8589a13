"""What is around the screens: going between them, leaving, help, keys, the look."""

import pytest
from scripted import MakeApp, ScriptedEngine
from textual.screen import Screen
from textual.widgets import Input, Static

from tui_al.grid.messages import Failed, Job, WorkerLost
from tui_al.paths import Cache
from tui_al.tui import pages
from tui_al.tui.app import TuiAlApp
from tui_al.tui.config import DARK, LIGHT, Preferences, Settings, find_config
from tui_al.tui.memory import Memory, memory_path
from tui_al.tui.screens.dialogs import DialogBox, LeaveScreen, OfferScreen
from tui_al.tui.screens.help import HelpScreen, describe_keys
from tui_al.tui.screens.tour import PAGES, TourScreen, WelcomeScreen
from tui_al.tui.widgets.cycles import CycleTable
from tui_al.tui.widgets.top import Tab, TopBar

SIZE = (100, 30)


def told(app: TuiAlApp) -> str:
    return shown(app, "#told")


def shown(app: TuiAlApp, selector: str) -> str:
    return str(app.screen.query_one(selector, Static).render())


def tabs(app: TuiAlApp) -> list[str]:
    return [str(tab.render()).strip() for tab in app.screen.query(Tab)]


async def test_screens_that_do_not_exist_are_not_mentioned(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        there = [page.title for page in pages.pages()]
        assert [tab.split()[1] for tab in tabs(app)] == there
        titles = {command.title for command in app.get_system_commands(app.screen)}
        assert titles & {page.title for page in pages._PAGES} == set(there)


@pytest.mark.usefixtures("six")
@pytest.mark.parametrize("keys", ["123456", ["f2", "f3", "f4", "f5", "f6", "f7"]])
async def test_each_screen_has_a_digit_and_a_function_key(new_app: MakeApp, keys: str) -> None:
    app = new_app()
    async with app.run_test(size=SIZE) as pilot:
        seen = []
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
            seen.append(app.current_mode)
        assert seen == ["live", "explorer", "results", "analysis", "embeddings", "grid"]


@pytest.mark.usefixtures("six")
async def test_screens_by_mouse_and_by_palette(new_app: MakeApp) -> None:
    app = new_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.click(list(app.screen.query(Tab))[5])
        await pilot.pause()
        assert app.current_mode == "grid"
        await pilot.press("ctrl+p")
        await pilot.press(*"Embeddings")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert app.current_mode == "embeddings"


@pytest.mark.usefixtures("six")
async def test_the_bar_of_six_screens_fits_80_columns(new_app: MakeApp) -> None:
    app = new_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        last = list(app.screen.query(Tab))[-1]
        assert last.region.right <= 80
        assert str(last.render()).strip() == "6 Grid"


@pytest.mark.usefixtures("six", "embedded")
async def test_a_screen_keeps_its_state_and_hears_of_its_job(
    new_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = new_app()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("r")
        engine.report_cycles(3)
        await pilot.pause()
        app.screen.query_one(CycleTable).focus()
        await pilot.press("3")
        engine.report_cycles(6, first=3)
        await pilot.pause()
        assert tabs(app)[0] == "1 Live ●"
        assert "margin 25%" in str(app.screen.query_one("#activity", Static).render())
        await pilot.press("slash", *"wins")
        await pilot.press("f2")
        await pilot.pause()
        table = app.screen.query_one(CycleTable)
        assert (table.row_count, app.screen.focused) == (6, table)
        await pilot.press("3")
        assert app.screen.query_one(Input).value == "wins"


@pytest.mark.usefixtures("six")
async def test_typing_into_a_field_goes_nowhere(new_app: MakeApp) -> None:
    app = new_app()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3", "slash", *"1?y4q")
        assert app.screen.query_one(Input).value == "1?y4q"
        assert app.current_mode == "results"


@pytest.mark.usefixtures("six")
async def test_escape_goes_back_one_step_at_a_time(new_app: MakeApp) -> None:
    app = new_app()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("2", "3", "slash", "a")
        field = app.screen.query_one(Input)
        await pilot.press("escape")  # the screen's own step
        assert (field.value, app.screen.focused) == ("", field)
        await pilot.press("escape")  # out of the field
        assert app.screen.focused is None
        await pilot.press("escape")
        assert app.current_mode == "explorer"
        await pilot.press("escape")
        assert app.current_mode == "live"
        await pilot.press("escape")
        assert app.current_mode == "live"


@pytest.mark.usefixtures("six", "embedded")
async def test_jobs_of_two_screens_wait_for_each_other(
    new_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = new_app()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3", "b")
        engine.report_embedding(512)
        await pilot.pause()
        assert told(app) == "Advanced"
        await pilot.press("1", "r")
        state = app.screen.query_one("#state", Static)
        assert str(state.render()).startswith("Waiting for embedding bbcnews x minilm-l6 23%")
        assert len(engine.commands) == 1
        engine.report_end()
        await pilot.pause()
        assert engine.job.experiment is not None
        engine.report_cycles(2)
        await pilot.pause()
        assert "cycle 1 of 20" in str(state.render())
        await pilot.press("3")
        assert told(app) == "Ended"


@pytest.mark.usefixtures("six", "embedded")
async def test_a_waiting_job_can_be_taken_back(new_app: MakeApp, engine: ScriptedEngine) -> None:
    app = new_app()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3", "b", "1", "r", "x")
        await pilot.pause()
        assert str(app.screen.query_one("#state", Static).render()).startswith("Stopped")
        engine.report_end()
        await pilot.pause()
        assert len(engine.commands) == 1


@pytest.mark.usefixtures("six", "embedded")
async def test_a_lost_worker_fails_its_job_alone(new_app: MakeApp, engine: ScriptedEngine) -> None:
    app = new_app()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3", "b", "1", "r")
        engine.deliver(WorkerLost("the worker process was killed"))
        await pilot.pause()
        assert engine.job.experiment is not None  # the next job has begun
        engine.report_cycles(2)
        await pilot.pause()
        assert "cycle 1 of 20" in str(app.screen.query_one("#state", Static).render())
        await pilot.press("3")
        assert told(app) == "Failed"


async def test_leaving_with_nothing_to_do_asks_nothing(
    app: TuiAlApp, engine: ScriptedEngine
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("ctrl+q")
        await pilot.pause()
    assert engine.closed


@pytest.mark.usefixtures("embedded")
@pytest.mark.parametrize("keys", [["y"], ["ctrl+q"], ["left", "enter"]])
async def test_leaving_during_a_run_asks(
    app: TuiAlApp, engine: ScriptedEngine, keys: list[str]
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("r")
        engine.report_cycles(8)
        await pilot.press("ctrl+q")
        await pilot.pause()
        assert isinstance(app.screen, LeaveScreen)
        said = app.export_screenshot().replace("&#160;", " ")
        assert "margin on bbcnews x wordllama-256, seed 0" in said
        await pilot.press("enter")  # the careful answer has the focus
        await pilot.pause()
        assert not isinstance(app.screen, LeaveScreen)
        assert not engine.closed
        await pilot.press("ctrl+q", *keys)
        await pilot.pause()
    assert engine.closed


async def test_help_shows_the_keys_of_the_focused_widget_first(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        app.screen.query_one(CycleTable).focus()
        await pilot.pause()
        groups = describe_keys(app.screen)
        assert [group.title for group in groups] == ["This table", "This screen", "Everywhere"]
        rows = [dict(group.rows) for group in groups]
        assert rows[0]["↓ j"] == "Next row"
        assert rows[1]["r"].startswith("Start with what is chosen")
        assert rows[2]["? f1"] == "What the keys do here"
        await pilot.press("question_mark")
        assert isinstance(app.screen, HelpScreen)
        await pilot.press("1", "r", "escape")
        assert not isinstance(app.screen, HelpScreen)


async def test_the_tour_says_how_to_go_on(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("f1", "t")
        box = app.screen.query_one(DialogBox)
        assert box.border_subtitle == "→ or Enter: next   Esc: leave the tour"
        await pilot.press(*["right"] * (len(PAGES) - 1))
        assert box.border_subtitle == "← back   Enter: done"


async def test_the_tour_is_driven_by_keys(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("f1", "t")
        await pilot.pause()
        seen = []
        for _ in PAGES:
            assert isinstance(app.screen, TourScreen)
            seen.append(str(app.screen.query_one("#page", Static).render()))
            await pilot.press("enter")
            await pilot.pause()
        assert not isinstance(app.screen, TourScreen)
        assert [text.partition("  ")[0] for text in seen] == [title for title, _ in PAGES]
        assert "r runs what is chosen" in seen[1]
        assert "1  Live: runs as they are computed" in seen[4]
        assert not any("{" in text for text in seen)


async def test_the_tour_goes_back_and_can_be_skipped(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("f1", "t", "left", "right", "right", "left")
        await pilot.pause()
        text = str(app.screen.query_one("#page", Static).render())
        assert text.startswith(PAGES[1][0])
        await pilot.press("escape")
        await pilot.pause()
        assert not isinstance(app.screen, TourScreen)


@pytest.mark.parametrize("way", ["d", "enter"])
async def test_a_newcomer_is_offered_the_demo_once(
    new_app: MakeApp, engine: ScriptedEngine, way: str
) -> None:
    app = new_app(greeted=False)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, WelcomeScreen)
        await pilot.press(way)
        await pilot.pause()
        assert engine.job.dataset == "bbcnews"
        assert engine.job.experiment is not None
        assert engine.job.experiment.strategy == "badge"
    again = new_app(greeted=False)  # but what the first wrote is read
    async with again.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert not isinstance(again.screen, WelcomeScreen)


async def test_a_newcomer_may_take_the_tour(new_app: MakeApp) -> None:
    app = new_app(greeted=False)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await pilot.press("t")
        await pilot.pause()
        assert isinstance(app.screen, TourScreen)


@pytest.mark.parametrize("start", [True, False])
async def test_nobody_is_greeted_who_knows_what_to_do(
    new_app: MakeApp, cache: Cache, start: bool
) -> None:
    if not start:
        cache.runs.mkdir(parents=True)
        (cache.runs / "a.parquet").touch()
    app = new_app(greeted=False, start=start)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert not isinstance(app.screen, WelcomeScreen)


async def test_remapped_keys_work_and_are_shown(new_app: MakeApp, engine: ScriptedEngine) -> None:
    keys = {"live.embed": "f9,E", "live.pause": "P", "app.help": "f12", "go.live": "L"}
    app = new_app(settings=Settings(keys=keys))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert tabs(app)[0] == "L Live"
        footer = app.export_screenshot().replace("&#160;", " ")
        assert " P " in footer
        await pilot.press("e", "p")
        assert engine.commands == []
        await pilot.press("E")
        assert isinstance(engine.commands[0], Job)
        await pilot.press("question_mark")
        assert not isinstance(app.screen, HelpScreen)
        await pilot.press("f12")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        rows = dict(app.screen._groups[1].rows)
        assert "f9 E" in rows
        assert "P" in rows
        assert "p" not in rows


async def test_sentences_name_the_remapped_keys(new_app: MakeApp) -> None:
    keys = {"live.run": "R", "live.stop": "S", "app.help": "f12", "analysis.sections": "z"}
    app = new_app(settings=Settings(keys=keys))
    async with app.run_test(size=SIZE) as pilot:
        assert "Press R to run" in shown(app, "#state")
        await pilot.press("R")
        await pilot.pause()
        assert isinstance(app.screen, OfferScreen)
        assert "S cancels it" in str(app.screen.query(Static).first().render())
        await pilot.press("escape", "4", "f12")
        assert isinstance(app.screen, HelpScreen)
        assert "on narrow terminals with z" in shown(app, ".words")
        await pilot.press("f12")
        assert not isinstance(app.screen, HelpScreen)
        await pilot.press("f12", "t", "right")
        assert "R runs what is chosen" in shown(app, "#page")


async def test_another_key_to_quit_replaces_the_first(
    new_app: MakeApp, engine: ScriptedEngine
) -> None:
    app = new_app(settings=Settings(keys={"app.quit": "ctrl+x", "app.palette": "f10"}))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("ctrl+q")
        await pilot.pause()
        assert app.is_running
        assert not engine.closed
        await pilot.press("ctrl+x")
        await pilot.pause()
    assert engine.closed


async def test_the_theme_is_remembered(new_app: MakeApp) -> None:
    app = new_app()
    async with app.run_test(size=SIZE) as pilot:
        assert app.theme == DARK
        await app.run_action("shade")
        await pilot.pause()
        assert app.theme == LIGHT
    assert Memory(memory_path(find_config())).recall("app", "theme", "") == LIGHT
    again = new_app()
    async with again.run_test(size=SIZE):
        assert again.theme == LIGHT
        assert again.has_class("-light-mode")


async def test_a_screen_is_styled_again_only_where_something_is_another(
    new_app: MakeApp, six: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = new_app()
    async with app.run_test() as pilot:
        await pilot.press("3", "1", "3")
        await pilot.pause()
        styled = []
        monkeypatch.setattr(Screen, "update_node_styles", lambda screen, **_: styled.append(screen))
        await pilot.press("1", "3", "1")
        await pilot.pause()
        assert not styled
        app.add_class("-other")
        styled.clear()
        await pilot.press("3")
        await pilot.pause()
        assert styled == [app.screen]


async def test_a_hidden_screen_follows_the_theme(new_app: MakeApp, six: None) -> None:
    app = new_app()
    async with app.run_test() as pilot:
        await pilot.press("3", "1")
        app.theme = LIGHT
        await pilot.pause()
        light = app.screen.styles.background
        await pilot.press("3")
        await pilot.pause()
        assert app.screen.styles.background == light


async def test_the_theme_of_the_settings_comes_first(new_app: MakeApp) -> None:
    app = new_app(settings=Settings(Preferences(theme="nord")))
    async with app.run_test(size=SIZE):
        assert app.theme == "nord"


async def test_what_is_wrong_with_the_settings_is_told(new_app: MakeApp) -> None:
    app = new_app(settings=Settings(Preferences(theme="[b]neon[/b]")), problem="")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert app.theme == DARK
        assert [note.message for note in app._notifications] == ["there is no theme '[b]neon[/b]'"]


@pytest.mark.usefixtures("six")
async def test_a_screen_offers_something_to_copy(new_app: MakeApp) -> None:
    app = new_app()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3", "y")
        assert app.clipboard == "a name"


@pytest.mark.usefixtures("embedded")
async def test_a_crash_of_one_job_leaves_the_app_alive(
    app: TuiAlApp, engine: ScriptedEngine
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("r")
        engine.deliver(Failed(engine.job.number, "test.npy is damaged"))
        await pilot.pause()
        assert [note.message for note in app._notifications] == ["test.npy is damaged"]
        assert app.services.desks.work == ()
        assert str(app.screen.query_one("#activity", Static).render()) == ""


@pytest.mark.usefixtures("six")
async def test_the_palette_lists_the_commands_of_the_screen(new_app: MakeApp) -> None:
    app = new_app()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3")
        await pilot.pause()
        titles = [command.title for command in app.get_system_commands(app.screen)]
        assert {"Find", "Compute", "Copy", "Live", "Grid", "Tour", "Theme", "Quit"} <= set(titles)
        assert "Run" not in titles
        assert len(titles) == len(set(titles))
        assert app.screen.query_one(TopBar).region.height == 1
