"""Questions of the results screen: which columns, which file, whether to delete."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import polars as pl
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Button, Input, RadioButton, RadioSet, SelectionList, Static
from textual.widgets.selection_list import Selection

from tui_al.analysis.browse import View
from tui_al.analysis.slices import Metric
from tui_al.errors import first_line
from tui_al.report.export import FORMATS, SUFFIXES, ExportFormat, write_curves, write_rows
from tui_al.report.metrics import METRIC_NAMES
from tui_al.report.stored import COLUMNS
from tui_al.textsafe import visible
from tui_al.tui.looking import Found
from tui_al.tui.overlay import Overlay
from tui_al.tui.screens.dialogs import Dialog, DialogBox, Question

_LISTED = 8  # kinds of runs; the rest are counted
_TITLES = {"csv": "CSV", "json": "JSON", "markdown": "Markdown", "svg": "SVG (curves)"}


class ColumnsScreen(Dialog[frozenset[str]]):
    """Which columns are shown; the answer is those that are not."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,c,q", "done", "Close")]

    def __init__(self, view: View, hidden: Collection[str]) -> None:
        super().__init__()
        self._view = view
        self._hidden = frozenset(hidden)

    def compose(self) -> ComposeResult:
        with DialogBox("Columns", hint="Space shows or hides   Esc closes") as box:
            box.add_class("columns")
            box.can_focus = False
            yield SelectionList(*(
                Selection(COLUMNS[name].title, name, name not in self._hidden)
                for name in self._view.columns
            ))  # fmt: skip

    def action_done(self) -> None:
        chosen = self.query_one(SelectionList).selected
        there = set(self._view.columns)
        if chosen:  # a table without columns would be a riddle
            self.dismiss((self._hidden - there) | (there - set(chosen)))
        else:
            self.dismiss(None)


class ExportScreen(Dialog[None]):
    """A format and a file; the file is written from here, and what fails is said here."""

    def __init__(
        self,
        found: Found,
        selected: Sequence[str],
        drawn: Mapping[str, str],
        metric: Metric,
    ) -> None:
        """`selected` are the keys of the rows to write, none for all; `drawn` those of curves,
        with their strategies."""
        super().__init__()
        self._found, self._selected, self._drawn, self._metric = found, selected, drawn, metric
        self._agreed: Path | None = None  # to replace this file

    def compose(self) -> ComposeResult:
        with DialogBox("Export", hint="Enter writes the file   Esc closes") as box:
            box.add_class("export")
            box.can_focus = False
            yield Static(self._describe(), id="what", markup=False)
            with RadioSet():
                for form in FORMATS:
                    yield RadioButton(_TITLES[form], value=form == "csv", name=form, compact=True)
            yield Input("runs.csv", id="file", compact=True)
            yield Static(id="reason", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Write", variant="primary", id="write")

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    @property
    def _form(self) -> ExportFormat:
        return FORMATS[max(0, self.query_one(RadioSet).pressed_index)]

    def _describe(self, form: ExportFormat = "csv") -> str:
        if form == "svg":
            return f"Curves drawn: {len(self._drawn):,}, {METRIC_NAMES[self._metric]}"
        rows = f"{len(self._selected):,} selected" if self._selected else "all that are shown"
        return f"Rows written: {rows}, with the columns that are shown"

    @on(RadioSet.Changed)
    def _other_form(self) -> None:
        field, form = self.query_one(Input), self._form
        if Path(field.value).suffix in SUFFIXES.values():
            field.value = str(Path(field.value).with_suffix(SUFFIXES[form]))
        self.query_one("#what", Static).update(self._describe(form))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        """A known ending chooses the format."""
        suffix = Path(event.value).suffix.lower()
        for number, form in enumerate(FORMATS):
            if suffix == SUFFIXES[form] and form != self._form:
                self.query(RadioButton)[number].value = True
        self._say("")

    @on(Input.Submitted)
    @on(Button.Pressed)
    def _submitted(self) -> None:
        name = self.query_one(Input).value.strip()
        if not name:
            self._say("Type the name of a file")
            return
        path = Path(name).expanduser().absolute()
        if path.exists() and not path.is_dir() and path != self._agreed:
            self._agreed = path
            self._say(f"{path.name} exists: Enter once more replaces it")
            return
        self._write(path, self._form)

    @work(thread=True, exclusive=True)
    def _write(self, path: Path, form: ExportFormat) -> None:
        stored, view = self._found.wanted.stored, self._found.view
        try:
            if form == "svg":
                curves = Overlay(stored, view, self._drawn, None, self._metric).series()
                write_curves(path, curves, self._metric)
            else:
                write_rows(path, form, self._rows(), view, self._found.wanted.hidden)
        except Exception as error:  # whatever it is, it can be read and tried again
            self.app.call_from_thread(self._say, first_line(error))
            return
        self.app.call_from_thread(self._written, path)

    def _rows(self) -> pl.DataFrame:
        """The rows that are shown, or those selected, in sight or not."""
        stored, view = self._found.wanted.stored, self._found.view
        if not self._selected:
            return stored.show(view)
        frame = stored.show(replace(view, pinned=(*self._selected,)))
        return frame.filter(pl.col(view.key).cast(pl.String).is_in(list(self._selected)))

    def _written(self, path: Path) -> None:
        self.notify(f"Written: {visible(str(path), one_line=True)}", markup=False)
        self.dismiss()

    def _say(self, reason: str) -> None:
        self.query_one("#reason", Static).update(visible(reason, one_line=True))


class DeleteScreen(Question):
    """Says what would be deleted; the answer is whether to."""

    def __init__(self, own: pl.DataFrame, shipped: int) -> None:
        """`own` are the runs that would go, `shipped` counts those that come with the program."""
        what, it = "This run of yours", "it"
        if own.height > 1:
            what, it = f"These {own.height:,} runs of yours", "them"
        text = Text(f"{what} will be deleted from the store, with all cycles. Only computing "
                    f"{it} again brings {it} back.\n")  # fmt: skip
        kinds = own.group_by("strategy", "ips", "dataset", "model", maintain_order=True).len()
        for strategy, ips, dataset, model, count in kinds.head(_LISTED).iter_rows():
            name = visible(f"{strategy} from {ips} on {dataset} x {model}", one_line=True)
            text.append(f"\n● {name}" + (f" ({count:,} runs)" if count > 1 else ""))
        if kinds.height > _LISTED:
            text.append(f"\n  and {kinds.height - _LISTED:,} more")
        if shipped:
            text.append(f"\n\n{shipped:,} selected {'run comes' if shipped == 1 else 'runs come'} "
                        "with the program and will stay.")  # fmt: skip
        super().__init__("Delete?", text, "Delete", "Keep", careful=True)
