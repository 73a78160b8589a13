"""What is told of one run, and the command that repeats it."""

import shlex

import pytest
from grid_samples import add_made_up

from tui_al.paths import Cache, find_reference
from tui_al.report.run_facts import describe_run, repeat_command
from tui_al.results.store import ResultStore

RUN = ("run", "--dataset", "made", "--model", "glove-50", "--cycles", "3")
WITH_PARAMETERS = ("--strategy", "typiclust", "--param", "neighbours=7", "--ips", "coreset",
                   "--seed", "4", "--initial", "12", "--budget", "31")  # fmt: skip


def only_run(cache: Cache) -> dict[str, object]:
    (row,) = ResultStore(cache.runs).runs().collect().to_dicts()
    return row


@pytest.mark.parametrize("options", [(), WITH_PARAMETERS])
def test_the_command_repeats_the_run(tui_al, cache: Cache, options: tuple[str, ...]) -> None:
    add_made_up(cache)
    assert tui_al(*RUN, *options).code == 0
    run = only_run(cache)
    program, *arguments = shlex.split(repeat_command(run))
    assert program == "tui-al"
    assert tui_al(*arguments).code == 0
    assert only_run(cache)["run_id"] == run["run_id"]


def test_the_facts_are_those_of_the_run(tui_al, cache: Cache) -> None:
    add_made_up(cache)
    assert tui_al(*RUN, *WITH_PARAMETERS).code == 0
    run = only_run(cache)
    groups = {group.title: dict(group.facts) for group in describe_run(run)}
    assert list(groups) == ["Run", "Experiment", "Computed from", "Computed by"]
    assert groups["Run"]["id"] == run["run_id"]
    experiment = groups["Experiment"]
    assert experiment["strategy"].startswith("typiclust (")
    assert "neighbours=7" in experiment["strategy"]
    assert experiment["initial pool"] == "coreset"
    assert experiment["seed"] == "4"
    assert experiment["labels"] == "12, then 3 cycles of 6"
    assert "numpy" in groups["Computed by"]["versions"]
    assert groups["Computed from"]["embedding"]


def test_every_run_that_comes_with_the_program_can_be_told() -> None:
    runs = ResultStore(find_reference()).runs().collect()
    sample = runs.group_by("dataset", "strategy", "k0").first()
    assert sample.height > 50
    for run in sample.to_dicts():
        assert describe_run(run)
        assert repeat_command(run).startswith("tui-al run --dataset ")


def test_an_older_run_tells_what_it_has(tui_al, cache: Cache) -> None:
    add_made_up(cache)
    assert tui_al(*RUN).code == 0
    older = only_run(cache) | dict.fromkeys(("fingerprints", "classes", "embedding_seconds"))
    titles = [group.title for group in describe_run(older)]
    assert titles == ["Run", "Experiment", "Computed by"]
