"""What is shown on dark and light ground, with few colours, and with none."""

import itertools
from collections.abc import Iterator

import pytest
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from scripted import MakeApp, ScriptedEngine
from textual.color import Color as Rgba
from textual.theme import Theme

from tui_al.report.palette import FEW_COLORS, STRATEGY_MARKS, Rgb, contrast_ratio
from tui_al.tui.app import TuiAlApp
from tui_al.tui.canvas import Canvas
from tui_al.tui.config import Preferences, Settings
from tui_al.tui.few_colors import (
    SHADED,
    FewColors,
    ManyColors,
    NoColors,
    SixteenColors,
    number_contrast,
)
from tui_al.tui.themes import THEMES, UNFIT

TEXTS = ("text", "text-muted", "text-primary", "text-accent", "text-warning", "text-error",
         "text-success", "foreground", "footer-key-foreground")  # fmt: skip
SIGNS = ("primary", "secondary", "accent", "warning", "error", "success", "border")
CURSORS = ("block-cursor-background", "block-cursor-blurred-background")
BOTH = pytest.mark.parametrize("theme", THEMES, ids=[theme.name for theme in THEMES])


def rgb(theme: Theme, name: str, ground: str = "surface") -> Rgb:
    """A variable of a theme on one of its grounds."""
    variables = theme.to_color_system().generate()
    back = Rgba.parse(variables[ground])
    word, _, share = variables[name].partition(" ")
    color = back.get_contrast_text(float(share.rstrip("%")) / 100) if word == "auto" else (
        Rgba.parse(variables[name]))  # fmt: skip
    return (back + color).rgb


def styled(front: Rgb | None, back: Rgb) -> Style:
    return Style(color=front and Color.from_rgb(*front), bgcolor=Color.from_rgb(*back))


@BOTH
@pytest.mark.parametrize("ground", ["surface", "panel", *CURSORS])
def test_text_is_readable(theme: Theme, ground: str) -> None:
    """WCAG's least for text, on every ground that text stands on."""
    back = rgb(theme, ground)
    ratios = {name: contrast_ratio(rgb(theme, name, ground), back) for name in TEXTS}
    if ground == "block-cursor-background" and theme.dark:
        ratios.pop("footer-key-foreground")  # never in a row
    assert min(ratios.values()) >= 4.49, ratios


@BOTH
@pytest.mark.parametrize("ground", ["surface", "panel", "block-cursor-background"])
def test_signs_and_borders_are_seen(theme: Theme, ground: str) -> None:
    """WCAG's least for graphics; the focused border differs from the others."""
    back = rgb(theme, ground)
    ratios = {name: contrast_ratio(rgb(theme, name), back) for name in SIGNS}
    if ground == "block-cursor-background":
        ratios.pop("secondary")
    assert min(ratios.values()) >= 3, ratios
    quiet = (Rgba(*back) + Rgba(*rgb(theme, "foreground")).with_alpha(0.25)).rgb
    assert contrast_ratio(rgb(theme, "border"), quiet) >= 2


@BOTH
def test_sixteen_colors_keep_strategies_apart(theme: Theme) -> None:
    reduced = SixteenColors(theme)
    ground = rgb(theme, "surface")
    shown = {
        name: reduced.reduce(styled(mark.color(dark=theme.dark), ground))
        for name, mark in STRATEGY_MARKS.items()
    }
    assert set(FEW_COLORS) == set(STRATEGY_MARKS)
    assert len({style.color for style in shown.values()}) == len(STRATEGY_MARKS)
    for style in shown.values():
        assert legible(style) >= 2.8  # cyan and green on white


@BOTH
@pytest.mark.parametrize("kind", [SixteenColors, NoColors])
def test_rows_under_the_cursor_are_seen_with_few_colors(
    theme: Theme, kind: type[FewColors]
) -> None:
    reduced = kind(theme)
    grounds = [rgb(theme, name) for name in ("surface", *CURSORS)]
    front = rgb(theme, "foreground")
    looks = [reduced.reduce(styled(front, ground)) for ground in grounds]
    for one, other in itertools.combinations(looks, 2):
        assert (one.bgcolor, one.reverse, one.underline) != (
            other.bgcolor, other.reverse, other.underline)  # fmt: skip


@BOTH
def test_text_is_readable_in_sixteen_colors(theme: Theme) -> None:
    reduced = SixteenColors(theme)
    marks = [mark.color(dark=theme.dark) for mark in STRATEGY_MARKS.values()]
    for ground in ("surface", "panel", *CURSORS):
        texts = [rgb(theme, name, ground) for name in TEXTS]
        for front in (*texts, *marks):
            style = reduced.reduce(styled(front, rgb(theme, ground)))
            assert legible(style) >= 2.8, (ground, front, style)


def legible(style: Style) -> float:
    assert style.color is not None
    assert style.color.number is not None
    assert style.bgcolor is not None
    assert style.bgcolor.number is not None
    return number_contrast(style.color.number, style.bgcolor.number)


def test_dark_greys_stay_grey_in_256_colors() -> None:
    """Rich alone makes the row under the cursor navy."""
    reduced = ManyColors().reduce(styled((214, 219, 225), (35, 43, 53)))
    for color in (reduced.color, reduced.bgcolor):
        assert color is not None
        assert color.number is not None
        assert color.number >= 16
        red, green, blue = color.get_truecolor()
        assert max(red, green, blue) - min(red, green, blue) <= 12


def test_an_empty_box_stays_empty_with_few_colors() -> None:
    theme = THEMES[0]
    panel = rgb(theme, "panel")
    cross = Segment("X", styled((30, 37, 46), panel))
    for kind in (SixteenColors, NoColors):
        (shown,) = kind(theme).apply([cross], Rgba(*panel))
        assert shown.text == " "


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
@pytest.mark.usefixtures("embedded")
async def test_no_color_has_no_colour_anywhere(
    new_app: MakeApp, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch, theme: str
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = new_app(settings=Settings(Preferences(theme=theme)))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("r")
        engine.report_cycles(9)
        for key in ("left", "s", "escape", "4", "question_mark", "escape", "5", "6", "ctrl+p"):
            await pilot.press(key)
            await pilot.pause()
            styles = [segment.style for segment in segments(app) if segment.style]
            colors = {color for style in styles for color in (style.color, style.bgcolor) if color}
            assert all(color.is_default for color in colors), key
            assert any(style.reverse or style.underline for style in styles), key


@pytest.mark.parametrize(("colorterm", "patterned"), [("truecolor", False), ("", True)])
def test_bands_are_patterns_where_tints_cannot_be_seen(
    monkeypatch: pytest.MonkeyPatch, new_app: MakeApp, colorterm: str, patterned: bool
) -> None:
    monkeypatch.setenv("COLORTERM", colorterm)
    monkeypatch.setenv("TERM", "xterm")
    assert new_app().has_class(SHADED) is patterned
    canvas = Canvas(4, 2, (0, 0, 0), shaded=patterned)
    canvas.band(1, 0.0, 2.0, (255, 0, 0))
    text = "".join(segment.text for line in canvas.lines() for segment in line)
    assert ("░" in text) is patterned


async def test_themes_that_leave_colours_to_the_terminal_are_not_offered(new_app: MakeApp) -> None:
    app = new_app(settings=Settings(Preferences(theme=UNFIT[0])))
    async with app.run_test() as pilot:
        await pilot.pause()
        assert app.theme == THEMES[0].name
        assert not set(UNFIT) & set(app.available_themes)
        assert [note.message for note in app._notifications] == [
            f"there is no theme '{UNFIT[0]}'"]  # fmt: skip


def segments(app: TuiAlApp) -> Iterator[Segment]:
    for strip in app.screen._compositor.render_strips():
        yield from strip
