"""The same choices as scikit-activeml, from the same probabilities or features."""

from dataclasses import replace

import numpy as np
import pytest
from learning_samples import view_of
from skactiveml.base import SkactivemlClassifier
from skactiveml.pool import CoreSet, UncertaintySampling

from tui_al.learning.experiment import Experiment
from tui_al.learning.simulate import simulate
from tui_al.learning.strategies import make_strategy

pytestmark = pytest.mark.peers


@pytest.fixture(scope="module")
def articles(bbcnews):
    """The articles without those that were published twice: duplicates tie."""
    first = np.sort(np.unique(bbcnews.train_x.round(3), axis=0, return_index=True)[1])
    return replace(bbcnews, train_x=bbcnews.train_x[first], train_y=bbcnews.train_y[first])


class _Fitted(SkactivemlClassifier):
    """Our fitted classifier behind their interface."""

    def __init__(self, classifier=None, classes=None, missing_label=-1):
        super().__init__(classes=classes, missing_label=missing_label)
        self.classifier = classifier

    def fit(self, X, y, sample_weight=None):  # noqa: N803
        return self

    def predict_proba(self, X):  # noqa: N803
        return self.classifier.probabilities(np.asarray(X, dtype=np.float32))


def _hidden(data, labeled):
    y = np.full(len(data.train_x), -1)
    y[labeled] = data.train_y[labeled]
    return y


def _ours(name, view, n):
    return make_strategy(name, {}).query(view, n, np.random.default_rng(0)).indices.tolist()


@pytest.mark.parametrize("n_labeled", [12, 60, 300])
@pytest.mark.parametrize(("name", "method"), [("margin", "margin_sampling"), ("entropy",) * 2])
def test_uncertainty(articles, name, method, n_labeled):
    labeled = np.random.default_rng(n_labeled).choice(
        len(articles.train_x), n_labeled, replace=False
    )
    view = view_of(articles.train_x, articles.train_y, labeled)
    theirs = UncertaintySampling(method=method, missing_label=-1, random_state=0).query(
        X=articles.train_x,
        y=_hidden(articles, labeled),
        clf=_Fitted(view.classifier, classes=range(5)),
        fit_clf=False,
        batch_size=25,
    )
    assert _ours(name, view, 25) == theirs.tolist()


@pytest.mark.parametrize("n_labeled", [1, 12, 60])
def test_coreset(articles, n_labeled):
    labeled = np.random.default_rng(n_labeled).choice(
        len(articles.train_x), n_labeled, replace=False
    )
    theirs = CoreSet(missing_label=-1, random_state=0).query(
        X=articles.train_x.astype(np.float64), y=_hidden(articles, labeled), batch_size=25
    )
    assert (
        _ours("coreset", view_of(articles.train_x, articles.train_y, labeled), 25)
        == theirs.tolist()
    )


def test_coreset_run(articles):
    """Cycle after cycle, each continuing from the texts that were labeled before."""
    records = list(simulate(articles, Experiment(strategy="coreset", budget=60, cycles=5)))
    labeled = list(records[0].selected)
    for record in records[1:]:
        theirs = CoreSet(missing_label=-1, random_state=0).query(
            X=articles.train_x, y=_hidden(articles, labeled), batch_size=10
        )
        assert list(record.selected) == theirs.tolist()
        labeled += record.selected
