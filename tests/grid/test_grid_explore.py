"""What stored runs did, beside what the simulation itself would say about them."""

import json
import shutil
from contextlib import closing
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from grid_samples import add_made_up, plan_batches, small_plan

from tui_al.corpora.load import load_corpus
from tui_al.embeddings.inventory import list_entries
from tui_al.errors import BadInput
from tui_al.grid.execute import execute
from tui_al.grid.explore import compare_choices, find_texts, predict_batches, view_cycle
from tui_al.grid.local import LocalWorkers
from tui_al.grid.pools import Pool, open_pool
from tui_al.grid.run import stored_experiment
from tui_al.learning.dataset import EmbeddedDataset
from tui_al.learning.simulate import simulate
from tui_al.learning.strategies import make_strategy
from tui_al.paths import Cache
from tui_al.results.reading import list_queried_runs, read_run
from tui_al.results.runs import RecordedRun, RunIdentity
from tui_al.results.store import ResultStore

STRATEGIES = ["margin", "badge", "random"]


@pytest.fixture
def stored(made: Cache) -> Cache:
    """The cache with six runs: three strategies, two seeds, three cycles."""
    plan = small_plan(models=["glove-50"], ips=["random"], strategies=STRATEGIES)
    with closing(LocalWorkers(1, made)) as pool:
        list(execute(plan_batches(plan, made), pool, made))
    return made


@pytest.fixture
def store(stored: Cache) -> ResultStore:
    return ResultStore(stored.runs)


def _read(store: ResultStore, strategy: str, seed: int = 0) -> RecordedRun:
    runs = list_queried_runs(store)
    (found,) = [run for run in runs if (run.strategy, run.seed) == (strategy, seed)]
    return read_run(store, found.run_id)


@pytest.fixture
def run(store: ResultStore) -> RecordedRun:
    return _read(store, "margin")


@pytest.fixture
def pool(run: RecordedRun, stored: Cache) -> Pool:
    return open_pool(run, stored)


def _data(cache: Cache, pool: Pool) -> EmbeddedDataset:
    corpus = load_corpus("made", cache)
    assert pool.entry is not None
    train, test = pool.entry.open()
    return EmbeddedDataset.from_arrays(
        train, corpus.train.labels, test, corpus.test.labels, classes=corpus.classes, budget=40
    )


def test_a_run_reads_as_what_was_stored(
    stored: Cache, store: ResultStore, run: RecordedRun, pool: Pool
) -> None:
    records = list(simulate(_data(stored, pool), stored_experiment(run.identity.experiment)))
    timeless = [replace(record, fit_seconds=0, query_seconds=0) for record in records]
    assert [replace(record, fit_seconds=0, query_seconds=0) for record in run.records] == timeless
    assert run.origin.classes == ("class 0", "class 1", "class 2", "class 3")
    assert {(r.strategy, r.seed) for r in list_queried_runs(store)} == {
        (strategy, seed) for strategy in STRATEGIES for seed in (0, 1)
    }


def test_runs_of_initial_pools_alone_are_not_listed(stored: Cache, store: ResultStore) -> None:
    known = {run.run_id for run in list_queried_runs(store)}
    with closing(LocalWorkers(1, stored)) as workers:
        plan = small_plan(models=["glove-50"], strategies=["random"], cycles=0, budget=20)
        list(execute(plan_batches(plan, stored), workers, stored))
    assert len(store.run_ids()) > len(known)
    assert {run.run_id for run in list_queried_runs(store)} == known


def test_a_run_that_is_gone_is_bad_input(store: ResultStore) -> None:
    with pytest.raises(BadInput, match="run nowhere is not stored any more"):
        read_run(store, "nowhere")


@pytest.mark.parametrize("known", [{1}, {1, 2}, {2}, {1, 2, 3}, set()])
def test_what_is_known_is_passed_over(store: ResultStore, stored: Cache, known: set[int]) -> None:
    run = _read(store, STRATEGIES[0])
    pool = open_pool(run, stored)
    everything = {one.cycle: one for one in predict_batches(run, pool)}
    found = list(predict_batches(run, pool, known))
    assert [one.cycle for one in found] == [cycle for cycle in (1, 2, 3) if cycle not in known]
    for one in found:
        assert one.classes == everything[one.cycle].classes
        assert one.confidences == pytest.approx(everything[one.cycle].confidences, abs=1e-3)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_predictions_are_those_of_the_run_itself(
    store: ResultStore, stored: Cache, strategy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the strategy saw of the texts that it then chose, watched from inside a run."""
    seen = []

    class Watched:
        def query(self, view, n, rng):
            query = make_strategy(strategy, {}).query(view, n, rng)
            shares = view.fitted.probabilities(view.features[query.indices])
            seen.append((tuple(shares.argmax(axis=1).tolist()), shares.max(axis=1)))
            return query

    run = _read(store, strategy)
    pool = open_pool(run, stored)
    experiment = stored_experiment(run.identity.experiment)
    simulation = "tui_al.learning.simulate.make_strategy"
    initial = make_strategy(experiment.ips, experiment.ips_params)
    makers = iter([initial, Watched()])
    monkeypatch.setattr(simulation, lambda *_: next(makers))
    list(simulate(_data(stored, pool), experiment))
    found = list(predict_batches(run, pool))
    assert [predictions.cycle for predictions in found] == [1, 2, 3]
    assert len(seen) == 3
    for predictions, (classes, confidences) in zip(found, seen, strict=True):
        assert predictions.classes == classes
        np.testing.assert_allclose(predictions.confidences, confidences, rtol=1e-6)


def test_a_cycle_shows_each_text_with_what_is_known_of_it(run: RecordedRun, pool: Pool) -> None:
    predictions = {found.cycle: found for found in predict_batches(run, pool)}
    view = view_cycle(run, pool, 2, predictions[2])
    assert [choice.index for choice in view.chosen] == list(run.records[2].selected)
    assert pool.labels is not None
    for place, choice in enumerate(view.chosen):
        assert choice.text == f"train text {choice.index}"
        assert choice.label == f"class {choice.index % 4}"
        assert choice.predicted == f"class {predictions[2].classes[place]}"
        assert choice.score == run.records[2].scores[place]
        assert choice.wrong == (choice.label != choice.predicted)
    assert view.wrong == sum(choice.wrong for choice in view.chosen)
    assert view.wrong


def test_scores_that_were_not_stored_are_none(run: RecordedRun, pool: Pool) -> None:
    records = [replace(record, scores=()) for record in run.records]
    view = view_cycle(replace(run, records=records), pool, 1)
    assert {choice.score for choice in view.chosen} == {None}


def test_predictions_of_another_cycle_are_not_shown(run: RecordedRun, pool: Pool) -> None:
    predictions = list(predict_batches(run, pool))
    view = view_cycle(run, pool, 1, predictions[1])
    assert {choice.predicted for choice in view.chosen} == {None}
    assert view.wrong is None


def test_classes_are_counted(run: RecordedRun, pool: Pool) -> None:
    for cycle, record in enumerate(run.records):
        view = view_cycle(run, pool, cycle)
        so_far = [index % 4 for past in run.records[: cycle + 1] for index in past.selected]
        for number, count in enumerate(view.classes):
            assert count.name == f"class {number}"
            assert count.batch == sum(index % 4 == number for index in record.selected)
            assert count.so_far == so_far.count(number)
            assert count.pool == 30
        assert view.unseen == tuple(f"class {n}" for n in range(4) if n not in so_far)


def test_runs_without_stored_class_labels_take_the_corpus_s(run: RecordedRun, pool: Pool) -> None:
    older = replace(run, records=[replace(r, class_labels=()) for r in run.records])
    for cycle in range(4):
        assert view_cycle(older, pool, cycle) == replace(
            view_cycle(run, pool, cycle), record=older.records[cycle]
        )
    assert view_cycle(older, Pool(pool.classes), 2).classes == ()


def test_unseen_classes_come_and_go(run: RecordedRun, pool: Pool) -> None:
    labels = [(3, 0, 0, 1), (3, 2, 0, 4), (9, 9, 0, 9), (9, 9, 1, 9)]
    pairs = zip(run.records, labels, strict=True)
    records = [replace(record, class_labels=counts) for record, counts in pairs]
    unseen = [view_cycle(replace(run, records=records), pool, cycle).unseen for cycle in range(4)]
    assert unseen == [("class 1", "class 2"), ("class 2",), ("class 2",), ()]


def test_beyond_its_end_a_run_shows_its_last_cycle(run: RecordedRun, pool: Pool) -> None:
    assert view_cycle(run, pool, 99) == view_cycle(run, pool, 3)


def test_equal_seeds_share_their_initial_pool(store: ResultStore) -> None:
    one, other = _read(store, "margin"), _read(store, "badge")
    initial = frozenset(one.records[0].selected)
    start = compare_choices(one, other, 0)
    assert start.batch == start.so_far == start.initial == initial
    for cycle in range(1, 4):
        overlap = compare_choices(one, other, cycle)
        batches = [set(run.records[cycle].selected) for run in (one, other)]
        assert overlap.batch == batches[0] & batches[1]
        past = [{i for r in run.records[: cycle + 1] for i in r.selected} for run in (one, other)]
        assert overlap.so_far == past[0] & past[1]
        assert overlap.so_far >= overlap.batch | initial
    assert not compare_choices(one, _read(store, "margin", 1), 0).batch >= initial


def test_a_shorter_run_has_no_batch_after_its_end(store: ResultStore) -> None:
    one, other = _read(store, "margin"), _read(store, "badge")
    shorter = replace(other, records=other.records[:2])
    overlap = compare_choices(one, shorter, 3)
    assert not overlap.batch
    assert overlap.so_far >= overlap.initial


def test_texts_are_found_where_they_were_chosen(
    store: ResultStore, run: RecordedRun, pool: Pool
) -> None:
    other = _read(store, "badge")
    hits = find_texts("TRAIN text", pool, [run, other])
    chosen = {i for r in (*run.records, *other.records) for i in r.selected}
    assert {hit.index for hit in hits} == chosen
    for hit in hits:
        for found, one in zip(hit.cycles, (run, other), strict=True):
            when = [record.cycle for record in one.records if hit.index in record.selected]
            assert found == (when[0] if when else None)
    firsts = [min(cycle for cycle in hit.cycles if cycle is not None) for hit in hits]
    assert firsts == sorted(firsts)
    everywhere = find_texts("train text", pool, [run, other], everywhere=True)
    assert everywhere[: len(hits)] == hits
    assert {hit.cycles for hit in everywhere[len(hits) :]} == {(None, None)}
    assert len(everywhere) == 120


@pytest.mark.parametrize("words", ["", "   ", "no such words", "train  text"])
def test_nothing_is_found_where_nothing_matches(words: str, run: RecordedRun, pool: Pool) -> None:
    assert find_texts(words, pool, [run], everywhere=True) == []


def test_texts_without_an_embedding_are_shown_without_predictions(
    run: RecordedRun, stored: Cache
) -> None:
    for entry in list_entries(stored, "made"):
        shutil.rmtree(entry.folder)
    pool = open_pool(run, stored)
    assert pool.missing.startswith("made is not embedded with glove-50 on this machine: 'tui-al")
    assert list(predict_batches(run, pool)) == []
    view = view_cycle(run, pool, 1)
    assert all(choice.text and choice.label for choice in view.chosen)
    assert all(count.pool for count in view.classes)


def test_without_texts_the_stored_counts_remain(run: RecordedRun, stored: Cache) -> None:
    shutil.rmtree(stored.corpora)
    pool = open_pool(run, stored)
    assert pool.missing == (
        "the texts of made are not on this machine: 'tui-al dataset add made FILE' adds them"
    )
    assert list(predict_batches(run, pool)) == []
    view = view_cycle(run, pool, 1)
    assert [choice.index for choice in view.chosen] == list(run.records[1].selected)
    assert {(choice.text, choice.label, choice.predicted) for choice in view.chosen} == {
        (None, None, None)
    }
    assert [count.name for count in view.classes] == list(run.origin.classes)
    assert {count.pool for count in view.classes} == {None}
    assert find_texts("train", pool, [run], everywhere=True) == []


def test_nothing_is_downloaded(stored: Cache, run: RecordedRun) -> None:
    """The test's network is off: asking for the Hub's text would fail in another way."""
    elsewhere = replace(run, identity=replace(run.identity, dataset="trec6", model="minilm-l6"))
    assert open_pool(elsewhere, stored).missing == (
        "the texts of trec6 are not on this machine: "
        "'tui-al embed --dataset trec6 --model minilm-l6' gets them"
    )
    assert not (stored.corpora / "trec6").exists()


def test_another_text_of_the_same_name_is_not_shown(run: RecordedRun, stored: Cache) -> None:
    add_made_up(stored, n_train=130)
    pool = open_pool(run, stored)
    assert pool.missing == "the texts of made on this machine are others than this run chose from"
    assert (pool.texts, pool.labels, pool.features) == (None, None, None)


@pytest.mark.parametrize("replaced", [False, True])
def test_runs_of_earlier_versions_know_their_text_by_their_embedding(
    run: RecordedRun, stored: Cache, replaced: bool
) -> None:
    if replaced:
        shutil.rmtree(stored.embeddings)
        add_made_up(stored, n_train=130)
    older = replace(run, origin=replace(run.origin, fingerprints=None))
    assert (open_pool(older, stored).texts is None) == replaced


def test_an_embedding_of_another_release_is_not_taken(run: RecordedRun, stored: Cache) -> None:
    facts = json.loads(run.identity.experiment) | {"embedding": "0" * 32}
    identity: RunIdentity = replace(run.identity, experiment=json.dumps(facts))
    pool = open_pool(replace(run, identity=identity), stored)
    assert "another release of glove-50" in pool.missing
    assert pool.texts is not None
    assert pool.features is None


def test_a_damaged_embedding_is_named(run: RecordedRun, stored: Cache, pool: Pool) -> None:
    assert pool.entry is not None
    path = pool.entry.folder / "train.npy"
    path.write_bytes(path.read_bytes()[:-1])
    damaged = open_pool(run, stored)
    assert str(path) in damaged.missing
    assert damaged.features is None
    assert damaged.texts is not None


def test_lists_that_were_not_stored_are_empty(stored: Cache, store: ResultStore) -> None:
    (part, *_) = sorted(stored.runs.glob("*.parquet"))
    frame = pl.read_parquet(part)
    part.unlink()
    names = ("selected", "scores", "class_recall", "class_labels", "classes", "note")
    nothing = [pl.lit(None, frame.schema[name]).alias(name) for name in names]
    frame.with_columns(nothing).write_parquet(stored.runs / "older.parquet")
    run = read_run(store, frame["run_id"][0])
    record = run.records[1]
    assert (record.selected, record.scores, record.class_labels, record.note) == ((), (), (), "")
    assert list(predict_batches(run, open_pool(run, stored))) == []
    assert view_cycle(run, open_pool(run, stored), 1).chosen == ()
