"""The rows that somebody wants to see of the stored runs. Finding them takes longer than a key
may wait."""

from collections.abc import Iterator
from dataclasses import dataclass

from tui_al.analysis.browse import Stored, View
from tui_al.errors import BadInput, first_line
from tui_al.report.stored import columns_of
from tui_al.tui.asking import Outdated
from tui_al.tui.browsing import Look
from tui_al.tui.widgets.frame_layout import Rows


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """Rows of what is stored: a look at them, the columns it hides, what is pinned."""

    stored: Stored
    look: Look
    hidden: frozenset[str]
    pinned: tuple[str, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Found(Rows):
    """The rows that were wanted, with the view that they are of."""

    wanted: Wanted
    view: View

    def strategy_of(self, row: int) -> str:
        """The strategy of a row, shown or not."""
        return str(self.frame.item(row, "strategy"))

    @property
    def title(self) -> str:
        """What the rows are, and how many."""
        what = "Runs" if self.view.level == "runs" else "Cycles"
        means = ", means over seeds" if self.view.grouped else ""
        opened = " of what was opened (Esc goes back)" if self.wanted.look.within else ""
        return f"{what}{means}{opened}: {self.frame.height:,}"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a filter makes no sense."""

    reason: str


def find(wanted: Wanted, _: Outdated) -> Iterator[Found | Problem]:
    """The rows of a look."""
    look = wanted.look
    try:
        view = look.view(wanted.pinned)
        columns = columns_of(view, wanted.hidden)
        identity = (view.key, "cycle") if view.level == "cycles" else (view.key,)
        shown = {name for one in columns for name in (one.name, one.spread) if name}
        frame = wanted.stored.show(view, {*shown, *identity, "strategy"})
    except BadInput as error:
        yield Problem(first_line(error))
        return
    found = Found(
        frame, columns, view.key, identity, look.order, look.descending, wanted=wanted, view=view
    )
    found.widths  # noqa: B018  (measured here, not where keys would wait for it)
    yield found
