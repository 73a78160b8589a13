"""Terminals with few colours or none: what the themes mean, said in what these have.

Textual takes the nearest colour of each by itself. Of 16 that makes the row under the cursor as
white as its ground and four curves one grey; NO_COLOR would get greys, which are colours.
"""

import math
from collections.abc import Callable
from functools import lru_cache

from rich.color import Color
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.color import Color as Rgba
from textual.color import Lab, rgb_to_lab
from textual.filter import LineFilter
from textual.theme import Theme

from tui_al.report.palette import FEW_COLORS, STRATEGY_MARKS, Rgb, contrast_ratio

_CACHED = 4096  # styles: bands that lie over each other have many
_COLORED = 18  # Lab chroma from which on a colour is more than a shade of grey
_HIDDEN = 1.4  # contrast below which text is not meant to be read
_APART = 1.45  # contrast from which on a background is meant to be seen
_FAINT, _QUIET = 4.5, 8.0  # contrasts below which text is faint, or quiet
_LEGIBLE = 4.5


class FewColors(LineFilter):
    """Styles in the colours there are, each worked out once."""

    shaded = True
    """Whether a tint cannot be told from its ground: areas have a pattern instead."""

    def __init__(self) -> None:
        super().__init__()
        self._reduced = lru_cache(_CACHED)(self.reduce)

    def apply(self, segments: list[Segment], background: Rgba) -> list[Segment]:  # noqa: ARG002
        return [
            segment
            if segment.style is None
            else Segment(
                " " * segment.cell_length if _is_hidden(segment.style) else segment.text,
                self._reduced(segment.style),
                segment.control,
            )
            for segment in segments
        ]

    def reduce(self, style: Style) -> Style:
        """The style instead of this one."""
        raise NotImplementedError


SHADED = "-few-colors"
"""The class of an app whose terminal shows no tints: of 16 colours, or of none."""


def choose_filter(console: Console, theme: Theme, *, no_color: bool) -> FewColors | None:
    """What a terminal needs to show a theme; None where it has millions of colours."""
    if no_color:
        return NoColors(theme)
    if console.color_system == "256":
        return ManyColors()
    return SixteenColors(theme) if console.color_system == "standard" else None


class ManyColors(FewColors):
    """The nearest of the 240 fixed colours, to the eye: dark greys stay grey."""

    shaded = False

    def reduce(self, style: Style) -> Style:
        return style + Style.from_color(_nearest(style.color), _nearest(style.bgcolor))


class SixteenColors(FewColors):
    """Colours by their meaning: of series and of the theme, else by hue; greys by contrast."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        dark, variables = theme.dark, theme.to_color_system().generate()
        self._ground, self._text, self._gray, self._raised = (
            (0, 15, 7, 8) if dark else (15, 0, 8, 7)
        )
        self._surface = _surface(theme)
        self._fronts = {STRATEGY_MARKS[name].color(dark=dark): numbers[not dark]
                        for name, numbers in FEW_COLORS.items()}  # fmt: skip
        self._fronts |= {Rgba.parse(variables[name]).rgb: numbers[not dark]
                         for name, numbers in _HUES.items()}  # fmt: skip
        self._backs = {Rgba.parse(variables[name]).rgb: numbers[not dark]
                       for name, numbers in _CURSORS.items()}  # fmt: skip
        self._angles = {_angle(color): number for color, number in self._fronts.items()
                        if _chroma(color) >= _COLORED}  # fmt: skip

    def reduce(self, style: Style) -> Style:
        back = _fixed(style.bgcolor, self._reduce_back)
        front = _fixed(style.color, self._reduce_front)
        if front is not None and back is not None:
            front = self._keep_legible(front, back)
        return style + Style.from_color(front, back)

    def _keep_legible(self, front: Color, back: Color) -> Color:
        """On a ground of its own, text that could not be read is black or white."""
        one, other = front.number, back.number
        if one is None or other in (None, self._ground) or number_contrast(one, other) >= _LEGIBLE:
            return front
        choices = (self._text, self._ground)
        return Color.from_ansi(max(choices, key=lambda each: number_contrast(each, other)))

    def _reduce_back(self, color: Rgb) -> int:
        if color in self._backs:
            return self._backs[color]
        if contrast_ratio(color, self._surface) < _APART:
            return self._ground
        return self._hue(color) if _chroma(color) >= _COLORED else self._raised

    def _reduce_front(self, color: Rgb) -> int:
        if color in self._fronts:
            return self._fronts[color]
        contrast = contrast_ratio(color, self._surface)
        if contrast < _FAINT:
            return 8
        if _chroma(color) >= _COLORED:
            return self._hue(color)
        return self._gray if contrast < _QUIET else self._text

    def _hue(self, color: Rgb) -> int:
        angle = _angle(color)
        nearest = min(self._angles, key=lambda other: abs(math.remainder(angle - other, math.tau)))
        return self._angles[nearest]


class NoColors(FewColors):
    """The terminal's own two colours: what is quiet is dim, the row under the cursor inverse."""

    _PLAIN = Style.from_color(Color.default(), Color.default())

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        variables = theme.to_color_system().generate()
        self._surface = _surface(theme)
        self._cursor, self._blurred = (Rgba.parse(variables[name]).rgb for name in _CURSORS)

    def reduce(self, style: Style) -> Style:
        front, back = _rgb(style.color), _rgb(style.bgcolor)
        look = self._PLAIN
        if back == self._blurred:
            look += Style(underline=True)
        elif back is not None and self._is_raised(back):
            look += Style(reverse=True)
        elif front is not None and contrast_ratio(front, self._surface) < _QUIET:
            look += Style(dim=True)
        return style + look

    def _is_raised(self, back: Rgb) -> bool:
        return back == self._cursor or contrast_ratio(back, self._surface) >= _APART


# By a theme's variable: the numbers of 16 colours on dark and on light ground.
_HUES = {
    "primary": (14, 4),
    "secondary": (12, 4),
    "accent": (11, 5),
    "warning": (11, 5),
    "error": (9, 1),
    "success": (10, 2),
}
_CURSORS = {"block-cursor-background": (7, 4), "block-cursor-blurred-background": (4, 14)}


_VGA: tuple[Rgb, ...] = (
    (0, 0, 0), (170, 0, 0), (0, 170, 0), (170, 85, 0),
    (0, 0, 170), (170, 0, 170), (0, 170, 170), (170, 170, 170),
    (85, 85, 85), (255, 85, 85), (85, 255, 85), (255, 255, 85),
    (85, 85, 255), (255, 85, 255), (85, 255, 255), (255, 255, 255),
)  # fmt: skip


@lru_cache(_CACHED)
def _nearest(color: Color | None) -> Color | None:
    if color is None or color.triplet is None:
        return color
    wanted = _lab(color.triplet)
    number = min(range(16, 256), key=lambda each: math.dist(wanted, _fixed_lab(each)))
    return Color.from_ansi(number)


@lru_cache(256)
def _fixed_lab(number: int) -> Lab:
    """One of the 256 colours, of which 16..231 are a cube and the others greys."""
    return _lab(Color.from_ansi(number).get_truecolor())


@lru_cache(_CACHED)
def _is_hidden(style: Style) -> bool:
    """Whether text has all but the colour of its ground, such as the cross of an empty box."""
    front, back = _rgb(style.color), _rgb(style.bgcolor)
    return front is not None and back is not None and contrast_ratio(front, back) < _HIDDEN


def _fixed(color: Color | None, reduce: Callable[[Rgb], int]) -> Color | None:
    """One of the 16 colours; what is one, or left to the terminal, stays."""
    return (
        color if color is None or color.triplet is None else Color.from_ansi(reduce(color.triplet))
    )


def _surface(theme: Theme) -> Rgb:
    """The ground of a theme."""
    return Rgba.parse(theme.to_color_system().generate()["surface"]).rgb


def number_contrast(one: int, other: int) -> float:
    """The contrast of two of the 16 colours with VGA's values, from which terminals differ."""
    return contrast_ratio(_VGA[one], _VGA[other])


def _rgb(color: Color | None) -> Rgb | None:
    """The colour, or None for one that the terminal chooses."""
    return None if color is None or color.is_default else color.get_truecolor()


def _lab(color: Rgb) -> Lab:
    return rgb_to_lab(Rgba(*color))


def _chroma(color: Rgb) -> float:
    lab = _lab(color)
    return math.hypot(lab.a, lab.b)


def _angle(color: Rgb) -> float:
    lab = _lab(color)
    return math.atan2(lab.b, lab.a)
