"""The analysis screen: the sections of a report, for the slice that is chosen."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.theme import Theme
from textual.widgets import Input

from tui_al.report.metrics import METRIC_NAMES
from tui_al.report.sections import SECTIONS
from tui_al.textsafe import visible
from tui_al.tui.analysis_words import ABOUT, explain_nothing, name_answer
from tui_al.tui.asking import Asking, Outdated
from tui_al.tui.keys import bind, written_keys
from tui_al.tui.keys.analysis import KEYS
from tui_al.tui.screens.base import AppScreen
from tui_al.tui.screens.export_section import ExportSectionScreen
from tui_al.tui.screens.terms import TermsScreen
from tui_al.tui.services import Services
from tui_al.tui.slicing import Answer, Chosen, Terms, Wanted
from tui_al.tui.widgets.blocks import BlockPane
from tui_al.tui.widgets.facets import SliceFilter
from tui_al.tui.widgets.sections import SectionList
from tui_al.tui.widgets.sliceline import SliceLine

if TYPE_CHECKING:
    from tui_al.analysis.slices import Metric
    from tui_al.tui.findings import Findings

_METRICS = tuple(METRIC_NAMES)


class AnalysisScreen(AppScreen):
    """A section at a time, of the runs, by the metric and for the targets that are chosen."""

    PAGE = "analysis"
    HELP = (
        "What the stored runs say, as tui-al report prints it: choose a section at the left "
        "(on narrow terminals with {analysis.sections}), and the runs it is about with the "
        "filter. Several names may be chosen of each field; of a field without any, all count. "
        "The numbers beside the names are runs."
    )
    AUTO_FOCUS = ""
    CSS_PATH = "../styles/analysis.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bind(KEYS)

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        recall = services.memory.recall
        section, metric = recall("analysis", "shown", ""), recall("analysis", "metric", "")
        self._section = section if section in SECTIONS else next(iter(SECTIONS))
        self._metric: Metric = next((name for name in METRIC_NAMES if name == metric), "accuracy")
        self._terms = Terms()
        self._chosen = Chosen()
        self._visit = 0
        self._places: dict[str, int] = {}  # where each section is scrolled to
        self._in_pane = ""  # the section that the pane shows
        self._told: set[str] = set()
        self._findings: Findings | None = None  # of the thread alone
        self._shown: Answer | None = None
        self._asking = Asking(
            self, self._find, self._receive, busy=self._show_busy,
            fail=partial(self.complain, title="That could not be computed"),
        )  # fmt: skip

    def compose_body(self) -> ComposeResult:
        yield SliceLine()
        with Horizontal(id="body"):
            with Vertical(id="side"):
                yield SectionList(ABOUT, self._section)
                yield SliceFilter()
            yield BlockPane()

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, self._recolour)
        self._pane.border_title = self._section
        self._tell_slice()

    def on_resize(self) -> None:
        self.call_after_refresh(self._keep_focus)

    def _keep_focus(self) -> None:
        """Have the focus on something that can be seen."""
        hidden = self.focused is not None and not self.focused.is_on_screen
        if self.focused is None or hidden:
            narrow = self.has_class("-narrow")
            (self._pane if narrow else self.query_one(SectionList)).focus()

    def on_screen_resume(self) -> None:
        """Shown, perhaps again: other runs may be stored by now."""
        if self._visit:
            self.when_settled(self._visit_again)
        else:
            self._visit_again()

    def _visit_again(self) -> None:
        self._visit += 1
        self._ask()

    # Asking.

    def _ask(self) -> None:
        """Ask for what is chosen now."""
        pane = self._pane
        if not pane.columns:
            return  # the pane will say how wide it is
        wanted = Wanted(
            self._section, self._metric, self._terms, self._chosen, pane.columns,
            self._place(self._section) + pane.size.height, self.app.current_theme.dark,
            not self.app.no_color, self._visit,
        )  # fmt: skip
        self._asking.ask(wanted)

    def _find(self, wanted: Wanted, outdated: Outdated) -> Iterator[Answer]:
        """In the thread, where what it takes is loaded."""
        if self._findings is None:
            from tui_al.tui.findings import Findings

            self._findings = Findings(self.services.cache)
        return self._findings.answer(wanted, self._shown, outdated)

    def _show_busy(self, busy: bool) -> None:
        self.query_one(SliceLine).work(busy=busy)

    @on(BlockPane.Widened)
    def _widened(self) -> None:
        self._ask()

    def _recolour(self, _: Theme) -> None:
        self.query_one(SliceFilter).recolour()
        self._ask()

    # Showing.

    @property
    def _pane(self) -> BlockPane:
        return self.query_one(BlockPane)

    def _place(self, section: str) -> int:
        """The line that a section is scrolled to, now or when it was shown last."""
        if section == self._in_pane:
            return self._pane.scroll_offset.y
        return self._places.get(section, 0)

    def _receive(self, answer: Answer) -> None:
        self._shown = answer
        pane, section = self._pane, answer.wanted.section
        top, self._in_pane = self._place(section), section
        if answer.section is None:
            pane.say(explain_nothing(answer, written_keys(self.app)))
        else:
            pane.show(answer.lines, top)
        pane.border_title = Text(name_answer(answer)).markup
        self.query_one(SliceFilter).show(answer.facets, self._chosen)
        self._tell_slice()
        self._tell_unusable([line for line in answer.unusable if line not in self._told])

    def _tell_unusable(self, lines: Sequence[str]) -> None:
        """Name one file, and count the others: there may be many."""
        if lines:
            self._told.update(lines)
            more = f", and {len(lines) - 1:,} more files" if len(lines) > 1 else ""
            told = f"{lines[0]}{more}. 'tui-al cache verify' names them all, and the repair."
            self.notify(visible(told), severity="warning", timeout=12, markup=False)

    def _tell_slice(self) -> None:
        shown = self._shown
        current = shown is not None and shown.wanted.chosen == self._chosen
        self.query_one(SliceLine).show(
            METRIC_NAMES[self._metric],
            self._chosen,
            shown.runs if shown and current else None,
            shown.earlier if shown and current else 0,
        )

    # What the keys do.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where names are typed, the key that goes there is a character."""
        if action == "filter" and isinstance(self.focused, Input):
            return False
        return super().check_action(action, parameters)

    @on(SectionList.Chosen)
    def _section_chosen(self, message: SectionList.Chosen) -> None:
        self._go_to(message.section)

    def _go_to(self, section: str) -> None:
        self._places[self._in_pane] = self._pane.scroll_offset.y
        self._section = section
        self.services.memory.remember("analysis", shown=section)
        self._ask()

    def action_turn(self, step: int) -> None:
        names = list(SECTIONS)
        section = names[(names.index(self._section) + step) % len(names)]
        self.query_one(SectionList).choose(section)
        self._go_to(section)

    @on(SectionList.PageTurned)
    def _turn_page(self, message: SectionList.PageTurned) -> None:
        if message.step > 0:
            self._pane.scroll_page_down()
        else:
            self._pane.scroll_page_up()

    @on(SliceFilter.Changed)
    def _filter(self, message: SliceFilter.Changed) -> None:
        self._slice(message.chosen)

    def _slice(self, chosen: Chosen) -> None:
        self._chosen = chosen
        facets = self._shown.facets if self._shown else {}
        self.query_one(SliceFilter).show(facets, chosen)
        self._tell_slice()
        self._ask()

    def action_clear(self) -> None:
        self._slice(Chosen())

    def action_metric(self) -> None:
        self._metric = _METRICS[(_METRICS.index(self._metric) + 1) % len(_METRICS)]
        self.services.memory.remember("analysis", metric=self._metric)
        self._tell_slice()
        self._ask()

    def action_targets(self) -> None:
        def answered(terms: Terms | None) -> None:
            if terms is not None:
                self._terms = terms
                self._ask()

        self.app.push_screen(TermsScreen(self._terms), answered)

    def action_reload(self) -> None:
        self._visit += 1
        self._ask()

    def copyable(self) -> str | None:
        answer = self._shown
        if answer is None or answer.section is None:
            return None
        return f"{visible(answer.section.title, one_line=True)}\n\n{self._pane.text}\n"

    def action_export(self) -> None:
        if self._shown is None or self._shown.section is None:
            self.complain("There is nothing to export here: choose another section or more runs.")
            return
        self.app.push_screen(ExportSectionScreen(self._shown.section))

    @on(SliceLine.Clicked)
    def _clicked(self, message: SliceLine.Clicked) -> None:
        if message.part == "metric":
            self.action_metric()
        else:
            self.action_filter()

    # What is open at the side; on wide terminals all of it is.

    def action_sections(self) -> None:
        self._open("-sections")
        self.query_one(SectionList).focus()

    def action_filter(self) -> None:
        self._open("-filter")
        self.set_focus(self.query_one(SliceFilter).field)

    @on(SectionList.Opened)
    def _read(self) -> None:
        self._open("")
        self._pane.focus()

    def _open(self, what: str) -> None:
        for name in ("-sections", "-filter"):
            self.set_class(name == what, name)

    def go_back(self) -> bool:
        """Out of what was typed, then out of the lists."""
        field = self.query_one(SliceFilter).field
        opened = self.has_class("-narrow") and self.has_class("-sections", "-filter")
        if field.value:
            field.value = ""
        elif opened or field.has_focus:
            self._read()
        else:
            return False
        return True
