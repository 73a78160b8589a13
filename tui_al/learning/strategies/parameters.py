"""Strategy parameters by name: read from text, brought to their type, checked for range."""

import math
from collections.abc import Sequence
from dataclasses import MISSING, Field, dataclass, fields
from typing import TYPE_CHECKING, Any

from tui_al.errors import BadInput

if TYPE_CHECKING:
    from tui_al.learning.experiment import Parameters
    from tui_al.learning.strategies.base import Strategy

_KINDS = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    """A parameter of a strategy. What is None was not stated by whoever wrote the strategy."""

    name: str
    default: float | str | bool | None
    meaning: str
    minimum: float | None
    maximum: float | None


def describe_parameters(strategy: "type[Strategy]") -> tuple[ParameterSpec, ...]:
    """The parameters of a strategy, in the order of its fields."""
    return tuple(
        ParameterSpec(
            name=field.name,
            default=None if field.default is MISSING else field.default,
            meaning=field.metadata.get("meaning", ""),
            minimum=field.metadata.get("minimum"),
            maximum=field.metadata.get("maximum"),
        )
        for field in fields(strategy)
    )


def split_assignments(assignments: Sequence[str]) -> dict[str, str]:
    """Texts NAME=VALUE as a table; `BadInput` for anything else, or a name given twice."""
    table: dict[str, str] = {}
    for assignment in assignments:
        name, sign, value = assignment.partition("=")
        name = name.strip()
        if not sign or not name:
            raise BadInput(f"'{assignment}' is not a parameter: write NAME=VALUE")
        if name in table:
            raise BadInput(f"parameter {name} is given twice")
        table[name] = value.strip()
    return table


def checked_parameters(
    name: str, strategy: "type[Strategy]", parameters: "Parameters"
) -> dict[str, Any]:
    """Values of the types that the strategy's fields have; text is read as such a value.

    Raises `BadInput` for a parameter that does not exist, or a value that is of another
    kind or outside its range.
    """
    known = {field.name: field for field in fields(strategy)}
    for parameter in parameters:
        if parameter not in known:
            offered = ", ".join(sorted(known)) or "none"
            raise BadInput(f"strategy {name} has no parameter '{parameter}' (it has: {offered})")
    return {
        parameter: _checked(f"{name}: {parameter}", known[parameter], value)
        for parameter, value in parameters.items()
    }


def _checked(what: str, field: "Field[Any]", value: float | str | bool) -> Any:
    kind = type(field.default)
    converted = _converted(kind, value) if kind in _KINDS else value
    if converted is None:
        raise BadInput(f"{what} must be {_KINDS[kind]}, not '{value}'")
    low = field.metadata.get("minimum", -math.inf)
    high = field.metadata.get("maximum", math.inf)
    if kind in (int, float) and not low <= converted <= high:
        limits = f"at least {low}" if high == math.inf else f"between {low} and {high}"
        raise BadInput(f"{what} must be {limits}, not {value}")
    return converted


def _converted(kind: type, value: float | str | bool) -> float | str | bool | None:
    """The value as one of this kind; None if it is not one."""
    if kind is str:
        return value if isinstance(value, str) else None
    if kind is bool:
        return _TRUTH.get(str(value).lower())
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
        exact = int(value) if kind is int else number
    except (ValueError, OverflowError):
        return None
    return exact if math.isfinite(number) and exact == number else None
