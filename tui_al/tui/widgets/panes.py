"""Which panes are on view, where the terminal has no room for all of them."""

from collections.abc import Sequence

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Static

_WIDE, _HIGH = 110, 34  # columns for two panes beside each other, lines for two on another
MOST_PAGES = 4

Pages = Sequence[tuple[str, ...]]


def divide(panes: Sequence[str], width: int, height: int) -> Pages:
    """Panes by name as pages for a terminal of this size: all at once, two and two, or one
    after another."""
    pairs = [tuple(panes[:-2]), tuple(panes[-2:])]
    if width >= _WIDE and height >= _HIGH:
        return [tuple(panes)]
    if width >= _WIDE or height >= _HIGH:
        return pairs
    return [(pane,) for pane in panes]


def stacked(width: int) -> bool:
    """Whether two panes stand on another rather than beside each other."""
    return width < _WIDE


class PaneTabs(Horizontal):
    """A name for each page; the one on view stands out."""

    class Chosen(Message):
        """A page was clicked."""

        def __init__(self, page: int) -> None:
            super().__init__()
            self.page = page

    def compose(self) -> ComposeResult:
        for page in range(MOST_PAGES):
            yield _PaneTab(page)

    def show(self, titles: Sequence[Text], page: int) -> None:
        """Name the pages; a single one needs no name."""
        self.display = len(titles) > 1
        for tab in self.query(_PaneTab):
            tab.display = tab.page < len(titles)
            if tab.display:
                tab.update(titles[tab.page])
            tab.set_class(tab.page == page, "-shown")


class _PaneTab(Static):
    def __init__(self, page: int) -> None:
        super().__init__()
        self.page = page

    def on_click(self) -> None:
        self.post_message(PaneTabs.Chosen(self.page))
