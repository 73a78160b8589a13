"""A critical-difference picture of layered marks (Demsar 2006, Fig. 1)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tui_al.report.blocks import RankLine
from tui_al.report.rendering.drawing import import_altair
from tui_al.report.rendering.ranks import RankedName, RankPicture, lay_out
from tui_al.textsafe import visible

_SIDE = 150  # room for names at either side
_RULER, _NUMBERS = 36, 24  # heights above the axis
_ROW, _BAR = 24, 10
_LONGEST = 20
_CROWDED = 15  # ranks: of more, every fifth has its number

Stroke = tuple[float, float, float, float]


def rank_layers(line: RankLine, width: int) -> Any:
    """The axis with its ticks, bars over groups, and names joined to their ranks."""
    alt = import_altair()
    place = _Places(lay_out(line), line.distance, width)

    def coordinates(values: list[dict[str, Any]]) -> Any:
        x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, width], nice=False))
        y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[place.height, 0], nice=False))
        return alt.Chart(alt.InlineData(values)).encode(x=x, y=y)

    def rules(strokes: Sequence[Stroke], thickness: float) -> Any:
        values = [dict(zip(("x", "y", "x2", "y2"), stroke, strict=True)) for stroke in strokes]
        return coordinates(values).mark_rule(strokeWidth=thickness).encode(x2="x2", y2="y2")

    texts = [*place.numbers(), *place.labels()]
    layers = [rules([*place.axis(), *place.joints()], 1.2)]
    if bars := list(place.bars()):
        layers.append(rules(bars, 5))
    layers += [
        coordinates([text for text in texts if text["side"] == side])
        .mark_text(align=side, baseline="middle", fontSize=12)
        .encode(text="said:N")
        for side in dict.fromkeys(text["side"] for text in texts)
    ]
    return alt.layer(*layers).properties(width=width, height=place.height)


@dataclass(frozen=True, slots=True)
class _Places:
    """Pixels of a picture that is `width` wide."""

    picture: RankPicture
    distance: float | None
    width: int

    @property
    def top(self) -> float:
        """Where the axis is."""
        return _NUMBERS + (_RULER if self.distance is not None else 0)

    @property
    def first_row(self) -> float:
        levels = max((bar.level + 1 for bar in self.picture.bars), default=0)
        return self.top + 14 + _BAR * levels

    @property
    def height(self) -> float:
        return self.first_row + _ROW * max(placed.row + 1 for placed in self.picture.names)

    def across(self, rank: float) -> float:
        return _SIDE + (rank - 1) * (self.width - 2 * _SIDE) / (self.picture.last - 1)

    def axis(self) -> Iterator[Stroke]:
        """The axis, its ticks, and above it the critical difference."""
        yield _SIDE, self.top, self.width - _SIDE, self.top
        for rank in range(1, self.picture.last + 1):
            yield self.across(rank), self.top - 6, self.across(rank), self.top
        if self.distance is not None:
            yield _SIDE, 10, self._ruler_end, 10
            yield _SIDE, 5, _SIDE, 15
            yield self._ruler_end, 5, self._ruler_end, 15

    def joints(self) -> Iterator[Stroke]:
        """From the axis down to the row of a name, then outwards to it."""
        for placed in self.picture.names:
            across, row = self.across(placed.rank), self._row(placed)
            yield across, self.top, across, row
            yield across, row, self._outer(placed), row

    def bars(self) -> Iterator[Stroke]:
        for bar in self.picture.bars:
            y = self.top + 10 + _BAR * bar.level
            yield self.across(bar.first) - 3, y, self.across(bar.last) + 3, y

    def numbers(self) -> Iterator[dict[str, Any]]:
        """The ranks above the axis, and the critical difference beside its ruler."""
        for rank in range(1, self.picture.last + 1):
            if self.picture.last <= _CROWDED or rank == 1 or rank % 5 == 0:
                yield _said(str(rank), self.across(rank), self.top - 15, "center")
        if self.distance is not None:
            said = f"critical difference {self.distance:.2f}"
            yield _said(said, self._ruler_end + 8, 10, "left")

    def labels(self) -> Iterator[dict[str, Any]]:
        for placed in self.picture.names:
            name = visible(placed.name, one_line=True)
            if len(name) > _LONGEST:
                name = f"{name[: _LONGEST - 1]}…"
            parts = (f"{placed.rank:.2f}", name) if placed.right else (name, f"{placed.rank:.2f}")
            gap = 6 if placed.right else -6
            side = "left" if placed.right else "right"
            yield _said("  ".join(parts), self._outer(placed) + gap, self._row(placed), side)

    @property
    def _ruler_end(self) -> float:
        return min(self.across(1 + (self.distance or 0.0)), self.width - _SIDE)

    def _row(self, placed: RankedName) -> float:
        return self.first_row + _ROW * (placed.row + 0.5)

    def _outer(self, placed: RankedName) -> float:
        return self.width - _SIDE + 10 if placed.right else _SIDE - 10


def _said(text: str, x: float, y: float, side: str) -> dict[str, Any]:
    return {"said": text, "x": x, "y": y, "side": side}
