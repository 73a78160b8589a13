"""The sentences of the status line, the top bar and the dialog on leaving.

Those of the status line name keys by their actions, as `keys.fill_in` takes them.
"""

from collections.abc import Sequence

from tui_al.grid.bulk import AssessJob, GridJob
from tui_al.grid.durations import format_duration
from tui_al.grid.messages import AnyJob, Job
from tui_al.tui.choices import Choices
from tui_al.tui.jobs import Work
from tui_al.tui.session import RunState, Status

_READY = "Press {live.run} to run"
_ON = "{live.pause} goes on, {live.step} steps"
_ENDS: tuple[Status, ...] = ("finished", "stopped", "failed")
_WITHOUT_RUN: dict[Status, str] = {"finished": "Embedded", "stopped": "Stopped"}


def say_ready(choices: Choices, *, embedded: bool) -> str:
    """What one key would start."""
    missing = "" if embedded else " (it will be embedded first)"
    return f"{_READY} {choices.strategy} on {choices.dataset}{missing}"


def say_state(run: RunState | None, *, paused: bool) -> str:
    """How far the job being done has come; a run is None or empty before its first cycle."""
    if run is None or not run.records:
        return f"Paused: {_ON}" if paused else "Working ..."
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


def say_together(runs: Sequence[RunState], waiting: int, *, paused: bool) -> str:
    """How far several runs have come, of which some wait for their turn."""
    done = sum(run.over for run in runs)
    rest = f", {waiting} waiting" if waiting else ""
    if paused:
        return f"Paused: {done} of {len(runs)} runs done{rest} ({_ON})"
    return f"Running {len(runs) - done - waiting} of {len(runs)} runs: {done} done{rest}"


def say_all_ended(runs: Sequence[RunState]) -> str:
    """How several runs ended."""
    counts = {status: sum(run.status == status for run in runs) for status in _ENDS}
    said = [f"{count} {status}" for status, count in counts.items() if count]
    stored = ", stored" if counts["finished"] else ", not stored"
    return f"{', '.join(said)} of {len(runs)} runs{stored}. {_READY} another"


def say_run_ended(run: RunState, reason: str) -> str:
    """A run's end, for the log."""
    if reason:
        return f"{run.name}: failed: {reason}"
    if not run.records:
        return f"{run.name}: taken back"
    last = run.records[-1]
    seconds = sum(record.fit_seconds + record.query_seconds for record in run.records)
    stored = "stored" if run.status == "finished" else "not stored"
    return (
        f"{run.name}: {run.status}, {stored}: accuracy {last.accuracy:.3f} at "
        f"{last.n_labeled:,} labels, {format_duration(seconds)}"
    )


def say_waiting(ahead: Sequence[Work]) -> str:
    """What has to be over before a job begins."""
    return f"Waiting for {describe_work(ahead[0])} ({{live.stop}} takes it back)"


def describe_work(work: Work) -> str:
    """A job in full: what it computes, and how far it is."""
    job = work.job
    if isinstance(job, GridJob):
        return f"a grid{_share(work)}; the same choice goes on another time"
    what = f"{job.dataset} x {job.model}"
    if isinstance(job, AssessJob):
        return f"a look at {what}"
    if job.experiment is None:
        return f"embedding {what}{_share(work)}"
    return f"{job.experiment.strategy} on {what}, seed {job.experiment.seed}{_share(work)}"


def say_work(work: Sequence[Work]) -> str:
    """What is being done, in a few words; empty for nothing."""
    if not work:
        return ""
    first, others = work[0], len(work) - 1
    what = _name(first.job)
    more = f" and {others} more" if others else ""
    return f"{what}{_share(first)}{more}"


def _name(job: AnyJob) -> str:
    if isinstance(job, Job):
        return "embedding" if job.experiment is None else job.experiment.strategy
    return "grid" if isinstance(job, GridJob) else "quality"


def _share(work: Work) -> str:
    return f" {work.done / work.total:.0%}" if work.total else ""
