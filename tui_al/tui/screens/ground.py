"""What lies under a dialog: the screen below it, dimmed."""

from functools import lru_cache
from typing import TypeVar

from rich.console import RenderableType
from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.color import Color
from textual.css.styles import RulesMap
from textual.filter import LineFilter
from textual.screen import ModalScreen, Screen
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual

from tui_al.tui.screens.steady import SteadyScreen

Result = TypeVar("Result")

_CACHED = 4096  # styles


class Dimmed(Visual):
    """Another screen's cells, each colour moved towards one.

    Textual's own way blends every piece of every line anew, which takes longer than the dialog.
    """

    def __init__(self, screen: Screen[object], dimming: LineFilter) -> None:
        self._screen = screen
        self._dimming = dimming

    def render_strips(
        self,
        width: int,  # noqa: ARG002
        height: int | None,
        style: Style,  # noqa: ARG002
        options: RenderOptions,  # noqa: ARG002
    ) -> list[Strip]:
        strips = self._screen._compositor.render_strips()  # Textual's own way asks it as well
        ground = self._screen.styles.background
        return [strip.apply_filter(self._dimming, ground) for strip in strips[:height]]

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:  # noqa: ARG002
        return container_width

    def get_height(self, rules: RulesMap, width: int) -> int:  # noqa: ARG002
        return self._screen.size.height


class Dimming(LineFilter):
    """Moves colours towards one, as far as its alpha says; links and hovers are gone."""

    def __init__(self, color: Color) -> None:
        super().__init__()
        self._color = color
        self._dim = lru_cache(_CACHED)(self._blend)

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        return [
            Segment(text, self._dim(style or RichStyle()), control)
            for text, style, control in segments
        ]

    def _blend(self, style: RichStyle) -> RichStyle:
        plain = style.clear_meta_and_links()
        colors = (
            (Color.from_rich_color(color) + self._color).rich_color if color is not None else None
            for color in (plain.color, plain.bgcolor)
        )
        return plain + RichStyle.from_color(*colors)


_dimming = lru_cache(8)(Dimming)  # a few: by theme and kind of dialog


class Overlay(ModalScreen[Result], SteadyScreen[Result]):
    """A screen over another one, which is seen through it."""

    def render(self) -> RenderableType | Visual:  # type: ignore[override]  # as widgets may
        color, stack = self.styles.background, self.app.screen_stack
        if color.a == 1 or self not in stack[1:]:
            return super().render()
        return Dimmed(stack[stack.index(self) - 1], _dimming(color))
