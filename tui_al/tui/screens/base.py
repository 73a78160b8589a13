"""What the app's screens have in common."""

from typing import ClassVar, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.screen import Screen

from tui_al.tui.keys import bind, effective, split_keys
from tui_al.tui.keys.common import COPY_KEYS
from tui_al.tui.pages import pages
from tui_al.tui.services import Services
from tui_al.tui.widgets.footer import SteadyFooter
from tui_al.tui.widgets.top import Tab, TopBar
from tui_al.tui.wording import say_work

Result = TypeVar("Result")


class CopyingScreen(Screen[Result]):
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
        self._styled_by: tuple[object, ...] = ()

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

    def post_message(self, message: Message) -> bool:
        """Textual works out every style again whenever a screen is shown, which takes longer than
        all the rest; here, where something it depends on is another than it was."""
        if isinstance(message, events.ScreenResume):
            app = self.app
            before, self._styled_by = self._styled_by, (
                app.theme, app.classes, frozenset(app.get_pseudo_classes()),
                len(app.stylesheet.source),
            )  # fmt: skip
            message.refresh_styles = before != self._styled_by
        return super().post_message(message)

    def on_mount(self) -> None:
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
