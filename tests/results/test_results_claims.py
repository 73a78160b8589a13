"""Claims: nobody else's while held, everybody's when their process is gone."""

import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from tui_al.results.claims import claims_of

_HOLD = """
import sys
from pathlib import Path
from tui_al.results.claims import claims_of
with claims_of(Path(sys.argv[1])).hold(sys.argv[2:]) as mine:
    print(*mine, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def start_holder(tmp_path: Path):
    """Start a process that claims names and holds them; what it got, and the process."""
    started = []

    def start(*names: str) -> tuple[list[str], "subprocess.Popen[str]"]:
        process = subprocess.Popen(
            [sys.executable, "-c", _HOLD, tmp_path, *names],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        started.append(process)
        assert process.stdout is not None
        return process.stdout.readline().split(), process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_a_claim_excludes_other_processes_until_it_is_given_back(tmp_path, start_holder) -> None:
    claims = claims_of(tmp_path)
    with claims.hold(["a", "b"]) as mine:
        assert mine == ["a", "b"]
        got, other = start_holder("b", "c")
        assert got == ["c"]
        with claims.hold(["c", "d"]) as more:
            assert more == ["d"]
        other.communicate()
    with claims.hold(["a", "b", "c"]) as mine:
        assert mine == ["a", "b", "c"]


@pytest.mark.parametrize("how", ["kill", "terminate"])
def test_a_claim_ends_with_its_process(tmp_path, start_holder, how) -> None:
    got, process = start_holder("a")
    assert got == ["a"]
    with claims_of(tmp_path).hold(["a"]) as mine:
        assert mine == []
    getattr(process, how)()
    process.wait()
    with claims_of(tmp_path).hold(["a"]) as mine:
        assert mine == ["a"]


def test_waiting_for_a_claim_ends_when_its_process_does(tmp_path, start_holder) -> None:
    _, process = start_holder("a")
    order = []

    def wait() -> None:
        with claims_of(tmp_path).wait_for("a"):
            order.append("claimed")

    thread = Thread(target=wait)
    thread.start()
    order.append("killing")
    process.kill()
    thread.join(timeout=20)
    assert order == ["killing", "claimed"]


def test_a_process_does_not_claim_twice_what_it_holds(tmp_path) -> None:
    claims = claims_of(tmp_path)
    got: list[str] = []

    def wait() -> None:
        with claims.wait_for("a"):
            got.append("a")

    with claims.hold(["a"]) as mine, claims.hold(["a", "b"]) as others:
        assert (mine, others) == (["a"], ["b"])
        thread = Thread(target=wait)
        thread.start()
        assert not got
    thread.join(timeout=20)
    assert got == ["a"]


def test_claims_are_given_back_on_an_error(tmp_path) -> None:
    claims = claims_of(tmp_path)
    with pytest.raises(KeyError), claims.hold(["a"]):
        raise KeyError
    with claims.hold(["a"]) as mine:
        assert mine == ["a"]
