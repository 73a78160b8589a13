"""The line of keys below a screen."""

from rich.cells import cell_len
from textual.screen import Screen
from textual.widgets import Footer

_Shown = tuple[str, str, str, bool]
"""Action, key, title, and whether it can be pressed."""


class SteadyFooter(Footer):
    """Made again only where it would look another way.

    Whenever a screen is shown or the focus moves, the keys may have changed; mostly they have
    not, and making the line again takes several times as long as everything else.
    """

    def __init__(self) -> None:
        super().__init__(show_command_palette=False)
        self._shown: list[_Shown] | None = None

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Compare what is shown with what would be."""
        if not screen.app.app_focus or screen is not self.screen:
            return
        shown = [
            (binding.action, self.app.get_key_display(binding), binding.description, enabled)
            for _, binding, enabled, _ in screen.active_bindings.values()
            if binding.show
        ]
        if shown != self._shown:
            self._shown = shown
            self._fit()
            super().bindings_changed(screen)

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        """Leave less space between the keys where they do not fit otherwise."""
        keys = self._shown or []
        wide = sum(cell_len(f" {display} {title} ") for _, display, title, _ in keys)
        self.compact = wide > self.size.width
