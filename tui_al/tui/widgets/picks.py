"""A list of which any number of values is chosen."""

from collections.abc import Collection, Sequence
from typing import ClassVar, Generic, TypeVar

from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui_al.textsafe import visible
from tui_al.tui.keys import bind
from tui_al.tui.keys.common import ROW_KEYS

Value = TypeVar("Value")
CHOSEN, HERE, ELSEWHERE = "✓", "●", "○"


class PickList(OptionList, Generic[Value]):
    """Values with a tick before those that are chosen; with a dot for what is here, and a ring
    for what is not, where that matters."""

    BINDING_GROUP_TITLE = "This list"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bind(ROW_KEYS),
        Binding("left", "cursor_left", "The list before", show=False),
        Binding("right", "cursor_right", "The next list", show=False),
    ]

    class Changed(Message):
        """Another choice was made."""

    def __init__(
        self, title: str, id_: str, values: Sequence[Value], chosen: Collection[Value]
    ) -> None:
        super().__init__(id=id_, compact=True)
        self.border_title = title
        self._values = list(values)
        self._chosen = {value for value in values if value in chosen}
        self._absent: Collection[Value] | None = None

    def on_mount(self) -> None:
        self.add_options(Option(self._draw(value)) for value in self._values)
        self._entitle()
        first = next((n for n, value in enumerate(self._values) if value in self._chosen), 0)
        self.highlighted = first if self._values else None

    def on_resize(self) -> None:
        """Where the list became shorter, the cursor stays in sight."""
        self.call_after_refresh(self.scroll_to_highlight)

    @property
    def chosen(self) -> tuple[Value, ...]:
        """In the order of the list."""
        return tuple(value for value in self._values if value in self._chosen)

    def offer(self, values: Sequence[Value]) -> None:
        """Replace the values; what is chosen of them stays, and the cursor where it was."""
        if list(values) == self._values:
            return
        under = self._values[self.highlighted] if self.highlighted is not None else None
        self._values = list(values)
        self._chosen &= set(values)
        self.clear_options()
        self.add_options(Option(self._draw(value)) for value in self._values)
        self.highlighted = self._values.index(under) if under in self._values else None
        self._entitle()

    def mark_absent(self, absent: Collection[Value]) -> None:
        """Say which values are not on this machine, or not embedded."""
        if absent != self._absent:
            self._absent = absent
            self._redraw()

    def toggle(self) -> None:
        """Take what the cursor is on, or leave it out."""
        if self.highlighted is not None:
            self._chosen ^= {self._values[self.highlighted]}
            self._redraw([self.highlighted])
            self.post_message(self.Changed())

    def toggle_all(self) -> None:
        """Take everything, or nothing where everything was taken."""
        everything = set(self._values)
        self._chosen = set() if self._chosen == everything else everything
        self._redraw()
        self.post_message(self.Changed())

    def action_cursor_left(self) -> None:
        self.screen.focus_previous(PickList)

    def action_cursor_right(self) -> None:
        self.screen.focus_next(PickList)

    def action_scroll_top(self) -> None:
        self.action_first()

    def action_scroll_bottom(self) -> None:
        self.action_last()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.toggle()

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()

    def _redraw(self, places: Sequence[int] | None = None) -> None:
        for place in range(len(self._values)) if places is None else places:
            self.replace_option_prompt_at_index(place, self._draw(self._values[place]))
        self._entitle()

    def _draw(self, value: Value) -> Text:
        chosen = value in self._chosen
        mark = ""
        if self._absent is not None:
            mark = ELSEWHERE if value in self._absent else HERE
        name = visible(str(value), one_line=True)
        style = "bold" if chosen else ""
        shown = f"{CHOSEN if chosen else ' '}{mark} {name}"
        return Text(shown, style, no_wrap=True, overflow="ellipsis")

    def _entitle(self) -> None:
        self.border_subtitle = f"{len(self._chosen)} {CHOSEN}"
