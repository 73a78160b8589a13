"""The app: its screens, what is common to them, and how it is left."""

import asyncio
import signal
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, partial
from typing import ClassVar, Literal

from textual import events
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.driver import Driver
from textual.filter import LineFilter, Monochrome
from textual.screen import Screen
from textual.theme import Theme, ThemeProvider
from textual.widget import Widget

from tui_al.tui.config import DARK, LIGHT
from tui_al.tui.few_colors import SHADED, FewColors, choose_filter
from tui_al.tui.keys import bind, effective, split_keys
from tui_al.tui.keys.common import APP_KEYS
from tui_al.tui.pages import Page, known_keys, pages
from tui_al.tui.screens.base import AppScreen
from tui_al.tui.services import Services
from tui_al.tui.themes import THEMES, UNFIT, opening_theme
from tui_al.tui.tidying import Tidier
from tui_al.tui.wording import describe_work

FIRST_PAGE = "live"
_TRANSITION = 0.002  # seconds
_TURN = 0.0002  # seconds that a thread computes before the one that draws has its turn
_TIDY = 0.2  # seconds between two looks whether to tidy up


class TuiAlApp(App[None]):
    """tui-al in a terminal. Each screen is a mode: it keeps its state, and its dialogs."""

    TITLE = "tui-al"
    CSS_PATH = "styles/app.tcss"
    DEFAULT_MODE = FIRST_PAGE
    BINDINGS: ClassVar[list[BindingType]] = bind(APP_KEYS)
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]  # noqa: RUF012  (App declares its type)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012

    def __init__(self, services: Services, driver_class: type[Driver] | None = None) -> None:
        super().__init__(driver_class=driver_class)
        self.services = services
        self._reducing: dict[str, FewColors | None] = {}  # by theme
        self._tidier = Tidier()
        self._past: list[str] = []  # pages shown before, for going back
        self._pages = {page.name: page for page in pages()}
        for page in self._pages.values():
            self.add_mode(page.name, self._maker(page))
        for binding in Binding.make_bindings(bind(page.going for page in self._pages.values())):
            self._bindings.key_to_bindings.setdefault(binding.key, []).append(binding)
        for theme in THEMES:
            self.register_theme(theme)
        for name in UNFIT:
            self.unregister_theme(name)
        opening, missing = opening_theme(
            services.settings.app.theme, services.memory, self.available_themes
        )
        self._open_with(opening)
        self._problem = services.problem or (f"there is no theme '{missing}'" if missing else "")
        self.set_keymap(dict(services.settings.keys))

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's filters, and one of ours for a terminal without millions of colours."""
        filters = super().get_line_filters()
        ours = self._few_colors
        if ours is None:
            return filters
        return [*(each for each in filters if not isinstance(each, Monochrome)), ours]

    @property
    def _few_colors(self) -> FewColors | None:
        if self.theme not in self._reducing:
            chosen = choose_filter(self.console, self.current_theme, no_color=self.no_color)
            self._reducing[self.theme] = chosen
        return self._reducing[self.theme]

    def _open_with(self, theme: str) -> None:
        """Take a theme before there is anything to restyle: the first frame is sooner there."""
        self.set_reactive(App.theme, theme)
        self.set_class(self.current_theme.dark, "-dark-mode", update=False)
        self.set_class(not self.current_theme.dark, "-light-mode", update=False)
        reduced = self._few_colors
        self.set_class(reduced is not None and reduced.shaded, SHADED, update=False)

    def _maker(self, page: Page) -> Callable[[], AppScreen]:
        return lambda: page.load(self.services)

    def on_mount(self) -> None:
        self.set_interval(_TIDY, self._tidier.tidy)
        self.theme_changed_signal.subscribe(self, self._remember_theme)
        if not self.is_headless:
            for number in (signal.SIGTERM, signal.SIGHUP):
                leave = partial(self.exit, return_code=128 + number)
                asyncio.get_running_loop().add_signal_handler(number, leave)
        self.call_after_refresh(self._greet)

    async def on_event(self, event: events.Event) -> None:
        """Of all events, those of keyboard and mouse come here first."""
        if isinstance(event, events.InputEvent):
            self._tidier.touched()
        await super().on_event(event)

    def on_unmount(self) -> None:
        self.services.close()

    async def _greet(self) -> None:
        """Say what was wrong with the settings; offer a newcomer the demo."""
        if self._problem:
            self.notify(
                self._problem, title="Settings", severity="warning", timeout=15, markup=False
            )
        memory, runs = self.services.memory, self.services.cache.runs
        newcomer = not memory.recall("app", "greeted", False)
        memory.remember("app", greeted=True)
        if newcomer and not self.services.start and not any(runs.glob("*.parquet")):
            await self.run_action("welcome")

    def _remember_theme(self, theme: Theme) -> None:
        self.services.memory.remember("app", theme=theme.name)

    # Going from screen to screen.

    def action_show_page(self, name: str) -> None:
        """Show a screen; the one shown before is a step back."""
        if name != self.current_mode:
            self._past.append(self.current_mode)
            self.switch_mode(name)

    def delay_update(self, delay: float = _TRANSITION) -> None:
        """Draw nothing for a moment while another screen takes over: Textual's own 50 ms are
        longer than that takes."""
        super().delay_update(delay)

    async def action_back(self) -> None:
        """Undo one step: within the screen, out of a field, to the screen before."""
        screen = self.screen
        if isinstance(screen, AppScreen) and screen.go_back():
            return
        focused = screen.focused
        if focused is not None and focused.check_consume_key("a", "a"):  # being typed into
            screen.set_focus(None)
        elif self._past:
            self.switch_mode(self._past.pop())

    # What is offered everywhere.

    def show_keys(self) -> Mapping[str, str]:
        """The first key of every action as it is written, by the action's name."""
        return self._written_keys

    @cached_property
    def _written_keys(self) -> dict[str, str]:
        keys = effective(known_keys(), self.services.settings.keys)
        return {
            name: self.get_key_display(Binding(split_keys(chosen)[0], ""))
            for name, chosen in keys.items()
        }

    def action_help(self) -> None:
        """Explain the screen and its keys."""
        from tui_al.tui.screens.help import HelpScreen

        self.push_screen(HelpScreen(self.screen))

    def action_command_palette(self) -> None:
        """Offer what the keys do, and more, by name."""
        from tui_al.tui.screens.palette import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette())

    def search_themes(self) -> None:
        """Offer the themes by name."""
        from tui_al.tui.screens.palette import Palette

        self.push_screen(Palette([ThemeProvider], placeholder="Search for themes…"))

    def action_jump(self) -> None:
        """Show a letter on every pane, and go to the one that is typed."""
        from tui_al.tui.screens.jump import JumpScreen, find_targets

        screen = self.screen

        def answered(widget: Widget | None) -> None:
            if widget is not None:
                screen.set_focus(widget)

        if isinstance(screen, AppScreen) and (targets := find_targets(screen)):
            self.push_screen(JumpScreen(targets), answered)

    def action_tour(self) -> None:
        """Show what the app is for."""
        from tui_al.tui.screens.tour import TourScreen

        self.push_screen(TourScreen(self.show_keys()))

    def action_welcome(self) -> None:
        """Offer the demo and the tour."""
        from tui_al.tui.screens.tour import WelcomeScreen

        async def answered(answer: Literal["demo", "tour"] | None) -> None:
            if answer == "tour":
                self.action_tour()
            elif answer == "demo":
                self.action_show_page(FIRST_PAGE)
                await self.screen.run_action("demo")

        self.push_screen(WelcomeScreen(), answered)

    def action_shade(self) -> None:
        """Change from dark to light, or back."""
        self.theme = LIGHT if self.current_theme.dark else DARK

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the keys do here and now, and what has no key."""
        listed = {}
        for node, binding, enabled, help_ in screen.active_bindings.values():
            if enabled and binding.id and help_:
                listed[binding.id] = self._command(node, binding, help_)
        yield from listed.values()
        yield SystemCommand("Theme", "Choose the colours", self.action_change_theme)
        yield SystemCommand("Dark or light", "The other of the two own themes", self.action_shade)
        yield SystemCommand("Tour", "What the app is for, in two minutes", self.action_tour)
        yield SystemCommand("Demo", "Greeting, demo and tour", self.action_welcome)
        yield SystemCommand(
            "Screenshot",
            "Save the screen as SVG",
            lambda: self.set_timer(0.1, self.deliver_screenshot),
        )

    def _command(self, node: DOMNode, binding: Binding, explanation: str) -> SystemCommand:
        async def do() -> None:
            await self.run_action(binding.action, node)

        return SystemCommand(binding.description, explanation, do)

    async def action_quit(self) -> None:
        """Leave; ask first while something is being computed. Asked twice, leave."""
        from tui_al.tui.screens.dialogs import LeaveScreen

        work = self.services.desks.work
        if not work or isinstance(self.screen, LeaveScreen):
            self.exit()
            return

        def answered(leave: bool | None) -> None:
            if leave:
                self.exit()

        self.push_screen(LeaveScreen([describe_work(one) for one in work]), answered)


def run_app(services: Services, driver_class: type[Driver]) -> int:
    """Run the app until it is left; its exit code, 1 after a crash."""
    sys.setswitchinterval(_TURN)
    app = TuiAlApp(services, driver_class)
    try:
        app.run()
    finally:
        services.close()
    return app.return_code or 0
