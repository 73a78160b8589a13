"""One of the explored runs in a line; a click chooses another."""

from typing import ClassVar

from rich.text import Text
from textual.message import Message
from textual.widgets import Static

from tui_al.textsafe import visible
from tui_al.tui.exploration import Side
from tui_al.tui.widgets.tints import tint, tint_of


class RunLine(Static):
    """The key that chooses the run, and what it is."""

    class Chosen(Message):
        """The line was clicked."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    COMPONENT_CLASSES: ClassVar[set[str]] = {"runline--key"}

    def __init__(self, place: int) -> None:
        super().__init__()
        self._place = place

    def show(self, key: str, side: Side | None) -> None:
        """Show a run, or that there is none."""
        line = Text(no_wrap=True, overflow="ellipsis").append(f"{key} ", tint(self, "runline--key"))
        if side is None:
            line.append("no run beside it" if self._place else "no run", "dim")
        else:
            run = side.run.identity
            line.append(f"{side.mark.marker} ", tint_of(self, side.mark))
            line.append(visible(run.strategy, one_line=True), "bold")
            rest = visible(f"{run.ips} · seed {run.seed}", one_line=True)
            line.append(f" · {rest}", "dim")
            if side.unfinished:
                line.append(f" · {side.unfinished}", "italic")
        self.update(line)

    def on_click(self) -> None:
        self.post_message(self.Chosen(self._place))
