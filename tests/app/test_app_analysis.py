"""The analysis screen: sections of a report for the slice that is chosen."""

import json
import re
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from analysis_samples import HOSTILE, store_runs
from bursts import burst
from scripted import MakeApp
from textual.pilot import Pilot
from textual.widgets import Input, RadioButton, Static

from tui_al.errors import BadInput
from tui_al.paths import Cache
from tui_al.report.metrics import METRIC_NAMES
from tui_al.report.sections import SECTIONS
from tui_al.tui import findings
from tui_al.tui.app import TuiAlApp
from tui_al.tui.config import LIGHT
from tui_al.tui.screens.analysis import AnalysisScreen
from tui_al.tui.screens.export_section import ExportSectionScreen
from tui_al.tui.screens.terms import TermsScreen, parse_price, parse_targets
from tui_al.tui.slicing import Chosen, Terms
from tui_al.tui.widgets.blocks import BlockPane
from tui_al.tui.widgets.facets import SliceFilter, ValueTable
from tui_al.tui.widgets.sections import SectionList

WIDE, NARROW = (140, 45), (80, 24)


@pytest.fixture
def stored(cache: Cache) -> None:
    """120 runs: two datasets, models and initial pools, five strategies, three seeds."""
    store_runs(cache)


async def settle(pilot: Pilot[None]) -> None:
    """Wait until the thread has answered what was asked last."""
    await pilot.pause()
    while pilot.app.workers:
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
    await pilot.wait_for_animation()


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys as someone who waits for what each of them does."""
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


def pane(app: TuiAlApp) -> BlockPane:
    return app.screen.query_one(BlockPane)


def text(app: TuiAlApp) -> str:
    """What the pane shows, on one line."""
    return " ".join(pane(app).text.split())


def told(app: TuiAlApp) -> list[str]:
    return [note.message for note in app._notifications]


def slice_line(app: TuiAlApp) -> str:
    parts = (str(app.screen.query_one(f"#{part}", Static).render()) for part in ("metric", "slice"))
    return "   ".join(parts)


def values(app: TuiAlApp) -> dict[str, str]:
    """The rows of the filter: names and what stands beside them."""
    table = app.screen.query_one(ValueTable)
    rows = (table.get_row_at(row) for row in range(table.row_count))
    return {name.plain.strip(): beside.plain for name, beside in rows}


@pytest.mark.usefixtures("stored")
async def test_each_section_of_a_report_is_shown(new_app: MakeApp) -> None:
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        await press(pilot, "4")
        titles = []
        for name in SECTIONS:
            titles.append(str(pane(app).border_title))
            assert titles[-1].startswith(f"{name} · ")
            assert text(app)
            assert pane(app).virtual_size.width <= pane(app).columns
            await press(pilot, "down")
        assert len(set(titles)) == len(SECTIONS)
        assert not told(app)


@pytest.mark.usefixtures("stored")
async def test_sections_by_bracket_keys_go_round(new_app: MakeApp) -> None:
    app = new_app()
    async with app.run_test(size=NARROW) as pilot:
        await press(pilot, "4", "[")
        assert "times" in str(pane(app).border_title)
        assert "Seconds of queries in a run" in text(app)
        await press(pilot, "]", "]")
        assert str(pane(app).border_title).startswith("settings")


@pytest.mark.usefixtures("stored")
async def test_a_section_by_mouse(new_app: MakeApp) -> None:
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        await press(pilot, "4")
        await pilot.click(SectionList, offset=(4, 1 + list(SECTIONS).index("win-rates")))
        await settle(pilot)
        assert "Win rates, random initial pool" in text(app)
        await pilot.click("#metric")
        await settle(pilot)
        assert "higher balanced accuracy than the column" in text(app)


@pytest.mark.parametrize("size", [WIDE, (80, 24)])
@pytest.mark.usefixtures("stored")
async def test_what_is_typed_at_once_after_the_slash_goes_into_the_field(
    new_app: MakeApp, size: tuple[int, int]
) -> None:
    app = new_app()
    async with app.run_test(size=size) as pilot:
        await press(pilot, "4")
        burst(app, "/trec6 m/")
        await settle(pilot)
        assert app.screen.query_one(Input).value == "trec6 m/"


@pytest.mark.usefixtures("stored")
async def test_the_filter_finds_what_is_typed_and_takes_several(new_app: MakeApp) -> None:
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        await press(pilot, "4")
        assert values(app)["trec6"] == "60"
        assert slice_line(app) == "accuracy   all of 120 stored runs"
        await press(pilot, "slash", *"trec")
        assert set(values(app)) == {"dataset", "trec6"}
        await press(pilot, "enter", "escape", *"margin", "enter", "escape", *"badge", "enter")
        assert (
            slice_line(app) == "accuracy   dataset trec6   strategy margin, badge   24 stored runs"
        )
        assert values(app) == {"strategy": "2 of 5", "✓ ★ badge": "12"}
        await press(pilot, "escape")
        assert values(app)["✓ trec6"] == "24"
        assert values(app)["bbcnews"] == "24"  # of the same strategies
        assert values(app)["● random"] == "12"
        assert values(app)["model"] == "all"
        assert "bbcnews" not in text(app)
        await press(pilot, "enter")  # badge again, which is under the cursor
        assert app.screen.query_one(SliceFilter)._chosen == Chosen(("trec6",), strategy=("margin",))


@pytest.mark.usefixtures("stored")
async def test_a_field_takes_all_of_it_back(new_app: MakeApp) -> None:
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        await press(pilot, "4", "tab", "tab", "j", "space", "j", "space")
        assert values(app)["dataset"] == "2 of 2"
        await press(pilot, "g", "space")
        assert values(app)["dataset"] == "all"
        assert slice_line(app) == "accuracy   all of 120 stored runs"


@pytest.mark.usefixtures("stored")
async def test_the_metric_is_of_the_next_answer(new_app: MakeApp) -> None:
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        await press(pilot, "4", "j", "j")
        seen = []
        for name in METRIC_NAMES.values():
            assert slice_line(app).startswith(name)
            assert f"Charts of the highest mean {name} come first" in text(app)
            seen.append(pane(app).text)
            await press(pilot, "m")
        assert len(set(seen)) == len(METRIC_NAMES)


@pytest.mark.usefixtures("stored")
async def test_narrow_lists_open_over_the_section_and_close(new_app: MakeApp) -> None:
    app = new_app()
    async with app.run_test(size=NARROW) as pilot:
        await press(pilot, "4")
        sections, filter_ = app.screen.query_one(SectionList), app.screen.query_one(SliceFilter)
        assert app.screen.focused is pane(app)
        assert not sections.is_on_screen
        await press(pilot, "s")
        assert sections.has_focus
        assert sections.region.width == 80
        assert "pairwise win rates" in app.export_screenshot().replace("&#160;", " ")
        await press(pilot, "j", "enter")
        assert app.screen.focused is pane(app)
        assert str(pane(app).border_title).startswith("settings")
        await press(pilot, "slash", *"glove", "enter")
        assert filter_.region.width == 80
        await press(pilot, "escape")  # out of what was typed
        assert filter_.field.has_focus
        await press(pilot, "escape")
        assert app.screen.focused is pane(app)
        assert not app.screen.query_one("#side").display
        assert "model glove-50" in slice_line(app)
        await press(pilot, "escape")
        assert app.current_mode == "live"


@pytest.mark.usefixtures("stored")
async def test_resizing_draws_for_the_new_width(new_app: MakeApp) -> None:
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        await press(pilot, "4", "j", "j")
        widths = []
        for size in ((200, 50), (80, 24), (100, 30), (40, 12)):
            await pilot.resize_terminal(*size)
            await settle(pilot)
            assert pane(app).virtual_size.width <= pane(app).columns
            widths.append(pane(app).virtual_size.width)
            assert app.screen.focused is not None
            assert app.screen.focused.is_on_screen
        assert len(set(widths)) == len(widths)


@pytest.mark.usefixtures("stored")
async def test_scrolling_and_going_away_and_back(new_app: MakeApp) -> None:
    app = new_app()
    async with app.run_test(size=NARROW) as pilot:
        await press(pilot, "4", "]")
        await press(pilot, "j", "j", "j", "pagedown")
        place = pane(app).scroll_offset.y
        assert place > 10
        await press(pilot, "1", "4")
        assert pane(app).scroll_offset.y == place
        await press(pilot, "]")
        assert pane(app).scroll_offset.y == 0
        await press(pilot, "[")
        assert pane(app).scroll_offset.y == place
        await press(pilot, "G")
        assert pane(app).scroll_offset.y == pane(app).max_scroll_y
        await press(pilot, "g")
        assert pane(app).scroll_offset.y == 0


@pytest.mark.usefixtures("stored")
async def test_the_list_turns_the_sections_pages(new_app: MakeApp) -> None:
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        await press(pilot, "4", "j", "j", "pagedown")
        assert app.screen.query_one(SectionList).has_focus
        assert pane(app).scroll_offset.y > 10
        await press(pilot, "pageup")
        assert pane(app).scroll_offset.y == 0


async def test_new_runs_are_seen_when_the_screen_is_shown_again(
    new_app: MakeApp, cache: Cache
) -> None:
    store_runs(cache, dataset=["bbcnews"])
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        await press(pilot, "4")
        shown = app.screen
        assert isinstance(shown, AnalysisScreen)
        before = shown._shown
        await press(pilot, "1", "4")
        assert shown._shown is before  # nothing was drawn again for nothing
        store_runs(cache, dataset=["trec6"])
        assert "all of 60" in slice_line(app)
        await press(pilot, "1", "4")
        assert "all of 120" in slice_line(app)
        assert values(app)["trec6"] == "60"
        store_runs(cache, dataset=["sst2"])
        await press(pilot, "ctrl+r")
        assert "all of 180" in slice_line(app)


async def test_an_empty_store_says_what_to_do(new_app: MakeApp) -> None:
    app = new_app()
    async with app.run_test(size=NARROW) as pilot:
        await press(pilot, "4")
        assert text(app).startswith(
            "Nothing is stored yet: 'tui-al run --dataset bbcnews --model wordllama-256'"
        )
        assert "Or run something on the Live screen (1)" in text(app)
        await press(pilot, "x")
        assert told(app) == [
            "There is nothing to export here: choose another section or more runs."
        ]
        await press(pilot, "m", "]", "slash", "a", "enter")
        assert "Nothing is stored yet" in text(app)


async def test_an_empty_slice_says_what_is_stored_nearby(new_app: MakeApp, cache: Cache) -> None:
    store_runs(cache, dataset=["bbcnews"], model=["minilm-l6"])
    store_runs(cache, dataset=["trec6"], model=["glove-50"])
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        await press(pilot, "4", "slash", *"trec", "enter", "escape", *"minilm", "enter")
        assert "Nothing is stored for trec6 with minilm-l6 yet" in text(app)
        assert "tored for trec6: model glove-50" in text(app)
        assert "c shows all runs again" in text(app)
        await press(pilot, "escape", "escape", "c")
        assert slice_line(app).endswith("all of 60 stored runs")
        assert "margin" in text(app)


@pytest.mark.usefixtures("stored")
async def test_a_section_with_nothing_to_show_says_so(new_app: MakeApp) -> None:
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        await press(
            pilot, "4", *["["] * 4
        )  # winning initial pools by size: of runs without queries
        assert "Nothing stored of this slice has something to show here" in text(app)
        assert SECTIONS["pool-wins"] in text(app)


@pytest.mark.usefixtures("stored")
async def test_targets_and_prices_are_asked_for(new_app: MakeApp) -> None:
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        await press(pilot, "4", *["["] * 7)
        assert text(app) == "Costs need a price: t sets one."
        await press(pilot, "t", *"2", "enter")
        assert isinstance(app.screen, TermsScreen)
        reason = str(app.screen.query_one("#reason", Static).render())
        assert reason == "'2' is no target: a share above 0 and up to 1, such as 0.9"
        await press(pilot, "backspace", *"80%", "tab", *"0.25", "enter")
        assert not isinstance(app.screen, TermsScreen)
        assert "Costs are of labels at 0.25" in text(app)
        await press(pilot, "[")
        assert "labels to reach accuracy 0.8" in text(app)


@pytest.mark.parametrize(
    ("typed", "targets"),
    [("", ()), ("0.9, 95%", (0.9, 0.95)), ("1 1.0", (1.0,))],
)
def test_targets_are_shares(typed: str, targets: tuple[float, ...]) -> None:
    assert parse_targets(typed) == targets


@pytest.mark.parametrize("typed", ["0", "90", "-0.5", "101%", "x", "nan", "inf", "0.9;0.8"])
def test_what_is_no_target_is_refused(typed: str) -> None:
    with pytest.raises(BadInput, match=r"such as 0\.9"):
        parse_targets(typed)


def test_prices_are_numbers_from_0_on() -> None:
    assert parse_price(" ") is None
    assert parse_price(" 0 ") == 0
    assert parse_price("0.25") == 0.25
    for typed in ("-1", "free", "inf", "nan"):
        with pytest.raises(BadInput, match="is no"):
            parse_price(typed)


@pytest.mark.usefixtures("stored")
async def test_a_section_is_copied_as_text(new_app: MakeApp) -> None:
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        await press(pilot, "4", *"jjjjj", "y")
        lines = app.clipboard.splitlines()
        assert lines[0] == "Which strategy beats which"
        assert lines[2] == "Win rates, random initial pool"
        assert re.search(r"^dropquery( +\S+){5}$", app.clipboard, re.MULTILINE)
        assert "\x1b" not in app.clipboard


@pytest.mark.usefixtures("stored")
async def test_what_is_marked_with_the_mouse_is_copied_alone(new_app: MakeApp) -> None:
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        await press(pilot, "4", *"jjjjj", "tab", "tab", "tab")
        await pilot.mouse_down(BlockPane, offset=(2, 1))
        await pilot.hover(BlockPane, offset=(11, 1))
        await pilot.mouse_up(BlockPane, offset=(11, 1))
        await press(pilot, "y")
        assert app.clipboard in ("Win rates", "Win rates,")


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("form", ["csv", "json", "markdown"])
async def test_a_section_is_exported(
    new_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.chdir(tmp_path)
    app = new_app()
    async with app.run_test(size=NARROW) as pilot:
        await press(pilot, "4", *["]"] * 5, "x")
        place = ["csv", "json", "markdown"].index(form)
        await pilot.click(list(app.screen.query(RadioButton))[place])
        app.screen.query_one(Input).focus()
        await press(pilot, "enter")
        (written,) = tmp_path.iterdir()
        assert written.name == f"win-rates.{'md' if form == 'markdown' else form}"
        assert told(app) == [f"Written: {written}"]
        content = written.read_text()
        if form == "json":
            assert {row["metric"] for row in json.loads(content)} == {"accuracy"}
        else:
            assert content.startswith("metric," if form == "csv" else "## Which strategy beats")
        assert not isinstance(app.screen, ExportSectionScreen)


@pytest.mark.usefixtures("stored")
async def test_an_existing_file_is_replaced_when_asked_twice(
    new_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("verdicts.csv").write_text("precious")
    app = new_app()
    async with app.run_test(size=NARROW) as pilot:
        await press(pilot, "4", "x", "enter")
        reason = app.screen.query_one("#reason", Static)
        assert str(reason.render()) == "verdicts.csv exists: Enter once more replaces it"
        assert Path("verdicts.csv").read_text() == "precious"
        await press(pilot, "enter")
        assert Path("verdicts.csv").read_text().startswith("about,dataset,")


@pytest.mark.usefixtures("stored")
async def test_charts_are_exported_as_pictures(
    new_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = new_app()
    async with app.run_test(size=NARROW) as pilot:
        await press(pilot, "4", *["]"] * 5, "x")
        await pilot.click(list(app.screen.query(RadioButton))[3])
        app.screen.query_one(Input).focus()
        await press(pilot, "enter")
        assert told(app) == [f"2 pictures in {tmp_path / 'win-rates'}"]
        for path in (tmp_path / "win-rates").iterdir():
            assert path.read_text().startswith("<svg")


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("missing", ["altair", "vl_convert"])
async def test_pictures_without_the_extra_say_what_to_install(
    new_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(__import__("sys").modules, missing, None)
    app = new_app()
    async with app.run_test(size=NARROW) as pilot:
        await press(pilot, "4", *["]"] * 5, "x")
        await pilot.click(list(app.screen.query(RadioButton))[3])
        app.screen.query_one(Input).focus()
        await press(pilot, "enter")
        reason = str(app.screen.query_one("#reason", Static).render())
        assert reason.endswith("pip install 'tui-al[export]'")
        assert not list(tmp_path.glob("*/*"))


@pytest.mark.usefixtures("stored")
async def test_an_export_that_fails_can_be_tried_again(
    new_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("taken").mkdir()
    Path("file").touch()
    app = new_app()
    async with app.run_test(size=NARROW) as pilot:
        await press(pilot, "4", "x")
        field = app.screen.query_one(Input)
        for name, reason in (
            ("", "Type a name first"),
            ("taken", "is a folder"),
            ("file/verdicts.csv", "cannot write"),
            ("~nobody-of-this-name/x.csv", "whose home directory is that?"),
        ):
            field.value = name
            await press(pilot, "enter")
            assert reason in str(app.screen.query_one("#reason", Static).render())
        assert isinstance(app.screen, ExportSectionScreen)


async def test_keys_do_not_wait_and_outdated_answers_are_dropped(
    new_app: MakeApp, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_runs(cache, dataset=["bbcnews"], ips=["random"])
    app = new_app()
    gate, began, built = Event(), Event(), []
    real = findings.build_sections

    def slow(names: Any, results: Any, question: Any) -> Any:
        built.append(names[0])
        if names[0] == "settings":
            began.set()
            assert gate.wait(20)
        return real(names, results, question)

    monkeypatch.setattr(findings, "build_sections", slow)
    async with app.run_test(size=WIDE) as pilot:
        await press(pilot, "4")
        before = pane(app).text
        await pilot.press("j")
        while not began.is_set():
            await pilot.pause()
        await pilot.press("j", "j", "j", "m")  # all of it at once, while the thread is busy
        assert app.screen.query_one(SectionList).cursor_row == list(SECTIONS).index("ranks")
        assert pane(app).text == before
        assert str(pane(app).border_title).startswith("verdicts")
        app.screen.query_one("SliceLine")._tell()
        assert str(app.screen.query_one("#working", Static).render()) == "working …"
        gate.set()
        await settle(pilot)
        assert str(pane(app).border_title).startswith("ranks")
        assert built == ["verdicts", "settings", "ranks"]  # nothing in between
        assert str(app.screen.query_one("#working", Static).render()) == ""


@pytest.mark.usefixtures("stored")
async def test_half_a_section_is_completed_later(
    new_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Away from a section of which the first lines were shown, and back."""
    app = new_app()
    gate, first, real = Event(), Event(), findings.draw

    def halting(section: Any, width: int, **ground: bool) -> Any:
        for number, piece in enumerate(real(section, width, **ground)):
            if section.name == "curves" and number == 6 and not gate.is_set():
                first.set()
                assert gate.wait(20)
            yield piece

    monkeypatch.setattr(findings, "draw", halting)
    async with app.run_test(size=WIDE) as pilot:
        await press(pilot, "4")
        await pilot.press("j", "j")
        while not first.is_set():
            await pilot.pause()
        await pilot.pause()
        part = pane(app).virtual_size.height
        assert str(pane(app).border_title).startswith("curves")
        await pilot.press("j", "k")
        gate.set()
        await settle(pilot)
        assert str(pane(app).border_title).startswith("curves")
        assert pane(app).virtual_size.height > part
        assert "Charts of the highest mean accuracy come first" in text(app)


@pytest.mark.usefixtures("stored")
async def test_a_crash_is_told_and_the_app_goes_on(
    new_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = new_app()
    real = findings.build_sections

    def broken(names: Any, results: Any, question: Any) -> Any:
        if names[0] == "settings":
            raise RuntimeError("[b]no[/b] luck\x1b[31m\nmore")
        return real(names, results, question)

    monkeypatch.setattr(findings, "build_sections", broken)
    async with app.run_test(size=WIDE) as pilot:
        await press(pilot, "4")
        before = pane(app).text
        await press(pilot, "j")
        assert told(app) == ["[b]no[/b] luck␛[31m"]
        assert pane(app).text == before
        await press(pilot, "j")
        assert str(pane(app).border_title).startswith("curves")


async def test_unusable_files_are_told_once(new_app: MakeApp, cache: Cache) -> None:
    store_runs(cache, dataset=["bbcnews"])
    (cache.runs / "notes.parquet").write_text("no parquet")
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        await press(pilot, "4", "j", "1", "4")
        assert len(told(app)) == 1
        assert re.match(r"passed over .*notes\.parquet: it is .*\. 'tui-al cache ver", told(app)[0])


async def test_many_unusable_files_are_one_message(new_app: MakeApp, cache: Cache) -> None:
    store_runs(cache, dataset=["bbcnews"])
    for number in range(30):
        (cache.runs / f"notes{number}.parquet").write_text("no parquet")
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        await press(pilot, "4")
        (message,) = told(app)
        assert "and 29 more files. 'tui-al cache verify' names them all" in message


async def test_hostile_names_are_text(new_app: MakeApp, cache: Cache) -> None:
    store_runs(cache, dataset=[HOSTILE, "bbcnews"])
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        await press(pilot, "4", "slash", *"mine", "enter")
        shown = app.export_screenshot().replace("&#160;", " ")
        assert "[bold]mine[/bold]␛[31m" in shown
        assert "\x1b" not in pane(app).text
        assert slice_line(app).startswith("accuracy   dataset [bold]mine[/bold]␛[31m")
        await press(pilot, "escape", "escape")
        for _ in SECTIONS:
            await press(pilot, "]")
            assert "\x1b" not in pane(app).text
        assert not told(app)


@pytest.mark.usefixtures("stored")
async def test_section_and_metric_are_remembered(new_app: MakeApp) -> None:
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        await press(pilot, "4", "j", "m")
    app.services.memory.save()
    again = new_app()
    async with again.run_test(size=WIDE) as pilot:
        await press(pilot, "4")
        assert str(pane(again).border_title).startswith("settings")
        assert slice_line(again).startswith("balanced accuracy")
        assert again.screen.query_one(SectionList).cursor_row == 1


@pytest.mark.usefixtures("stored")
async def test_colours_follow_the_theme_and_no_color(
    new_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def colors(app: TuiAlApp) -> set[str]:
        lines = pane(app)._lines
        styles = [segment.style for line in lines for segment in line if segment.style]
        return {style.color.name for style in styles if style.color}

    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        await press(pilot, "4", "j", "j")
        dark = colors(app)
        app.theme = LIGHT
        await settle(pilot)
        assert dark
        assert colors(app)
        assert not dark & colors(app)
    monkeypatch.setenv("NO_COLOR", "1")
    plain = new_app()
    async with plain.run_test(size=WIDE) as pilot:
        await press(pilot, "4", *"jjjjj")
        assert not colors(plain)
        assert "×××" in text(plain)  # bars are made of marks


def test_terms_and_slices_are_plain_values() -> None:
    chosen = Chosen().toggled("model", "a").toggled("model", "b").toggled("model", "a")
    assert chosen == Chosen(model=("b",))
    assert chosen.without("model") == Chosen()
    assert Terms() == Terms((), None, None)


PLACES = {"verdicts": [], "win-rates": ["]"] * 5, "curves": ["]"] * 2, "shares": ["]"] * 7}


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "140x45"])
@pytest.mark.parametrize("place", PLACES)
def test_picture_of_a_section(
    snap_compare: Any, new_app: MakeApp, size: tuple[int, int], place: str, theme: str
) -> None:
    app = new_app()

    async def show(pilot: Pilot[None]) -> None:
        if theme == "light":
            app.theme = LIGHT
        await press(pilot, "4", *PLACES[place])

    assert snap_compare(app, terminal_size=size, run_before=show)


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "140x45"])
@pytest.mark.parametrize(
    "keys",
    [("s",), ("slash", *"trec", "enter"), ("x",), ("t",)],
    ids=["sections", "filter", "export", "targets"],
)
def test_picture_of_choosing(
    snap_compare: Any, new_app: MakeApp, size: tuple[int, int], keys: tuple[str, ...]
) -> None:
    async def choose(pilot: Pilot[None]) -> None:
        await press(pilot, "4", *keys)

    assert snap_compare(new_app(), terminal_size=size, run_before=choose)


def test_picture_of_nothing(snap_compare: Any, new_app: MakeApp) -> None:
    async def show(pilot: Pilot[None]) -> None:
        await press(pilot, "4")

    assert snap_compare(new_app(), terminal_size=NARROW, run_before=show)
