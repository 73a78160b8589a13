"""The settings file, its checks, and what the app remembers by itself."""

import json
import os
import stat
import sys
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_al.errors import BadInput
from tui_al.paths import Cache
from tui_al.tui.choices import DEMO, Choices, opening_choices
from tui_al.tui.config import (
    Preferences,
    Settings,
    check_keys,
    find_config,
    normal_key,
    read_settings,
    write_out,
)
from tui_al.tui.keys import EVERYWHERE, split_keys
from tui_al.tui.keys.common import ROW_KEYS, SCROLL_KEYS
from tui_al.tui.memory import Memory, memory_path
from tui_al.tui.pages import known_keys

KNOWN = known_keys()


@pytest.fixture
def config() -> Path:
    path = find_config()
    path.parent.mkdir(parents=True)
    return path


def refusal(path: Path, content: str) -> str:
    path.write_text(content, "utf-8")
    with pytest.raises(BadInput) as refused:
        read_settings(path, KNOWN)
    message = str(refused.value)
    assert str(path) in message
    assert "\n" not in message
    return message


def test_without_a_file_everything_is_left_open() -> None:
    assert read_settings(find_config(), KNOWN) == Settings()


def test_a_file_is_read(config: Path) -> None:
    config.write_text(
        '[app]\ntheme = "nord"\nmodel = "minilm-l6"\n'
        '[keys]\nlive.run = "f9, ctrl+r"\n"live.stop" = "?"\napp.help = "f1"\n'
    )
    assert read_settings(config, KNOWN) == Settings(
        Preferences(theme="nord", model="minilm-l6"),
        {"live.run": "f9, ctrl+r", "live.stop": "?", "app.help": "f1"},
    )


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[keys]\nlive.rum = 'r'", "did you mean live.run"),
        ("[keys]\nlive.run = 'p'", "live.run and live.pause both have the key 'p'"),
        ("[keys]\nlive.run = '?'", "app.help and live.run both have the key 'question_mark'"),
        ("[keys]\nlive.run = 'j'", "rows.down and live.run both have the key 'j'"),
        ("[keys]\nlive.run = 'hyperspace'", "there is no key 'hyperspace'"),
        ("[keys]\nlive.run = 'ctl+r'", "there is no key 'ctl+r'"),
        ("[keys]\nlive.run = 'ctrl+R'", "there is no key 'ctrl+R'"),
        ("[keys]\nlive.run = 'shift+r'", "there is no key 'shift+r'"),
        ("[keys]\nlive.run = ', ,'", "there is no key ', ,'"),
        ("[keys]\nlive.run = ''", "live.run must be text in quotes"),
        ("[keys]\nlive.run = 5", "live.run must be text in quotes"),
        ("[keys]\nlive.run.twice = 'r'", "unknown action"),
        ("keys = 'r'", "write a section [keys]"),
        ("[app]\nthem = 'nord'", "did you mean theme"),
        ("[app]\ntheme = true", "theme must be text in quotes"),
        ("[colors]\n", "unknown section 'colors'"),
        ("[keys\n", "not valid TOML"),
    ],
)
def test_what_cannot_be_followed_is_one_line(config: Path, content: str, says: str) -> None:
    if "twice" in content:
        says = "live.run"
    assert says in refusal(config, content)


def test_two_keys_may_change_places(config: Path) -> None:
    config.write_text("[keys]\nlive.run = 'p'\nlive.pause = 'r'")
    assert read_settings(config, KNOWN).keys == {"live.run": "p", "live.pause": "r"}


def test_a_key_named_twice_is_that_key(config: Path) -> None:
    config.write_text("[keys]\nlive.run = 'R, R, comma'")
    assert read_settings(config, KNOWN).keys == {"live.run": "R, R, comma"}


def test_a_file_in_another_encoding_or_without_permission(config: Path) -> None:
    config.write_bytes(b"[app]\ntheme = '\xe9'")
    with pytest.raises(BadInput, match="not valid TOML"):
        read_settings(config, KNOWN)
    config.unlink()
    config.mkdir()
    with pytest.raises(BadInput, match="cannot read"):
        read_settings(config, KNOWN)


def test_the_defaults_do_not_clash() -> None:
    """Keys that every screen has, the rows of tables, and each screen's own."""
    check_keys({key.name: key.keys for key in KNOWN}, KNOWN)
    for key in KNOWN:
        assert key.place in EVERYWHERE or key.help, f"{key.name} has no sentence for the palette"
        assert all(normal_key(one) for one in split_keys(key.keys))


def test_scrolling_has_the_keys_of_rows() -> None:
    named = [(key.name, key.keys) for key in ROW_KEYS]
    assert [(key.name, key.keys) for key in SCROLL_KEYS] == named


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip)


@given(st.builds(Preferences, *[st.none() | texts for _ in fields(Preferences)]))
def test_what_is_written_out_is_read_as_it_was(app: Preferences) -> None:
    keys = {"live.run": "f9", "app.copy": '"'}
    written = tomllib.loads(write_out(Settings(app, keys), KNOWN))
    assert Preferences(**written["app"]) == app
    assert written["keys"]["live"]["run"] == "f9"
    assert written["keys"]["app"]["copy"] == '"'
    assert written["keys"]["live"]["pause"] == "p"


def test_a_template_decides_nothing_and_is_valid_where_uncommented(tmp_path: Path) -> None:
    template = write_out(Settings(), KNOWN, template=True)
    assert tomllib.loads(template) == {"app": {}, "keys": {}}
    path = tmp_path / "config.toml"
    head, *lines = template.splitlines()
    path.write_text("\n".join([head, *(line.removeprefix("# ") for line in lines)]))
    assert read_settings(path, KNOWN).keys == {key.name: key.keys for key in KNOWN}


def test_path_show_and_edit(tui_al, tmp_path: Path, monkeypatch) -> None:
    path = Path(tui_al("config", "path").out.strip())
    assert path == find_config()
    assert tomllib.loads(tui_al("config", "show").out)["keys"]["live"]["run"] == "r"
    editor = tmp_path / "my editor"
    editor.write_text(
        f"#!{sys.executable}\nimport sys\nopen(sys.argv[2], 'a').write(sys.argv[1])\n"
    )
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", "false")
    monkeypatch.setenv("VISUAL", f"'{editor}' 'live.run = \"F\"'")
    edited = tui_al("config", "edit")
    assert (edited.code, edited.err) == (0, f"{path} is valid\n")
    shown = tui_al("config", "show").out
    assert 'live.run = "F"  # Start with what is chosen' in shown
    assert "(default: r)" in shown
    monkeypatch.setenv("VISUAL", f"'{editor}' '\nlive.step = \"p\"'")
    wrong = tui_al("config", "edit")
    assert wrong.code == 2
    assert "both have the key 'p'" in wrong.err
    assert tui_al("config", "show").code == 2


@pytest.mark.parametrize(("editor", "code", "says"), [
    ("/nowhere/editor", 2, "set VISUAL or EDITOR"), ("false", 1, "ended with code 1"),
])  # fmt: skip
def test_an_editor_that_does_not_work(
    tui_al, monkeypatch: pytest.MonkeyPatch, editor: str, code: int, says: str
) -> None:
    monkeypatch.setenv("VISUAL", editor)
    refused = tui_al("config", "edit")
    assert refused.code == code
    assert says in refused.err
    assert refused.err.count("\n") == 1


def test_without_any_editor(tui_al, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", " ")
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.setenv("PATH", "")
    refused = tui_al("config", "edit")
    assert refused.code == 2
    assert "no editor found" in refused.err


def test_memory_keeps_values(tmp_path: Path) -> None:
    path = memory_path(tmp_path / "new" / "config.toml")
    memory = Memory(path)
    memory.remember("live", dataset="sst2")
    memory.remember("results", columns=["a"], wide=True)
    memory.save()
    again = Memory(path)
    assert again.recall("live", "dataset", "") == "sst2"
    assert again.recall("results", "columns", []) == ["a"]
    assert again.recall("results", "columns", "text") == "text"  # of another type
    assert again.recall("nowhere", "x", 5) == 5


def test_two_apps_do_not_forget_what_the_other_kept(tmp_path: Path) -> None:
    one, other = Memory(tmp_path / "s.json"), Memory(tmp_path / "s.json")
    one.remember("app", theme="nord")
    one.save()
    other.remember("app", greeted=True)
    other.save()
    assert json.loads((tmp_path / "s.json").read_text()) == {
        "app": {"theme": "nord", "greeted": True}
    }


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"app": 3}', b"\xff", b"[" * 100_000])
def test_a_damaged_memory_is_an_empty_one(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "s.json"
    path.write_bytes(content)
    memory = Memory(path)
    assert memory.recall("app", "theme", "none") == "none"
    memory.remember("app", theme="nord")
    memory.save()
    assert Memory(path).recall("app", "theme", "none") == "nord"


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes anywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    memory = Memory(tmp_path / "s.json")
    memory.remember("app", theme="nord")
    memory.save()
    assert memory.recall("app", "theme", "") == "nord"


def test_a_memory_where_no_file_can_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    memory = Memory(tmp_path / "file" / "s.json")
    memory.remember("app", theme="nord")
    memory.save()
    assert memory.recall("app", "theme", "") == "nord"


def test_what_is_given_comes_before_what_is_wished(cache: Cache) -> None:
    wishes = {"dataset": "agnews", "model": "minilm-l6", "ips": None, "strategy": "margin"}
    chosen = opening_choices({"model": "glove-50", "ips": None}, wishes, cache, None)
    assert chosen == Choices("agnews", "glove-50", DEMO.ips, "margin")


def test_wishes_that_no_longer_exist_are_passed_over(cache: Cache) -> None:
    wishes = {"dataset": "mine", "model": "minilm-l6", "ips": "margin", "strategy": "mine"}
    assert opening_choices({}, wishes, cache, None) == Choices(
        DEMO.dataset, "minilm-l6", DEMO.ips, DEMO.strategy
    )


def test_a_given_name_that_does_not_exist_is_refused(cache: Cache) -> None:
    with pytest.raises(BadInput, match="did you mean"):
        opening_choices({"dataset": "agnew"}, {}, cache, None)
