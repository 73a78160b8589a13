"""Colours and markers of series, the same in every chart, table and page: the only place.

Okabe & Ito's colour-blind-safe palette (2008). On dark ground it is theirs, blue and grey
lightened until they can be read; on light ground their hues, darkened, were moved apart until
every pair differs at least as much for readers without red, green or blue cones. Each series
has a marker of its own too: colour is never the only difference.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from zlib import crc32

Rgb = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Mark:
    """How a series is told from others: its colours on dark and on light ground, its marker."""

    on_dark: Rgb
    on_light: Rgb
    marker: str

    @property
    def anywhere(self) -> Rgb:
        """The colour for a ground that is not known: between the two."""
        pairs = zip(self.on_dark, self.on_light, strict=True)
        red, green, blue = ((dark + light) // 2 for dark, light in pairs)
        return red, green, blue

    def color(self, *, dark: bool) -> Rgb:
        """The colour for a ground."""
        return self.on_dark if dark else self.on_light


STRATEGY_MARKS = {
    "random": Mark((184, 184, 184), (59, 59, 59), "●"),
    "margin": Mark((86, 180, 233), (87, 145, 225), "▲"),
    "entropy": Mark((47, 143, 214), (0, 68, 98), "▼"),
    "coreset": Mark((240, 228, 66), (145, 147, 76), "■"),
    "typiclust": Mark((0, 158, 115), (14, 121, 79), "◆"),
    "probcover": Mark((204, 121, 167), (174, 120, 150), "✚"),
    "badge": Mark((230, 159, 0), (205, 128, 16), "★"),
    "dropquery": Mark((213, 94, 0), (142, 68, 13), "×"),
}

# The same on terminals of 16 colours: their numbers on dark and on light ground.
FEW_COLORS = {
    "random": (7, 8),
    "margin": (14, 12),
    "entropy": (12, 4),
    "coreset": (11, 6),
    "typiclust": (10, 2),
    "probcover": (13, 5),
    "badge": (3, 3),
    "dropquery": (9, 1),
}

# The strongest contrasts first, for series that no strategy names; then every other pairing
# of a colour with a marker, so that no two are alike.
_FIRST = ("margin", "badge", "typiclust", "probcover", "dropquery", "coreset", "entropy", "random")
_ORDERED = tuple(STRATEGY_MARKS[name] for name in _FIRST)
MARKS = tuple(
    Mark(color.on_dark, color.on_light, _ORDERED[(place + turn) % len(_ORDERED)].marker)
    for turn in range(len(_ORDERED))
    for place, color in enumerate(_ORDERED)
)
_FREE = MARKS[len(_ORDERED) :]  # no strategy's


def luminance(color: Rgb) -> float:
    """How bright a colour is, from 0 to 1 (WCAG's relative luminance)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in color)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast_ratio(one: Rgb, other: Rgb) -> float:
    """How well one colour is read on another, from 1 to 21 (WCAG)."""
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def name_marks(names: Iterable[str]) -> dict[str, Mark]:
    """Marks of the series of one chart by name; the first 56 names of no strategy all differ.

    A strategy has the same mark in every chart. Another name has one that follows from its
    letters, and moves on only where an earlier such name of this chart has it.
    """
    names = list(dict.fromkeys(names))
    marks = {name: STRATEGY_MARKS[name] for name in names if name in STRATEGY_MARKS}
    for name in sorted(set(names) - set(marks)):
        start = crc32(name.encode()) % len(_FREE)
        choices = (*_FREE[start:], *_FREE[:start])
        taken = set(marks.values())
        marks[name] = next((mark for mark in choices if mark not in taken), choices[0])
    return {name: marks[name] for name in names}


def spare_mark(taken: Collection[Mark]) -> Mark:
    """A mark of no strategy, unlike those taken in colour and marker while there are such."""
    colors = {mark.on_dark for mark in taken}
    markers = {mark.marker for mark in taken}
    return min(
        _FREE,
        key=lambda mark: (mark in taken, mark.on_dark in colors, mark.marker in markers),
    )
