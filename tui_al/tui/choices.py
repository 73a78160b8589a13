"""What is chosen in the app's setup bar."""

from dataclasses import dataclass
from pathlib import Path

from tui_al.catalog import find_model
from tui_al.corpora.inventory import check_dataset
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
