"""What the grid's screen knows and says, without an app."""

from dataclasses import replace
from pathlib import Path

import pytest
from many_engines import make_costs

from tui_al import cores
from tui_al.errors import BadInput
from tui_al.grid.bulk import (
    GridBegan,
    GridCosts,
    GridJob,
    GridPlanned,
    GridTrouble,
    RunName,
    RunOver,
)
from tui_al.grid.messages import Advanced, Ended, Failed
from tui_al.grid.plan import make_plan
from tui_al.progress import Progress
from tui_al.tui.grid_options import GridOptions, opening_options, parse_options
from tui_al.tui.grid_status import Status, say_status
from tui_al.tui.grid_words import describe_costs, describe_want, say_options, say_product
from tui_al.tui.grid_work import GridWork
from tui_al.tui.memory import Memory
from tui_al.tui.slice import Slice

CHOSEN = Slice(("made",), ("m",), ("random",), ("a", "b", "c"), (0, 1))
COUNT, GRID = 1, 2


def costs(chosen: Slice = CHOSEN, **changes: object) -> GridCosts:
    return make_costs(GridJob(COUNT, chosen.entries, Path(), None), **changes)  # type: ignore[arg-type]


def over(done: int, total: int, how: str = "stored", run: str = "a") -> RunOver:
    name = RunName("made", "m", "random", run, done)
    return RunOver(GRID, name, how, "why" if how == "failed" else "", done, total, 9.0)  # type: ignore[arg-type]


def said(
    work: GridWork, chosen: Slice = CHOSEN, away: tuple[str, ...] = (), now: float = 0.0
) -> str:
    return say_status(work, chosen, away, now).text


def typed(**given: str) -> dict[str, str]:
    return GridOptions().typed | given


# Options.


@pytest.mark.parametrize(
    ("given", "entries", "words", "said"),
    [
        ({}, {}, [], ""),
        ({"budget": " 40 ", "initial": "8", "cycles": "0"},
         {"budget": 40, "initial": 8, "cycles": 0},
         ["--budget", "40", "--initial", "8", "--cycles", "0"],
         "40 labels · initial pool of 8 · 0 cycles"),
        ({"workers": "3", "fit": "1h 30m"}, {}, ["--workers", "3", "--fit", "1h30m"],
         "3 workers · within 1h30m"),
        ({"experiment": "ips", "budget": "40", "sizes": ""}, {"experiment": "ips"},
         ["--experiment", "ips"], "a sweep: initial pools of every size"),
        ({"experiment": "ips", "sizes": "20, 1000 20"},
         {"experiment": "ips", "initial": [20, 1000]},
         ["--experiment", "ips", "--initial", "20", "--initial", "1000"],
         "a sweep: initial pools of 20, 1,000 labels"),
    ],
)  # fmt: skip
def test_options(given: dict[str, str], entries: object, words: list[str], said: str) -> None:
    options = parse_options(typed(**given))
    assert options.entries == entries
    assert options.words == words
    assert say_options(options) == said
    assert parse_options(options.typed) == options


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"budget": "0"}, "labels in all: '0' is no whole number from 1 on"),
        ({"initial": "1.5"}, "initial pool: '1.5' is no whole number from 1 on"),
        ({"cycles": "-1"}, "query cycles: '-1' is no whole number from 0 on"),
        ({"sizes": "20 x"}, "pool sizes: 'x' is no whole number from 1 on"),
        ({"workers": "²"}, "workers: '²' is no whole number"),
        ({"fit": "soon"}, "'soon' is no duration: write 90s, 45m, 2h or 1h30m"),
    ],
)
def test_options_that_mean_nothing(given: dict[str, str], reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        parse_options(typed(**given))


def test_options_are_remembered_and_nonsense_is_forgotten(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "state.json")
    assert opening_options(memory) == GridOptions()
    options = GridOptions(sweep=True, budget=9, sizes=(4, 2), workers=1, fit="2h")
    options.remember(memory)
    memory.save()
    assert opening_options(Memory(tmp_path / "state.json")) == options
    memory.remember("grid-options", workers="many")
    assert opening_options(memory) == GridOptions()


def test_a_sweep_has_no_strategies() -> None:
    chosen = Slice(
        ("d",), ("glove-50",), ("random",), (), (0, 1), GridOptions(sweep=True, sizes=(20, 50))
    )
    assert chosen.open == ()
    plan = make_plan(chosen.entries)
    assert (plan.experiment, plan.strategies, plan.initial) == ("ips", (), (20, 50))
    assert "--strategy" not in chosen.command
    assert chosen.command.endswith("--experiment ips --initial 20 --initial 50")
    assert say_product(chosen) == "1 dataset × 1 model × 1 initial pool × 2 seeds × 2 sizes"
    assert say_product(chosen, 4).startswith("4 runs: 1 dataset")


# What is told of a preflight.


def test_what_does_not_fit_is_told() -> None:
    known = costs()
    assert [*describe_want(known, None, None)] == []
    assert [*describe_want(known, 10**9, 10**9)] == []
    memory, disk = describe_want(known, 10, 10**8)
    assert memory == "2 workers may need 320.0 MB of memory, 100.0 MB are free: o sets fewer"
    assert disk.startswith("the results need 162.0 kB, the disk has room for 10 B")
    assert [*describe_want(costs(stored=2), 10, 10)] == []  # nothing is left to compute


def test_what_was_left_out_is_told() -> None:
    left = replace(
        costs(),
        dropped_seeds=(3, 4),
        dropped_runs=6,
        left_out=(("made", (2500, 5000)), ("b", (9,))),
    )
    lines = [*describe_costs(left, None)]
    assert "to fit the time: seeds 3, 4 left out everywhere, 6 runs" in lines
    assert "made is too small for initial pools of 2,500, 5,000; 1 more dataset, too" in lines


@pytest.mark.parametrize(
    ("limit", "expected"), [("max", 4096), ("3000", 2100), ("500", 0), (None, 4096)]
)
def test_free_memory_is_the_machine_s_or_what_a_container_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str | None, expected: int
) -> None:
    (tmp_path / "meminfo").write_text("MemTotal:  9 kB\nMemAvailable:   4 kB\nHugePages_Free: 0\n")
    if limit is not None:
        (tmp_path / "memory.max").write_text(f"{limit}\n")
        (tmp_path / "memory.current").write_text("1000\n")
        (tmp_path / "memory.stat").write_text("anon 900\ninactive_file 100\n")
    monkeypatch.setattr(cores, "_MEMORY", tmp_path / "meminfo")
    monkeypatch.setattr(cores, "_GROUP", tmp_path)
    assert cores.free_memory() == expected
    monkeypatch.setattr(cores, "_MEMORY", tmp_path / "nowhere")
    assert cores.free_memory() == (None if expected == 4096 else expected)


# The jobs, from their reports.


def test_an_estimate_and_the_grid_after_it() -> None:
    work = GridWork()
    work.count(COUNT)
    assert said(work) == "Counting ..."
    calibrating = Advanced(COUNT, Progress("calibrating", 1, 4, "datasets x models", 2.0))
    assert not work.take(COUNT, [calibrating], 0.0).over
    assert said(work) == "Estimating: calibrating 1 of 4 datasets x models ..."
    news = work.take(COUNT, [GridPlanned(COUNT, costs()), Ended(COUNT, finished=True)], 0.0)
    assert (news.planned, news.over, news.grid_over) == (True, True, False)
    assert said(work) == "r computes 6 runs, about 7.5 s"
    work.compute(GRID, 10.0)
    assert said(work) == "Getting ready: counting, and embedding what is missing ..."
    assert work.making is None
    work.take(GRID, [Advanced(GRID, Progress("embedding made with m", 1, 2, "texts", 1.0))], 11.0)
    assert work.making is not None
    news = work.take(
        GRID,
        [GridPlanned(GRID, costs()), GridBegan(GRID, 6), over(1, 6), over(2, 6, "failed")],
        20.0,
    )
    assert news.rows == [work.state.rows[0]]  # once, however many of its runs are over
    assert say_status(work, CHOSEN, (), 21.0) == Status(
        "2 of 6 runs · 2.0 runs/s · 9.0 s left · 1 failed", 2, 6
    )
    work.pass_time(1.0)
    assert "8.0 s left" in said(work, now=21.0)
    news = work.take(GRID, [over(6, 6), Ended(GRID, finished=True)], 23.0)
    assert news.grid_over
    assert work.outcome == "Done: 5 runs stored, 1 failed, in 3.0 s"
    assert work.computing is None


def test_a_count_that_fails_says_why_until_another_choice() -> None:
    work = GridWork()
    work.count(COUNT)
    news = work.take(COUNT, [Failed(COUNT, "budget 40 is too much")], 0.0)
    assert news.troubles == [("That did not work", "budget 40 is too much")]
    assert said(work) == "budget 40 is too much"
    work.choose_another()
    assert said(work) == ""
    assert said(work, away=("b", "a")).startswith("To be fetched from the Hub: a, b.")
    assert said(work, Slice()).startswith("Choose a dataset:")


def test_a_grid_that_is_killed_on_demand_is_stopped_not_failed() -> None:
    work = GridWork()
    work.compute(GRID, 0.0)
    work.take(GRID, [GridPlanned(GRID, costs()), GridBegan(GRID, 6), over(2, 6)], 0.0)
    work.stopping = True
    assert said(work).startswith("Stopping ...")
    news = work.take(GRID, [Failed(GRID, "killed by signal 9")], 4.0)
    assert news.troubles == []
    assert work.outcome == "Stopped: 2 runs stored, in 4.0 s"


def test_a_grid_that_fails_says_why() -> None:
    work = GridWork()
    work.compute(GRID, 0.0)
    news = work.take(GRID, [GridTrouble(GRID, "lost one"), Failed(GRID, "the disk is full")], 4.0)
    assert news.troubles == [("A worker was lost", "lost one"),
                             ("That did not work", "the disk is full")]  # fmt: skip
    assert said(work) == "Stopped: 0 runs stored, in 4.0 s. It broke off: the disk is full"
    work.choose_another()
    assert said(work) == ""


def test_reports_of_other_jobs_change_nothing() -> None:
    work = GridWork()
    work.count(COUNT)
    assert not work.take(7, [GridPlanned(7, costs()), Ended(7, finished=True)], 0.0).over
    assert work.state.costs is None


def test_another_choice_while_a_grid_is_computed_keeps_its_figures() -> None:
    work = GridWork()
    work.compute(GRID, 0.0)
    work.take(GRID, [GridPlanned(GRID, costs()), GridBegan(GRID, 6), over(2, 6)], 0.0)
    work.choose_another()
    assert work.state.done == 2
    assert len(work.state.rows) == 3


def test_runs_of_pools_alone_belong_to_their_pool() -> None:
    alone = RunName("made", "m", "coreset", "random", 3, k0=1000)
    assert alone.choice == "coreset"
    assert str(alone) == "coreset pool of 1,000 on made x m, seed 3"
    assert (
        str(RunName("made", "m", "coreset", "margin", 3))
        == "margin from coreset on made x m, seed 3"
    )
