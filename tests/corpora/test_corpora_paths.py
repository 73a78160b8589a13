"""Where files go, and that no failure leaves half of one."""

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest

import tui_al
from tui_al.errors import BadInput, Cancelled
from tui_al.paths import Cache, atomic_write, find_cache, find_data_dir, make_folder

FAILURES = [
    RuntimeError("bug"),
    Cancelled("stopped"),
    KeyboardInterrupt(),
    SystemExit(1),
    OSError(errno.ENOSPC, "No space left on device"),
]


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "folder" / "file.txt"
    path.parent.mkdir()
    path.write_text("old")
    return path


def assert_untouched(target: Path) -> None:
    assert target.read_text() == "old"
    assert [path.name for path in target.parent.iterdir()] == [target.name]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
@pytest.mark.parametrize("written", ["", "half of the n"], ids=["before", "midway"])
def test_a_failure_keeps_the_old_content(
    failure: BaseException, written: str, target: Path
) -> None:
    expected = BadInput if isinstance(failure, OSError) else type(failure)

    with pytest.raises(expected) as raised, atomic_write(target) as temporary:
        if written:
            temporary.write_text(written)
        raise failure

    assert_untouched(target)
    if isinstance(failure, OSError):
        assert str(target) in str(raised.value)
        assert "no space left on device" in str(raised.value)
        assert len(str(raised.value).splitlines()) == 1


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_disk_that_fails_at_the_end_keeps_the_old_content(
    call: str, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(*((os, "fsync") if call == "fsync" else (Path, "replace")), fail)

    with pytest.raises(BadInput, match="input/output error"), atomic_write(target) as temporary:
        temporary.write_text("new")

    assert_untouched(target)


def test_the_content_is_on_the_disk_before_it_gets_its_name(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    fsync = os.fsync

    def spy(descriptor: int) -> None:
        seen.append(target.read_text())
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", spy)
    with atomic_write(target) as temporary:
        temporary.write_text("new")
        assert temporary.parent == target.parent
        assert target.read_text() == "old"

    assert seen[0] == "old"
    assert target.read_text() == "new"
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_folders_are_made_on_the_way(tmp_path: Path) -> None:
    with atomic_write(tmp_path / "a" / "b" / "c") as temporary:
        temporary.write_text("new")

    assert (tmp_path / "a" / "b" / "c").read_text() == "new"


@pytest.mark.parametrize("make", [make_folder, lambda path: atomic_write(path / "x").__enter__()])
def test_a_file_where_a_folder_should_be_is_named(make, target: Path) -> None:
    with pytest.raises(BadInput) as raised:
        make(target / "below")

    assert str(target / "below") in str(raised.value)
    assert "--cache-dir" in str(raised.value)
    assert_untouched(target)


def test_a_folder_where_the_file_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()

    with pytest.raises(BadInput, match="cannot write"), atomic_write(tmp_path / "taken") as new:
        new.write_text("new")

    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_the_option_beats_the_variable_beats_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TUI_AL_CACHE", str(tmp_path / "variable"))
    assert find_cache(Path("option")) == Cache(tmp_path / "option")
    assert find_cache() == Cache(tmp_path / "variable")

    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TUI_AL_CACHE", "~/cache")
    assert find_cache() == Cache(tmp_path / "home" / "cache")

    for empty in ("", None):
        monkeypatch.delenv("TUI_AL_CACHE", raising=False)
        if empty is not None:
            monkeypatch.setenv("TUI_AL_CACHE", empty)
        assert find_cache() == Cache(Path(tui_al.__file__).parents[1] / "cache")


def test_an_installed_program_uses_the_platforms_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = shutil.copytree(
        Path(tui_al.__file__).parent, tmp_path / "site" / "tui_al", dirs_exist_ok=True
    )
    monkeypatch.delenv("TUI_AL_CACHE")
    monkeypatch.setenv("PYTHONPATH", str(installed.parent))
    code = "from tui_al.paths import find_cache; print(find_cache().root)"

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert Path(done.stdout.strip()) == platformdirs.user_cache_path("tui-al")


def test_the_data_directory_is_optional_but_has_to_exist(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_data_dir() is None
    monkeypatch.setenv("TUI_AL_DATA", str(tmp_path))
    assert find_data_dir() == tmp_path
    (tmp_path / "option").mkdir()
    assert find_data_dir(tmp_path / "option") == tmp_path / "option"
    (tmp_path / "file").write_text("")
    for wrong in ("missing", "file"):
        with pytest.raises(BadInput, match=f"{wrong} does not exist"):
            find_data_dir(tmp_path / wrong)


@pytest.mark.parametrize("find", [find_cache, find_data_dir])
def test_the_home_of_nobody_is_bad_input(find) -> None:
    with pytest.raises(BadInput, match="~nobody-here"):
        find(Path("~nobody-here/cache"))


def test_a_cache_names_its_folders(tmp_path: Path) -> None:
    cache = Cache(tmp_path)

    assert cache.corpora == tmp_path / "corpora"
    assert cache.embeddings == tmp_path / "embeddings"
    assert cache.runs == tmp_path / "results" / "runs"
    assert cache.failures == tmp_path / "results" / "failures"


def test_what_a_killed_process_left_goes_with_the_next_write(tmp_path: Path) -> None:
    target = tmp_path / "train.npy"
    script = (
        "import os, signal, sys; from pathlib import Path; from tui_al.paths import atomic_write\n"
        "with atomic_write(Path(sys.argv[1])) as temporary:\n"
        "    temporary.write_bytes(b'half'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", script, str(target)], check=False)
    assert len(list(tmp_path.iterdir())) == 1
    with atomic_write(target) as mine, atomic_write(target) as yours:
        yours.write_bytes(b"yours")
        mine.write_bytes(b"mine")  # not an orphan: its process lives
    assert [path.name for path in tmp_path.iterdir()] == ["train.npy"]
