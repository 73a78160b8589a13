"""What happened, with times: the newest below."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import BindingType
from textual.widgets import RichLog

from tui_al.textsafe import visible
from tui_al.tui.keys import bind
from tui_al.tui.keys.common import SCROLL_KEYS

_MOST = 500  # entries kept


@dataclass(frozen=True, slots=True)
class Entry:
    """A time of day and a sentence; `bad` for what went wrong."""

    time: str
    sentence: str
    bad: bool


class EventLog(RichLog):
    """Sentences are shown as characters, whatever they quote, and broken to the width."""

    BINDING_GROUP_TITLE = "The log"
    BINDINGS: ClassVar[list[BindingType]] = bind(SCROLL_KEYS)

    def __init__(self) -> None:
        super().__init__(max_lines=None, wrap=True, markup=False, min_width=1)
        self.border_title = "Log"
        self._entries: deque[Entry] = deque(maxlen=_MOST)
        self._width = 0

    @property
    def sentences(self) -> list[str]:
        """All that is kept, the oldest first."""
        return [entry.sentence for entry in self._entries]

    def add(self, sentence: str, *, bad: bool = False) -> None:
        """Note that something has happened now."""
        entry = Entry(_time_of_day(), visible(sentence, one_line=True), bad)
        full = len(self._entries) == _MOST
        self._entries.append(entry)
        if full:
            self._write_all()
        else:
            self._write(entry)

    def on_resize(self, event: events.Resize) -> None:
        if event.size.width != self._width:
            self._width = event.size.width
            self._write_all()

    def _write_all(self) -> None:
        self.clear()
        for entry in self._entries:
            self._write(entry)

    def _write(self, entry: Entry) -> None:
        if not self._width:
            return  # nobody has seen it yet: everything is written when it is shown
        text = Text.assemble((f"{entry.time} ", "dim"), entry.sentence)
        if entry.bad:
            text.stylize("bold", len(entry.time))
        self.write(text, width=self.scrollable_content_region.width, animate=False)


def _time_of_day() -> str:
    return datetime.now().astimezone().strftime("%H:%M:%S")
