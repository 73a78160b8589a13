"""Strategy parameters: read from text, checked, and in force."""

import numpy as np
import pytest
from learning_samples import clusters, make_data, view_of

from tui_al.errors import BadInput
from tui_al.learning.experiment import Experiment
from tui_al.learning.simulate import simulate
from tui_al.learning.strategies import make_strategy, strategies
from tui_al.learning.strategies.parameters import describe_parameters, split_assignments


@pytest.mark.parametrize(
    ("name", "defaults"),
    [
        ("random", {}), ("margin", {}), ("entropy", {}), ("coreset", {}), ("badge", {}),
        ("typiclust", {"neighbours": 20, "max_clusters": 500, "min_size": 5,
                       "max_members": 1000, "fit_rows": 50_000}),
        ("probcover", {"purity": 0.95, "radius": 0.0, "max_pool": 12_000}),
        ("dropquery", {"copies": 3, "rate": 0.75, "fit_rows": 20_000}),
    ],
)  # fmt: skip
def test_published_defaults(name, defaults):
    described = describe_parameters(strategies()[name].load())
    assert {parameter.name: parameter.default for parameter in described} == defaults
    assert all(parameter.meaning and parameter.minimum is not None for parameter in described)


@pytest.mark.parametrize(
    ("name", "parameter", "text", "value"),
    [
        ("typiclust", "neighbours", "5", 5),
        ("typiclust", "min_size", "0", 0),
        ("typiclust", "max_clusters", "1000000", 1_000_000),
        ("probcover", "purity", "1", 1.0),
        ("probcover", "radius", "5e-1", 0.5),
        ("dropquery", "rate", "0.5", 0.5),
    ],
)
def test_text_is_read_as_the_type_of_the_parameter(name, parameter, text, value):
    made = getattr(make_strategy(name, {parameter: text}), parameter)
    assert made == value
    assert type(made) is type(value)
    assert make_strategy(name, {parameter: value}) == make_strategy(name, {parameter: text})


@pytest.mark.parametrize(
    ("name", "parameter", "value", "words"),
    [
        ("typiclust", "neighbours", "five", "typiclust: neighbours must be a whole number"),
        ("typiclust", "neighbours", "2.5", "whole number, not '2.5'"),
        ("typiclust", "neighbours", "", "whole number"),
        ("typiclust", "neighbours", True, "whole number"),
        ("typiclust", "neighbours", 0, "at least 1, not 0"),
        ("typiclust", "neighbours", "1e400", "whole number"),
        ("probcover", "purity", "1.01", "between 0 and 1"),
        ("probcover", "purity", "nan", "must be a number"),
        ("probcover", "radius", "-1", "at least 0"),
        ("probcover", "radius", "inf", "must be a number"),
        ("dropquery", "rate", 1, "between 0 and 0.999"),
        ("dropquery", "copies", "0", "at least 1"),
    ],
)
def test_other_values_are_refused_in_one_line(name, parameter, value, words):
    with pytest.raises(BadInput, match=words) as caught:
        make_strategy(name, {parameter: value})
    assert "\n" not in str(caught.value)
    with pytest.raises(BadInput, match=words):  # before the first cycle is asked for
        simulate(make_data(), Experiment(name, budget=60, strategy_params={parameter: value}))


def test_assignments():
    assert split_assignments(["a=1", " b = x=y "]) == {"a": "1", "b": "x=y"}
    for wrong in ("a", "=1", " =1"):
        with pytest.raises(BadInput, match="write NAME=VALUE"):
            split_assignments([wrong])
    with pytest.raises(BadInput, match="a is given twice"):
        split_assignments(["a=1", "a=1"])


def _query(name, n=12, **parameters):
    x, y = clusters(200, dimension=6)
    view = view_of(x, y, [3, 60, 150, 9])
    return make_strategy(name, parameters).query(view, n, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("name", "parameter", "value"),
    [
        ("typiclust", "neighbours", 1),
        ("typiclust", "max_clusters", 3),
        ("typiclust", "min_size", 13),
        ("typiclust", "max_members", 4),
        ("typiclust", "fit_rows", 50),
        ("probcover", "purity", 0.3),
        ("probcover", "radius", 0.2),
        ("probcover", "max_pool", 50),
        ("dropquery", "copies", 9),
        ("dropquery", "rate", 0.2),
    ],
)
def test_a_parameter_has_an_effect(name, parameter, value):
    changed = _query(name, **{parameter: value})
    assert not np.array_equal(changed.indices, _query(name).indices)


@pytest.mark.parametrize(
    ("name", "parameter", "value"),
    [("typiclust", "max_members", 5), ("typiclust", "fit_rows", 50), ("probcover", "max_pool", 50),
     ("dropquery", "fit_rows", 15)],
)  # fmt: skip
def test_what_is_left_out_is_said_with_the_parameters_name(name, parameter, value):
    assert _query(name).note == ""
    note = _query(name, **{parameter: value}).note
    assert f"({parameter})" in note
    assert f"{value:,}" in note
    experiment = Experiment(name, budget=100, cycles=3, strategy_params={parameter: value})
    records = list(simulate(make_data(n_train=200), experiment))
    assert records[0].note == ""  # the initial pool was drawn from all
    assert any(f"({parameter})" in record.note for record in records[1:])


def test_dropout_drops_its_share_and_keeps_the_mean():
    from tui_al.learning.strategies.dropquery import _draw

    draws = _draw((301, 103), np.random.default_rng(0))
    assert draws.shape == (301, 103)
    assert abs((draws < 2**14).mean() - 0.25) < 0.01
