"""What somebody wants to see of the stored runs: which rows, which of them are selected."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from tui_al.analysis.browse import ALL_COLUMNS, Level, View
from tui_al.analysis.filters import Condition, parse_filter
from tui_al.report.stored import COLUMNS, QUIET
from tui_al.tui.memory import Memory

_SECTION = "results"
_BEST_LAST = frozenset({"aulc", "accuracy", "macro_f1", "balanced_accuracy", "finished"})


@dataclass(frozen=True, slots=True)
class Look:
    """One way to look at the runs; `within` narrows it to what was opened, `text` is typed,
    `typing` as long as it is."""

    level: Level = "runs"
    grouped: bool = True
    within: tuple[Condition, ...] = ()
    text: str = ""
    typing: bool = False
    order: str | None = None
    descending: bool = False

    def view(self, pinned: tuple[str, ...]) -> View:
        """The rows meant. Raises `BadInput` for a filter that makes no sense."""
        conditions = (*self.within, *parse_filter(self.text, ALL_COLUMNS, typing=self.typing))
        return View(self.level, self.grouped, conditions, self.order, self.descending, pinned)


@dataclass(slots=True)
class Marked:
    """Keys of rows: those selected, in that order, with their strategies, and those on top.

    Rows are known by key, their run or setting: whatever is sorted and filtered, they stay.
    """

    selected: dict[str, str] = field(default_factory=dict)
    pinned: list[str] = field(default_factory=list)

    def choose(self, key: str, strategy: str) -> None:
        """Select a row, or no longer."""
        if self.selected.pop(key, None) is None:
            self.selected[key] = strategy

    def pin(self, key: str) -> None:
        """Keep a row on top, or no longer."""
        if key in self.pinned:
            self.pinned.remove(key)
        else:
            self.pinned.append(key)

    def keep(self, known: Collection[str]) -> None:
        """Drop what is not among the known keys."""
        self.selected = {key: name for key, name in self.selected.items() if key in known}
        self.pinned = [key for key in self.pinned if key in known]

    def __str__(self) -> str:
        counts = {"selected": len(self.selected), "pinned": len(self.pinned)}
        return ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)


class Browsing:
    """The look that is wanted and those one came by, hidden columns, and what is marked: rows
    of means and those of runs apart. How rows are sorted and grouped and which columns are
    hidden is remembered from sitting to sitting; a filter would hide what is new."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self.look = _remembered_look(memory)
        self.hidden = {level: _remembered_columns(memory, level) for level in _LEVELS}
        self.marked = {True: Marked(), False: Marked()}
        """By whether rows are means."""
        self._past: list[Look] = []

    def type(self, text: str, *, typing: bool = False) -> None:
        """Filter by a text, which somebody may still be typing."""
        self.look = replace(self.look, text=text, typing=typing)

    def sort(self, column: str) -> None:
        """Sort by a column, best or first on top; by the same once more, the other way round."""
        again = self.look.order == column
        descending = not self.look.descending if again else column in _BEST_LAST
        self._take(replace(self.look, order=column, descending=descending))

    def toggle_grouped(self) -> None:
        """Means over seeds, or runs."""
        self._take(replace(self.look, grouped=not self.look.grouped))

    def toggle_level(self) -> None:
        """A row a run, or a cycle."""
        level: Level = "cycles" if self.look.level == "runs" else "runs"
        self._take(replace(self.look, level=level))

    def _take(self, look: Look) -> None:
        """Look this way, and remember it unless it is about what was opened."""
        self.look = look
        look = self._past[0] if self._past else look
        self._memory.remember(
            _SECTION, level=look.level, grouped=look.grouped, order=look.order or "",
            descending=look.descending,
        )  # fmt: skip

    def hide(self, level: Level, columns: frozenset[str]) -> None:
        """Hide these columns and no others."""
        self.hidden[level] = columns
        self._memory.remember(_SECTION, **{f"hidden_{level}": sorted(columns)})

    def open(self, seen: Look, key: str) -> bool:
        """Look at what a row of a look is made of: the runs of a mean, the cycles of a run;
        whether it is made of anything else than what is looked at already."""
        if not seen.grouped and seen.level == "cycles":
            return False
        within = (Condition("setting" if seen.grouped else "run_id", "=", key),)
        look = Look(seen.level if seen.grouped else "cycles", False, within)
        if look == self.look:
            return False
        self._past.append(self.look)
        self.look = look
        return True

    def go_back(self) -> bool:
        """Return from what was opened; whether anything was."""
        if self._past:
            self.look = self._past.pop()
            return True
        return False

    def forget(self, known: Mapping[bool, Collection[str]]) -> None:
        """Drop marks of what is not stored any more; `known` are settings (True), runs (False)."""
        for grouped, marked in self.marked.items():
            marked.keep(known[grouped])


_LEVELS: tuple[Level, ...] = ("runs", "cycles")


def _remembered_look(memory: Memory) -> Look:
    level, order = memory.recall(_SECTION, "level", ""), memory.recall(_SECTION, "order", "")
    return Look(
        level="cycles" if level == "cycles" else "runs",
        grouped=memory.recall(_SECTION, "grouped", True),
        order=order if order in COLUMNS else None,
        descending=memory.recall(_SECTION, "descending", False),
    )


def _remembered_columns(memory: Memory, level: Level) -> frozenset[str]:
    kept: list[object] = memory.recall(_SECTION, f"hidden_{level}", [*QUIET])
    hidden = frozenset(name for name in COLUMNS if name in kept)
    shown = (set(View(level, grouped).columns) - hidden for grouped in (True, False))
    return hidden if all(shown) else QUIET
