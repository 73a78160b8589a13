"""A monkey at the app: seeded random keys, clicks, pastes, resizes and reports, and what holds
whatever it does."""

import asyncio
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from many_engines import make_costs
from scripted import ScriptedEngine, make_began, make_record, make_texts
from textual import events
from textual.pilot import Pilot

from tui_al.grid.assessment import Quality
from tui_al.grid.bulk import (
    Assessed,
    AssessJob,
    FailedRun,
    GridBegan,
    GridJob,
    GridPlanned,
    GridTrouble,
    RunName,
    RunOver,
)
from tui_al.grid.messages import (
    Advanced,
    AnyJob,
    Command,
    CycleDone,
    Ended,
    Event,
    Failed,
    WorkerLost,
)
from tui_al.progress import Progress
from tui_al.tui.app import TuiAlApp
from tui_al.tui.config import find_config, read_settings
from tui_al.tui.engine import Engine
from tui_al.tui.memory import memory_path
from tui_al.tui.pages import known_keys
from tui_al.tui.screens.base import AppScreen
from tui_al.tui.screens.help import HelpScreen
from tui_al.tui.themes import DARK, LIGHT
from tui_al.tui.widgets.footer import SteadyFooter

NASTY = (
    "[bold red]markup[/bold red] [/] [link=x]",
    "\x1b[31mred\x1b[0m \x1b]0;owned\x07 \x00\x7f",
    "👩‍👩‍👧 ﷽ 漢字 é\u0301\u0301 \u202eRTL\u202c עברית",
    "\u200b\u2028line\r\nbreak\ttab",
    "0.9 95% -1 nan inf 1e999",
    "/dev/null/../\x00",
    "(*[?\\",
    "bbc margin 0",
    "x" * 100_000,
)
SIZES = ((80, 24), (140, 45), (100, 30), (60, 16), (40, 10), (200, 60), (20, 6), (3, 2), (1, 1))
REASON = "[red]it[/red] broke\x1b[31m \u202e" + "and went on " * 20
_NAMED = (
    *("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "space", "delete"),
    *("backspace", "shift+tab", "shift+left", "shift+right", "ctrl+a", "ctrl+c", "ctrl+e"),
    *("ctrl+r", "ctrl+u", "ctrl+v", "ctrl+w", "ctrl+p", "ctrl+x", "ctrl+home", "ctrl+end"),
    *("f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "question_mark", "slash", "comma"),
    *("plus", "minus", "equals_sign", "less_than_sign", "greater_than_sign", "full_stop"),
    *("left_square_bracket", "right_square_bracket", "é", "percent_sign"),
)
_PALETTE = ("run", "seed", "theme", "tour", "export", "delete", "filter", "section", "stop", "zz")
_PATIENCE = 20.0  # seconds in which a step is over


@dataclass(frozen=True, slots=True)
class Step:
    """Something done to the app: `what` says how the values are meant."""

    what: str
    values: tuple[Any, ...] = ()


def make_steps(seed: int, count: int, *, engines: bool) -> list[Step]:
    """As many steps, decided by the seed alone: with scripted `engines` also what these report,
    else also the sudden end of real ones."""
    dice = random.Random(seed)
    sorts = {_key: 60, _click: 10, _scroll: 3, _drag: 2, _resize: 3, _page: 6, _paste: 2,
             _palette: 2, _theme: 1, _wait: 2}  # fmt: skip
    sorts |= {_report: 25} if engines else {_kill: 2}
    chosen = dice.choices(list(sorts), list(sorts.values()), k=count)
    return [sort(dice) for sort in chosen]


def _key(dice: random.Random) -> Step:
    kind = dice.random()
    if kind < 0.45:
        return Step("press", (dice.choice("abcdefghijklmnopqrstuvwxyzGMXY0123456789"),))
    if kind < 0.75:
        return Step("press", (dice.choice(_NAMED),))
    return Step("press", (dice.choice(("enter", "enter", "tab", "escape", "down", "space")),))


def _click(dice: random.Random) -> Step:
    return Step("click", (dice.random(), dice.random(), dice.choice((1, 1, 1, 2, 3))))


def _scroll(dice: random.Random) -> Step:
    return Step("scroll", (dice.random(), dice.random(), dice.choice((-1, 1))))


def _drag(dice: random.Random) -> Step:
    return Step("drag", tuple(dice.random() for _ in range(4)))


def _resize(dice: random.Random) -> Step:
    return Step("resize", dice.choice(SIZES))


def _page(dice: random.Random) -> Step:
    return Step("press", (f"f{dice.randint(2, 7)}",))


def _paste(dice: random.Random) -> Step:
    return Step("paste", (dice.randrange(len(NASTY)),))


def _palette(dice: random.Random) -> Step:
    return Step("palette", (dice.choice(_PALETTE),))


def _theme(dice: random.Random) -> Step:
    return Step("theme", (dice.choice((DARK, LIGHT, "nord", "ansi-dark")),))


def _wait(_: random.Random) -> Step:
    return Step("wait")


def _kill(dice: random.Random) -> Step:
    return Step("kill", (dice.random(),))


def _report(dice: random.Random) -> Step:
    return Step("report", (dice.random(), dice.random()))


@dataclass
class MonkeyEngine(ScriptedEngine):
    """Knows what it was asked to do, and reports any of what a worker might."""

    open: list[AnyJob] = field(default_factory=list)
    done: int = 0

    def send(self, command: Command) -> None:
        super().send(command)
        if isinstance(command, AnyJob):
            self.open, self.done = [command], 0

    def report(self, luck: float) -> None:
        """The next of what happens, or by bad luck an end."""
        if not self.open:
            return
        (job,) = self.open
        ends: list[Event] = [
            Ended(job.number, finished=False), Ended(job.number, finished=True),
            Failed(job.number, REASON), WorkerLost(REASON), Ended(job.number + 1, finished=True),
        ]  # fmt: skip
        event = ends[int(luck * 100)] if luck < len(ends) / 100 else self._next(job)
        if isinstance(event, Ended | Failed | WorkerLost):
            self.open.clear()
        self.done += 1
        self.deliver(event)

    def _next(self, job: AnyJob) -> Event:
        end = Ended(job.number, finished=True)
        if isinstance(job, AssessJob):
            return end if self.done else Assessed(job.number, Quality(9, 2, 1, 0, None, None))
        if isinstance(job, GridJob):
            return self._next_of_grid(job)
        if self.done < 3:
            return Advanced(
                job.number, Progress(f"embedding {job.dataset}", self.done, 3, "texts", 1)
            )
        if job.experiment is None or self.done > 24:
            return end
        if self.done == 3:
            return make_began(job)
        cycle = self.done - 4
        return CycleDone(job.number, make_record(cycle), make_texts(cycle))

    def _next_of_grid(self, job: GridJob) -> Event:
        names = [job.entries[name] for name in ("datasets", "models", "ips", "strategies", "seeds")]
        run = RunName(*(of[self.done % len(of)] for of in names))
        if self.done == 0:
            failed = [FailedRun(run, REASON)] if len(names[0]) > 1 else []
            return GridPlanned(job.number, make_costs(job, failed=failed))
        if job.dry or self.done > 12:
            return Ended(job.number, finished=True)
        if self.done == 1:
            return GridBegan(job.number, 10)
        if self.done == 5:
            return GridTrouble(job.number, REASON)
        how = ("stored", "found", "failed")[self.done % 3]
        left = None if self.done < 4 else 3.0
        return RunOver(
            job.number, run, how, REASON if how == "failed" else "", self.done - 1, 10, left
        )  # type: ignore[arg-type]


class Monkey:
    """Does steps to an app under a pilot, and checks after each what always has to hold."""

    def __init__(self, pilot: Pilot[None]) -> None:
        self._pilot = pilot
        self._app = pilot.app
        assert isinstance(self._app, TuiAlApp)

    async def do(self, steps: Sequence[Step], *, check_every: int = 25) -> None:
        """Do all of them, and look from time to time whether the app still answers."""
        for number, step in enumerate(steps, 1):
            await asyncio.wait_for(self._do(step), _PATIENCE)
            self.check_standing()
            if number % check_every == 0:
                await asyncio.wait_for(self.check_answers(), _PATIENCE)
        await asyncio.wait_for(self.check_answers(), _PATIENCE)

    async def _do(self, step: Step) -> None:
        await getattr(self, f"_{step.what}")(*step.values)

    async def _press(self, key: str) -> None:
        await self._pilot.press(key)

    def _place(self, x: float, y: float) -> tuple[int, int]:
        width, height = self._app.screen.size
        return int(x * width), int(y * height)

    async def _click(self, x: float, y: float, button: int) -> None:
        await self._pilot.click(offset=self._place(x, y), button=button)

    async def _scroll(self, x: float, y: float, direction: int) -> None:
        sort = events.MouseScrollDown if direction > 0 else events.MouseScrollUp
        at = self._place(x, y)
        self._app.screen._forward_event(
            sort(None, *at, 0, 0, 0, False, False, False, screen_x=at[0], screen_y=at[1])
        )
        await self._pilot.pause()

    async def _drag(self, *places: float) -> None:
        await self._pilot.mouse_down(offset=self._place(*places[:2]))
        await self._pilot.hover(offset=self._place(*places[2:]))
        await self._pilot.mouse_up(offset=self._place(*places[2:]))

    async def _resize(self, width: int, height: int) -> None:
        await self._pilot.resize_terminal(width, height)
        await self._pilot.pause()

    async def _paste(self, number: int) -> None:
        self._app.post_message(events.Paste(NASTY[number]))
        await self._pilot.pause()

    async def _palette(self, words: str) -> None:
        await self._pilot.press("ctrl+p", *words, "down", "enter")

    async def _theme(self, name: str) -> None:
        self._app.theme = name
        await self._pilot.pause()

    async def _wait(self) -> None:
        await asyncio.sleep(0.1)

    def _engine(self, which: float) -> Engine:
        desks = list(self._app.services.desks._desks.values())
        return desks[int(which * len(desks))]._engine

    async def _kill(self, which: float) -> None:
        self._engine(which).kill()
        await self._pilot.pause()

    async def _report(self, which: float, luck: float) -> None:
        engine = self._engine(which)
        assert isinstance(engine, MonkeyEngine)
        engine.report(luck)
        await self._pilot.pause()

    def check_standing(self) -> None:
        """Nothing broke, nothing was left."""
        if self._app._exception is not None:
            raise self._app._exception
        assert self._app.is_running and not self._app._exit, "the app has left"

    async def check_answers(self) -> None:
        """Esc leads out of everything, the help comes and goes, and the keys are told."""
        await self._leave_dialogs()
        screen = self._app.screen
        assert isinstance(screen, AppScreen), screen
        await self._pilot.press("f1")
        assert isinstance(self._app.screen, HelpScreen), f"no help on {screen}"
        await self._pilot.press("escape")
        assert self._app.screen is screen, f"no way out of the help on {screen}"
        self.check_standing()
        await self._check_keys_told(screen)
        await self._check_focus(screen)

    async def _leave_dialogs(self) -> None:
        for _ in range(6):
            if len(self._app.screen_stack) == 1:
                break
            await self._pilot.press("escape")
            self.check_standing()
        assert len(self._app.screen_stack) == 1, f"no way out of {self._app.screen_stack}"

    async def _check_keys_told(self, screen: AppScreen) -> None:
        footer = screen.query_one(SteadyFooter)
        for _ in range(20):
            if len(footer.children):
                return
            await self._pilot.pause(0.02)
        raise AssertionError(f"no keys below {screen}")

    async def _check_focus(self, screen: AppScreen) -> None:
        """Tab reaches something that is on the screen."""
        await self._pilot.press("tab")
        focused = screen.focused
        assert focused is not None, f"nothing has the keys on {screen}"
        assert focused.is_attached and focused.display, focused
        if screen.size.width >= 40 and screen.size.height >= 10:
            assert focused.region.area, f"{focused} has the keys and no room, {screen.size}"


def check_left(app: TuiAlApp) -> None:
    """What an app leaves on disk when it is gone is whole."""
    root = app.services.cache.root
    assert not [path for path in root.rglob("*.tmp*") if path.is_file()]
    config = find_config()
    assert read_settings(config, known_keys()) is not None
    state = memory_path(config)
    if state.exists():
        assert isinstance(json.loads(state.read_text("utf-8")), dict)
