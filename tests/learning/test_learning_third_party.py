"""Strategies that another distribution brings through the entry-point group."""

import numpy as np
import pytest
from learning_samples import make_data

from tui_al.errors import BadInput
from tui_al.learning.experiment import Experiment
from tui_al.learning.simulate import simulate
from tui_al.learning.strategies import initial_selections, make_strategy, strategies

SOURCE = """
from dataclasses import dataclass
import numpy as np
from tui_al.learning.strategies.base import Query, Strategy

@dataclass(frozen=True)
class Every(Strategy):
    step: int = 1
    def _select(self, view, n, rng):
        return Query(view.unlabeled[:: self.step][:n], np.zeros(n))

class Last(Strategy):
    def _select(self, view, n, rng):
        return Query(view.unlabeled[-n:], np.ones(n))
"""

BROKEN = """
import numpy as np
from tui_al.learning.strategies.base import Query, Strategy

class Broken(Strategy):
    def _select(self, view, n, rng):
        u, scores = view.unlabeled, np.zeros(n)
        return {choice}
"""


def _run(**fields):
    return list(simulate(make_data(), Experiment(budget=30, cycles=2, **fields)))


def test_runs_by_name_with_parameters(install_strategy):
    install_strategy(SOURCE, every="Every")
    assert list(strategies())[-1] == "every"
    assert strategies()["every"].source == "acme-al"
    assert "every" in initial_selections()
    first, second, _ = _run(strategy="every", ips="every", strategy_params={"step": 3})
    assert first.selected == tuple(range(10))
    assert second.selected == tuple(range(10, 40, 3))
    with pytest.raises(BadInput, match=r"no parameter 'stride' \(it has: step\)"):
        make_strategy("every", {"stride": 3})


def test_one_that_cannot_be_loaded_is_named(install_strategy):
    install_strategy(SOURCE, missing="Missing")
    with pytest.raises(BadInput, match="strategy missing of acme-al cannot be loaded"):
        make_strategy("missing", {})


def test_a_class_with_one_method_is_enough(install_strategy):
    install_strategy(SOURCE, last="Last")
    assert _run(strategy="last")[1].scores == (1.0,) * 10
    with pytest.raises(BadInput, match="it has: none"):
        make_strategy("last", {"step": 3})


def test_built_in_names_cannot_be_taken(install_strategy):
    install_strategy(SOURCE, margin="Last")
    assert strategies()["margin"].source == "Settles 2009"


@pytest.mark.parametrize(
    "choice",
    [
        "Query(np.repeat(u[:1], n), scores)",
        "Query(np.append(u[: n - 1], view.labeled[:1]), scores)",
        "Query(np.append(u[: n - 1], len(view.features)), scores)",
        "Query(np.append(u[: n - 1], -1), scores)",
        "Query(u[: n - 1], scores[1:])",
        "Query(u[: n + 1], np.zeros(n + 1))",
        "Query(u[:0], scores[:0])",
        "Query(u[:n, None], scores)",
        "Query(u[:n] * 1.0, scores)",
        "Query(u[:n], scores[1:])",
    ],
)
def test_broken_choices_are_refused(install_strategy, choice):
    install_strategy(BROKEN.format(choice=choice), broken="Broken")
    with pytest.raises(ValueError, match="Broken"):
        _run(strategy="broken")


def test_only_what_is_labeled_is_shown(install_strategy):
    """Every array of the view but the features is about labeled texts, or says which are not."""
    install_strategy(
        "from tui_al.learning.strategies.random import Random\n"
        "views = []\n"
        "class Spy(Random):\n"
        "    def _select(self, view, n, rng):\n"
        "        views.append(view)\n"
        "        return super()._select(view, n, rng)\n",
        spy="Spy",
    )
    data = make_data()
    records = list(simulate(data, Experiment(strategy="spy", ips="spy", budget=30, cycles=2)))
    from acme_al import views

    assert [len(view.labels) for view in views] == [0, 10, 20]
    for view, record in zip(views, records, strict=True):
        np.testing.assert_array_equal(view.labels, data.train_y[view.labeled])
        assert not set(view.labeled.tolist()) & set(view.unlabeled.tolist())
        assert len(view.labeled) + len(view.unlabeled) == len(data.train_x)
        assert set(record.selected) <= set(view.unlabeled.tolist())
