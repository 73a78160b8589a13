"""The lines that name the curves of a chart."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style
from rich.text import Text
from textual.geometry import Size
from textual.widget import Widget

from tui_al.report.palette import Mark
from tui_al.textsafe import visible
from tui_al.tui.widgets.flowing import count_lines, flow


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A curve's name and a value; of a mean, its spread and a note on what is averaged, which
    are left out where there is little room."""

    label: str
    value: float
    mark: Mark
    shown: bool
    spread: float | None = None
    note: str = ""


class Legend(Widget):
    """Marker, name and value of each curve on as many lines as there is room for. The curve
    pointed out is underlined, the best value bold; the oldest are left out first."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: Sequence[LegendEntry] = ()
        self._title = ""

    def show(self, entries: Sequence[LegendEntry], title: str) -> None:
        """Show these curves, and what their values are."""
        self._entries, self._title = entries, title
        height = self.size.height
        fits = len(self._lines(self.size.width, height + 1)) == height
        self.refresh(layout=not fits)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        return len(self._lines(width, max(1, viewport.height)))

    def render(self) -> Text:
        lines = self._lines(self.size.width, self.size.height)
        return Text("\n").join(lines) if lines else Text()

    def _lines(self, width: int, height: int) -> list[Text]:
        if not self._entries:
            return [Text()]
        best = max(entry.value for entry in self._entries)
        dark = self.app.current_theme.dark
        for full in (True, False):
            parts = [_describe(entry, best, dark=dark, full=full) for entry in self._entries]
            for hidden in range(1 if full else len(parts)):
                title = self._title + (f" ({hidden} older not named)" if hidden else "")
                shown = [Text(title, "dim"), *parts[hidden:]]
                if count_lines(shown, width) <= height:
                    return flow(shown, width)
        return flow(shown, width)[:height]


def _describe(entry: LegendEntry, best: float, *, dark: bool, full: bool) -> Text:
    color = "rgb({},{},{})".format(*entry.mark.color(dark=dark))
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(f"{entry.mark.marker} ", Style(color=color))
    label = visible(entry.label, one_line=True)
    text.append(label, Style(underline=entry.shown, bold=entry.shown))
    if full and entry.note:
        text.append(f" {entry.note}", "dim")
    text.append(f" {entry.value:.3f}", "bold" if entry.value == best else "dim")
    if full and entry.spread is not None:
        text.append(f" ±{entry.spread:.3f}", "dim")
    return text
