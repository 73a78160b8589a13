"""Screens that are shown without being worked out again."""

from typing import TypeVar

from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.screen import Screen

Result = TypeVar("Result")


class SteadyScreen(Screen[Result]):
    """A screen that does not work out again what is as it was.

    Textual does, whenever a screen is shown or another one is laid over it: every style, and
    every place. That takes longer than all the rest.
    """

    _styled_by: tuple[object, ...] | None = None

    def post_message(self, message: Message) -> bool:
        if isinstance(message, events.ScreenResume):
            app = self.app
            before, self._styled_by = self._styled_by, (
                app.theme, app.classes, frozenset(app.get_pseudo_classes()),
                len(app.stylesheet.source),
            )  # fmt: skip
            message.refresh_styles = self.is_running and before != self._styled_by
        return super().post_message(message)

    def _screen_resized(self, size: Size) -> None:
        if size != self.size or self is self.app.screen:
            super()._screen_resized(size)
