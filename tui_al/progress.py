"""How far a long piece of work has come."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """One report of a piece of work; `seconds` counts from the start of its stage.

    `before` units of the `done` ones were done earlier, by a process that was interrupted or
    by another one: they say nothing of the speed. `tokens` were read since the start.
    """

    stage: str
    done: int
    total: int
    unit: str
    seconds: float
    before: int = 0
    tokens: int = 0

    @property
    def rate(self) -> float:
        """Units a second since the stage began; 0 before anything is known."""
        return (self.done - self.before) / self.seconds if self.seconds > 0 else 0.0

    @property
    def token_rate(self) -> float:
        """Tokens a second since the stage began."""
        return self.tokens / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Estimated seconds to the end of the stage, or None while unknown."""
        return (self.total - self.done) / self.rate if self.rate > 0 and self.total else None


ProgressListener = Callable[[Progress], None]
"""Called as work advances. It may raise `Cancelled` to stop the work."""


def ignore_progress(_: Progress) -> None:
    """The listener of those who do not listen."""
