"""The app: one engine, one live screen, the commands of the palette."""

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui_al.paths import Cache
from tui_al.tui.choices import Choices
from tui_al.tui.engine import Engine, ProcessEngine
from tui_al.tui.screens.live import LiveScreen


class TuiAlApp(App[None]):
    """tui-al in a terminal."""

    TITLE = "tui-al"
    SUB_TITLE = "active learning over frozen embeddings"
    CSS_PATH = "styles/app.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "quit", "Quit", priority=True)]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]  # noqa: RUF012  (App declares its type)

    # Name and explanation of the live screen's actions in the command palette.
    _PALETTE: ClassVar[dict[str, tuple[str, str]]] = {
        "run": ("Run", "Start with what is chosen; embed first where needed"),
        "pause": ("Pause or go on", "Wait before the next cycle, or go on"),
        "step": ("Step", "Compute one cycle, then pause"),
        "stop": ("Stop", "Abandon the run or the embedding"),
        "pace": ("Change speed", "Full speed, or slow enough to watch"),
        "embed": ("Embed", "Embed the chosen dataset with the chosen model"),
        "clear": ("Clear", "Take the other finished runs off the chart"),
        "help": ("Help", "What the keys do"),
    }

    def __init__(
        self,
        choices: Choices,
        cache: Cache,
        data_dir: Path | None = None,
        *,
        start: bool = False,
        engine: Engine | None = None,
    ) -> None:
        super().__init__()
        self._live = LiveScreen(engine or ProcessEngine(), choices, cache, data_dir, start=start)

    def on_mount(self) -> None:
        self.push_screen(self._live)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        yield from super().get_system_commands(screen)
        if screen is self._live:
            for action, (title, explanation) in self._PALETTE.items():
                if screen.check_action(action, ()):
                    yield SystemCommand(title, explanation, getattr(screen, f"action_{action}"))


def open_terminal_app(choices: Choices, cache: Cache, data_dir: Path | None, *, start: bool) -> int:
    """Check the choices, then run the app until it is left; its exit code, 1 after a crash."""
    choices.check(cache, data_dir)
    app = TuiAlApp(choices, cache, data_dir, start=start)
    app.run()
    return app.return_code or 0
