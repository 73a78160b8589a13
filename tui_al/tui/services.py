"""What every screen is given."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tui_al.paths import Cache
from tui_al.tui.choices import Choices
from tui_al.tui.config import Settings
from tui_al.tui.engine import Engine, ProcessEngine
from tui_al.tui.jobs import Desks
from tui_al.tui.memory import Memory
from tui_al.tui.session import Session


@dataclass(frozen=True, slots=True)
class Services:
    """The files, the settings, what is remembered, who computes, and the runs since the start.

    `choices` are those the app opens with; with `start`, their run starts at once. `problem`
    is one line about settings that could not be followed, to be shown.
    """

    cache: Cache
    data_dir: Path | None
    choices: Choices
    settings: Settings
    memory: Memory
    desks: Desks
    session: Session
    start: bool = False
    problem: str = ""

    def close(self) -> None:
        """Stop all work, leave no process behind, write what is remembered."""
        self.desks.close()
        self.memory.save()


def make_services(
    cache: Cache,
    data_dir: Path | None,
    choices: Choices,
    settings: Settings,
    memory: Memory,
    *,
    start: bool = False,
    problem: str = "",
    make_engine: Callable[[], Engine] = ProcessEngine,
) -> Services:
    """Services whose jobs are done in worker processes."""
    desks = Desks(make_engine)
    return Services(cache, data_dir, choices, settings, memory, desks, Session(), start, problem)
