"""Whatever is pressed, clicked, pasted or reported: the app answers, and leaves nothing behind."""

from collections.abc import Callable
from pathlib import Path

import pytest
from explorer_samples import add_explored
from monkey import Monkey, MonkeyEngine, check_left, make_steps
from processes import wait_until

from tui_al.paths import Cache
from tui_al.tui.app import TuiAlApp
from tui_al.tui.choices import DEMO
from tui_al.tui.config import Settings, find_config
from tui_al.tui.engine import Engine, ProcessEngine
from tui_al.tui.memory import Memory, memory_path
from tui_al.tui.services import make_services


@pytest.fixture
def at_home(isolated: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    """Something is stored, and what is exported goes nowhere else."""
    add_explored(cache)
    monkeypatch.chdir(isolated)
    monkeypatch.setenv("HOME", str(isolated))


async def let_loose(cache: Cache, seed: int, steps: int, make_engine: Callable[[], Engine]) -> None:
    """A monkey at an app of someone who has seen its greeting; then it is left."""
    memory = Memory(memory_path(find_config()))
    memory.remember("app", greeted=True)
    services = make_services(cache, None, DEMO, Settings(), memory, make_engine=make_engine)
    app = TuiAlApp(services)
    async with app.run_test(size=(120, 40), tooltips=True, notifications=True) as pilot:
        scripted = make_engine is MonkeyEngine
        await Monkey(pilot).do(make_steps(seed, steps, engines=scripted))
        await pilot.press("ctrl+q")
        if app.is_running and not app._exit:
            await pilot.press("y")
        assert app._exit
    check_left(app)


@pytest.mark.usefixtures("at_home")
@pytest.mark.parametrize("seed", range(2))
async def test_a_monkey(cache: Cache, seed: int) -> None:
    await let_loose(cache, seed, 60, MonkeyEngine)


@pytest.mark.sweep
@pytest.mark.usefixtures("at_home")
@pytest.mark.parametrize("seed", range(100, 120))
async def test_a_monkey_for_long(cache: Cache, seed: int) -> None:
    await let_loose(cache, seed, 500, MonkeyEngine)


@pytest.mark.sweep
@pytest.mark.usefixtures("at_home")
@pytest.mark.parametrize("seed", range(200, 206))
async def test_a_monkey_and_workers(cache: Cache, seed: int) -> None:
    await let_loose(cache, seed, 300, ProcessEngine)
    assert await wait_until(cache, there=False)
