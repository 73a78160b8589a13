"""Where a section goes, and as what."""

from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button, Input, RadioButton, RadioSet, Static

from tui_al.errors import first_line
from tui_al.textsafe import visible
from tui_al.tui.screens.dialogs import Dialog, DialogBox

if TYPE_CHECKING:
    from tui_al.report.blocks import Section
    from tui_al.report.section_files import SectionFormat

_FORMS: "dict[SectionFormat, tuple[str, str]]" = {
    "csv": ("CSV", ".csv"),
    "json": ("JSON", ".json"),
    "markdown": ("Markdown", ".md"),
    "svg": ("SVG", ""),
}
"""What formats are called, and how their files end; pictures go into a folder."""


class ExportSectionScreen(Dialog[None]):
    """A format and a file; it is written from here, and what fails is said here."""

    def __init__(self, section: "Section") -> None:
        super().__init__()
        self._section = section
        self._agreed: Path | None = None  # to replace this file

    def compose(self) -> ComposeResult:
        hint = "Enter writes   Tab: format   Esc closes"
        with DialogBox(f"Export {self._section.name}", hint=hint) as box:
            box.add_class("export-section")
            box.can_focus = False
            with RadioSet():
                for place, (title, _) in enumerate(_FORMS.values()):
                    yield RadioButton(title, value=place == 0, compact=True)
            yield Static(id="goes", markup=False)
            yield Input(self._section.name + ".csv", compact=True)
            yield Static(id="reason", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Write", variant="primary", id="write")

    def on_mount(self) -> None:
        self._say_where()
        self.query_one(Input).focus()

    @property
    def _form(self) -> "SectionFormat":
        return list(_FORMS)[max(0, self.query_one(RadioSet).pressed_index)]

    @on(RadioSet.Changed)
    def _other_form(self) -> None:
        """Give the file the ending of its format, unless its name is an own one."""
        field = self.query_one(Input)
        endings = {ending for _, ending in _FORMS.values()}
        path = Path(field.value)
        if field.value and path.suffix in endings:
            field.value = str(path.with_suffix(_FORMS[self._form][1]))
        self._say("")
        self._say_where()

    def _say_where(self) -> None:
        svg = self._form == "svg"
        what = {"markdown": "The tables, as text", "svg": "A picture of each chart"}
        said = what.get(self._form, "All figures of the section")
        self.query_one("#goes", Static).update(f"{said}. {'Folder' if svg else 'File'}:")

    @on(Input.Changed)
    def _typed(self) -> None:
        self._say("")

    @on(Input.Submitted)
    @on(Button.Pressed)
    def _submitted(self) -> None:
        name = self.query_one(Input).value.strip()
        if not name:
            self._say("Type a name first")
            return
        try:
            path = Path(name).expanduser().absolute()
        except RuntimeError:  # ~somebody, whom this machine does not know
            self._say(f"{name}: whose home directory is that?")
            return
        if path.is_file() and path != self._agreed:
            self._agreed = path
            self._say(f"{path.name} exists: Enter once more replaces it")
            return
        self._write(path, self._form)

    @work(thread=True, exclusive=True)
    def _write(self, path: Path, form: "SectionFormat") -> None:
        from tui_al.report.section_files import write_section

        try:
            written = write_section(self._section, form, path)
        except Exception as error:  # whatever it is, it can be read and tried again
            self.app.call_from_thread(self._say, first_line(error))
            return
        self.app.call_from_thread(self._written, path, len(written))

    def _written(self, path: Path, files: int) -> None:
        pictures = f"{files} {'picture' if files == 1 else 'pictures'} in "
        where = visible(str(path), one_line=True)
        said = f"{pictures if self._form == 'svg' else 'Written: '}{where}"
        self.notify(said, markup=False)
        self.dismiss()

    def _say(self, reason: str) -> None:
        self.query_one("#reason", Static).update(visible(reason, one_line=True))
