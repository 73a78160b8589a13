"""What a cycle says about the two runs, in a few lines."""

from collections.abc import Sequence

from rich.text import Text
from textual.widgets import Static

from tui_al.grid.explore import CycleView, Overlap
from tui_al.textsafe import visible
from tui_al.tui.exploration import Side
from tui_al.tui.widgets.flowing import flow
from tui_al.tui.widgets.tints import tint_of

_METRICS = (("balanced accuracy", "balanced_accuracy"), ("macro-F1", "macro_f1"))
_NAMED = 12  # unseen classes; a number stands for more


class Facts(Static):
    """Metrics after the cycle, what both runs chose, and the classes without a label."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._lines: Sequence[Sequence[Text]] = ()

    def show(
        self, sides: Sequence[Side], views: Sequence[CycleView], overlap: Overlap | None
    ) -> None:
        lines = [self._metrics(sides, views)]
        if overlap is not None:
            lines.append(_describe_overlap(views, overlap))
        if any(view.classes for view in views):
            lines.append([self._unseen(sides, views)])
        self._lines = lines
        self._fit()

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        """A figure stays beside what it is a figure of."""
        lines = [part for line in self._lines for part in flow(line, self.size.width)]
        self.update(Text("\n").join(lines))

    def _metrics(self, sides: Sequence[Side], views: Sequence[CycleView]) -> list[Text]:
        parts = []
        for title, name in _METRICS:
            part = Text(title, "dim")
            for side, view in zip(sides, views, strict=True):
                part.append(" ").append_text(self._marker(side))
                part.append(f"{getattr(view.record, name):.3f}", "bold")
            parts.append(part)
        return parts

    def _unseen(self, sides: Sequence[Side], views: Sequence[CycleView]) -> Text:
        line = Text().append("unseen classes", "dim")
        for side, view in zip(sides, views, strict=True):
            names = [visible(name, one_line=True) for name in view.unseen]
            line.append(" ").append_text(self._marker(side))
            if not names:
                line.append("none ")
                continue
            line.append(f"{len(names)} of {len(view.classes)} ", "bold")
            more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            line.append(f"({', '.join(names[:_NAMED])}{more}) ")
        return line

    def _marker(self, side: Side) -> Text:
        return Text(side.mark.marker, tint_of(self, side.mark)).append(" ")


def _describe_overlap(views: Sequence[CycleView], overlap: Overlap) -> list[Text]:
    batch = min(len(view.chosen) for view in views)
    labels = min(view.record.n_labeled for view in views)
    now = Text.assemble(("chosen by both", "dim"), " ", (f"{len(overlap.batch)}", "bold"))
    now.append(f" of {batch:,} now")
    so_far = Text(f"{len(overlap.so_far):,}", "bold").append(f" of {labels:,} so far", "not bold")
    if overlap.initial:
        so_far.append(f" ({len(overlap.initial):,} at the start)", "not bold")
    return [now, so_far]
