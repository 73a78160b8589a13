"""The panes of a cycle: the texts of each run, the classes, the map."""

from collections.abc import Sequence

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from tui_al.embeddings.projection import Projection
from tui_al.grid.explore import CycleView, Overlap
from tui_al.report.palette import Mark
from tui_al.textsafe import visible
from tui_al.tui.exploration import Exploration
from tui_al.tui.widgets.batchfacts import Facts
from tui_al.tui.widgets.chosen import ChosenTexts
from tui_al.tui.widgets.classmix import ClassMix, Mix
from tui_al.tui.widgets.embedding_map import Chosen, EmbeddingMap
from tui_al.tui.widgets.panes import Pages, PaneTabs, divide, stacked
from tui_al.tui.widgets.tints import tint_of

_TEXTS = ("one", "two")


class CyclePanes(Vertical):
    """All panes where there is room, else some at a time, under tabs."""

    def __init__(self) -> None:
        super().__init__()
        self._exploration = Exploration()
        self._named: list[tuple[str, Mark]] = []  # what the tabs name
        self._page = 0

    def compose(self) -> ComposeResult:
        yield PaneTabs()
        with Horizontal(id="texts"):
            for name in _TEXTS:
                yield ChosenTexts(name)
        with Horizontal(id="below"):
            with Vertical(id="classes") as classes:
                classes.border_title = "Classes"
                yield Facts()
                yield ClassMix()
            yield EmbeddingMap()

    def on_mount(self) -> None:
        self.query_one(EmbeddingMap).border_title = "Map"

    @property
    def tables(self) -> list[ChosenTexts]:
        """The texts of the first run and of the second."""
        return list(self.query(ChosenTexts))

    # What is shown of the cycle.

    def show(self, exploration: Exploration) -> None:
        """Show the cycle that is being explored."""
        names = [(side.name, side.mark) for side in exploration.sides]
        changed, self._named = names != self._named, names
        self._exploration = exploration
        overlap = exploration.overlap()
        views = self._show_texts(overlap)
        sides, cycle = exploration.sides, exploration.cycle
        self.query_one(Facts).show(sides, views, overlap)
        pairs = list(zip(sides, views, strict=True))
        self.query_one(ClassMix).show([Mix(s.name, s.mark, view.classes) for s, view in pairs])
        self.query_one(EmbeddingMap).show_runs(
            [
                Chosen(
                    side.name, side.mark,
                    view.record.selected if cycle <= side.last else (),
                    side.chosen_before(cycle),
                )
                for side, view in pairs
            ]
        )  # fmt: skip
        self._point()
        if changed:
            self._lay_out()

    def show_texts(self) -> None:
        """Show the texts alone, as when their predictions have come."""
        self._show_texts(self._exploration.overlap())

    def _show_texts(self, overlap: Overlap | None) -> list[CycleView]:
        exploration = self._exploration
        views = [side.view(exploration.cycle) for side in exploration.sides]
        shared = overlap.batch if overlap is not None else frozenset()
        for table, side, view in zip(self.tables, exploration.sides, views, strict=False):
            table.show(side.name, side.mark, view, shared, ended=exploration.cycle > side.last)
        return views

    def show_map(self, projection: Projection | None, message: str = "") -> None:
        """Show the map of the first run's embedding, or say why there is none."""
        shown = self.query_one(EmbeddingMap)
        shown.border_title, points = "Map", None
        if projection is not None:
            share = projection.shares.sum()
            shown.border_title = f"Map: two principal components, {share:.0%} of the variance"
            points = projection.points
        shown.show_pool(points, message)

    @on(ChosenTexts.Moved)
    def _moved(self, message: ChosenTexts.Moved) -> None:
        message.stop()
        self._point()

    def _point(self) -> None:
        """Show on the map where the text under the cursor is."""
        focused = self.screen.focused
        table = focused if isinstance(focused, ChosenTexts) else None
        choice = table.current if table is not None else None
        self.query_one(EmbeddingMap).point_at(choice.index if choice is not None else None)

    def on_descendant_focus(self) -> None:
        self._point()

    def on_descendant_blur(self) -> None:
        self._point()

    @on(EmbeddingMap.Pointed)
    def _pointed(self, message: EmbeddingMap.Pointed) -> None:
        message.stop()
        for place in range(len(self._exploration.sides)):
            if self.go_to_text(place, message.index):
                return

    def go_to_text(self, place: int, index: int) -> bool:
        """Put the cursor on a text of a run's batch; whether it is there."""
        table = self.tables[place]
        if not table.move_to(index):
            return False
        pages = self._pages
        self._page = next(n for n, page in enumerate(pages) if _TEXTS[place] in page)
        self._lay_out()
        table.focus()
        return True

    # Which panes are on view.

    @property
    def _pages(self) -> Pages:
        names = (*_TEXTS[: len(self._exploration.sides)], "classes", "map")
        return divide(names, self.size.width, self.size.height)

    @property
    def divided(self) -> bool:
        """Whether there is no room for all panes."""
        return len(self._pages) > 1

    def turn_page(self) -> None:
        """Show the next panes."""
        self._page += 1
        self._lay_out()

    @on(PaneTabs.Chosen)
    def _chosen(self, message: PaneTabs.Chosen) -> None:
        message.stop()
        self._page = message.page
        self._lay_out()

    def on_resize(self, _: events.Resize) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        pages = self._pages
        self._page %= len(pages)
        shown = pages[self._page]
        panes: dict[str, Widget] = {table.id or "": table for table in self.tables}
        panes |= {"classes": self.query_one("#classes"), "map": self.query_one(EmbeddingMap)}
        for name, pane in panes.items():
            pane.display = name in shown
        for row, names in (("#texts", _TEXTS), ("#below", ("classes", "map"))):
            container = self.query_one(row)
            container.display = not set(names).isdisjoint(shown)
            container.set_class(stacked(self.size.width), "-stacked")
        self.query_one(PaneTabs).show([self._title(page) for page in pages], self._page)
        self.screen.refresh_bindings()

    def _title(self, page: Sequence[str]) -> Text:
        if len(page) > 1:
            return Text("Texts" if "one" in page else "Classes and map")
        (name,) = page
        if name not in _TEXTS:
            return Text(name.capitalize())
        side = self._exploration.sides[_TEXTS.index(name)]
        marker = (side.mark.marker, tint_of(self, side.mark))
        return Text.assemble(marker, " ", visible(side.name, one_line=True))
