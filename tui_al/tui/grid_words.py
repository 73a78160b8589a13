"""The sentences of the grid's screen."""

from collections.abc import Iterator

from tui_al.grid.bulk import GridCosts
from tui_al.grid.durations import format_duration
from tui_al.report.amounts import show_bytes
from tui_al.tui.grid_options import GridOptions
from tui_al.tui.grid_state import GridState
from tui_al.tui.slice import Slice

_NAMES = {"datasets": "dataset", "models": "model", "ips": "initial pool",
          "strategies": "strategy", "seeds": "seed"}  # fmt: skip
_PLURALS = {"ips": "initial pools"}


def say_open(chosen: Slice) -> str:
    """What has to be chosen yet."""
    return f"Choose a {_NAMES[chosen.open[0]]}: Space takes what the cursor is on, a takes all"


def say_product(chosen: Slice, counted: int | None = None) -> str:
    """Such as 24 runs: 1 dataset × 2 models × ...; `counted` is how many they turned out to be."""
    parts = [
        f"{len(values)} {_NAMES[name] if len(values) == 1 else _PLURALS.get(name, name)}"
        for name, values in chosen.values.items()
    ]
    if chosen.options.sweep:
        sizes = len(chosen.options.sizes)
        parts.append("every size" if not sizes else "1 size" if sizes == 1 else f"{sizes} sizes")
    number = counted if chosen.options.sweep else counted or chosen.runs
    return f"{'' if number is None else f'{runs(number)}: '}{' × '.join(parts)}"


def say_options(options: GridOptions) -> str:
    """What was set beside names and seeds; empty for nothing."""
    parts = []
    if options.sweep:
        sizes = ", ".join(f"{size:,}" for size in options.sizes)
        parts.append(f"a sweep: initial pools of {f'{sizes} labels' if sizes else 'every size'}")
    else:
        given = ((options.budget, "{:,} labels"), (options.initial, "initial pool of {:,}"),
                 (options.cycles, "{:,} cycles"))  # fmt: skip
        parts += [words.format(number) for number, words in given if number is not None]
    if options.workers is not None:
        parts.append(f"{options.workers:,} worker{'s' if options.workers > 1 else ''}")
    if options.fit:
        parts.append(f"within {options.fit}")
    return " · ".join(parts)


def say_ready(costs: GridCosts) -> str:
    """What one key would start."""
    if costs.todo:
        goes_on = "goes on with" if costs.stored else "computes"
        return f"r {goes_on} {runs(costs.todo)}, about {format_duration(costs.wall_seconds)}"
    if costs.failed:
        return f"Nothing is left but {runs(len(costs.failed))} that failed: t tries again"
    return f"All {costs.runs:,} runs are stored" if costs.runs > 1 else "This run is stored"


def say_running(state: GridState, elapsed: float) -> str:
    """How far a grid is, how fast it goes, and how long it still takes."""
    rate = state.done / elapsed if elapsed > 0 else 0.0
    parts = [f"{state.done:,} of {runs(state.total)}", f"{rate:,.1f} runs/s"]
    if state.seconds_left is not None:
        parts.append(f"{format_duration(max(0.0, state.seconds_left))} left")
    if state.failed:
        parts.append(f"{state.failed:,} failed")
    return " · ".join(parts)


def say_over(state: GridState, elapsed: float, *, finished: bool) -> str:
    """What became of a grid."""
    computed = state.done - state.failed
    parts = [f"{'Done' if finished else 'Stopped'}: {runs(computed)} stored"]
    if state.failed:
        parts.append(f"{state.failed:,} failed")
    return ", ".join(parts) + f", in {format_duration(elapsed)}"


def describe_costs(costs: GridCosts, free: int | None, *, computing: bool = False) -> Iterator[str]:
    """The preflight in a few lines; `free` is the room on the disk of the results, in bytes.

    While it is being computed, the counts are those from before.
    """
    stored = f"{costs.stored:,} stored{' before' if computing else ''}"
    counts = [stored, f"{costs.todo:,} to compute"]
    if costs.failed:
        counts.insert(1, f"{len(costs.failed):,} failed before (t tries again)")
    yield ", ".join(counts)
    if costs.todo:
        room = f" of {show_bytes(free)} free" if free is not None else ""
        yield (
            f"about {format_duration(costs.wall_seconds)} on {costs.workers} "
            f"worker{'s' if costs.workers > 1 else ''}, {show_bytes(round(costs.memory))} of "
            f"memory, {show_bytes(round(costs.disk))}{room} on disk"
        )
    if costs.dropped_runs:
        seeds = ", ".join(map(str, costs.dropped_seeds))
        named = f"seed{'s' if len(costs.dropped_seeds) > 1 else ''} {seeds}"
        yield f"to fit the time: {named} left out everywhere, {runs(costs.dropped_runs)}"
    for dataset, sizes in costs.left_out[:1]:
        more = len(costs.left_out) - 1
        others = f"; {more} more dataset{'s' if more > 1 else ''}, too" if more else ""
        shown = ", ".join(f"{size:,}" for size in sizes)
        yield f"{dataset} is too small for initial pools of {shown}{others}"
    if costs.unembedded:
        dataset, model, texts = costs.unembedded[0]
        more = len(costs.unembedded) - 1
        others = f" and {more} more" if more else ""
        yield f"to embed first, beside this: {dataset} x {model}, {texts:,} texts{others}"
    if costs.shipped:
        yield f"{costs.shipped:,} of these come with tui-al: Results and Analysis show them"


def describe_want(costs: GridCosts, disk: int | None, memory: int | None) -> Iterator[str]:
    """What there is too little of, a line each; `disk` and `memory` are free bytes."""
    if costs.todo and memory is not None and costs.memory > memory:
        yield (
            f"{costs.workers} worker{'s' if costs.workers > 1 else ''} may need "
            f"{show_bytes(round(costs.memory))} of memory, {show_bytes(memory)} are free: "
            + ("o sets fewer" if costs.workers > 1 else "choose smaller datasets")
        )
    if costs.todo and disk is not None and costs.disk > disk:
        yield (
            f"the results need {show_bytes(round(costs.disk))}, the disk has room for "
            f"{show_bytes(disk)}: free some, or choose fewer runs"
        )


def runs(count: int) -> str:
    """A number of runs."""
    return "1 run" if count == 1 else f"{count:,} runs"
