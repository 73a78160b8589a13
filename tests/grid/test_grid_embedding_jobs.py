"""Many embeddings in one go: order, failures, models kept, and what they would take."""

from pathlib import Path

import pytest
from embedding_samples import save_tiny_model

from tui_al.catalog import find_model
from tui_al.corpora.user import add_dataset
from tui_al.embeddings.encoders import EncoderOptions
from tui_al.embeddings.inventory import list_entries
from tui_al.errors import Cancelled
from tui_al.grid import embed
from tui_al.grid.embed import Embedded, EmbeddingFailed, JobRunner, plan_jobs, worst_exit_code
from tui_al.paths import Cache, free_bytes
from tui_al.progress import Progress


@pytest.fixture
def datasets(cache: Cache, tmp_path: Path) -> list[str]:
    for name, rows in (("one", 40), ("two", 60)):
        path = tmp_path / f"{name}.csv"
        lines = [f"{name} {'cat' if row % 2 else 'dog'} {row},{row % 2}" for row in range(rows)]
        path.write_text("\n".join(["text,label", *lines]), "utf-8")
        add_dataset(name, path, cache)
    return ["one", "two"]


@pytest.fixture
def runner(cache: Cache) -> JobRunner:
    return JobRunner(cache, None, EncoderOptions())


def ignore(job: object, progress: Progress) -> None:
    """The listener of those who do not listen."""


SPECS = [find_model("glove-50"), find_model("wordllama-256")]


def test_every_dataset_with_every_model_once_model_by_model():
    jobs = plan_jobs(["one", "two", "one"], [*SPECS, SPECS[0]])
    assert [(job.number, job.dataset, job.spec.name) for job in jobs] == [
        (0, "one", "glove-50"),
        (1, "two", "glove-50"),
        (2, "one", "wordllama-256"),
        (3, "two", "wordllama-256"),
    ]


def test_all_are_embedded_and_weights_loaded_once_a_model(cache, runner, datasets, monkeypatch):
    loaded: list[str] = []
    load = embed.load_encoder
    monkeypatch.setattr(
        embed, "load_encoder", lambda spec, *rest: loaded.append(spec.name) or load(spec, *rest)
    )
    jobs = plan_jobs(datasets, SPECS)
    outcomes = list(runner.run(jobs, ignore))
    assert [outcome.job for outcome in outcomes] == jobs
    assert all(isinstance(outcome, Embedded) and outcome.fresh for outcome in outcomes)
    assert loaded == ["glove-50", "wordllama-256"]
    assert len(list_entries(cache)) == 4
    again = list(runner.run(jobs, ignore))
    assert not any(outcome.fresh for outcome in again)
    assert [outcome.entry for outcome in again] == [outcome.entry for outcome in outcomes]
    assert [outcome.quality for outcome in again] == [outcome.quality for outcome in outcomes]
    assert worst_exit_code(again) == 0


def test_a_job_that_fails_does_not_stop_the_rest(runner, datasets, tmp_path):
    save_tiny_model("bert", tmp_path / "broken")
    (tmp_path / "broken" / "model.safetensors").write_bytes(b"no weights")
    specs = [find_model(str(tmp_path / "broken")), SPECS[0]]
    outcomes = list(runner.run(plan_jobs(datasets, specs), ignore))
    assert [type(outcome) for outcome in outcomes] == [EmbeddingFailed] * 2 + [Embedded] * 2
    assert "broken" in outcomes[0].reason
    assert "\n" not in outcomes[0].reason
    assert worst_exit_code(outcomes) == 2


def test_an_error_of_a_library_is_one_job_and_exit_code_1(runner, datasets, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("mat1 and mat2\nshapes cannot be multiplied")

    monkeypatch.setattr(embed, "embed_corpus", fail)
    (outcome,) = runner.run(plan_jobs(["one"], SPECS[:1]), ignore)
    assert outcome.reason == "RuntimeError: mat1 and mat2"
    assert worst_exit_code([outcome]) == 1
    wrong = EmbeddingFailed(outcome.job, "wrong", 2)
    assert worst_exit_code([wrong]) == 2
    assert worst_exit_code([wrong, outcome]) == 1


def test_cancelling_ends_them_all(cache, runner, datasets):
    def cancel(job: object, progress: Progress) -> None:
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        list(runner.run(plan_jobs(datasets, SPECS), cancel))
    assert list_entries(cache) == []


def test_the_listener_hears_which_job_it_is(runner, datasets):
    heard: list[tuple[int, str]] = []
    jobs = plan_jobs(datasets, SPECS[:1])
    list(runner.run(jobs, lambda job, progress: heard.append((job.number, progress.stage))))
    assert {number for number, _ in heard} == {0, 1}
    assert all(jobs[number].dataset in stage for number, stage in heard)


def test_an_estimate_counts_what_an_embedding_will_have(cache, runner, datasets):
    (estimate,) = runner.estimate(plan_jobs(["two"], SPECS[1:]), ignore)
    assert list_entries(cache) == []
    assert (estimate.state, estimate.rows, estimate.rows_left) == ("new", 60, 60)
    (done,) = runner.run(plan_jobs(["two"], SPECS[1:]), ignore)
    assert estimate.n_tokens == pytest.approx(done.entry.meta["tokens"], rel=0.1)
    files = done.entry.meta["files"].values()
    assert estimate.n_bytes == sum(file["bytes"] for file in files) - 2 * 128  # headers
    assert estimate.bytes_left == estimate.n_bytes
    (after,) = runner.estimate(plan_jobs(["two"], SPECS[1:]), ignore)
    assert (after.state, after.rows_left, after.seconds, after.bytes_left) == ("stored", 0, 0, 0)


def test_half_the_numbers_take_half_the_disk(runner, datasets):
    specs = [find_model("glove-50"), find_model("glove-50+disk=float16")]
    whole, half = runner.estimate(plan_jobs(["one"], specs), ignore)
    assert half.n_bytes * 2 == whole.n_bytes


def test_weights_that_are_elsewhere_are_not_fetched_for_an_estimate(runner, datasets):
    specs = [find_model("nv-embed-v2"), find_model("owner/unheard-of")]
    known, unknown = runner.estimate(plan_jobs(["one"], specs), ignore)
    assert known.n_bytes == 40 * 4096 * 4
    assert (unknown.n_bytes, unknown.seconds, unknown.n_tokens) == (None, None, None)


def test_a_begun_embedding_is_estimated_by_what_is_left(cache, runner, tmp_path):
    path = tmp_path / "long.csv"
    path.write_text("\n".join(["text,label", *(f"cat {n},{n % 2}" for n in range(2000))]))
    add_dataset("long", path, cache)

    def stop(job: object, progress: Progress) -> None:
        if progress.done >= 600:
            raise Cancelled("stopped")

    jobs = plan_jobs(["long"], SPECS[1:])
    with pytest.raises(Cancelled):
        list(runner.run(jobs, stop))
    (estimate,) = runner.estimate(jobs, ignore)
    assert estimate.state == "begun"
    assert 0 < estimate.rows_left < 2000
    assert estimate.bytes_left == 0  # the room is taken already


def test_what_cannot_fit_on_the_disk_is_refused_before_the_work(
    cache, runner, datasets, monkeypatch
):
    monkeypatch.setattr("tui_al.paths.free_bytes", lambda _: 1000)
    (outcome,) = runner.run(plan_jobs(["one"], SPECS[:1]), ignore)
    assert isinstance(outcome, EmbeddingFailed)
    assert "embedding one with glove-50 needs" in outcome.reason
    assert outcome.exit_code == 2
    assert list_entries(cache) == []
    assert not list((cache.embeddings / "one").iterdir())


def test_free_bytes_of_a_folder_that_is_not_there_yet(tmp_path):
    assert free_bytes(tmp_path / "a" / "b") == free_bytes(tmp_path) > 0
