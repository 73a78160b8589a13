"""What lies under a dialog, and what is not done again when it closes."""

from collections.abc import Sequence

import pytest
from explorer_samples import add_explored
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from scripted import MakeApp
from test_app_explorer import settle, show
from textual.color import Color
from textual.renderables.background_screen import BackgroundScreen

from tui_al.grid.pools import Pool
from tui_al.paths import Cache
from tui_al.results.runs import RecordedRun
from tui_al.tui import digging
from tui_al.tui.screens.ground import Dimming
from tui_al.tui.stored_runs import StoredRuns, Visit

parts = st.integers(0, 255)
colors = st.none() | st.tuples(parts, parts, parts).map(lambda rgb: "rgb({},{},{})".format(*rgb))
styles = st.builds(
    Style, color=colors, bgcolor=colors, bold=st.none() | st.booleans(),
    link=st.none() | st.just("https://example.org"),
)  # fmt: skip


@given(st.lists(st.tuples(st.text(max_size=5), styles), max_size=5), st.floats(0.01, 0.99))
def test_colours_are_dimmed_as_textual_does(
    drawn: Sequence[tuple[str, Style]], alpha: float
) -> None:
    segments = [Segment(text, style) for text, style in drawn]
    color = Color(10, 20, 30, alpha)
    expected = list(BackgroundScreen.process_segments(segments, color))
    assert Dimming(color).apply(segments, color) == expected


async def test_what_is_below_a_dialog_is_seen_as_it_changes(new_app: MakeApp) -> None:
    app = new_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("question_mark")
        await pilot.pause()
        rows = [strip.text for strip in app.screen._compositor.render_strips()]
        assert rows[0].startswith(" tui-al  1 Live")
        assert "╭─ Help" in rows[0]
        app.screen_stack[0].query_one("#state").update("Something has happened")
        await pilot.pause()
        rows = [strip.text for strip in app.screen._compositor.render_strips()]
        assert rows[4].startswith(" Something has")


async def test_a_dialog_that_closes_is_no_reason_to_read_the_store_again(
    new_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits = []
    read = StoredRuns.read

    def note(self: StoredRuns, visit: Visit, *rest: object) -> object:
        visits.append(visit)
        return read(self, visit, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(StoredRuns, "read", note)
    app = new_app()
    async with app.run_test() as pilot:
        await pilot.press("3")
        await settle(pilot)
        before = len(visits)
        assert before
        await pilot.press("question_mark", "escape")
        await settle(pilot)
        assert len(visits) == before
        app.action_show_page("live")
        app.action_show_page("results")
        for _ in range(400):
            await pilot.pause(0.01)
            if len(visits) > before:
                break
        assert len(visits) == before + 1


async def test_runs_on_the_same_embedding_share_its_texts(
    new_app: MakeApp, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_explored(cache)
    opened = []
    open_pool = digging.open_pool

    def note(run: RecordedRun, *where: object) -> Pool:
        opened.append(run.identity.strategy)
        return open_pool(run, *where)  # type: ignore[arg-type]

    monkeypatch.setattr(digging, "open_pool", note)
    app = new_app()
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await show(pilot, "badge", "random")
        assert len(opened) == 1
        one, two = screen._exploration.sides
        assert one.pool is two.pool
        described = [worker.description for worker in app.workers]
        assert not any("brown fox" in words for words in described)
