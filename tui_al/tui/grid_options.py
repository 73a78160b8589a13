"""What a grid is beside names and seeds: its kind, its labels, its workers, its time.

They are the options of `tui-al grid`; importable without numpy.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tui_al.errors import BadInput
from tui_al.grid.durations import parse_duration
from tui_al.tui.memory import Memory

SWEEP = "ips"
"""The experiment that trains on initial pools of many sizes alone."""
_SECTION = "grid-options"


@dataclass(frozen=True, slots=True)
class GridOptions:
    """Options as they were typed and understood; what is None or empty is left to the command.

    A sweep has `sizes`, and neither strategies nor `budget`, `initial` and `cycles`: they are
    kept for when it is none. `fit` is a duration such as "2h".
    """

    sweep: bool = False
    budget: int | None = None
    initial: int | None = None
    cycles: int | None = None
    sizes: tuple[int, ...] = ()
    workers: int | None = None
    fit: str = ""

    @property
    def entries(self) -> dict[str, Any]:
        """Those of a plan, without what is left out."""
        if self.sweep:
            return {"experiment": SWEEP} | ({"initial": list(self.sizes)} if self.sizes else {})
        given = {"budget": self.budget, "initial": self.initial, "cycles": self.cycles}
        return {name: value for name, value in given.items() if value is not None}

    @property
    def seconds(self) -> float | None:
        """The time that runs have to fit into."""
        return parse_duration(self.fit) if self.fit else None

    @property
    def words(self) -> list[str]:
        """As the command has them."""
        words = ["--experiment", SWEEP] if self.sweep else []
        for name, value in self.entries.items():
            if name != "experiment":
                values = value if isinstance(value, list) else [value]
                words += [word for each in values for word in (f"--{name}", str(each))]
        words += ["--workers", str(self.workers)] if self.workers else []
        return words + (["--fit", self.fit] if self.fit else [])

    @property
    def typed(self) -> dict[str, str]:
        """As somebody would type them: what `parse_options` reads."""
        return {
            "experiment": SWEEP if self.sweep else "",
            "budget": _write(self.budget),
            "initial": _write(self.initial),
            "cycles": _write(self.cycles),
            "sizes": " ".join(map(str, self.sizes)),
            "workers": _write(self.workers),
            "fit": self.fit,
        }

    def remember(self, memory: Memory) -> None:
        """Keep them for the next sitting."""
        memory.remember(_SECTION, **self.typed)


def opening_options(memory: Memory) -> GridOptions:
    """Those of the last sitting, or none where they mean nothing any more."""
    names = GridOptions().typed
    try:
        return parse_options({name: memory.recall(_SECTION, name, "") for name in names})
    except BadInput:
        return GridOptions()


def parse_options(typed: Mapping[str, str]) -> GridOptions:
    """Options from text by name, empty for those left out. Raises `BadInput`."""
    sizes = typed["sizes"].replace(",", " ").split()
    fit = "".join(typed["fit"].split())
    if fit:
        parse_duration(fit)
    return GridOptions(
        sweep=typed["experiment"] == SWEEP,
        budget=_read("labels in all", typed["budget"]),
        initial=_read("initial pool", typed["initial"]),
        cycles=_read("query cycles", typed["cycles"], least=0),
        sizes=tuple(dict.fromkeys(filter(None, (_read("pool sizes", word) for word in sizes)))),
        workers=_read("workers", typed["workers"]),
        fit=fit,
    )


def _read(what: str, text: str, *, least: int = 1) -> int | None:
    word = text.strip()
    if not word:
        return None
    if not (word.isascii() and word.isdecimal()) or int(word) < least:
        raise BadInput(f"{what}: '{word}' is no whole number from {least} on")
    return int(word)


def _write(number: int | None) -> str:
    return "" if number is None else str(number)
