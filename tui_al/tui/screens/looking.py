"""A screen that shows what is on the disk, and looks again whenever it is shown."""

from abc import abstractmethod
from typing import Any, Generic, TypeVar

from textual import on, work
from textual.message import Message

from tui_al.errors import first_line
from tui_al.textsafe import visible
from tui_al.tui.screens.base import AppScreen
from tui_al.tui.services import Services

Found = TypeVar("Found")


class LookingScreen(AppScreen, Generic[Found]):
    """Looks in a thread, which no key waits for, and passes on what is not as it was."""

    class Looked(Message):
        """The disk was looked at; `reason` is why that failed."""

        def __init__(self, found: Any, reason: str = "") -> None:
            super().__init__()
            self.found = found
            self.reason = reason

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._found: Found | None = None
        self._blind = ""  # why the last look failed: told once

    @abstractmethod
    def read_disk(self) -> Found:
        """Look; in a thread."""

    @abstractmethod
    def show_disk(self, found: Found) -> None:
        """Show what is there now."""

    def on_screen_resume(self) -> None:
        """Others may have changed what is there."""
        if self._found is None:
            self.look()
        else:
            self.when_settled(self.look)

    def action_refresh(self) -> None:
        self.look()

    @work(thread=True, exclusive=True, group="look")
    def look(self) -> None:
        """Look at the disk, and show it if it changed."""
        try:
            message = self.Looked(self.read_disk())
        except Exception as error:  # a folder of somebody else's, a disk that is gone
            message = self.Looked(None, visible(first_line(error), one_line=True))
        self.post_message(message)

    @on(Looked)
    def _looked(self, message: Looked) -> None:
        if message.reason:
            if message.reason != self._blind:
                self.complain(message.reason, "The disk cannot be read")
        elif message.found != self._found:
            self._found = message.found
            self.show_disk(message.found)
        self._blind = message.reason
