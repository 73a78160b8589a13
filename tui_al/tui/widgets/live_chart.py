"""A chart of many curves, zoom, and a crosshair that reads a cycle."""

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui_al.tui.few_colors import SHADED
from tui_al.tui.plotting import Ground, Plot, Window, full_window, make_plan
from tui_al.tui.series import Series

_ZOOM = 2.0  # how much closer one step goes
_CLOSEST = 1 / 64  # of the whole axis
_PAN = 0.25  # of what is shown


class LiveChart(Widget, can_focus=True):
    """Draws when something has changed, once for any number of changes between two frames."""

    HELP = (
        "The crosshair reads every curve at one cycle: ← and → move it, Esc removes it, the "
        "mouse reads where it points, a click stays. + and - zoom, < and > move along the axis, "
        "the vertical axis follows what is shown."
    )

    class Read(Message):
        """The crosshair stands elsewhere, or (None) nowhere. `kept` is false while the mouse
        only passes."""

        def __init__(self, cycle: int | None, *, kept: bool) -> None:
            super().__init__()
            self.cycle = cycle
            self.kept = kept

    def __init__(self, empty: str) -> None:
        """`empty` is shown while there is no curve."""
        super().__init__()
        self._empty = empty
        self._series: Sequence[Series] = ()
        self._reach = 1.0
        self._window: Window | None = None  # None: everything
        self._cycle: int | None = None
        self._passing: int | None = None
        self._plot: Plot | None = None
        self._rows: list[Strip] | None = None
        self._look: tuple[object, ...] = ()  # what it was drawn for

    def show(self, series: Sequence[Series], reach: float) -> None:
        """Draw these curves; the axis reaches to `reach` from the start."""
        self._series, self._reach = series, reach
        self._redraw_all()

    @property
    def cycle(self) -> int | None:
        """The cycle that is read."""
        return self._cycle if self._passing is None else self._passing

    def read(self, cycle: int | None) -> None:
        """Put the crosshair on a cycle, or take it away."""
        newest = self._newest
        self._passing = None
        self._cycle = None if cycle is None or newest < 0 else min(max(0, cycle), newest)
        self._redraw()
        self.post_message(self.Read(self._cycle, kept=True))

    def step(self, by: int) -> None:
        """Move the crosshair along the cycles; from nowhere, it comes to the newest."""
        self.read(self._newest if self.cycle is None else self.cycle + by)

    def zoom(self, steps: int, about: float | None = None) -> None:
        """Closer (or, below 0, farther) by halves, about a place: the crosshair's, else the
        middle."""
        if not self._series:
            return
        whole = self._whole
        low, high = self._window or whole
        if about is None:
            one = self._pointed
            at = one.xs[one.last(self.cycle)] if self.cycle is not None else (low + high) / 2
            about = min(max(low, at), high)
        span = (high - low) / _ZOOM**steps
        span = max(span, (whole[1] - whole[0]) * _CLOSEST)
        share = (about - low) / (high - low)
        self._look_at(about - share * span, span)

    def pan(self, steps: int) -> None:
        """Move along the axis."""
        if self._window is not None:
            low, high = self._window
            self._look_at(low + steps * _PAN * (high - low), high - low)

    def fit(self) -> bool:
        """Show everything; whether there was something to undo."""
        zoomed, self._window = self._window is not None, None
        self._redraw_all()
        return zoomed

    def _look_at(self, low: float, span: float) -> None:
        first, last = self._whole
        if span >= last - first:
            self._window = None
        else:
            low = min(max(first, low), last - span)
            self._window = (low, low + span)
        self._redraw_all()

    @property
    def _whole(self) -> Window:
        return full_window(self._series, self._reach)

    @property
    def _pointed(self) -> Series:
        return next((one for one in self._series if one.shown), self._series[-1])

    @property
    def _newest(self) -> int:
        return max((len(one.values) for one in self._series), default=0) - 1

    # Drawing.

    def _redraw_all(self) -> None:
        self._plot = None
        self._redraw()

    def _redraw(self) -> None:
        """The crosshair alone is elsewhere."""
        self._rows = None
        self.refresh()

    def render_line(self, y: int) -> Strip:
        look = (self.size, self.app.theme, self.has_focus)
        if self._look != look:
            self._plot, self._rows, self._look = None, None, look
        if self._rows is None:
            self._rows = self._draw(self.size)
        return self._rows[y] if y < len(self._rows) else self._blank(self.size.width)

    def _draw(self, size: Size) -> list[Strip]:
        if not self._series:
            return self._say(size)
        if self._plot is None:
            window = self._window or self._whole
            plan = make_plan(self._series, size.width, size.height, window)
            if plan is None:
                return []
            self._plot = Plot(self._series, plan, self._ground)
        style = self.rich_style
        strips = (Strip(row).adjust_cell_length(size.width) for row in self._plot.rows(self.cycle))
        return [strip.apply_style(style) for strip in strips]

    def _say(self, size: Size) -> list[Strip]:
        words = Segment(f"{self._empty:^{size.width}}", Style(dim=True))
        said = Strip([words]).crop(0, size.width).apply_style(self.rich_style)
        return [*[self._blank(size.width)] * (size.height // 2), said]

    def _blank(self, width: int) -> Strip:
        return Strip.blank(width, self.rich_style)

    @property
    def _ground(self) -> Ground:
        _, _, back, front = self.colors
        dark = self.app.current_theme.dark
        return Ground(back.rgb, (back + front).rgb, dark, self.app.has_class(SHADED))

    # The mouse.

    def _pass(self, cycle: int | None) -> None:
        if cycle != self._passing:
            self._passing = cycle
            self._redraw()
            self.post_message(self.Read(self.cycle, kept=False))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self._pass(self._cycle_at(event.x))

    def on_leave(self) -> None:
        self._pass(None)

    def on_click(self, event: events.Click) -> None:
        self.read(self._cycle_at(event.x))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, -1)

    def _wheel(self, event: events.MouseEvent, steps: int) -> None:
        event.stop()
        if self._plot is not None:
            self.zoom(steps, self._plot.plan.x_at(event.x))

    def _cycle_at(self, column: int) -> int | None:
        """The cycle nearest to a column: the pointed curve's, or the longest's beyond its end."""
        if self._plot is None:
            return None
        x = self._plot.plan.x_at(column)
        longest = max([self._pointed, *self._series], key=lambda one: len(one.xs))
        return min(range(len(longest.xs)), key=lambda t: abs(longest.xs[t] - x))
