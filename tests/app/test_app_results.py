"""The results screen: what is stored is found, compared, exported and deleted."""

import csv
import json
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from bursts import burst
from scripted import MakeApp
from stored_samples import make_many, make_stored, save_runs
from textual.pilot import Pilot
from textual.widgets import Input, SelectionList, Static

from tui_al.errors import BadInput
from tui_al.paths import Cache
from tui_al.report.stored import COLUMNS
from tui_al.results.store import ResultStore
from tui_al.tui import looking, stored_runs
from tui_al.tui.app import TuiAlApp
from tui_al.tui.screens import results
from tui_al.tui.screens.results import ResultsScreen
from tui_al.tui.screens.results_dialogs import ColumnsScreen, DeleteScreen, ExportScreen
from tui_al.tui.series import Series
from tui_al.tui.themes import DARK, LIGHT
from tui_al.tui.widgets import overlay_pane
from tui_al.tui.widgets.frame_table import FrameTable
from tui_al.tui.widgets.legend import Legend
from tui_al.tui.widgets.live_chart import LiveChart
from tui_al.tui.widgets.overlay_pane import OverlayPane

OWN = ("trec6-badge-0", "trec6-badge-1", "trec6-random-0")
SHIPPED = ("bbcnews-badge-0", "bbcnews-random-0")


@pytest.fixture
def stored(cache: Cache, isolated: Path) -> None:
    """Three runs of the user's own, two that come with the program."""
    save_runs(cache.runs, *OWN)
    save_runs(isolated / "reference", *SHIPPED)


@pytest.fixture(autouse=True)
def undelayed_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlay_pane, "_PREVIEW_AFTER", 0.001)


async def show_results(pilot: Pilot[None]) -> ResultsScreen:
    await press(pilot, "3")
    await settle(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, ResultsScreen)
    return screen


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys, and wait for the rows and the curves."""
    await pilot.press(*keys)
    await settle(pilot)


async def settle(pilot: Pilot[None]) -> None:
    await pilot.pause()
    while len(pilot.app.workers):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
    below = pilot.app.screen_stack[0]
    if isinstance(below, ResultsScreen) and below.query_one(OverlayPane)._resting is not None:
        await settle(pilot)
    await pilot.wait_for_animation()


def table(pilot: Pilot[None]) -> FrameTable:
    return pilot.app.screen_stack[0].query_one(FrameTable)


def rows(pilot: Pilot[None], *columns: str) -> list[tuple[object, ...]]:
    return table(pilot).rows.frame.select(*columns).rows()


def problem(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("#problem", Static).content)


def series(pilot: Pilot[None]) -> Sequence[Series]:
    return pilot.app.screen_stack[0].query_one(LiveChart)._series


def legend(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one(Legend).render())


def lines(pilot: Pilot[None]) -> list[str]:
    return [table(pilot).render_line(y).text for y in range(table(pilot).size.height)]


def drawn(pilot: Pilot[None]) -> list[int]:
    """The lengths of the curves on the chart."""
    return [len(one.values) for one in series(pilot)]


@pytest.mark.usefixtures("stored")
async def test_stored_runs_are_listed_as_means_over_seeds(app: TuiAlApp) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        await show_results(pilot)
        assert rows(pilot, "dataset", "strategy", "seeds") == [
            ("bbcnews", "badge", 1), ("bbcnews", "random", 1),
            ("trec6", "badge", 2), ("trec6", "random", 1),
        ]  # fmt: skip
        assert "Runs, means over seeds: 4" in str(table(pilot).border_title)
        await press(pilot, "a")
        assert "seed" in table(pilot).rows.frame.columns
        assert table(pilot).row_count == 5
        await press(pilot, "v")
        assert table(pilot).row_count == 15
        await press(pilot, "a", "v")
        assert table(pilot).row_count == 4


async def test_an_empty_store_says_what_to_do(app: TuiAlApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await show_results(pilot)
        assert screen.query_one("#nothing").display
        assert not table(pilot).display
        await press(pilot, "s", "a", "v", "space", "p", "d", "e", "c", "enter")
        assert app.screen is screen
        assert app.is_running


@pytest.mark.usefixtures("stored")
async def test_the_filter_works_while_it_is_typed(app: TuiAlApp) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        await show_results(pilot)
        await press(pilot, "slash", *"trec6 badge")
        assert rows(pilot, "dataset", "strategy") == [("trec6", "badge")]
        await press(pilot, *" s=")
        assert "may be" in problem(pilot)
        assert rows(pilot, "dataset", "strategy") == [("trec6", "badge")]
        await press(pilot, "backspace", "backspace", "enter")
        assert problem(pilot) == ""
        assert app.focused is table(pilot)
        await press(pilot, "escape")
        assert table(pilot).row_count == 4
        await press(pilot, "slash", "3", "escape")
        assert app.screen.query_one(Input).value == "3"  # a digit is typed, no way elsewhere


@pytest.mark.usefixtures("stored")
async def test_keys_that_come_all_at_once_go_where_they_belong(app: TuiAlApp) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        await show_results(pilot)
        burst(app, "/trec6 badge")
        await settle(pilot)
        assert app.screen.query_one(Input).value == "trec6 badge"
        assert rows(pilot, "dataset", "strategy") == [("trec6", "badge")]
        burst(app, "\ra/6 s\r")  # into the field once more, where the text is replaced
        await settle(pilot)
        assert app.screen.query_one(Input).value == "6 s"
        assert app.focused is table(pilot)
        assert "seed" in table(pilot).rows.frame.columns


@pytest.mark.usefixtures("stored")
async def test_columns_sort_by_key_and_by_mouse(app: TuiAlApp) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        await show_results(pilot)
        await press(pilot, "l", "l", "l", "s")
        assert [name for (name,) in rows(pilot, "strategy")] == [
            "badge",
            "badge",
            "random",
            "random",
        ]
        await press(pilot, "s")
        assert [name for (name,) in rows(pilot, "strategy")] == [
            "random",
            "random",
            "badge",
            "badge",
        ]
        left = table(pilot)._layout.places[4].left + 3
        await pilot.click(FrameTable, offset=(left + 1, 1))  # below the border: the titles
        assert [seeds for (seeds,) in rows(pilot, "seeds")] == [1, 1, 1, 2]


@pytest.mark.usefixtures("stored")
async def test_selected_rows_are_drawn_until_they_are_unselected(app: TuiAlApp) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        await show_results(pilot)
        assert drawn(pilot) == [3]  # of the row under the cursor
        await press(pilot, "space", "j", "space", "j")
        await settle(pilot)
        assert drawn(pilot) == [3, 3, 3]
        assert "2 selected" in str(table(pilot).border_subtitle)
        legend = str(app.screen.query_one(Legend).render())
        assert "bbcnews badge" in legend
        assert "trec6 badge" in legend
        await press(pilot, "slash", *"trec6", "enter")
        await settle(pilot)
        assert drawn(pilot) == [3, 3, 3]  # selected still, though out of sight
        await press(pilot, "u")
        await settle(pilot)
        assert drawn(pilot) == [3]
        assert not table(pilot).border_subtitle


@pytest.mark.usefixtures("stored")
async def test_curves_of_means_have_a_band_and_follow_the_metric(new_app: MakeApp) -> None:
    app = new_app()
    async with app.run_test(size=(140, 45)) as pilot:
        await show_results(pilot)
        await press(pilot, "slash", *"trec6 badge", "enter")
        assert "accuracy over labels, mean ± sd over seeds" in legend(pilot)
        assert "badge ×2 0.700 ±0.000" in legend(pilot)  # equal, but two
        await press(pilot, "m", "m")
        assert "macro-F1 over labels" in legend(pilot)
        assert list(series(pilot)[0].values) == pytest.approx([0.4, 0.4, 0.4])
        await press(pilot, "a")
        assert "mean" not in legend(pilot)
        assert "badge 0.400" in legend(pilot)
    app.services.memory.save()
    again = new_app()
    async with again.run_test(size=(140, 45)) as pilot:
        await show_results(pilot)
        assert "macro-F1 over labels" in legend(pilot)


@pytest.mark.usefixtures("pictured")
async def test_the_band_is_a_standard_deviation_over_seeds(app: TuiAlApp) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        await show_results(pilot)
        assert list(series(pilot)[0].spreads) == pytest.approx([0.01] * 6)
        assert series(pilot)[0].banded
        await press(pilot, "a")
        assert not series(pilot)[0].banded


@pytest.mark.usefixtures("stored")
async def test_the_chart_is_read_with_its_keys_and_escape_takes_it_back(app: TuiAlApp) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        await show_results(pilot)
        app.screen.query_one(LiveChart).focus()
        await press(pilot, "right", "left")
        assert "accuracy at cycle 1, 60 labels" in legend(pilot)
        await press(pilot, "escape")
        assert "accuracy over labels" in legend(pilot)
        assert app.screen is pilot.app.screen_stack[0]


@pytest.mark.usefixtures("stored")
async def test_how_rows_are_looked_at_is_remembered(new_app: MakeApp) -> None:
    app = new_app()
    async with app.run_test(size=(140, 45)) as pilot:
        await show_results(pilot)
        await press(pilot, "l", "l", "l", "s", "s", "a", "c")
        await press(pilot, "space", "escape")  # hides the datasets
        await press(pilot, "slash", *"trec6", "enter", "enter")
        assert table(pilot).row_count == 3  # cycles of what was opened
    app.services.memory.save()
    again = new_app()
    async with again.run_test(size=(140, 45)) as pilot:
        await show_results(pilot)
        titles = table(pilot).render_line(0).text
        assert "strategy↓" in titles
        assert "dataset" not in titles
        assert [seed for (seed,) in rows(pilot, "seed")] == [0, 0, 0, 0, 1]
        assert again.screen.query_one(Input).value == ""  # a filter would hide what is new


async def test_a_damaged_memory_is_no_memory(app: TuiAlApp, stored: None) -> None:
    app.services.memory.remember(
        "results", order="no such column", level=3, grouped="yes", metric="beauty",
        hidden_runs=sorted(COLUMNS), hidden_cycles=[["x"], None],
    )  # fmt: skip
    async with app.run_test(size=(140, 45)) as pilot:
        await show_results(pilot)
        assert "dataset" in table(pilot).render_line(0).text
        assert "accuracy over labels" in legend(pilot)


class Gate:
    """Finds rows, but not before it is opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._open = threading.Event()
        self.asked = 0
        monkeypatch.setattr(results, "find", self._find)

    def _find(self, wanted: looking.Wanted, outdated: Callable[[], bool]) -> object:
        self.asked += 1
        assert self._open.wait(10)
        return looking.find(wanted, outdated)

    def close(self) -> None:
        self._open.clear()

    def open(self) -> None:
        self._open.set()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    return Gate(monkeypatch)


@pytest.mark.usefixtures("stored")
async def test_keys_act_on_what_is_seen_while_other_rows_are_looked_for(
    app: TuiAlApp, gate: Gate
) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        gate.open()
        await show_results(pilot)
        gate.close()
        await pilot.press("a", "j", "space", "p", "j")  # runs are wanted, means are seen
        assert table(pilot).here == "trec6-badge"
        assert lines(pilot)[2][:2] == "●↑"
        await pilot.press("slash", *"badge", "enter", "s", "G")
        assert app.screen.query_one(Input).value == "badge"
        assert gate.asked == 2  # the first, and that for runs
        gate.open()
        await settle(pilot)
        assert gate.asked == 3  # the latest wish alone
        assert rows(pilot, "run_id") == [(run,) for run in (SHIPPED[0], OWN[0], OWN[1])]
        assert not table(pilot).border_subtitle
        await press(pilot, "a", "escape")
        assert "1 selected, 1 pinned" in str(table(pilot).border_subtitle)
        assert table(pilot).rows.key_of(0) == "bbcnews-random"


@pytest.mark.usefixtures("stored")
async def test_enter_opens_the_row_that_is_seen_and_once(app: TuiAlApp, gate: Gate) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        gate.open()
        await show_results(pilot)
        await press(pilot, "G", "k")
        gate.close()
        await pilot.press("v", "enter", "enter")  # cycles are wanted, the mean of trec6 is seen
        gate.open()
        await settle(pilot)
        assert rows(pilot, "run_id") == [(OWN[0],), (OWN[1],)]
        await press(pilot, "escape")
        assert table(pilot).row_count == 12  # the cycles that were wanted
        await press(pilot, "escape")
        assert app.current_mode == "live"


@pytest.mark.usefixtures("stored")
async def test_a_pinned_row_stays_on_top(app: TuiAlApp) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        await show_results(pilot)
        await press(pilot, "G", "p")
        assert rows(pilot, "setting")[0] == ("trec6-random",)
        assert table(pilot).here == "trec6-random"
        await press(pilot, "slash", *"bbcnews", "enter")
        assert [name for name, in rows(pilot, "setting")] == [
            "trec6-random", "bbcnews-badge", "bbcnews-random",
        ]  # fmt: skip
        await press(pilot, "g", "p")
        assert table(pilot).row_count == 2


@pytest.mark.usefixtures("stored")
async def test_enter_opens_what_a_row_is_made_of_and_escape_returns(app: TuiAlApp) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        await show_results(pilot)
        await press(pilot, "slash", *"trec6", "enter", "enter")
        assert rows(pilot, "seed") == [(0,), (1,)]
        await press(pilot, "j", "enter")
        assert rows(pilot, "run_id", "cycle") == [("trec6-badge-1", cycle) for cycle in range(3)]
        await press(pilot, "enter")
        assert table(pilot).row_count == 3
        await press(pilot, "escape")
        assert table(pilot).row_count == 2
        await press(pilot, "escape")
        assert table(pilot).row_count == 2  # those of the filter
        assert app.screen.query_one(Input).value == "trec6"
        await press(pilot, "escape")
        assert table(pilot).row_count == 4


@pytest.mark.usefixtures("stored")
async def test_columns_are_hidden_and_shown(app: TuiAlApp) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        await show_results(pilot)
        await press(pilot, "c")
        assert isinstance(app.screen, ColumnsScreen)
        await press(pilot, "space", "escape")  # the first is the dataset
        await pilot.pause()
        titles = table(pilot).render_line(0).text
        assert "dataset" not in titles
        assert "model" in titles
        await press(pilot, "c")
        app.screen.query_one(SelectionList).deselect_all()
        await press(pilot, "escape")
        await pilot.pause()
        assert "model" in table(pilot).render_line(0).text


async def export(pilot: Pilot[None], path: Path) -> None:
    await press(pilot, "e")
    field = pilot.app.screen.query_one(Input)
    field.value = str(path)
    await pilot.pause()
    await press(pilot, "enter")
    await settle(pilot)


@pytest.mark.usefixtures("stored")
async def test_rows_are_exported_in_the_format_of_the_ending(app: TuiAlApp, tmp_path: Path) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        await show_results(pilot)
        await export(pilot, tmp_path / "all.csv")
        assert isinstance(app.screen, ResultsScreen)
        written = list(csv.DictReader((tmp_path / "all.csv").open()))
        assert [row["dataset"] for row in written] == ["bbcnews", "bbcnews", "trec6", "trec6"]
        assert float(written[2]["accuracy"]) == pytest.approx(0.7)
        assert written[2]["accuracy_sd"] == "0.0"
        await press(pilot, "G", "space", "slash", *"bbcnews", "enter")
        await export(pilot, tmp_path / "one.json")
        one = json.loads((tmp_path / "one.json").read_text())
        assert [row["dataset"] for row in one] == ["trec6"]  # selected, though out of sight
        await export(pilot, tmp_path / "one.md")
        assert "| trec6 |" in (tmp_path / "one.md").read_text()


@pytest.mark.usefixtures("stored")
async def test_curves_are_exported_as_svg(app: TuiAlApp, tmp_path: Path) -> None:
    pytest.importorskip("vl_convert")
    async with app.run_test(size=(140, 45)) as pilot:
        await show_results(pilot)
        await press(pilot, "space", "G", "space")
        await export(pilot, tmp_path / "curves.svg")
        picture = (tmp_path / "curves.svg").read_text()
        assert picture.startswith("<svg")
        assert "bbcnews badge" in picture


@pytest.mark.usefixtures("stored")
async def test_without_the_extra_svg_says_what_to_install(
    app: TuiAlApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)
    async with app.run_test(size=(140, 45)) as pilot:
        await show_results(pilot)
        await export(pilot, tmp_path / "curves.svg")
        assert isinstance(app.screen, ExportScreen)
        reason = str(app.screen.query_one("#reason", Static).content)
        assert "tui-al[export]" in reason
        assert not (tmp_path / "curves.svg").exists()


@pytest.mark.usefixtures("stored")
async def test_a_file_is_replaced_only_when_asked_twice(app: TuiAlApp, tmp_path: Path) -> None:
    path = tmp_path / "runs.csv"
    path.write_text("mine")
    async with app.run_test(size=(140, 45)) as pilot:
        await show_results(pilot)
        await export(pilot, path)
        assert path.read_text() == "mine"
        assert "exists" in str(app.screen.query_one("#reason", Static).content)
        await press(pilot, "enter")
        await settle(pilot)
        assert path.read_text().startswith("dataset,")


@pytest.mark.usefixtures("stored")
async def test_a_folder_is_no_file(app: TuiAlApp, tmp_path: Path) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        await show_results(pilot)
        await export(pilot, tmp_path)
        assert "is a folder" in str(app.screen.query_one("#reason", Static).content)


@pytest.mark.usefixtures("stored")
async def test_own_runs_are_deleted_when_that_is_confirmed(app: TuiAlApp, cache: Cache) -> None:
    store = ResultStore(cache.runs)
    async with app.run_test(size=(140, 45)) as pilot:
        await show_results(pilot)
        await press(pilot, "slash", *"trec6 badge", "enter", "d")
        assert isinstance(app.screen, DeleteScreen)
        await press(pilot, "enter")  # the careful answer is the first
        await settle(pilot)
        assert store.run_ids() == set(OWN)
        await press(pilot, "d", "y")
        await settle(pilot)
        assert store.run_ids() == {"trec6-random-0"}
        await press(pilot, "escape")
        assert table(pilot).row_count == 3


@pytest.mark.usefixtures("stored")
async def test_shipped_runs_stay(app: TuiAlApp, cache: Cache, isolated: Path) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        await show_results(pilot)
        await press(pilot, "d")
        await pilot.pause()
        assert isinstance(app.screen, ResultsScreen)
        assert any("come with the program" in note.message for note in app._notifications)
        await press(pilot, "space", "G", "space", "d")
        text = str(app.screen.query(Static).first().content)
        assert "This run of yours" in text
        assert "● random from random on trec6 x minilm-l6\n" in text
        assert "1 selected run comes with the program" in text
        await press(pilot, "y")
        await settle(pilot)
    assert ResultStore(cache.runs).run_ids() == {"trec6-badge-0", "trec6-badge-1"}
    assert ResultStore(isolated / "reference").run_ids() == set(SHIPPED)


@pytest.mark.usefixtures("stored")
async def test_what_cannot_be_deleted_is_said_and_the_app_stays(
    app: TuiAlApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: ResultStore, run_ids: object) -> int:
        raise BadInput("cannot write it (read-only file system): free or unlock it")

    monkeypatch.setattr(ResultStore, "delete", refuse)
    async with app.run_test(size=(140, 45)) as pilot:
        await show_results(pilot)
        await press(pilot, "G", "d", "y")
        await settle(pilot)
        assert any("read-only" in note.message for note in app._notifications)
        assert table(pilot).row_count == 4


@pytest.mark.usefixtures("stored")
async def test_new_results_appear_when_asked_and_when_the_screen_is_shown_again(
    app: TuiAlApp, cache: Cache
) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        await show_results(pilot)
        await press(pilot, "j", "space")
        save_runs(cache.runs, "agnews-badge-0")
        await press(pilot, "ctrl+r")
        await settle(pilot)
        assert table(pilot).row_count == 5
        assert table(pilot).here == "bbcnews-random"  # where the cursor was
        save_runs(cache.runs, "agnews-badge-1")
        await press(pilot, "1")
        await settle(pilot)
        await press(pilot, "3")
        await settle(pilot)
        assert ("agnews", 2) in rows(pilot, "dataset", "seeds")
        assert "1 selected" in str(table(pilot).border_subtitle)


async def test_a_store_that_cannot_be_read_is_said_and_the_app_stays(
    app: TuiAlApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*stores: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(stored_runs, "read_stored", fail)
    async with app.run_test(size=(80, 24)) as pilot:
        await show_results(pilot)
        assert any("the disk is gone" in note.message for note in app._notifications)
        await press(pilot, "s", "a", "v", "space", "p", "d", "e", "c", "enter", "y")
        assert isinstance(app.screen, ResultsScreen)
        assert app.is_running


@pytest.mark.usefixtures("stored")
async def test_y_copies_the_row(app: TuiAlApp) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        await show_results(pilot)
        await press(pilot, "y")
        assert app.clipboard.split("\t")[:4] == ["bbcnews", "minilm-l6", "random", "badge"]


async def test_two_hundred_thousand_rows_are_fluid(
    app: TuiAlApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing else runs a key takes well under 50 ms; this only notices a collapse."""
    many = make_many()
    monkeypatch.setattr(stored_runs, "read_stored", lambda *stores: many)
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await show_results(pilot)
        await press(pilot, "a", "v")
        assert table(pilot).row_count == 200_000
        seconds = []
        keys = ("j", "G", "g", "l", "space", "p", "p", "s", "pagedown", "slash", *"s01 acc>0.9")
        for key in keys:
            started = time.perf_counter()
            await pilot.press(key)
            seconds.append(time.perf_counter() - started)
        await settle(pilot)
        assert screen.is_running
        assert sorted(seconds)[len(seconds) // 2] < 0.5
        assert max(seconds) < 2


# Pictures.

SIZES = pytest.mark.parametrize("size", [(80, 24), (140, 45)], ids=["80x24", "140x45"])
THEMES = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
Prepare = Callable[[Pilot[None]], Awaitable[None]]


@pytest.fixture
def pictured(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same runs in every picture."""
    stored = make_stored(strategies=("badge", "margin", "random"), cycles=6, own=["trec6-badge-0"],
                         now=datetime(2026, 1, 2, 3, 4, tzinfo=UTC))  # fmt: skip
    monkeypatch.setattr(stored_runs, "read_stored", lambda *stores: stored)


@SIZES
@THEMES
@pytest.mark.usefixtures("pictured")
def test_picture_of_results(
    snap_compare: Any, app: TuiAlApp, size: tuple[int, int], theme: str
) -> None:
    async def run(pilot: Pilot[None]) -> None:
        app.theme = theme
        await show_results(pilot)
        await press(pilot, "slash", *"trec6", "enter")
        await press(pilot, "G", "p", "j", "space", "j", "space")
        await press(pilot, "l", "l", "l", "l", "l", "s")
        await settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=run)


@SIZES
@pytest.mark.usefixtures("pictured")
@pytest.mark.parametrize("key", ["c", "e", "d"], ids=["columns", "export", "delete"])
def test_picture_of_results_dialogs(
    snap_compare: Any, app: TuiAlApp, size: tuple[int, int], key: str
) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await show_results(pilot)
        await press(pilot, "slash", *"trec6 badge", "enter", key)
        await settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=run)


@SIZES
def test_picture_of_no_results(snap_compare: Any, app: TuiAlApp, size: tuple[int, int]) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await show_results(pilot)

    assert snap_compare(app, terminal_size=size, run_before=run)
