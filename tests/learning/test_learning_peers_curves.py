"""Learning curves as good as scikit-activeml's: the same experiment with its strategies and ours.

Runs are paired by seed: the same initial pool, classifier and test set. The strategies draw
at random inside, so that curves agree in the mean only. Two limits: the difference must not
be significant, and the mean over all seeds must be too small to matter. Among the strategies
themselves differences are larger, which the last test holds against the limits.
"""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import wilcoxon
from threadpoolctl import threadpool_limits

from tui_al.learning.experiment import Experiment
from tui_al.learning.simulate import simulate

pytestmark = [
    pytest.mark.peers,
    pytest.mark.filterwarnings("ignore:The maximum purity"),  # of a radius that was given
]

SEEDS = range(24)
SIGNIFICANT = 0.01  # p below
MATTERS = 0.005  # a mean difference of the area under the accuracy curve
SAME = {  # what both mean, where a default differs
    "typiclust": ({"neighbours": 5, "max_clusters": 100_000, "min_size": 0}, {}),
    "probcover": ({"radius": 0.7}, {"radius": 0.7}),
    "badge": ({}, {}),
    "dropquery": ({}, {}),
}


@pytest.fixture(scope="module")
def articles(bbcnews):
    """Some of them, for the peers' sake. Curves of so easy a dataset vary little by seed."""
    rows = np.random.default_rng(0).choice(len(bbcnews.train_x), 1000, replace=False)
    return replace(bbcnews, train_x=bbcnews.train_x[rows], train_y=bbcnews.train_y[rows])


@pytest.fixture
def peers(install_strategy):
    """The peers as strategies of another package, by names like ours."""
    classes = {
        "peer-typiclust": "PeerTypiClust",
        "peer-probcover": "PeerProbCover",
        "peer-badge": "PeerBadge",
        "peer-dropquery": "PeerDropQuery",
        "peer-coreset": "PeerCoreset",
    }
    install_strategy(f"from peer_strategies import {', '.join(classes.values())}", **classes)


def _areas(data, strategy, parameters, seeds=SEEDS, **size):
    """The area under the accuracy curve, divided by its range of labels: one a seed."""
    areas = []
    for seed in seeds:
        experiment = Experiment(strategy, seed=seed, strategy_params=parameters, **size)
        with threadpool_limits(1):  # as in runs: with several, last bits and choices vary
            records = list(simulate(data, experiment))
        labels = [record.n_labeled for record in records]
        area = np.trapezoid([record.accuracy for record in records], labels)
        areas.append(area / (labels[-1] - labels[0]))
    return np.array(areas)


def _assert_alike(ours, theirs, matters=MATTERS):
    difference = (ours - theirs).mean()
    summary = f"difference {difference:+.4f}, p = {wilcoxon(ours, theirs).pvalue:.3f}"
    assert abs(difference) < matters, summary
    assert wilcoxon(ours, theirs).pvalue > SIGNIFICANT, summary


@pytest.mark.parametrize("name", SAME)
def test_curves_do_not_differ(articles, peers, name):
    ours, theirs = SAME[name]
    _assert_alike(
        _areas(articles, name, ours, budget=250, cycles=5),
        _areas(articles, f"peer-{name}", theirs, budget=250, cycles=5),
    )


def test_coreset_curves_are_the_same(articles, peers):
    """Nothing is drawn after the initial pool."""
    ours = _areas(articles, "coreset", {}, budget=250, cycles=5)
    theirs = _areas(articles, "peer-coreset", {}, budget=250, cycles=5)
    np.testing.assert_allclose(ours, theirs, atol=0.001)


@pytest.mark.sweep
@pytest.mark.parametrize("name", SAME)
def test_curves_do_not_differ_at_full_size(embedded, peers, name):
    """As in the benchmark: trec6, 1000 labels in 20 cycles."""
    data = embedded("trec6", "minilm-l6")
    ours, theirs = SAME[name]
    _assert_alike(
        _areas(data, name, ours, seeds=range(10), budget=1000, cycles=20),
        _areas(data, f"peer-{name}", theirs, seeds=range(10), budget=1000, cycles=20),
        matters=0.01,  # its curves vary more
    )


def test_the_limits_tell_strategies_apart(articles):
    one, other = (_areas(articles, name, {}, budget=250, cycles=5) for name in ("badge", "coreset"))
    assert (one - other).mean() > MATTERS
    assert wilcoxon(one, other).pvalue < SIGNIFICANT
