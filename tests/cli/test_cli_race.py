"""`tui-al race`."""

import json

import pytest
from grid_samples import add_made_up
from test_cli_refused import one_line

from tui_al.analysis.racing import Rules, judge
from tui_al.analysis.referee import Referee
from tui_al.grid.plan import make_plan
from tui_al.grid.race import RaceEnded
from tui_al.paths import Cache
from tui_al.report.race import conclude
from tui_al.report.race_board import Board
from tui_al.results.store import ResultStore

RACE = ("race", "--dataset", "made", "--model", "glove-50", "--cycles", "3", "--workers", "1")
THREE = ("--strategy", "margin", "--strategy", "coreset", "--strategy", "random")


@pytest.fixture
def made(cache: Cache) -> Cache:
    add_made_up(cache)
    return cache


def test_a_race_in_a_pipe_then_the_same_again(tui_al, made: Cache) -> None:
    done = tui_al(*RACE, *THREE, "--seeds", "3")
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert lines[0].startswith("made x glove-50 from random: AULC of accuracy after 3 of 3 seeds")
    assert {line.split()[0] for line in lines[2:5]} == {"margin", "coreset", "random"}
    assert lines[2].rstrip().endswith("first")
    first = lines[2].split()[0]
    assert f"{first} comes first in the grid of 3 seeds" in done.out
    assert "computed in" in lines[-1]
    assert "3 strategies, 3 seeds, 0 of 9 runs stored" in done.err
    assert "seeds 0, 1: 3 strategies, 6 runs to compute" in done.err
    assert f"after 3 seeds: {first} leads" in done.err
    assert "\x1b" not in done.out + done.err
    stored = ResultStore(made.runs).run_ids()
    again = tui_al(*RACE, *THREE, "--seeds", "3")
    assert f"{len(stored)} of 9 runs (0 computed, {len(stored)} stored already)" in again.out
    assert again.out.splitlines()[:5] == lines[:5]
    assert ResultStore(made.runs).run_ids() == stored


def test_on_a_terminal_the_table_is_drawn_as_the_race_goes(
    tui_al, made: Cache, monkeypatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    done = tui_al(*RACE, *THREE, "--seeds", "3")
    assert "after 0 of 3 seeds" in done.err
    assert "after 2 of 3 seeds" in done.err
    assert "runs of this round to go" in done.err
    assert "leads" in done.err
    assert "comes first" not in done.err
    assert "comes first in the grid of 3 seeds" in done.out


def test_sentences_are_lines_in_a_pipe_and_wrap_between_words_on_a_terminal(
    tui_al, made: Cache, monkeypatch
) -> None:
    command = (*RACE, *THREE, "--seeds", "2")
    sentences = tui_al(*command).out.splitlines()[5:]
    again = tui_al(*command).out.splitlines()[5:]  # found, not computed: no seconds that vary
    assert len(again) == len(sentences)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    shown = tui_al(*command).out
    assert all(len(line.rstrip()) <= 40 for line in shown.splitlines() if "\x1b" not in line)
    assert " ".join(again[-2:]) in " ".join(shown.split())


def test_json_has_a_line_an_event(tui_al, made: Cache) -> None:
    done = tui_al(*RACE, *THREE, "--json", "--seeds", "3", "--ips", "random", "--ips", "typiclust")
    assert done.code == 0, done.err
    events = [json.loads(line) for line in done.out.splitlines()]
    assert {event["ips"] for event in events} == {"random", "typiclust"}
    for ips in ("random", "typiclust"):
        of = [event for event in events if event["ips"] == ips]
        kinds = [event["event"] for event in of]
        assert (kinds[0], kinds[1], kinds[-1]) == ("start", "round", "end")
        assert of[0]["total"] == 9
        standing = [event for event in of if event["event"] == "standing"][-1]
        assert sum(racer["best"] for racer in standing["racers"]) == pytest.approx(1.0)
        assert of[-1]["first"] == standing["racers"][0]["strategy"]
        assert of[-1]["computed"] == kinds.count("run")
        assert of[-1]["computed"] + of[-1]["left_out"] == 9
    run_ids = {event["run_id"] for event in events if event["event"] == "run"}
    assert run_ids == ResultStore(made.runs).run_ids()


def test_the_grid_and_the_report_know_the_runs_of_a_race(tui_al, made: Cache) -> None:
    assert tui_al(*RACE, *THREE, "--seeds", "2").code == 0
    grid = tui_al("grid", *RACE[1:], *THREE, "--ips", "random", "--seeds", "2", "--dry-run")
    assert "nothing is left to compute" in grid.out
    assert "coreset" in tui_al("report", "--dataset", "made").out


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(3.2, "3 left out, which saved about 3.2 s of computing"), (0.0, "3 left out")],
)
def test_what_leaving_out_saved_is_told_where_it_saved_something(cache, seconds, words) -> None:
    board = Board(
        make_plan({"datasets": "made", "models": "glove-50"}),
        Referee(ResultStore(cache.runs), Rules(4)),
    )
    board.add(RaceEnded(None, 0, 13, 3, 16, 0.0, seconds))
    (line,) = conclude(board)
    assert line == f"13 of 16 runs (0 computed, 13 stored already), {words}"


def test_equal_means_share_the_first_place(cache) -> None:
    scores = {"margin": [0.25, 0.5], "coreset": [0.25, 0.5], "random": [0.25, 0.25]}
    board = Board(
        make_plan({"datasets": "made", "models": "glove-50", "seeds": 2}),
        Referee(ResultStore(cache.runs), Rules(2)),
    )
    board.add(RaceEnded(judge(scores, Rules(2)), 6, 0, 0, 6, 1.0, 0.0))
    line, *_ = conclude(board)
    assert line in {
        f"{one} share the first place in the grid of 2 seeds"
        for one in ("margin and coreset", "coreset and margin")
    }


def test_its_record_over_the_results_that_come_with_the_program(
    tui_al, made: Cache, monkeypatch
) -> None:
    assert tui_al("grid", *RACE[1:], *THREE, "--ips", "random", "--seeds", "4").code == 0
    monkeypatch.setattr("tui_al.report.race.find_reference", lambda: made.runs)
    done = tui_al(*RACE, *THREE, "--seeds", "4", "--metric", "macro_f1", "--score", "final")
    last = done.out.splitlines()[-1]
    assert last.startswith("at this risk, 24 races over 1 grids of the reference results")
    assert "(3 strategies, 4 seeds in every order)" in last
    record = json.loads(tui_al(*RACE, *THREE, "--seeds", "4", "--json").out.splitlines()[-1])
    assert (record["event"], record["races"], record["risk"]) == ("record", 24, 0.05)


def test_a_failure_is_told_and_makes_the_command_fail(tui_al, made: Cache, monkeypatch) -> None:
    from tui_al.grid import local

    compute = local.compute_batch
    monkeypatch.setattr(local, "compute_batch", _failing)
    done = tui_al(*RACE, *THREE, "--seeds", "2")
    assert done.code == 1
    assert "coreset leaves the race, seed 0 failed: ValueError: odd" in done.err
    assert "out of the race, for a run failed: margin, coreset, random" in done.out
    monkeypatch.setattr(local, "compute_batch", compute)
    assert tui_al(*RACE, *THREE, "--seeds", "2").code == 0  # nothing was recorded


def _failing(data, runs, cache, *, wait):
    from tui_al.grid.batch import Outcome

    return Outcome(failed={run.identity.run_id: "ValueError: odd" for run in runs})


@pytest.mark.parametrize(
    ("options", "explanation"),
    [
        (("--seeds", "1"), "give --seeds 2 or more"),
        (("--risk", "0"), "--risk 0: above 0"),
        (("--risk", "0.9"), "up to 0.5"),
        (("--strategy", "margin"), "two strategies at least"),
        (("--strategy", "margins"), "did you mean margin?"),
        (("--ips", "margin"), "unknown initial pool selection"),
        (("--cycles", "0"), "--cycles"),
        (("--metric", "auc"), "--metric"),
        (("--budget", "9999999"), "does not fit the train pool"),
    ],
    ids=" ".join,
)
def test_refused(tui_al, made: Cache, files, options: tuple[str, ...], explanation: str) -> None:
    before = files()
    result = tui_al(*RACE, *options)
    assert result.code == 2
    assert explanation in one_line(result.err)
    assert result.out == ""
    assert files() == before
