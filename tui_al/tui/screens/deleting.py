"""Deleting embeddings: the question, the thread that does it, and what became of them."""

from collections.abc import Sequence

from rich.text import Text
from textual import on, work
from textual.message import Message

from tui_al.errors import TuiAlError
from tui_al.report.amounts import show_bytes
from tui_al.storage.inventory import Item
from tui_al.storage.prune import prune
from tui_al.textsafe import visible
from tui_al.tui.screens.dialogs import Question
from tui_al.tui.screens.looking import Found, LookingScreen

_LISTED = 8  # the rest are counted


class DeleteEmbeddings(Question):
    """Says what would go, and how much; the answer is whether to."""

    def __init__(self, items: Sequence[Item]) -> None:
        text = Text("They can be made again, and results that were stored stay.\n")
        for item in items[:_LISTED]:
            name = visible(f"{item.dataset} x {item.model}", one_line=True)
            begun = ", unfinished" if item.kind == "unfinished" else ""
            text.append(f"\n● {name}, {show_bytes(item.n_bytes)}{begun}")
        if len(items) > _LISTED:
            text.append(f"\n  and {len(items) - _LISTED} more")
        what = "an embedding" if len(items) == 1 else f"{len(items)} embeddings"
        total = show_bytes(sum(item.n_bytes for item in items))
        super().__init__(f"Delete {what}, {total}?", text, "Delete", "Keep", careful=True)


class DeletingScreen(LookingScreen[Found]):
    """Deletes items when somebody agrees, tells what became of them, and looks again."""

    class Deleted(Message):
        """Items are gone, or not: `reason` says why the rest is not."""

        def __init__(self, items: Sequence[Item], reason: str) -> None:
            super().__init__()
            self.items = items
            self.reason = reason

    def ask_to_delete(self, items: Sequence[Item]) -> None:
        """Delete these after a question."""

        def answered(agreed: bool | None) -> None:
            if agreed:
                self._delete(items)

        self.app.push_screen(DeleteEmbeddings(items), answered)

    def forget_deleted(self) -> None:
        """Drop what was meant for what has been deleted."""

    @work(thread=True, group="delete")
    def _delete(self, items: Sequence[Item]) -> None:
        gone: list[Item] = []
        reason = ""
        try:
            gone.extend(prune(items))
        except TuiAlError as error:
            reason = str(error)
        self.post_message(self.Deleted(gone, reason))

    @on(Deleted)
    def _told_deleted(self, message: Deleted) -> None:
        if message.items:
            gone = show_bytes(sum(item.n_bytes for item in message.items))
            self.notify(f"Deleted: {gone}", timeout=4)
        if message.reason:
            self.complain(message.reason)
        self.forget_deleted()
        self.look()
