"""What is stored of a run, over the results."""

import json
from pathlib import Path

import pytest
from stored_samples import save_runs
from textual.pilot import Pilot

from tui_al.paths import Cache
from tui_al.tui.app import TuiAlApp
from tui_al.tui.screens.run_facts import RunFactsScreen

EXPERIMENT = json.dumps({"experiment": {
    "strategy": "badge", "ips": "random", "seed": 1, "budget": 60, "initial": 20, "cycles": 2,
    "strategy_params": {"rows": 9}, "ips_params": {},
}})  # fmt: skip


async def settle(pilot: Pilot[None]) -> None:
    await pilot.pause()
    while len(pilot.app.workers):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()


@pytest.fixture
def stored(cache: Cache) -> None:
    save_runs(cache.runs, "trec6-badge-0", "trec6-badge-1", experiment=EXPERIMENT)


@pytest.mark.usefixtures("stored")
async def test_facts_of_the_newest_run_of_a_row_and_its_command(app: TuiAlApp) -> None:
    async with app.run_test(size=(100, 40)) as pilot:
        await pilot.press("3")
        await settle(pilot)
        await pilot.press("i")
        await settle(pilot)
        assert isinstance(app.screen, RunFactsScreen)
        shown = app.export_screenshot()
        for word in ("trec6-badge-1", "rows=9", "versions"):
            assert word.replace(" ", "&#160;") in shown
        await pilot.press("y")
        assert app.clipboard == (
            "tui-al run --dataset trec6 --model minilm-l6 --ips random --strategy badge --seed 1 "
            "--budget 60 --initial 20 --cycles 2 --param rows=9"
        )
        await pilot.press("escape")
        assert not isinstance(app.screen, RunFactsScreen)


@pytest.mark.usefixtures("stored")
async def test_a_run_that_is_gone_has_no_facts(app: TuiAlApp, cache: Cache) -> None:
    async with app.run_test(size=(100, 40)) as pilot:
        await pilot.press("3")
        await settle(pilot)
        for part in Path(cache.runs).glob("*.parquet"):
            part.unlink()
        await pilot.press("i")
        await settle(pilot)
        assert "deleted&#160;meanwhile" in app.export_screenshot()
        await pilot.press("escape")
        assert not isinstance(app.screen, RunFactsScreen)
