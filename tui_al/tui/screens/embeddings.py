"""The screen of embeddings: what is there, making what is missing, how good it is."""

import shlex
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.theme import Theme

from tui_al.grid.bulk import AssessJob
from tui_al.grid.messages import Ended, Failed, Job
from tui_al.tui.embedding_board import EmbeddingBoard
from tui_al.tui.embedding_cells import LEGEND, SIGNS
from tui_al.tui.embedding_jobs import EmbeddingState
from tui_al.tui.embedding_words import say_idle, say_job
from tui_al.tui.jobs import JobReports
from tui_al.tui.keys import bind
from tui_al.tui.keys.embeddings import KEYS
from tui_al.tui.screens.deleting import DeletingScreen
from tui_al.tui.services import Services
from tui_al.tui.shelf import Pair, Shelf, read_shelf
from tui_al.tui.widgets.facts import PairFacts
from tui_al.tui.widgets.joblist import JobList
from tui_al.tui.widgets.matrix import EmbeddingMatrix
from tui_al.tui.widgets.qualities import QualityBars
from tui_al.tui.widgets.status import StatusLine


class EmbeddingsScreen(DeletingScreen[Shelf]):
    """Hands in embedding jobs and looks at quality; remembers both for the sitting."""

    PAGE = "embeddings"
    HELP = (
        "Every model embeds a dataset once, and all runs use what it made. A row is a model, the "
        "best by published MTEB first; a column is a dataset.\n\n"
        + "   ".join(f"{SIGNS[look]} {name}" for look, name in LEGEND)
        + "\n\nThe quality of an embedding is a probe: how well the experiment's classifier tells "
        "the classes apart in five folds of a sample of 2,000 training texts, beside the share of "
        "the largest class, which guessing reaches. Equal rows are texts that the model cannot "
        "tell apart. Quality is kept on disk.\n\n"
        "Marked with Space, many are embedded one after another. A job that is stopped goes on "
        "where it was the next time. y copies the command that embeds what the cursor is on."
    )
    CSS_PATH = "../styles/embeddings.tcss"
    AUTO_FOCUS = "EmbeddingMatrix"
    BINDINGS: ClassVar[list[BindingType]] = bind(KEYS)

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._desk = services.desks["embeddings"]
        self._questions = services.desks["questions"]
        self._board = EmbeddingBoard()

    def compose_body(self) -> ComposeResult:
        yield StatusLine()
        yield EmbeddingMatrix()
        yield PairFacts()
        with Horizontal(id="below"):
            yield QualityBars()
            yield JobList()

    def on_mount(self) -> None:
        legend = "  ".join(f"{SIGNS[look]} {name}" for look, name in LEGEND)
        self.query_one(EmbeddingMatrix).border_subtitle = legend
        self.query_one(StatusLine).say("Looking at the disk ...")
        self.services.desks.on_change(self._follow_others)
        self.app.theme_changed_signal.subscribe(self, self._recolor)

    def _recolor(self, _: Theme) -> None:
        self._matrix.recolor()
        self._show_facts()

    def read_disk(self) -> Shelf:
        return read_shelf(self.services.cache, self.services.data_dir)

    def show_disk(self, found: Shelf) -> None:
        first = not self._board.shelf.datasets
        self._board.shelf = found
        self._refresh_all()
        if first:
            self._matrix.go_to((self.services.choices.dataset, self.services.choices.model))

    # What the keys do.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that make no sense now are dimmed."""
        if action in ("cancel", "cancel_all"):
            return True if self._board.jobs.open else None
        return super().check_action(action, parameters)

    def action_embed(self) -> None:
        wanted = self._board.wanted(self._matrix.pair)
        if not wanted:
            self.notify("That is embedded, or is about to be", timeout=3)
            return
        self._board.marks.clear()
        for dataset, model in wanted:
            number = self.services.desks.new_number()
            self._board.jobs.add(number, (dataset, model))
            root, data_dir = self.services.cache.root, self.services.data_dir
            self._desk.submit(self, Job(number, dataset, model, root, data_dir, None))
        self._begin_next()

    def action_mark(self) -> None:
        if (pair := self._matrix.pair) is not None:
            self._board.mark(pair)
            self._matrix.update([pair])
            self._say()

    def action_mark_model(self) -> None:
        if (pair := self._matrix.pair) is not None:
            self._board.mark_missing((row.name, pair[1]) for row in self._board.shelf.datasets)
            self._refresh_all()

    def action_mark_dataset(self) -> None:
        if (pair := self._matrix.pair) is not None:
            self._board.mark_missing((pair[0], row.name) for row in self._board.shelf.models)
            self._refresh_all()

    def action_cancel(self) -> None:
        listed = self.query_one(JobList)
        job = listed.current if self.focused is listed else None
        if job is None and self._matrix.pair is not None:
            job = self._board.jobs.of(self._matrix.pair)
        if job is None or not job.open:
            job = self._board.jobs.running
        if job is not None:
            self._cancel(job)

    def action_cancel_all(self) -> None:
        for job in reversed(self._board.jobs.open):
            self._cancel(job)

    def action_assess(self) -> None:
        pairs = self._board.assessable(self._matrix.pair)
        if not pairs:
            self.notify("Quality is a matter of what is embedded: e embeds", timeout=3)
        for pair in pairs:
            number = self.services.desks.new_number()
            self._board.assessing[number] = pair
            root, data_dir = self.services.cache.root, self.services.data_dir
            self._questions.submit(self, AssessJob(number, *pair, root, data_dir))
        self._board.marks -= set(pairs)
        self._matrix.update(pairs)
        self._say()

    def action_view(self) -> None:
        self._board.view = "quality" if self._board.view == "sizes" else "sizes"
        self._refresh_all()

    def action_delete(self) -> None:
        items = self._board.removable(self._matrix.pair)
        if not items:
            self.notify("Nothing of that can be deleted", timeout=3)
            return
        self.ask_to_delete(items)

    def forget_deleted(self) -> None:
        self._board.marks.clear()

    def action_jobs(self) -> None:
        self.toggle_class("-jobs")

    def action_clear(self) -> None:
        self._board.jobs.forget_closed()
        self._refresh_all()

    def go_back(self) -> bool:
        """Take the marks away, if there are any."""
        marked = bool(self._board.marks)
        self._board.marks.clear()
        self._refresh_all()
        return marked

    def copyable(self) -> str | None:
        pair = self._matrix.pair
        if pair is None:
            return None
        return f"tui-al embed --dataset {shlex.quote(pair[0])} --model {shlex.quote(pair[1])}"

    # What is reported.

    @on(JobReports)
    def _reported(self, message: JobReports) -> None:
        job = self._board.jobs.find(message.job)
        assessed = self._board.assessing.get(message.job)
        for title, reason in self._board.take(message.job, message.events):
            self.complain(reason, title)
        if any(isinstance(event, Ended | Failed) for event in message.events):
            self._begin_next()
            self.look()  # its end draws the rest
        elif job is not None:
            self._matrix.update([job.pair])
            self.query_one(JobList).update(job)
            self._say()
        if assessed is not None:
            self._matrix.update([assessed])
            self._show_facts()

    @on(EmbeddingMatrix.Moved)
    def _moved(self) -> None:
        self._show_facts()

    @on(EmbeddingMatrix.Opened)
    def _opened(self) -> None:
        self.action_assess()

    @on(JobList.Opened)
    def _say_why(self, message: JobList.Opened) -> None:
        job = message.job
        self._matrix.go_to(job.pair)
        if job.state == "failed":
            self.complain(job.reason, " x ".join(job.pair))

    # What is behind them.

    def _cancel(self, job: EmbeddingState) -> None:
        if job.stopping:
            self._desk.kill(job.number)
            return
        job.stopping = job.state == "running"
        self._desk.stop(job.number)
        self._say()

    def _begin_next(self) -> None:
        """Note which job the desk is at, and show all."""
        if self._desk.current is not None:
            self._board.begin(self._desk.current.job.number)
        self._refresh_all()
        self.refresh_bindings()

    def _follow_others(self) -> None:
        """Show embeddings that other screens have asked for."""
        if not self.is_running:
            return
        shares: dict[Pair, float] = {
            (one.job.dataset, one.job.model): one.done / one.total if one.total else 0.0
            for one in self.services.desks.work
            if isinstance(one.job, Job) and one.owner is not self and one.job.experiment is None
        }
        self._matrix.update(self._board.follow_others(shares))

    # What is shown.

    @property
    def _matrix(self) -> EmbeddingMatrix:
        return self.query_one(EmbeddingMatrix)

    def _refresh_all(self) -> None:
        self._matrix.show(self._board.shelf, self._board.cell, self._board.marks)
        self._matrix.border_title = self._board.title
        self.query_one(JobList).show(self._board.jobs.jobs)
        self._show_facts()
        self._say()

    def _show_facts(self) -> None:
        pair = self._matrix.pair
        if pair is None:
            return
        self.query_one(QualityBars).show(self._board.shelf, pair[0])
        self.query_one(PairFacts).show(self._board, pair)

    def _say(self) -> None:
        """One line on the job that runs, else on what a key would start."""
        line, job = self.query_one(StatusLine), self._board.jobs.running
        if job is None:
            line.say(say_idle(len(self._board.marks)))
            return
        words, progress = say_job(job, self._board.jobs.waiting), job.progress
        done, total = (progress.done, progress.total) if progress else (None, None)
        line.say(words, done=done, total=total)
