"""The explorer: what each key shows, from stored runs to the texts in them."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from bursts import burst
from explorer_samples import DATASET, MODEL, add_explored
from scripted import MakeApp
from textual.pilot import Pilot
from textual.widgets import Checkbox, Footer, Input, Static

from tui_al.grid.pools import Pool
from tui_al.paths import Cache
from tui_al.results.reading import list_queried_runs, read_run
from tui_al.results.runs import RecordedRun
from tui_al.results.store import ResultStore
from tui_al.tui import digging
from tui_al.tui.app import TuiAlApp
from tui_al.tui.exploration import Side, counterparts, opening_runs
from tui_al.tui.screens.choose_run import ChooseRunScreen
from tui_al.tui.screens.dialogs import TextScreen
from tui_al.tui.screens.explorer import ExplorerScreen
from tui_al.tui.screens.find_text import FindScreen
from tui_al.tui.widgets.batchfacts import Facts
from tui_al.tui.widgets.chosen import ChosenTexts
from tui_al.tui.widgets.classmix import ClassMix
from tui_al.tui.widgets.embedding_map import EmbeddingMap
from tui_al.tui.widgets.linetable import LineTable
from tui_al.tui.widgets.panes import PaneTabs, divide
from tui_al.tui.widgets.plane import draw_plane
from tui_al.tui.widgets.runline import RunLine
from tui_al.tui.widgets.scrubber import Scrubber

WIDE, SMALL = (140, 45), (80, 24)


@pytest.fixture
def explored(cache: Cache) -> Cache:
    add_explored(cache)
    return cache


def runs(cache: Cache) -> dict[tuple[str, int], RecordedRun]:
    """The stored runs by strategy and seed."""
    store = ResultStore(cache.runs)
    found = [read_run(store, run.run_id) for run in list_queried_runs(store)]
    return {(run.identity.strategy, run.identity.seed): run for run in found}


async def settle(pilot: Pilot[None]) -> None:
    """Wait until no worker has anything more to say."""
    for _ in range(4):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()


async def show(pilot: Pilot[None], *strategies: str) -> ExplorerScreen:
    """Go to the explorer and choose runs of seed 0."""
    await pilot.press("2")
    await settle(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, ExplorerScreen)
    by_name = {run.strategy: run for run in screen._runs if run.seed == 0}
    if strategies:
        screen.explore([by_name[strategy] for strategy in strategies])
        await settle(pilot)
    return screen


def lines(widget: LineTable | Scrubber | EmbeddingMap) -> list[str]:
    """What a widget draws."""
    return [widget.render_line(y).text.rstrip() for y in range(widget.size.height)]


def title(table: ChosenTexts) -> str:
    return str(table.border_title)


def tables(app: TuiAlApp) -> list[ChosenTexts]:
    return list(app.screen.query(ChosenTexts))


def cycle(app: TuiAlApp) -> int:
    return app.screen.query_one(Scrubber).cycle


def shown(app: TuiAlApp) -> list[str]:
    """The panes on view."""
    panes = {"one": tables(app)[0], "two": tables(app)[1]}
    panes |= {
        "classes": app.screen.query_one("#classes"),
        "map": app.screen.query_one(EmbeddingMap),
    }
    return [name for name, pane in panes.items() if pane.region.area and pane.is_on_screen]


async def test_it_opens_with_the_newest_run_beside_another_strategy(
    new_app: MakeApp, explored: Cache
) -> None:
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot)
        one, two = (str(line.render()) for line in app.screen.query(RunLine))
        assert one == "a ▲ margin · random · seed 0"
        assert two.startswith("b ★ badge")
        assert str(app.screen.query_one("#subject", Static).render()) == f"{DATASET} × {MODEL}"
        assert shown(app) == ["one", "two", "classes", "map"]


async def test_each_text_stands_with_label_prediction_confidence_and_score(
    new_app: MakeApp, explored: Cache
) -> None:
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        screen = await show(pilot, "margin", "badge")
        await pilot.press("right", "right")
        await pilot.pause()
        for table, side in zip(tables(app), screen._exploration.sides, strict=True):
            view = side.view(2)
            assert f"10 texts, {view.wrong} predicted wrong" in title(table)
            heading, *rows = lines(table)
            assert heading.split() == ["label", "predicted", "conf", "score", "text"]
            for row, choice in zip(rows, view.chosen, strict=False):
                assert row.startswith("✗" if choice.wrong else "✓")
                assert f"{choice.confidence:.0%}" in row
                assert f"{choice.score:.4f}" in row
            assert any(choice.wrong for choice in view.chosen)


async def test_the_initial_pool_has_no_predictions(new_app: MakeApp, explored: Cache) -> None:
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot, "margin", "badge")
        assert "10 texts of the initial pool" in title(tables(app)[0])
        heading, first, *_ = lines(tables(app)[0])
        assert "predicted" not in heading
        assert first.lstrip().startswith("◉")  # both seeds' pools are one


@pytest.mark.parametrize(
    ("keys", "ends"),
    [
        (["right", "right", "left"], 1),
        (["l", "l", "l", "h"], 2),
        (["end"], 5),
        (["end", "home"], 0),
        (["left"], 0),
        (["right"] * 9, 5),
        ([">"], 5),
        (["right", "right", "<"], 0),
        (["tab", "right", "l"], 2),
        (["tab", "end", ">"], 5),
    ],
)
async def test_keys_move_along_the_cycles(
    new_app: MakeApp, explored: Cache, keys: list[str], ends: int
) -> None:
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot, "margin", "badge")
        await pilot.press(*keys)
        await pilot.pause()
        assert cycle(app) == ends
        assert lines(app.screen.query_one(Scrubber))[0].startswith(
            f"cycle {ends} of 5  {10 + 10 * ends} labels"
        )


async def test_a_long_number_of_labels_does_not_touch_the_line(new_app: MakeApp) -> None:
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        scrubber = (await show(pilot)).query_one(Scrubber)
        scrubber.show([], [1_000] * 21, 20)
        assert lines(scrubber)[0].startswith("cycle 20 of 20 1,000 labels ┿")


async def test_the_mouse_moves_along_the_cycles(new_app: MakeApp, explored: Cache) -> None:
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot, "margin", "badge")
        scrubber = app.screen.query_one(Scrubber)
        await pilot.mouse_down(scrubber, offset=(scrubber.size.width, 0))
        await pilot.pause()
        assert cycle(app) == 5
        await pilot.hover(scrubber, offset=(28 + (scrubber.size.width - 28) // 5, 0))
        await pilot.pause()
        assert cycle(app) == 1  # dragged
        await pilot.mouse_up(scrubber)
        await pilot.hover(scrubber, offset=(scrubber.size.width, 0))
        await pilot.pause()
        assert cycle(app) == 1


async def test_classes_overlap_and_metrics(new_app: MakeApp, explored: Cache) -> None:
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        screen = await show(pilot, "margin", "badge")
        await pilot.press("right")
        await pilot.pause()
        one, other = (side.run.records for side in screen._exploration.sides)
        facts = str(app.screen.query_one(Facts).render())
        both = set(one[1].selected) & set(other[1].selected)
        so_far = {*one[0].selected, *one[1].selected} & {*other[0].selected, *other[1].selected}
        assert f"chosen by both {len(both)} of 10 now " in facts
        assert f" {len(so_far)} of 20 so far (10 at the start)" in facts
        assert f"macro-F1 ▲ {one[1].macro_f1:.3f} ★ {other[1].macro_f1:.3f}" in facts
        heading, *rows = lines(app.screen.query_one(ClassMix))
        assert heading.split() == ["class", "pool", "▲", "margin", "now/all", "★", "badge",
                                   "now/all"]  # fmt: skip

        counts = screen._exploration.sides[0].view(1).classes
        for count, row in zip(counts, rows, strict=False):
            if count.so_far:
                assert f"{count.batch}/{count.so_far}" in row
            else:
                assert "○ none" in row


async def test_unseen_classes_are_named_until_they_are_seen(
    new_app: MakeApp, explored: Cache
) -> None:
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        screen = await show(pilot, "random")
        side = screen._exploration.sides[0]
        for number in range(6):
            unseen = side.view(number).unseen
            facts = str(app.screen.query_one(Facts).render())
            assert (f"{len(unseen)} of 4" in facts) == bool(unseen)
            assert ("none" in facts) == (not unseen)
            await pilot.press("right")
            await pilot.pause()
        assert side.view(0).unseen  # or this test shows nothing


async def test_hostile_texts_and_labels_are_characters(new_app: MakeApp, explored: Cache) -> None:
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot, "margin", "badge")
        drawn = []
        for _ in range(6):
            drawn += [line for table in tables(app) for line in lines(table)]
            drawn += lines(app.screen.query_one(ClassMix))
            await pilot.press("right")
            await pilot.pause()
        text = "\n".join(drawn)
        assert "[bold]Jinxed wizards[/bold]" in text
        assert "[red]digit[/red]" in text
        assert "\x1b" not in text
        assert "\x07" not in text


async def test_enter_reads_a_text_and_y_copies_it(new_app: MakeApp, explored: Cache) -> None:
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        screen = await show(pilot, "margin", "badge")
        await pilot.press("right", "tab", "down", "down", "y")
        await pilot.pause()
        choice = screen._exploration.sides[0].view(1).chosen[2]
        assert app.clipboard == choice.text
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, TextScreen)
        assert app.screen._text.index == choice.index
        assert f"{choice.label}, predicted {choice.predicted} (" in app.screen._text.label
        await pilot.press("escape")
        await pilot.pause()
        assert app.screen is screen
        assert (cycle(app), tables(app)[0].cursor) == (1, 2)


async def test_the_map_shows_where_the_cursor_s_text_is(new_app: MakeApp, explored: Cache) -> None:
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        screen = await show(pilot, "margin", "badge")
        await pilot.press("right", "right")
        drawn = app.screen.query_one(EmbeddingMap)
        assert "of the variance" in str(drawn.border_title)
        text = "\n".join(lines(drawn)[:-1])
        assert all(mark in text for mark in "▲★△☆")
        legend = lines(drawn)[-1]
        assert legend.split() == ["⠿", "pool", "△", "before", "▲", "margin", "now", "☆", "before",
                                  "★", "badge", "now", "◎◉", "both"]  # fmt: skip
        await pilot.press("tab", "down")
        await pilot.pause()
        index = screen._exploration.sides[0].view(2).chosen[1].index
        plane = drawn._ready()
        assert plane is not None
        row, column = divmod(int(plane.cells[index]), plane.columns)
        strip = drawn.render_line(row).crop(column, column + 1)
        assert [segment.style.reverse for segment in strip if segment.style] == [True]


async def test_a_click_on_the_map_goes_to_the_text(new_app: MakeApp, explored: Cache) -> None:
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        screen = await show(pilot, "margin", "badge")
        await pilot.press("right", "right")
        drawn = app.screen.query_one(EmbeddingMap)
        await pilot.pause()
        plane = drawn._ready()
        assert plane is not None
        index = screen._exploration.sides[1].view(2).chosen[3].index
        row, column = divmod(int(plane.cells[index]), plane.columns)
        await pilot.click(drawn, offset=(column + 1, row + 1))
        await pilot.pause()
        assert isinstance(app.focused, ChosenTexts)
        current = app.focused.current
        assert current is not None
        assert int(plane.cells[current.index]) == row * plane.columns + column


async def test_words_are_found_and_gone_to(new_app: MakeApp, explored: Cache) -> None:
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        screen = await show(pilot, "margin", "badge")
        late = screen._exploration.sides[1].view(3).chosen[4]
        assert late.text is not None
        number = late.text.split("number ")[1].split(",")[0]
        await pilot.press("slash")
        await pilot.press(*f"NUMBER {number},")
        await settle(pilot)
        assert isinstance(app.screen, FindScreen)
        assert app.screen.query_one("#hits", LineTable).row_count == 1
        await pilot.press("enter")
        await pilot.pause()
        sides = screen._exploration.sides
        when = [side.view(cycle(app)).chosen for side in sides]
        assert late.index in {choice.index for chosen in when for choice in chosen}
        assert isinstance(app.focused, ChosenTexts)
        assert app.focused.current is not None
        assert app.focused.current.index == late.index
        await pilot.press("slash")
        await settle(pilot)
        assert app.screen.query_one(Input).value == f"NUMBER {number},"  # kept


async def test_what_is_typed_at_once_after_the_slash_goes_into_the_field(
    new_app: MakeApp, explored: Cache
) -> None:
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot, "margin", "badge")
        burst(app, "/number 1, /ab")
        await settle(pilot)
        assert isinstance(app.screen, FindScreen)
        assert app.screen.query_one(Input).value == "number 1, /ab"


async def test_the_whole_pool_is_searched_on_demand(new_app: MakeApp, explored: Cache) -> None:
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        screen = await show(pilot, "margin")
        chosen = {i for record in screen._exploration.sides[0].run.records for i in record.selected}
        other = next(index for index in range(240) if index not in chosen)
        await pilot.press("slash", *f"number {other},")
        await settle(pilot)
        hits = app.screen.query_one("#hits", LineTable)
        assert hits.row_count == 0
        app.screen.query_one(Checkbox).toggle()
        await settle(pilot)
        assert hits.row_count == 1
        app.screen.query_one(Input).focus()
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, TextScreen)
        assert app.screen._text.index == other


async def test_another_run_is_chosen_by_typing(new_app: MakeApp, explored: Cache) -> None:
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        screen = await show(pilot, "margin", "badge")
        await pilot.press("b")
        await settle(pilot)
        assert isinstance(app.screen, ChooseRunScreen)
        assert app.screen.query_one("#runs", LineTable).row_count == 3  # all but the first
        await pilot.press(*"random 1")
        await settle(pilot)
        assert app.screen.query_one("#runs", LineTable).row_count == 1
        await pilot.press("enter")
        await settle(pilot)
        assert app.screen is screen
        second = screen._exploration.sides[1].run.identity
        assert (second.strategy, second.seed) == ("random", 1)
        await pilot.press("x")
        await settle(pilot)
        assert [side.name for side in screen._exploration.sides] == ["margin"]
        assert shown(app) == ["one", "classes", "map"]


async def test_two_runs_of_a_strategy_have_different_marks(
    new_app: MakeApp, explored: Cache
) -> None:
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        screen = await show(pilot, "random")
        screen.explore([run for run in screen._runs if run.strategy == "random"])
        await settle(pilot)
        one, other = (side.mark for side in screen._exploration.sides)
        assert one.marker != other.marker
        assert one.on_dark != other.on_dark


async def test_panes_take_turns_where_there_is_no_room(new_app: MakeApp, explored: Cache) -> None:
    app = new_app()
    async with app.run_test(size=SMALL) as pilot:
        await show(pilot, "margin", "badge")
        seen = []
        for _ in range(5):
            seen.append(shown(app))
            await pilot.press("v")
            await pilot.pause()
        assert seen == [["one"], ["two"], ["classes"], ["map"], ["one"]]
        await pilot.resize_terminal(140, 24)
        await pilot.pause()
        assert shown(app) in (["one", "two"], ["classes", "map"])
        await pilot.resize_terminal(*WIDE)
        await pilot.pause()
        assert len(shown(app)) == 4
        assert not app.screen.check_action("pane", ())


async def test_tabs_name_the_runs_that_are_shown(new_app: MakeApp, explored: Cache) -> None:
    def tabs() -> list[str]:
        return [str(tab.render()).strip() for tab in app.screen.query_one(PaneTabs).children]

    app = new_app()
    async with app.run_test(size=SMALL) as pilot:
        await show(pilot, "random", "badge")
        assert tabs() == ["● random", "★ badge", "Classes", "Map"]
        await show(pilot, "random", "margin")
        assert tabs() == ["● random", "▲ margin", "Classes", "Map"]
        await show(pilot, "margin")
        assert tabs()[0] == "▲ margin"
        assert "random" not in "".join(tabs())


@pytest.mark.parametrize("size", [(40, 10), (20, 6), (1, 1), (300, 100)])
async def test_no_size_breaks_it(new_app: MakeApp, explored: Cache, size: tuple[int, int]) -> None:
    app = new_app()
    async with app.run_test(size=SMALL) as pilot:
        await show(pilot, "margin", "badge")
        await pilot.resize_terminal(*size)
        for key in ("right", "v", "v", "v", "right", "v"):
            await pilot.press(key)
        await settle(pilot)
        assert cycle(app) == 2


@pytest.mark.parametrize(
    ("size", "pages"), [((200, 60), 1), ((140, 20), 2), ((80, 50), 2), ((80, 20), 4)]
)
def test_pages_hold_every_pane_once(size: tuple[int, int], pages: int) -> None:
    panes = ("one", "two", "classes", "map")
    divided = divide(panes, *size)
    assert len(divided) == pages
    assert [pane for page in divided for pane in page] == list(panes)


async def test_playing_moves_on_and_stops_at_the_end(
    new_app: MakeApp, explored: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_al.tui.screens.explorer._FRAME", 0.01)
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        screen = await show(pilot, "margin", "badge")
        await pilot.press("space")
        while screen._timer is not None:
            await pilot.pause(0.01)
        assert cycle(app) == 5


async def test_missing_texts_are_told_with_the_command(new_app: MakeApp, explored: Cache) -> None:
    shutil.rmtree(explored.corpora)
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot, "margin", "badge")
        await pilot.press("right")
        line = app.screen.query_one("#missing", Static)
        assert line.display
        assert str(line.render()) == (
            f"the texts of {DATASET} are not on this machine: "
            f"'tui-al dataset add {DATASET} FILE' adds them"
        )
        record = runs(explored)["margin", 0].records[1]
        rows = lines(tables(app)[0])[1:]
        assert [f"text {index}" in row for index, row in zip(record.selected, rows, strict=False)]
        assert "now/all" in lines(app.screen.query_one(ClassMix))[0]
        assert "none without the embedding" in "\n".join(lines(app.screen.query_one(EmbeddingMap)))
        await pilot.press("slash")
        await pilot.pause()
        assert not isinstance(app.screen, FindScreen)


async def test_what_was_missing_is_looked_for_again(new_app: MakeApp, explored: Cache) -> None:
    aside = explored.root / "aside"
    explored.embeddings.rename(aside)
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        screen = await show(pilot, "margin", "badge")
        assert "not embedded" in str(app.screen.query_one("#missing", Static).render())
        await pilot.press("right", "1")
        aside.rename(explored.embeddings)
        await pilot.press("2")
        await settle(pilot)
        assert not app.screen.query_one("#missing").display
        assert screen._exploration.sides[0].view(cycle(app)).wrong is not None
        assert cycle(app) == 1


async def test_an_empty_store_says_what_to_do(new_app: MakeApp) -> None:
    app = new_app()
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("2")
        await settle(pilot)
        assert "No runs are stored yet" in str(app.screen.query_one("#nothing", Static).render())
        for key in ("right", "v", "a", "escape", "b", "x", "space", "slash", "y", "enter"):
            await pilot.press(key)
        await settle(pilot)
        assert isinstance(app.screen, ExplorerScreen)


async def test_a_run_that_is_finished_meanwhile_is_there(new_app: MakeApp, cache: Cache) -> None:
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("2")
        await settle(pilot)
        await pilot.press("1")
        add_explored(cache)
        screen = await show(pilot)
        assert len(screen._runs) == 4
        assert len(screen._exploration.sides) == 2


async def test_cycle_and_runs_survive_another_screen_and_the_next_sitting(
    new_app: MakeApp, explored: Cache
) -> None:
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot, "random", "badge")
        await pilot.press("right", "right", "right", "1", "2")
        await settle(pilot)
        assert cycle(app) == 3
        app.services.memory.save()
    again = new_app()
    async with again.run_test(size=WIDE) as pilot:
        screen = await show(pilot)
        assert [side.name for side in screen._exploration.sides] == ["random", "badge"]


async def test_a_run_on_other_texts_takes_the_map_of_the_last_ones_away(
    new_app: MakeApp, explored: Cache
) -> None:
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        screen = await show(pilot, "random")
        (side,) = screen._exploration.sides
        records = [replace(record, selected=(100_000,)) for record in side.run.records]
        elsewhere = Pool(side.pool.classes, missing="not here")
        far = Side(replace(side.run, records=records), elsewhere, side.mark)
        screen.post_message(digging.SidesOpened([far]))
        await settle(pilot)
        await pilot.press("right")
        assert "none without the embedding" in "".join(lines(screen.query_one(EmbeddingMap)))


async def test_a_crash_in_a_thread_is_told(
    new_app: MakeApp, explored: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the [red]disk[/red] is gone")

    monkeypatch.setattr(digging, "read_run", fail)
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("2")
        await settle(pilot)
        assert [note.message for note in app._notifications] == ["the [red]disk[/red] is gone"]
        await pilot.press("a")
        await pilot.pause()
        assert isinstance(app.screen, ChooseRunScreen)  # alive


async def test_a_shorter_run_stays_at_its_end(
    new_app: MakeApp, explored: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shorter(store: ResultStore, run_id: str) -> RecordedRun:
        run = read_run(store, run_id)
        short = run.identity.strategy == "badge"
        return replace(run, records=run.records[:3]) if short else run

    monkeypatch.setattr(digging, "read_run", shorter)
    app = new_app()
    async with app.run_test(size=WIDE) as pilot:
        await show(pilot, "margin", "badge")
        await pilot.press("end")
        await pilot.pause()
        assert cycle(app) == 5
        assert "its last cycle" in title(tables(app)[1])
        assert "its last cycle" not in title(tables(app)[0])
        assert "★" not in "\n".join(lines(app.screen.query_one(EmbeddingMap))[:-1])


async def test_the_footer_shows_the_keys_of_the_place(new_app: MakeApp, explored: Cache) -> None:
    app = new_app()
    async with app.run_test(size=SMALL) as pilot:
        await show(pilot, "margin", "badge")
        active = {binding.description for _, binding, *_ in app.screen.active_bindings.values()}
        assert {"Prev", "Next", "Play", "Pane", "Find"} <= active
        assert app.screen.query_one(Footer).is_on_screen


def test_the_opening_prefers_what_is_embedded_and_what_was_shown_last(explored: Cache) -> None:
    known = list_queried_runs(ResultStore(explored.runs))
    elsewhere = replace(known[0], run_id="x", dataset="trec6")
    every = [elsewhere, *known]
    first, second = opening_runs(every, [], set(), {(DATASET, MODEL)})
    assert (first, first.strategy == second.strategy) == (known[0], False)
    assert opening_runs(every, [], set(), set())[0] is elsewhere
    assert opening_runs(every, [], {DATASET}, set())[0] is known[0]
    assert opening_runs(every, [], {"trec6"}, {(DATASET, MODEL)})[0] is known[0]
    names = [known[2].run_id, known[3].run_id]
    assert opening_runs(every, names, set(), set()) == [known[2], known[3]]
    assert opening_runs(every, ["gone", 7, None], set(), {(DATASET, MODEL)})[0] is known[0]
    assert opening_runs(every, ["x", known[0].run_id], set(), set())[0] is elsewhere  # two datasets
    both = {(run.dataset, run.model) for run in every}
    for run in (elsewhere, known[0]):
        assert opening_runs(every, [], set(), both, (run.dataset, run.model))[0] is run
    assert opening_runs([], names, set(), set()) == []


def test_counterparts_are_of_the_same_dataset_and_alike_first(explored: Cache) -> None:
    known = list_queried_runs(ResultStore(explored.runs))
    run = next(run for run in known if (run.strategy, run.seed) == ("random", 1))
    others = counterparts(run, [replace(known[0], run_id="x", dataset="trec6"), *known])
    assert {other.dataset for other in others} == {DATASET}
    assert run not in others
    same = [other for other in known if other is not run]
    assert len(others) == len(same)
    nearest = counterparts(same[0], [*known, replace(known[0], run_id="y", model="other")])
    assert nearest[-1].run_id in {"y", run.run_id}


def test_a_plane_holds_every_point() -> None:
    points = np.random.default_rng(0).normal(size=(500, 2)).astype(np.float32)
    plane = draw_plane(points, 10, 30)
    dots = sum(int(pattern).bit_count() for pattern in plane.patterns.ravel())
    assert 0 < dots <= 500
    assert set(np.flatnonzero(plane.patterns.ravel())) == set(plane.cells.tolist())
    assert ((plane.levels == 0) | (plane.levels <= 3)).all()
    left, top = points[:, 0].argmin(), points[:, 1].argmax()
    assert plane.cells[left] % 30 == 0
    assert plane.cells[top] // 30 == 0  # y grows upwards
    assert plane.where([int(left), int(top)]) == {int(plane.cells[left]), int(plane.cells[top])}


def test_a_dot_lies_where_its_point_is() -> None:
    corners = np.array([[0, 0], [1, 0], [0, 1], [1, 1]], np.float32)
    plane = draw_plane(corners, 1, 2)
    assert plane.patterns.tolist() == [[0x01 | 0x40, 0x08 | 0x80]]
    one = draw_plane(np.zeros((1, 2), np.float32), 3, 5)
    assert int(one.patterns.sum()).bit_count() == 1


def test_crowded_cells_stand_out() -> None:
    points = np.concatenate([np.zeros((50, 2)), [[1, 1], [0, 1]]]).astype(np.float32)
    plane = draw_plane(points, 4, 4)
    levels = plane.levels.ravel()[plane.cells]
    assert levels[0] == levels.max() > levels[-1]


def _theme(name: str) -> Callable[[TuiAlApp], None]:
    def choose(app: TuiAlApp) -> None:
        app.theme = name

    return choose


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["80x24", "140x45"])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_picture_of_the_explorer(
    snap_compare: Any, new_app: MakeApp, explored: Cache, size: tuple[int, int], theme: str
) -> None:
    async def explore(pilot: Pilot[None]) -> None:
        _theme(f"tui-al-{theme}")(new)
        await show(pilot, "margin", "badge")
        await pilot.press("right", "right", "tab", "down")
        await settle(pilot)

    new = new_app()
    assert snap_compare(new, terminal_size=size, run_before=explore)


@pytest.mark.parametrize("keys", [["v", "v"], ["v", "v", "v"]], ids=["classes", "map"])
def test_picture_of_the_other_panes(
    snap_compare: Any, new_app: MakeApp, explored: Cache, keys: list[str]
) -> None:
    async def explore(pilot: Pilot[None]) -> None:
        await show(pilot, "margin", "badge")
        await pilot.press("right", "right", *keys)
        await settle(pilot)

    assert snap_compare(new_app(), terminal_size=SMALL, run_before=explore)


@pytest.mark.parametrize("keys", ["b", ["slash", *"box"]], ids=["choose", "find"])
def test_picture_of_the_dialogs(
    snap_compare: Any, new_app: MakeApp, explored: Cache, keys: list[str]
) -> None:
    async def explore(pilot: Pilot[None]) -> None:
        await show(pilot, "margin", "badge")
        await pilot.press(*keys)
        await settle(pilot)
        for field in pilot.app.screen.query(Input):
            field.cursor_blink = False

    assert snap_compare(new_app(), terminal_size=(100, 30), run_before=explore)
