"""Which classes a batch is of, beside the train pool."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text

from tui_al.grid.explore import ClassCount
from tui_al.report.palette import Mark
from tui_al.textsafe import visible
from tui_al.tui.widgets.linetable import Cells, LineColumn, LineTable
from tui_al.tui.widgets.tints import tint, tint_of

UNSEEN = "○"
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_MOST_NAME, _LEAST_BAR = 24, 3
_HEADING = "  now/all"
_PERCENT = 5
_FIGURES = _PERCENT + len(_HEADING)  # cells after a bar


@dataclass(frozen=True, slots=True)
class Mix:
    """The classes of a run's batch."""

    name: str
    mark: Mark
    classes: Sequence[ClassCount]


class ClassMix(LineTable):
    """A bar for the share of each class in the pool and in each run's batch, all on one
    scale; after it the texts of the batch and the labels so far. A circle marks classes that
    have no label yet."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"mix--quiet", "mix--unseen"}

    def __init__(self) -> None:
        super().__init__("mix")
        self._mixes: Sequence[Mix] = ()
        self._most = 1.0  # the largest share of any bar
        self._bar = _LEAST_BAR  # cells of that bar

    def show(self, mixes: Sequence[Mix]) -> None:
        """Show one or two batches over the same classes."""
        self._mixes = [mix for mix in mixes if mix.classes]
        self._most = self._largest_share()
        count = len(self._mixes[0].classes) if self._mixes else 0
        self.show_rows(self._arrange, count, self._cells, cursor=self.cursor)

    @property
    def _pooled(self) -> bool:
        return any(count.pool is not None for mix in self._mixes for count in mix.classes)

    def _arrange(self, width: int) -> list[LineColumn]:
        if not self._mixes:
            return [LineColumn("")]
        names = [visible(count.name, one_line=True) for count in self._mixes[0].classes]
        name = max(5, min(_MOST_NAME, width // 4, max(map(cell_len, names))))
        bars = len(self._mixes) + self._pooled
        figures = len(self._mixes) * _FIGURES + self._pooled * _PERCENT
        self._bar = max(_LEAST_BAR, (width - name - figures - bars) // bars)
        room = self._bar + _PERCENT
        return [
            LineColumn("class", name),
            *([LineColumn("pool", room)] if self._pooled else []),
            *(
                LineColumn(
                    f"{mix.mark.marker} {mix.name}"[: room - 1].ljust(room) + _HEADING,
                    self._bar + _FIGURES,
                )
                for mix in self._mixes
            ),
        ]

    def _cells(self, row: int) -> Cells:
        quiet, unseen = tint(self, "mix--quiet"), tint(self, "mix--unseen")
        counts = [mix.classes[row] for mix in self._mixes]
        name = visible(counts[0].name, one_line=True)
        cells = [Text(name, "bold")]
        if self._pooled:
            pool = sum(count.pool or 0 for count in self._mixes[0].classes)
            share = (counts[0].pool or 0) / max(1, pool)
            cells.append(
                Text(_draw_bar(share / self._most, self._bar), quiet).append(f"{share:5.0%}")
            )
        for mix, count in zip(self._mixes, counts, strict=True):
            share = count.batch / max(1, sum(each.batch for each in mix.classes))
            cell = Text().append(_draw_bar(share / self._most, self._bar), tint_of(self, mix.mark))
            cell.append(f"{share:5.0%}", quiet)
            if count.so_far:
                cell.append(f"{count.batch}/{count.so_far:,}".rjust(len(_HEADING)))
            else:
                cell.append(f"{UNSEEN} none".rjust(len(_HEADING)), unseen)
            cells.append(cell)
        return cells

    def _largest_share(self) -> float:
        parts = [[count.batch for count in mix.classes] for mix in self._mixes]
        if self._pooled:
            parts.append([count.pool or 0 for count in self._mixes[0].classes])
        return max((max(part) / max(1, sum(part)) for part in parts), default=0.0) or 1.0


def _draw_bar(share: float, width: int) -> str:
    """A bar of `width` cells, filled to a share in eighths of a cell."""
    eighths = round(max(0.0, min(1.0, share)) * width * 8)
    eighths = max(eighths, 1) if share > 0 else 0
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(width)
