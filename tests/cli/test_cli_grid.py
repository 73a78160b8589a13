"""`tui-al grid`, `verify`, and the evidence of a report."""

import json
from pathlib import Path

import pytest
from distributed import LocalCluster
from grid_samples import add_made_up, small_plan, write_plan
from test_cli_refused import one_line

from tui_al.paths import Cache
from tui_al.results.failures import Failures
from tui_al.results.store import ResultStore

GRID = ("grid", "--dataset", "made", "--model", "glove-50", "--ips", "random", "--strategy",
        "margin", "--strategy", "badge", "--cycles", "3", "--workers", "1")  # fmt: skip


@pytest.fixture
def made(cache: Cache) -> Cache:
    add_made_up(cache)
    return cache


def test_dry_run_then_grid_then_nothing_left(tui_al, made: Cache) -> None:
    dry = tui_al(*GRID, "--dry-run")
    assert dry.code == 0
    assert "made     margin       5" in dry.out
    assert "total                10       0       0" in dry.out
    assert "10 runs to compute: about" in dry.out
    assert not made.runs.exists()
    done = tui_al(*GRID)
    assert (done.code, done.out) == (0, "")
    assert "10 runs computed in" in done.err
    assert len(ResultStore(made.runs).run_ids()) == 10
    again = tui_al(*GRID)
    assert "nothing is left to compute" in again.err
    more = tui_al(*GRID, "--seeds", "6")
    assert "2 runs computed in" in more.err


def test_a_plan_file_and_options_that_replace_its_entries(tui_al, made: Cache, tmp_path) -> None:
    path = write_plan(tmp_path / "grid.toml", small_plan())
    assert "24 runs to compute" in tui_al("grid", "--plan", str(path), "--dry-run").out
    fewer = tui_al("grid", "--plan", str(path), "--dry-run", "--seed", "7", "--model", "glove-50")
    assert "6 runs to compute" in fewer.out


def test_the_sweep_of_initial_pools_and_its_report(tui_al, made: Cache) -> None:
    sweep = ("grid", "--dataset", "made", "--model", "glove-50", "--experiment", "ips",
             "--seeds", "2", "--workers", "1")  # fmt: skip
    dry = tui_al(*sweep, "--dry-run")
    assert "made is too small for initial pools of 250, 300, 500, 1,000, 2,500, 5,000" in dry.out
    assert "18 runs to compute" in dry.out
    assert tui_al(*sweep).code == 0
    report = tui_al("report", "--dataset", "made")
    lines = [line.split() for line in report.out.splitlines()]
    header = lines.index(["model", "ips", "20", "50", "100"])
    pools = [line[1] for line in lines[header + 1 : header + 4]]
    assert pools == ["coreset", "random", "typiclust"]


def test_fit_says_what_it_left_out(tui_al, made: Cache, monkeypatch) -> None:
    from tui_al.grid import preflight

    monkeypatch.setattr(preflight, "makespan", lambda seconds, workers: 10.0 * len(list(seconds)))
    dry = tui_al(*GRID, "--fit", "1m", "--dry-run")
    assert "to fit the time: left out seeds 3, 4 everywhere, 4 runs" in dry.out
    assert "6 runs to compute" in dry.out
    refused = tui_al(*GRID, "--fit", "19s")
    assert refused.code == 2
    assert "one seed alone takes about 20 s" in refused.err


def test_a_grid_on_a_cluster(tui_al, made: Cache) -> None:
    options = GRID[:-2]
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as cluster:
        address = cluster.scheduler_address
        done = tui_al(*options, "--scheduler", address)
        refused = tui_al(*options, "--scheduler", address, "--workers", "2")
    assert done.code == 0, done.err
    assert "10 runs to compute: about" in done.err
    assert "10 runs computed" in done.err
    assert len(ResultStore(made.runs).run_ids()) == 10
    assert refused.code == 2
    assert "leave out --workers" in one_line(refused.err)


def test_failures_are_told_kept_and_retried(tui_al, made: Cache) -> None:
    assert tui_al(*GRID, "--seeds", "1").code == 0
    (part,) = made.runs.glob("*.parquet")
    runs = ResultStore(made.runs).runs().collect().to_dicts()
    part.unlink()
    from tui_al.results.runs import RunIdentity

    fields = RunIdentity.__slots__
    run = RunIdentity(**{name: runs[0][name] for name in fields})
    Failures(made.failures).record(run, "ValueError: by chance")
    left = tui_al(*GRID, "--seeds", "1")
    assert left.code == 0
    assert "1 run failed before: --retry-failed computes it again" in left.err
    assert "1 run computed" in left.err
    retried = tui_al(*GRID, "--seeds", "1", "--retry-failed")
    assert "1 run computed" in retried.err
    assert not list(made.failures.iterdir())


def test_a_failure_makes_the_command_fail(tui_al, made: Cache, monkeypatch) -> None:
    from tui_al.grid import local

    monkeypatch.setattr(local, "compute_batch", _failing)
    done = tui_al(*GRID, "--seeds", "1")
    assert done.code == 1
    assert "made x glove-50, badge from random, seed 0 failed: ValueError: odd" in done.err
    assert "2 runs failed: ValueError: odd" in done.err


def _failing(data, runs, cache, *, wait):
    from tui_al.grid.batch import Outcome

    return Outcome(failed={run.identity.run_id: "ValueError: odd" for run in runs})


def test_verify_agrees_and_finds_an_altered_figure(tui_al, made: Cache) -> None:
    import polars as pl

    assert tui_al(*GRID).code == 0
    fine = tui_al("verify", "--dataset", "made")
    assert fine.code == 0
    assert "5 of 5 runs agree exactly in every cycle; 0 do not agree" in fine.out
    (part,) = made.runs.glob("*.parquet")
    frame = pl.read_parquet(part)
    part.unlink()
    frame.with_columns(pl.col("macro_f1") + 1e-3).write_parquet(made.runs / "altered.parquet")
    wrong = tui_al("verify", "--percent", "100", "--seed", "3")
    assert wrong.code == 1
    assert wrong.out.count("DIFFERS: 0.0010 apart (cycle") == 10
    assert "0 of 10 runs agree exactly in every cycle; 10 do not agree (--seed 3" in wrong.out


def test_verify_with_nothing_to_compare(tui_al, cache: Cache) -> None:
    nothing = tui_al("verify")
    assert nothing.code == 1
    assert "nothing is stored yet" in nothing.err


def test_evidence_is_all_that_repeats_a_run(tui_al, made: Cache, tmp_path: Path) -> None:
    from tui_al import Experiment, load_embedded, simulate

    assert tui_al(*GRID).code == 0
    file = tmp_path / "evidence.json"
    done = tui_al("report", "--dataset", "made", "--strategy", "badge", "--evidence", str(file))
    assert (done.code, done.out) == (0, "")
    evidence = json.loads(file.read_text("utf-8"))
    assert len(evidence["runs"]) == 5
    assert [setting["seeds"] for setting in evidence["settings"]] == [5]
    run = evidence["runs"][0]
    assert run["machine"].keys() == {"cores", "architecture", "system", "instructions", "blas"}
    assert {"python", "numpy", "scipy", "tui-al"} <= run["versions"].keys()
    assert {"text", "weights", "revision", "train.npy", "test.npy"} <= run["fingerprints"].keys()
    experiment = Experiment(**run["experiment"]["experiment"])
    computed = list(simulate(load_embedded("made", "glove-50"), experiment))
    assert [c["accuracy"] for c in run["cycles"]] == [record.accuracy for record in computed]
    assert [c["selected"] for c in run["cycles"]] == [list(r.selected) for r in computed]
    text = file.read_text("utf-8")
    assert str(made.root) not in text
    assert "train text" not in text


@pytest.mark.parametrize(
    ("options", "explanation"),
    [
        (("--dataset", "made"), "a grid needs models: give --model"),
        (("--model", "glove-50"), "a grid needs datasets: give --dataset"),
        (("--dataset", "maed", "--model", "glove-50"), "unknown dataset 'maed'"),
        (("--dataset", "bbcnews", "--model", "glove"), "unknown model 'glove'"),
        ((*GRID[1:], "--strategy", "x"), "unknown query strategy 'x'"),
        ((*GRID[1:], "--fit", "soon"), "'soon' is no duration"),
        ((*GRID[1:], "--plan", "nowhere.toml"), "cannot read the plan nowhere.toml"),
        ((*GRID[1:], "--seeds", "0"), "--seeds"),
        ((*GRID[1:], "--seeds", "2", "--seed", "1"), "give --seeds or --seed"),
        ((*GRID[1:], "--experiment", "ips"), "the sweep of initial pools has no strategies"),
        ((*GRID[1:], "--initial", "9", "--initial", "8"), "several initial pools are a sweep"),
    ],
    ids=lambda value: " ".join(value)[-40:] if isinstance(value, tuple) else "",
)
def test_refused(tui_al, files, options: tuple[str, ...], explanation: str) -> None:
    result = tui_al("grid", *options)
    assert result.code == 2
    assert explanation in one_line(result.err)
    assert result.out == ""
    assert files() == set()
