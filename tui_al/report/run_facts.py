"""Everything that is stored of one run beside its cycles, in words, and how to repeat it."""

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tui_al.report.rendering.values import write_value

Fact = tuple[str, str]
_MOST_CLASSES = 12  # by their names


@dataclass(frozen=True, slots=True)
class FactGroup:
    """Facts, a name and a value each, that belong together."""

    title: str
    facts: tuple[Fact, ...]


def describe_run(run: Mapping[str, Any]) -> list[FactGroup]:
    """What is known of a run, given its row of `ResultStore.runs`; without what is not stored."""
    groups = (
        ("Run", _of_run(run)),
        ("Experiment", _of_experiment(run)),
        ("Computed from", _named(run["fingerprints"])),
        ("Computed by", _of_machine(run)),
    )
    return [FactGroup(title, told) for title, facts in groups if (told := tuple(facts))]


def repeat_command(run: Mapping[str, Any]) -> str:
    """The command that computes the run again, every parameter named."""
    experiment = json.loads(run["experiment"])["experiment"]
    words = ["tui-al", "run", "--dataset", run["dataset"], "--model", run["model"]]
    for name in ("ips", "strategy", "seed", "budget", "initial", "cycles"):
        words += [f"--{name}", str(experiment[name])]
    for option, name in (("--param", "strategy_params"), ("--ips-param", "ips_params")):
        for parameter in experiment[name].items():
            words += [option, _assign(*parameter)]
    return shlex.join(words)


def _of_run(run: Mapping[str, Any]) -> Iterator[Fact]:
    yield "id", run["run_id"]
    yield "finished", f"{run['finished_at']:%Y-%m-%d %H:%M} UTC"
    yield "took", write_value(run["wall_seconds"], "seconds")
    if run["embedding_seconds"] is not None:
        yield "embedding took", write_value(run["embedding_seconds"], "seconds")


def _of_experiment(run: Mapping[str, Any]) -> Iterator[Fact]:
    experiment = json.loads(run["experiment"])["experiment"]
    yield "dataset", run["dataset"]
    yield "model", run["model"]
    yield "initial pool", _with_parameters(run["ips"], experiment["ips_params"])
    yield "strategy", _with_parameters(run["strategy"], experiment["strategy_params"])
    yield "seed", str(run["seed"])
    cycles = experiment["cycles"]
    yield "labels", (f"{run['k0']:,}, then {cycles} cycles of {run['batch']:,}" if cycles
                     else f"{run['k0']:,}, no cycles")  # fmt: skip
    classes = json.loads(run["classes"] or "[]")
    if classes:
        more = ", ..." if len(classes) > _MOST_CLASSES else ""
        yield "classes", f"{len(classes)}: {', '.join(classes[:_MOST_CLASSES])}{more}"


def _of_machine(run: Mapping[str, Any]) -> Iterator[Fact]:
    versions = json.loads(run["versions"] or "{}")
    if versions:
        yield "versions", ", ".join(f"{name} {version}" for name, version in versions.items())
    yield from _named(run["machine"])


def _named(stored: str | None) -> Iterator[Fact]:
    """The entries of a JSON object that is stored as text."""
    yield from ((name, str(value)) for name, value in json.loads(stored or "{}").items())


def _with_parameters(name: str, parameters: Mapping[str, Any]) -> str:
    told = ", ".join(_assign(*parameter) for parameter in parameters.items())
    return f"{name} ({told})" if told else name


def _assign(name: str, value: object) -> str:
    return f"{name}={value}"
