"""What is chosen in the app's setup bar."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from tui_al.catalog import find_model
from tui_al.corpora.inventory import check_dataset
from tui_al.errors import BadInput
from tui_al.learning.strategies import check_names
from tui_al.paths import Cache


@dataclass(frozen=True, slots=True)
class Choices:
    """A dataset, a model, an initial pool selection and a strategy, by name."""

    dataset: str
    model: str
    ips: str
    strategy: str

    def check(self, cache: Cache, data_dir: Path | None) -> None:
        """Raise `UnknownName`, with the closest names, for a choice that does not exist."""
        check_dataset(self.dataset, cache, data_dir)
        find_model(self.model)
        check_names(self.strategy, self.ips)


DEMO = Choices("bbcnews", "wordllama-256", "random", "badge")
"""What comes with the program and needs no network."""


def opening_choices(
    given: Mapping[str, str | None],
    wishes: Mapping[str, str | None],
    cache: Cache,
    data_dir: Path | None,
) -> Choices:
    """The demo's choices, replaced by `wishes` that still exist, replaced by those `given`.

    Raises `UnknownName` for a given choice that does not exist.
    """
    chosen = asdict(DEMO)
    for name, wish in wishes.items():
        if wish and not given.get(name):
            try:
                Choices(**(chosen | {name: wish})).check(cache, data_dir)
            except BadInput:
                continue
            chosen[name] = wish
    choices = Choices(**(chosen | {name: value for name, value in given.items() if value}))
    choices.check(cache, data_dir)
    return choices
