"""The command palette, over the screen that is seen through it."""

from textual.app import ComposeResult
from textual.command import CommandPalette

from tui_al.tui.screens.ground import Overlay


class Palette(CommandPalette, Overlay[None]):
    """Textual's own; its field is there before the commands are."""

    def compose(self) -> ComposeResult:
        self.add_class("-ready")
        yield from super().compose()
