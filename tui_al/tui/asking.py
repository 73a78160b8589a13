"""Asking a thread: one question at a time, and always the latest."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Generic, TypeVar

from textual.dom import DOMNode
from textual.worker import get_current_worker

from tui_al.errors import first_line
from tui_al.textsafe import visible

Question = TypeVar("Question")
Answer = TypeVar("Answer")
Outdated = Callable[[], bool]
"""Whether nobody waits any more for what a thread is at."""


class Asking(Generic[Question, Answer]):
    """Passes on answers to what is wanted, as long as it is wanted.

    No key waits for an answer. While the thread is busy, a question replaces the one that
    waits. `find` answers in the thread, once or better and better, and may give up what is
    outdated. `receive`, `busy` (whether an answer is still to come) and `fail` (with one line
    on what went wrong) are called among the messages of `owner`, whose end is the thread's.
    """

    def __init__(
        self,
        owner: DOMNode,
        find: Callable[[Question, Outdated], Iterable[Answer]],
        receive: Callable[[Answer], None],
        *,
        fail: Callable[[str], None],
        busy: Callable[[bool], None] = lambda _: None,
    ) -> None:
        self._owner = owner
        self._find = find
        self._receive = receive
        self._busy = busy
        self._fail = fail
        self._wanted: Question | None = None
        self._asked: Question | None = None  # what the thread is at

    def ask(self, question: Question) -> None:
        """Ask, once the thread is done with what was wanted before."""
        self._wanted = question
        if self._asked is None:
            self._begin(question)

    def _begin(self, question: Question) -> None:
        self._asked = question
        self._busy(True)
        work = partial(self._answer, question)
        name = f"asking {id(self)}"  # without it, Textual writes out the tables in the question
        self._owner.run_worker(work, thread=True, group=name, description=name)

    def _answer(self, question: Question) -> None:
        """In the thread; there is never more than one."""
        worker = get_current_worker()

        def outdated() -> bool:
            return worker.is_cancelled or self._wanted is not question

        reason = ""
        try:
            for answer in self._find(question, outdated):
                self._owner.call_later(self._pass_on, question, answer)
        except Exception as error:  # whatever it is, the app stays
            reason = visible(first_line(error), one_line=True)
        self._owner.call_later(self._done, question, reason)

    def _pass_on(self, question: Question, answer: Answer) -> None:
        if self._wanted is question:
            self._receive(answer)

    def _done(self, question: Question, reason: str) -> None:
        self._asked = None
        if self._wanted is not None and self._wanted is not question:
            self._begin(self._wanted)
            return
        self._busy(False)
        if reason:
            self._fail(reason)
