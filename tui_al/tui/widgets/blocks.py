"""Lines that were drawn elsewhere, to scroll, mark and copy."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from tui_al.textsafe import visible
from tui_al.tui.keys import bind
from tui_al.tui.keys.common import SCROLL_KEYS

_LEAST = 20  # columns of a sentence


class BlockPane(ScrollView, can_focus=True):
    """Drawn for its width by whoever listens; until then it keeps what it has."""

    BINDING_GROUP_TITLE = "This section"
    BINDINGS: ClassVar[list[BindingType]] = bind(SCROLL_KEYS)

    class Widened(Message):
        """The pane has another width, in columns."""

        def __init__(self, columns: int) -> None:
            super().__init__()
            self.columns = columns

    def __init__(self) -> None:
        super().__init__()
        self._lines: Sequence[Strip] = ()
        self.columns = 0

    @property
    def allow_select(self) -> bool:
        return True

    @property
    def text(self) -> str:
        """All lines, without colours."""
        return "\n".join(line.text.rstrip() for line in self._lines)

    def show(self, lines: Sequence[Strip], top: int) -> None:
        """Show these lines, from line `top` on where there are so many."""
        self._lines = lines
        width = max((line.cell_length for line in lines), default=0)
        self.virtual_size = Size(width, len(lines))
        if top != self.scroll_offset.y:
            self.scroll_to(0, top, animate=False, immediate=True)
        self.refresh()

    def say(self, sentences: Sequence[str]) -> None:
        """Show sentences, each on lines of its own."""
        console, width = self.app.console, max(_LEAST, self.columns)
        texts = (Text(visible(sentence)).wrap(console, width) for sentence in sentences)
        self.show([Strip(line.render(console, end="")) for text in texts for line in text], 0)

    def on_resize(self) -> None:
        columns = self.scrollable_content_region.width
        if columns != self.columns:
            self.columns = columns
            self.post_message(self.Widened(columns))

    def render_line(self, y: int) -> Strip:
        left, top = self.scroll_offset
        number, width = top + y, self.size.width
        if number >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        line = self._mark(self._lines[number], number)
        line = line.crop_extend(left, left + width, self.rich_style).apply_style(self.rich_style)
        return line.apply_offsets(left, number)

    def _mark(self, line: Strip, number: int) -> Strip:
        """The line with what is selected of it in the colour of selections."""
        selection = self.text_selection
        span = None if selection is None else selection.get_span(number)
        if span is None:
            return line
        start, end = span[0], line.cell_length if span[1] == -1 else span[1]
        style = self.screen.get_component_rich_style("screen--selection")
        marked = Strip([segment._replace(style=(segment.style or style) + style)
                        for segment in line.crop(start, end)])  # fmt: skip
        return Strip.join([line.crop(0, start), marked, line.crop(end, line.cell_length)])

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        return selection.extract(self.text), "\n"

    def selection_updated(self, selection: Selection | None) -> None:  # noqa: ARG002
        self.refresh()
