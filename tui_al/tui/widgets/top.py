"""The line on top: the app's name, its screens, and what is being computed."""

from collections.abc import Collection, Sequence

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Static

from tui_al.textsafe import visible
from tui_al.tui.pages import Page

_WORKING = "●"


class Tab(Static):
    """A screen's key and name. The one shown stands out; a dot marks one that computes."""

    class Chosen(Message):
        """The tab was clicked."""

        def __init__(self, page: str) -> None:
            super().__init__()
            self.page = page

    def __init__(self, page: Page, key: str, *, shown: bool) -> None:
        super().__init__(classes="-shown" if shown else "")
        self._page = page
        self._key = key
        self._working: bool | None = None
        self.tooltip = page.going.help
        self.mark(working=False)

    @property
    def page(self) -> str:
        return self._page.name

    def mark(self, *, working: bool) -> None:
        """Show whether the screen's jobs are being done."""
        if working != self._working:
            self._working = working
            dot = _WORKING if working else " "
            # As wide as before: a new layout is what takes longest.
            self.update(Text(f"{self._key} {self._page.title} {dot}", no_wrap=True), layout=False)

    def on_click(self) -> None:
        self.post_message(self.Chosen(self.page))


class TopBar(Horizontal):
    """The app's name, a tab for each screen and, where there is room, what is being done."""

    def __init__(self, pages: Sequence[tuple[Page, str]], shown: str) -> None:
        """`pages` come with the keys that show them, `shown` is the name of one."""
        super().__init__()
        self._pages = pages
        self._shown = shown
        self._said = ""

    def compose(self) -> ComposeResult:
        yield Static("tui-al", id="brand")
        for page, key in self._pages:
            yield Tab(page, key, shown=page.name == self._shown)
        yield Static(id="activity", markup=False)

    def show_work(self, sentence: str, working: Collection[str]) -> None:
        """Say what is being done, and mark the screens that it is done for."""
        if sentence != self._said:
            self._said = sentence
            activity = Text(visible(sentence, one_line=True), no_wrap=True, overflow="ellipsis")
            self.query_one("#activity", Static).update(activity, layout=False)
        for tab in self.query(Tab):
            tab.mark(working=tab.page in working)
