"""`run --param` and `--ips-param`: set, stored, told, refused."""

import json
from pathlib import Path

import polars as pl
import pytest

from tui_al.paths import Cache
from tui_al.results.store import ResultStore

PETS = ("--dataset", "pets", "--model", "glove-50", "--budget", "20", "--cycles", "3")


@pytest.fixture
def run(tui_al, pets: Path):
    """Run on the pets with these further options, as JSON."""
    assert tui_al("dataset", "add", "pets", str(pets)).code == 0
    return lambda *options: tui_al("run", *PETS, "--json", *options)


def _run_id(result) -> str:
    return json.loads(result.out.splitlines()[0])["run_id"]


def test_parameters_are_part_of_the_run_and_defaults_too(run, cache: Cache) -> None:
    plain, spelled_out, other = (
        run("--strategy", "typiclust", *options)
        for options in ((), ("--param", "neighbours=20"), ("--param", "neighbours=3"))
    )
    assert _run_id(plain) == _run_id(spelled_out) != _run_id(other)
    stored = ResultStore(cache.runs).runs().filter(pl.col("run_id") == _run_id(other)).collect()
    experiment = json.loads(stored["experiment"][0])["experiment"]
    assert experiment["strategy_params"] == {
        "neighbours": 3, "max_clusters": 500, "min_size": 5, "max_members": 1000,
        "fit_rows": 50_000,
    }  # fmt: skip
    assert experiment["ips_params"] == {}


def test_the_initial_pool_has_its_own(run) -> None:
    options = ("--strategy", "typiclust", "--ips", "typiclust")
    plain = run(*options)
    other = run(*options, "--ips-param", "max_clusters=2", "--ips-param", "neighbours=1")
    assert other.code == 0
    assert _run_id(plain) != _run_id(other)
    first, second = (json.loads(result.out.splitlines()[0]) for result in (plain, other))
    assert first["selected"] != second["selected"]


def test_what_is_left_out_is_told_printed_and_stored(run, cache: Cache) -> None:
    result = run("--strategy", "probcover", "--param", "max_pool=15")
    assert "balls around 15 of 48 texts (max_pool)" in result.err
    assert result.err.count("max_pool") == 1
    cycles = [json.loads(line) for line in result.out.splitlines()]
    assert "note" not in cycles[0]  # the initial pool was drawn from all
    assert {cycle["note"] for cycle in cycles[1:]} == {"balls around 15 of 48 texts (max_pool)"}
    notes = ResultStore(cache.runs).selections().sort("cycle").collect()["note"].to_list()
    assert notes == ["", *(cycle["note"] for cycle in cycles[1:])]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--param", "neighbours"), "write NAME=VALUE"),
        (("--param", "neighbors=5"), "has no parameter 'neighbors' (it has: fit_rows"),
        (("--param", "neighbours=0"), "neighbours must be at least 1, not 0"),
        (("--param", "neighbours=a\x1b[31m"), "must be a whole number"),
        (("--param", "neighbours=5", "--param", "neighbours=6"), "given twice"),
        (("--ips-param", "neighbours=5"), "strategy random has no parameter 'neighbours'"),
    ],
)
def test_mistakes_are_one_line_and_exit_code_2(run, options, words, cache: Cache) -> None:
    result = run("--strategy", "typiclust", *options)
    assert (result.code, result.out) == (2, "")
    assert words in result.err
    assert result.err.count("\n") == 1
    assert "\x1b" not in result.err
    assert not cache.embeddings.exists()


def test_strategies_lists_them(tui_al) -> None:
    listed = {
        row["name"]: row["parameters"] for row in json.loads(tui_al("strategies", "--json").out)
    }
    assert listed["margin"] == []
    assert listed["probcover"][0] == {
        "name": "purity", "default": 0.95, "meaning": "share of balls that must be pure",
        "minimum": 0, "maximum": 1,
    }  # fmt: skip
    shown = tui_al("strategies").out
    assert all(text in shown for text in ("neighbours=20", "max_clusters=500", "rate=0.75"))
