"""The sentences of the status line."""

from tui_al.tui.choices import Choices
from tui_al.tui.session import RunState, Status

_READY = "Press r to run"
_WITHOUT_RUN: dict[Status, str] = {"finished": "Embedded", "stopped": "Stopped"}


def say_ready(choices: Choices, *, embedded: bool) -> str:
    """What one key would start."""
    missing = "" if embedded else " (it will be embedded first)"
    return f"{_READY} {choices.strategy} on {choices.dataset}{missing}"


def say_state(run: RunState | None, *, paused: bool) -> str:
    """How far the job being done has come; a run is None or empty before its first cycle."""
    if run is None or not run.records:
        return "Paused: p goes on, n steps" if paused else "Working ..."
    last = run.records[-1]
    state = "Paused" if paused else "Running"
    return f"{state}: cycle {last.cycle} of {run.cycles}, accuracy {last.accuracy:.3f}"


def say_ended(run: RunState | None, status: Status) -> str:
    """How a job ended."""
    if run is None or not run.records:
        return f"{_WITHOUT_RUN.get(status, 'Failed')}. {_READY}"
    last = run.records[-1]
    stored = "stored" if status == "finished" else "not stored"
    return (
        f"{status.capitalize()}, {stored}: {run.choices.strategy}, {last.n_labeled:,} labels, "
        f"accuracy {last.accuracy:.3f}. {_READY} another"
    )
