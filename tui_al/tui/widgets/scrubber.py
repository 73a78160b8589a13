"""The line of cycles that is moved along, with each run's accuracy below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui_al.report.palette import Mark
from tui_al.tui.keys import bind
from tui_al.tui.keys.common import ROW_KEYS
from tui_al.tui.widgets.tints import tint, tint_of

_ALONG = ("rows.left", "rows.right", "rows.first", "rows.last")
_HEIGHTS = "▁▂▃▄▅▆▇█"
_GUTTER = 28  # cells for what stands before the line


@dataclass(frozen=True, slots=True)
class Trace:
    """A run on the scrubber: its mark, its name, and the accuracy after each of its cycles."""

    mark: Mark
    name: str
    values: Sequence[float]


class Scrubber(Widget, can_focus=True):
    """Which cycle is shown. Left and right move it, and so does the mouse."""

    class Moved(Message):
        """Another cycle is to be shown."""

        def __init__(self, cycle: int) -> None:
            super().__init__()
            self.cycle = cycle

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "scrubber--done", "scrubber--left", "scrubber--handle", "scrubber--quiet",
    }  # fmt: skip
    BINDING_GROUP_TITLE = "The line of cycles"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bind(key for key in ROW_KEYS if key.name in _ALONG),
        Binding("down,j", "app.focus_next", "The panes", show=False),
    ]

    cycle = reactive(0)

    def __init__(self) -> None:
        super().__init__()
        self._traces: Sequence[Trace] = ()
        self._labels: Sequence[int] = ()
        self._last = 0
        self._dragged = False

    def show(self, traces: Sequence[Trace], labels: Sequence[int], cycle: int) -> None:
        """Show runs, of the longest of which `labels` are the numbers of labels by cycle."""
        self._traces, self._labels = traces, labels
        self._last = max(0, len(labels) - 1)
        self.cycle = cycle
        self.styles.height = 1 + len(traces)
        self.refresh()

    def action_cursor_left(self) -> None:
        self._go(self.cycle - 1)

    def action_cursor_right(self) -> None:
        self._go(self.cycle + 1)

    def action_scroll_top(self) -> None:
        self._go(0)

    def action_scroll_bottom(self) -> None:
        self._go(self._last)

    def _go(self, cycle: int) -> None:
        cycle = max(0, min(cycle, self._last))
        if cycle != self.cycle:
            self.post_message(self.Moved(cycle))

    # The mouse.

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self._dragged = True
        self.capture_mouse()
        self._go_to_column(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._dragged:
            self._go_to_column(event)

    def on_mouse_up(self) -> None:
        self._dragged = False
        self.release_mouse()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._go(self.cycle + 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._go(self.cycle - 1)

    def _go_to_column(self, event: events.MouseEvent) -> None:
        column = event.get_content_offset_capture(self).x - self._gutter
        if self._last and column >= 0:
            self._go(round(column / max(1, self._room - 1) * self._last))

    # Drawing.

    @property
    def _gutter(self) -> int:
        return min(_GUTTER, self.size.width // 2)

    @property
    def _room(self) -> int:
        """Cells of the line."""
        return max(1, self.size.width - self._gutter)

    def _column(self, cycle: int) -> int:
        return round(cycle / self._last * (self._room - 1)) if self._last else 0

    def render_line(self, y: int) -> Strip:
        if not self._labels or y > len(self._traces):
            return Strip.blank(self.size.width, self.rich_style)
        line = self._draw_track() if y == 0 else self._draw_trace(self._traces[y - 1])
        strip = Strip(line.render(self.app.console)).adjust_cell_length(self.size.width)
        return strip.apply_style(self.rich_style)

    def _draw_track(self) -> Text:
        done, left, handle = (
            tint(self, f"scrubber--{part}") for part in ("done", "left", "handle")
        )
        line = Text(f"cycle {self.cycle} of {self._last}", "bold", end="")
        labels = f"{self._labels[self.cycle]:,} labels"
        roomy = line.cell_len + 2 + len(labels) < self._gutter
        line.append(f"{'  ' if roomy else ' '}{labels}", Style(bold=False))
        self._fit(line)
        here = self._column(self.cycle)
        ticks = {self._column(cycle) for cycle in range(self._last + 1)}
        if self._room <= 2 * self._last:  # they would touch
            ticks = set()
        before = "".join("┿" if column in ticks else "━" for column in range(here))
        after = "".join("┼" if column in ticks else "─" for column in range(here + 1, self._room))
        return line.append(before, done).append("●", handle).append(after, left)

    def _draw_trace(self, trace: Trace) -> Text:
        quiet, color = tint(self, "scrubber--quiet"), tint_of(self, trace.mark)
        place = min(self.cycle, len(trace.values) - 1)
        line = Text(end="").append(f"{trace.mark.marker} ", color).append(trace.name)
        value = f" accuracy {trace.values[place]:.3f}"
        line.truncate(self._gutter - len(value) - 1, overflow="ellipsis")
        line.append(value)
        self._fit(line)
        shown = [value for other in self._traces for value in other.values]
        low, high = min(shown), max(shown)
        here, room = self._column(self.cycle), self._room
        heights = [int((value - low) / ((high - low) or 1.0) * 7.999) for value in trace.values]
        places = (round(column / max(1, room - 1) * self._last) for column in range(room))
        bars = "".join(_HEIGHTS[heights[min(place, len(heights) - 1)]] for place in places)
        return line.append(bars[: here + 1], color).append(bars[here + 1 :], quiet)

    def _fit(self, line: Text) -> None:
        line.truncate(self._gutter, overflow="ellipsis", pad=True)
