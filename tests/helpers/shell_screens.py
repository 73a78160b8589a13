"""Five screens that do next to nothing, for tests of what is around screens."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input, Static

from tui_al.grid.messages import Job
from tui_al.tui.jobs import JobReports
from tui_al.tui.keys import Key, bind
from tui_al.tui.screens.base import AppScreen

KEYS = (
    Key("results.find", "/", "Find", "Find among the names"),
    Key("results.compute", "b", "Compute", "Hand in a job"),
)


class PlainScreen(AppScreen):
    """A field to type into, and what was reported of a job."""

    PAGE = "results"
    HELP = "Names, and a field to find them by."
    AUTO_FOCUS = ""  # a field that has the focus takes every character
    BINDINGS: ClassVar[list[BindingType]] = bind(KEYS)

    def compose_body(self) -> ComposeResult:
        yield Input(placeholder="find")
        yield Static("nothing", id="told", markup=False)

    def copyable(self) -> str:
        return "a name"

    def action_find(self) -> None:
        self.query_one(Input).focus()

    def go_back(self) -> bool:
        field = self.query_one(Input)
        found = bool(field.value)
        field.value = ""
        return found

    def action_compute(self) -> None:
        number = self.services.desks.new_number()
        job = Job(number, "bbcnews", "minilm-l6", self.services.cache.root, None, None)
        self.services.desks["runs"].submit(self, job)

    def on_job_reports(self, message: JobReports) -> None:
        told = ", ".join(type(event).__name__ for event in message.events)
        self.query_one("#told", Static).update(told)


class ExplorerScreen(PlainScreen):
    PAGE = "explorer"
    HELP = "Texts."
    BINDINGS: ClassVar[list[BindingType]] = []


class AnalysisScreen(ExplorerScreen):
    PAGE = "analysis"


class EmbeddingsScreen(ExplorerScreen):
    PAGE = "embeddings"


class GridScreen(ExplorerScreen):
    PAGE = "grid"
