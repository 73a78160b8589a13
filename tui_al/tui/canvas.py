"""A canvas of characters: lines in braille dots, bands behind them, marks before them.

A braille cell is two dots wide and four high, a band ends at eighths of a cell. Pure Python:
forty curves take a few milliseconds, and the first frame waits for no library.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from tui_al.report.palette import Rgb

DOTS_ACROSS, DOTS_HIGH = 2, 4
EIGHTHS = 8

Band = tuple[Rgb, int, int]
"""A colour, and where in a cell it begins and ends, in eighths from the bottom."""

_BRAILLE = 0x2800
_BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))  # by dot column, from the top
_BLOCKS = " ▁▂▃▄▅▆▇█"  # from the bottom
_TINT = 0.24  # how much of its colour a band has
_HALF = EIGHTHS // 2
_SHADE = "░"
_BLANK = (" ", Style.null())


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character that covers its cell, in a colour; `inverse` puts the colour behind it."""

    character: str
    color: Rgb
    inverse: bool = False


class Canvas:
    """Cells by column and row, row 0 on top; dots count from the bottom left."""

    def __init__(self, columns: int, rows: int, ground: Rgb, *, shaded: bool = False) -> None:
        """`ground` is the colour behind everything; `shaded` bands are a pattern, not a tint."""
        self.columns, self.rows = columns, rows
        self._ground = ground
        self._shaded = shaded
        self._dots: dict[int, int] = {}
        self._inks: dict[int, Rgb] = {}
        self._glyphs: dict[int, Glyph] = {}
        self._bands: dict[int, tuple[Band, ...]] = {}
        self._tints: dict[tuple[Band, ...], tuple[str, Style]] = {}
        self._rules: dict[int, Glyph] = {}
        self._drawn: dict[int, tuple[str, Style]] | None = None

    def line(self, x0: int, y0: int, x1: int, y1: int, color: Rgb) -> None:
        """A straight line between two dots; what lies outside is not drawn."""
        self._drawn = None
        across, up = x1 - x0, y1 - y0
        steps = max(abs(across), abs(up), 1)
        dots, inks, columns = self._dots, self._inks, self.columns
        width, height = columns * DOTS_ACROSS, self.rows * DOTS_HIGH
        for step in range(steps + 1):
            x, y = (
                x0 + (across * step + steps // 2) // steps,
                y0 + (up * step + steps // 2) // steps,
            )
            if 0 <= x < width and 0 <= y < height:
                down = height - 1 - y
                cell = (down >> 2) * columns + (x >> 1)
                dots[cell] = dots.get(cell, 0) | _BITS[x & 1][down & 3]
                inks[cell] = color

    def band(self, column: int, low: float, high: float, color: Rgb) -> None:
        """A tint in one column from `low` to `high`, in rows counted from the bottom."""
        self._drawn = None
        bottom, top = round(low * EIGHTHS), round(high * EIGHTHS)
        bottom, top = max(0, bottom), min(self.rows * EIGHTHS, max(top, bottom + 1))
        for row in range(bottom // EIGHTHS, -(-top // EIGHTHS)):
            start, end = max(0, bottom - row * EIGHTHS), min(EIGHTHS, top - row * EIGHTHS)
            cell = (self.rows - 1 - row) * self.columns + column
            self._bands[cell] = (*self._bands.get(cell, ()), (color, start, end))

    def put(self, column: int, row: int, glyph: Glyph) -> None:
        """A character before everything."""
        if 0 <= column < self.columns and 0 <= row < self.rows:
            self._drawn = None
            self._glyphs[row * self.columns + column] = glyph

    def rule(self, column: int, row: int, glyph: Glyph) -> None:
        """A character behind lines and marks, where no band is."""
        self._drawn = None
        self._rules[row * self.columns + column] = glyph

    def lines(
        self, upright: tuple[int, Glyph] | None = None, over: Iterable[tuple[int, int, Glyph]] = ()
    ) -> list[list[Segment]]:
        """The rows as they are printed, neighbours of one look together.

        What may be elsewhere the next time comes along: `upright` fills a column behind lines
        and marks, but before bands; `over` are characters before everything, with their column
        and row.
        """
        if self._drawn is None:
            self._drawn = self._looks()
        looks = dict(self._drawn)
        if upright is not None and 0 <= upright[0] < self.columns:
            column, glyph = upright
            for cell in range(column, self.rows * self.columns, self.columns):
                if cell not in self._dots and cell not in self._glyphs:
                    looks[cell] = glyph.character, paint(glyph.color)
        for column, row, glyph in over:
            if 0 <= column < self.columns and 0 <= row < self.rows:
                cell = row * self.columns + column
                looks[cell] = self._cover(cell, glyph)
        return [
            _join([looks.get(cell, _BLANK) for cell in range(start, start + self.columns)])
            for start in range(0, self.rows * self.columns, self.columns)
        ]

    def _looks(self) -> dict[int, tuple[str, Style]]:
        """Character and style of the cells that are not empty, from behind to the front."""
        looks = {cell: (rule.character, paint(rule.color)) for cell, rule in self._rules.items()}
        for cell, bands in self._bands.items():
            looks[cell] = self._tinted(bands)
        for cell, dots in self._dots.items():
            behind = self._behind(self._bands.get(cell, ()))
            looks[cell] = chr(_BRAILLE + dots), paint(self._inks[cell], behind)
        for cell, glyph in self._glyphs.items():
            looks[cell] = self._cover(cell, glyph)
        return looks

    def _cover(self, cell: int, glyph: Glyph) -> tuple[str, Style]:
        if glyph.inverse:
            return glyph.character, paint(self._ground, glyph.color, bold=True)
        return glyph.character, paint(glyph.color, self._behind(self._bands.get(cell, ())))

    def _tinted(self, bands: tuple[Band, ...]) -> tuple[str, Style]:
        if bands not in self._tints:
            self._tints[bands] = self._shade(bands) if self._shaded else self._blend(bands)
        return self._tints[bands]

    def _behind(self, bands: Sequence[Band]) -> Rgb | None:
        """The tint behind a character: of the bands that fill half of its cell."""
        colors = [] if self._shaded else _half(bands)
        return self._tint(tuple(colors)) if colors else None

    def _shade(self, bands: Sequence[Band]) -> tuple[str, Style]:
        """A cell of bands alone: the pattern of the front one of those that fill half of it."""
        colors = _half(bands)
        return (_SHADE, paint(colors[-1])) if colors else _BLANK

    def _blend(self, bands: Sequence[Band]) -> tuple[str, Style]:
        """A cell of bands alone. Of those that end within it, the largest shows where."""
        full = [color for color, start, end in bands if end - start == EIGHTHS]
        part = max(
            (band for band in bands if band[2] - band[1] < EIGHTHS),
            key=lambda band: band[2] - band[1],
            default=None,
        )
        around = self._tint(tuple(full))
        if part is None:
            return " ", paint(None, around)
        color, start, end = part
        inside = self._tint((*full, color))
        if start == 0:
            return _BLOCKS[end], paint(inside, around if full else None)
        if end == EIGHTHS:
            return _BLOCKS[start], paint(around, inside)
        return "━", paint(inside, around if full else None)

    def _tint(self, colors: tuple[Rgb, ...]) -> Rgb:
        return _tint(self._ground, colors)


@lru_cache(maxsize=4096)
def _tint(ground: Rgb, colors: tuple[Rgb, ...]) -> Rgb:
    """The ground under bands of these colours."""
    if not colors:
        return ground
    red, green, blue = (sum(part) // len(colors) for part in zip(*colors, strict=True))
    return mix(ground, (red, green, blue), min(0.5, _TINT + 0.06 * (len(colors) - 1)))


def _half(bands: Sequence[Band]) -> list[Rgb]:
    """The colours of the bands that fill half of a cell."""
    return [color for color, start, end in bands if end - start >= _HALF]


def _join(cells: Sequence[tuple[str, Style]]) -> list[Segment]:
    joined: list[Segment] = []
    text, look = "", cells[0][1]
    for character, style in cells:
        if style is not look:  # `paint` gives equal styles once
            joined.append(Segment(text, look))
            text, look = "", style
        text += character
    return [*joined, Segment(text, look)]


def mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    """`one` with a share of `other`."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


@lru_cache(maxsize=4096)
def paint(front: Rgb | None, back: Rgb | None = None, *, bold: bool = False) -> Style:
    """A style of these colours; None leaves one as it is."""
    return Style(
        color=Color.from_rgb(*front) if front else None,
        bgcolor=Color.from_rgb(*back) if back else None,
        bold=bold or None,
    )
