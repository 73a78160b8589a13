"""What the app's screens have in common."""

from collections.abc import Callable
from typing import ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from tui_al.tui.keys import bind, effective, split_keys
from tui_al.tui.keys.common import COPY_KEYS
from tui_al.tui.pages import pages
from tui_al.tui.screens.steady import SteadyScreen
from tui_al.tui.services import Services
from tui_al.tui.widgets.footer import SteadyFooter
from tui_al.tui.widgets.top import Tab, TopBar
from tui_al.tui.wording import say_work

Result = TypeVar("Result")

_SETTLED = 0.2  # seconds after which a screen is surely drawn, and stays


class CopyingScreen(SteadyScreen[Result]):
    """Copies to the clipboard of the terminal (OSC 52): what is marked, else what is offered."""

    BINDINGS: ClassVar[list[BindingType]] = bind(COPY_KEYS)

    def copyable(self) -> str | None:
        """What copying without a mark means here: the text, or None for nothing."""
        return None

    def action_copy_text(self) -> None:
        text = self.get_selected_text() or self.copyable()
        if text is None:
            super().action_copy_text()
            return
        self.app.copy_to_clipboard(text)
        self.notify("Copied", timeout=2)


class AppScreen(CopyingScreen[None]):
    """A screen of the table in `tui_al.tui.pages`.

    A subclass sets `PAGE`, its name there, `HELP`, sentences on what it is for, binds its keys
    (`BINDINGS = bind(KEYS)`), and yields what stands between the bars in `compose_body`. It
    keeps its state: leaving it shows another screen and closes nothing.
    """

    PAGE: ClassVar[str]

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.services = services
        self._away = False

    def compose(self) -> ComposeResult:
        chosen = self.services.settings.keys
        there = pages()
        keys = effective((page.going for page in there), chosen)
        yield TopBar([(page, split_keys(keys[f"go.{page.name}"])[0]) for page in there], self.PAGE)
        yield from self.compose_body()
        yield SteadyFooter()

    def compose_body(self) -> ComposeResult:
        """The widgets between the bars."""
        raise NotImplementedError

    def go_back(self) -> bool:
        """Undo one step within the screen, such as a search; whether there was one."""
        return False

    def when_settled(self, look: Callable[[], object]) -> None:
        """Look at the disk again a moment after another screen was left for this one, if it is
        shown still: the repaint comes first, and who only passes by is not held up."""
        if self._away:
            self._away = False
            self.set_timer(_SETTLED, lambda: look() if self.is_current else None)

    def _page_turned(self, page: str) -> None:
        """Another screen is shown; dialogs that are laid over this one do not count."""
        self._away = self._away or page != self.PAGE

    def on_mount(self) -> None:
        self.app.mode_change_signal.subscribe(self, self._page_turned, immediate=True)
        self.services.desks.on_change(self._show_work)
        self._show_work()

    def _show_work(self) -> None:
        """Keep the top bar up to date with all that the app computes."""
        if self.is_running:
            work = self.services.desks.work
            working = {one.owner.PAGE for one in work if isinstance(one.owner, AppScreen)}
            self.query_one(TopBar).show_work(say_work(work), working)

    def complain(self, reason: str, title: str = "That did not work") -> None:
        """Show one line on what failed; the line may quote anything."""
        self.notify(reason, title=title, severity="error", timeout=12, markup=False)

    @on(Tab.Chosen)
    async def _choose(self, message: Tab.Chosen) -> None:
        message.stop()
        await self.run_action(f"app.show_page('{message.page}')")
