"""The bar on top: four lists to choose from, with what is on this machine."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Select, Static

from tui_al.catalog import LOCAL, ModelSpec, find_model, models
from tui_al.corpora.inventory import base_name
from tui_al.learning.strategies import initial_selections, strategies
from tui_al.paths import Cache
from tui_al.report.catalog import DatasetRow, dataset_rows
from tui_al.textsafe import visible
from tui_al.tui.choices import Choices

HERE, ELSEWHERE = "●", "○"
_NAME_WIDTH = 24  # of the first column of an open list


@dataclass(frozen=True, slots=True)
class Option:
    """An entry of a list: its value, whether it is on this machine (None: no matter), facts."""

    value: str
    here: bool | None
    facts: str

    @property
    def name(self) -> Text:
        mark = "" if self.here is None else f"{HERE if self.here else ELSEWHERE} "
        return Text(mark + visible(self.value, one_line=True), "bold", no_wrap=True)

    @property
    def prompt(self) -> Text:
        name = self.name
        name.pad_right(_NAME_WIDTH - len(name))
        return name.append(f"  {visible(self.facts, one_line=True)}", "not bold dim")


class ChoiceList(Select[str]):
    """A list that shows names and facts while open, and the chosen name alone when closed."""

    def __init__(self, id_: str, title: str, options: Sequence[Option], value: str) -> None:
        self._names = {option.value: option.name for option in options}
        prompts = [(option.prompt, option.value) for option in options]
        super().__init__(prompts, value=value, allow_blank=False, id=id_, compact=True)
        self.border_title = title

    def offer(self, options: Sequence[Option]) -> None:
        """Replace the options and keep the choice; nobody hears of it."""
        value = self.value
        self._names = {option.value: option.name for option in options}
        with self.prevent(Select.Changed):
            self.set_options((option.prompt, option.value) for option in options)
            self.value = value
        self.watch_value()

    def watch_value(self) -> None:
        """Select has just shown the whole option: keep its name."""
        for label in self.query("SelectCurrent > #label").results(Static):
            label.update(self._names[str(self.value)])


class SetupBar(Horizontal):
    """Dataset, model, initial pool and strategy. Filled marks are on this machine."""

    class Changed(Message):
        """Another choice was made."""

        def __init__(self, choices: Choices) -> None:
            super().__init__()
            self.choices = choices

    class Looked(Message, bubble=False):
        """The disk was looked at."""

        def __init__(self, rows: Sequence[DatasetRow]) -> None:
            super().__init__()
            self.rows = rows

    def __init__(self, choices: Choices, cache: Cache, data_dir: Path | None) -> None:
        super().__init__()
        self._start = choices
        self._cache = cache
        self._data_dir = data_dir
        self._rows: Sequence[DatasetRow] = dataset_rows(cache, data_dir)

    def compose(self) -> ComposeResult:
        start, rows = self._start, self._rows
        yield ChoiceList("dataset", "Dataset", _datasets(rows, start), start.dataset)
        yield ChoiceList("model", "Model", _models(rows, start), start.model)
        yield ChoiceList("ips", "Initial pool", _rules(initial_selections()), start.ips)
        yield ChoiceList("strategy", "Strategy", _rules(strategies()), start.strategy)

    @property
    def choices(self) -> Choices:
        """What is chosen now."""
        names = ("dataset", "model", "ips", "strategy")
        return Choices(**{name: str(self._list(name).value) for name in names})

    def choose(self, choices: Choices) -> None:
        """Set all four lists."""
        for name, value in asdict(choices).items():
            self._list(name).value = value

    @property
    def embedded(self) -> bool:
        """Whether the chosen dataset is embedded with the chosen model."""
        choices = self.choices
        return find_model(choices.model).name in _embedded_models(self._rows, choices.dataset)

    def update_marks(self) -> None:
        """Look at the disk again and mark what is there now."""
        self._rows = dataset_rows(self._cache, self._data_dir)
        self._offer()

    @work(thread=True, exclusive=True, group="look")
    def look_again(self) -> None:
        """Do so in a thread; if the chosen pair is embedded now, or no longer, that is a change."""
        self.post_message(self.Looked(dataset_rows(self._cache, self._data_dir)))

    @on(Looked)
    def _looked(self, message: Looked) -> None:
        before = self.embedded
        if message.rows != self._rows:
            self._rows = message.rows
            self._offer()
        if self.embedded != before:
            self.post_message(self.Changed(self.choices))

    def _offer(self) -> None:
        choices = self.choices
        self._list("dataset").offer(_datasets(self._rows, choices))
        self._list("model").offer(_models(self._rows, choices))

    @on(Select.Changed)
    def _changed(self, event: Select.Changed) -> None:
        event.stop()
        if event.select.id == "dataset":
            self._offer()  # the models' marks are about the dataset
        self.post_message(self.Changed(self.choices))

    def _list(self, name: str) -> ChoiceList:
        return self.query_one(f"#{name}", ChoiceList)


def _embedded_models(rows: Sequence[DatasetRow], dataset: str) -> tuple[str, ...]:
    return next((row.embedded for row in rows if row.name == dataset), ())


def _datasets(rows: Sequence[DatasetRow], choices: Choices) -> list[Option]:
    options = [Option(row.name, row.text not in ("hub", "none"), _facts(row)) for row in rows]
    if choices.dataset not in {row.name for row in rows}:
        options.append(Option(choices.dataset, False, "a sample"))
    return options


def _facts(row: DatasetRow) -> str:
    if row.train is None:
        return "in the data directory" if row.name == base_name(row.name) else "a sample"
    where = {"hub": ", on the Hub", "none": ", not on this machine"}.get(row.text, "")
    return f"{row.train:,} texts, {row.classes} classes{where}"


def _models(rows: Sequence[DatasetRow], choices: Choices) -> list[Option]:
    embedded = _embedded_models(rows, choices.dataset)
    hub = [name for name in embedded if not name.startswith(f"{LOCAL}/")]  # those need a path
    specs = {name: find_model(name) for name in (*models(), *hub, choices.model)}
    return [
        Option(name, spec.name in embedded, _model_facts(spec, spec.name in embedded))
        for name, spec in specs.items()
    ]


def _model_facts(spec: ModelSpec, embedded: bool) -> str:
    state = "embedded" if embedded else "not embedded yet"
    if spec.dimension is None:
        return f"{spec.directory or 'on the Hub'}, {state}"
    mteb = f", MTEB {spec.mteb:.1f}" if spec.mteb is not None else ""
    return f"{spec.dimension} dimensions{mteb}, {state}"


def _rules(names: Iterable[str]) -> list[Option]:
    return [Option(name, None, strategies()[name].rule) for name in names]
