"""A letter on every pane, and the pane whose letter is typed gets the focus."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Offset
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from tui_al.tui.screens.ground import Overlay

_LETTERS = "asdfghjklqwertyuiopzxcvbnm"
Target = tuple[Widget, Offset]


def find_targets(screen: Screen[None]) -> list[Target]:
    """Whatever can have the focus and is in sight, each with the place of its letter."""
    targets = []
    for widget in screen.focus_chain:
        seen = screen.find_widget(widget).visible_region
        if seen.area:
            targets.append((widget, seen.offset))
    return targets[: len(_LETTERS)]


class JumpScreen(Overlay[Widget]):
    """The answer is who gets the focus; any other key, or a click beside the letters, ends it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,ctrl+o", "dismiss", "Stay")]

    def __init__(self, targets: Sequence[Target]) -> None:
        super().__init__()
        self._targets = dict(zip(_LETTERS, targets, strict=False))

    def compose(self) -> ComposeResult:
        for letter, (_, offset) in self._targets.items():
            mark = JumpMark(letter)
            mark.absolute_offset = offset
            yield mark

    def on_key(self, event: events.Key) -> None:
        """Lists and fields below get none of what is typed here."""
        event.stop()
        self._jump(event.character or "")

    def on_click(self, event: events.Click) -> None:
        if event.widget is self:
            self.dismiss()

    def on_jump_mark_chosen(self, message: "JumpMark.Chosen") -> None:
        self._jump(message.letter)

    def _jump(self, letter: str) -> None:
        widget, _ = self._targets.get(letter, (None, None))
        self.dismiss(widget)


class JumpMark(Static):
    """The letter of a pane."""

    class Chosen(Message, namespace="jump_mark"):
        """It was clicked."""

        def __init__(self, letter: str) -> None:
            super().__init__()
            self.letter = letter

    def __init__(self, letter: str) -> None:
        super().__init__(letter, markup=False)
        self._letter = letter

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(self.Chosen(self._letter))
