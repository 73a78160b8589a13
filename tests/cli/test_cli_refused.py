"""Bad input: one line, exit code 2, nothing written."""

from pathlib import Path

import pytest

from tui_al.paths import Cache

DEMO = ("--dataset", "bbcnews", "--model", "wordllama-256")


def one_line(err: str) -> str:
    """The single line of an error, without its prefix."""
    lines = err.splitlines()
    assert len(lines) == 1, err
    assert lines[0].startswith("tui-al: ")
    return lines[0].removeprefix("tui-al: ")


@pytest.mark.parametrize(
    ("arguments", "explanation"),
    [
        (("run", "--dataset", "bbcnew", "--model", "wordllama-256"), "did you mean bbcnews"),
        (("run", "--dataset", "bbcnews", "--model", "minilm"), "did you mean minilm-l6"),
        (("run", *DEMO, "--strategy", "margins"), "did you mean margin?"),
        (("run", *DEMO, "--ips", "margin"), "unknown initial pool selection 'margin'"),
        (("run", *DEMO, "--budget", "99999"), "does not fit the train pool of 1780 texts"),
        (("run", *DEMO, "--budget", "0"), "does not fit the train pool"),
        (("run", *DEMO, "--budget", "100", "--initial", "101"), "does not fit the budget 100"),
        (("run", *DEMO, "--budget", "15"), "no label for each of 20 cycles"),
        (("run", *DEMO, "--cycles", "-1"), "--cycles"),
        (("run", *DEMO, "--seed", "x"), "--seed"),
        (("run", *DEMO, "--colour"), "No such option"),
        (("run", "--dataset", "bbcnews"), "Missing option '--model'"),
        (("embed", *DEMO, "--limit", "1"), "--limit 1 is too small"),
        (("embed", "--dataset", "bbcnews@x", "--model", "glove-50"), "write a number of texts"),
        (("embed", *DEMO, "--data-dir", "/nowhere"), "does not exist"),
        (("embed", "--dataset", "fnc1", "--model", "glove-50"), "--data-dir or TUI_AL_DATA"),
        (("report", "--dataset", "trec"), "did you mean trec6"),
        (("report", "--strategy", "margin", "--strategy", "badg"), "query strategy 'badg'"),
        (("report", "--model", "nothing"), "unknown model 'nothing'"),
        (("run", *DEMO, "--seed", str(2**63)), "a seed must be below 2^63"),
        (("run", "--dataset", "bbcnews", "--model", "local/mine"), "give its path instead"),
        (("embed", *DEMO, "--dataset", "nope"), "unknown dataset 'nope'"),
        (("--cache-dir", "/tmp", "run", *DEMO), "--cache-dir stands before the command"),
        (("report", "--format", "xml"), "--format"),
        (("frobnicate",), "No such command"),
        (("dataset",), "Missing command"),
        ((), "needs a terminal"),
    ],
    ids=lambda value: " ".join(value)[-40:] or "nothing" if isinstance(value, tuple) else "",
)
def test_refused(tui_al, files, arguments: tuple[str, ...], explanation: str) -> None:
    result = tui_al(*arguments)
    assert result.code == 2
    assert explanation in one_line(result.err)
    assert result.out == ""
    assert files() == set()


@pytest.mark.parametrize(
    ("name", "content", "options", "explanation"),
    [
        ("d.csv", "words,kind\na,x\nb,y\n", (), "which column is the label"),
        ("d.csv", "text,label\na,x\nb,y\n", ("--text", "body"), "no column 'body'"),
        ("d.csv", "", (), "is empty"),
        ("d.csv", "text,label\n", (), "no rows"),
        ("d.csv", "text,label\na,x\nb,x\n", (), "every label is 'x'"),
        ("d.csv", "text,label\na,x\n ,y\nc,x\n", (), "row 2 has an empty text"),
        ("d.jsonl", '{"text": "a", "label": "x"}\n{"text": null, "label": "y"}\n', (), "row 2"),
        ("d.csv", b"text,label\na,x\nb\xff,y\n", (), "not UTF-8 (line 3)"),
        ("d.txt", "a\n", (), "unknown format '.txt'"),
        ("missing.csv", None, (), "does not exist"),
    ],
)  # fmt: skip
def test_refused_files(
    tui_al, files, tmp_path: Path, name: str, content: str | bytes | None,
    options: tuple[str, ...], explanation: str,
) -> None:  # fmt: skip
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    result = tui_al("dataset", "add", "mine", str(path), *options)
    assert result.code == 2
    line = one_line(result.err)
    assert explanation in line
    assert name in line
    assert files() == set()


def test_test_label_never_seen_in_training(tui_al, files, pets: Path, tmp_path: Path) -> None:
    test = tmp_path / "test.csv"
    test.write_text("text,label\na cat,cat\na bird,bird\n", "utf-8")
    result = tui_al("dataset", "add", "pets", str(pets), "--test", str(test))
    assert result.code == 2
    assert "row 2 has the label 'bird'" in one_line(result.err)
    assert files() == set()


def test_a_catalog_name_is_not_hidden_by_accident(tui_al, files, pets: Path) -> None:
    refused = tui_al("dataset", "add", "bbcnews", str(pets))
    assert refused.code == 2
    assert "dataset of the catalog" in one_line(refused.err)
    assert files() == set()
    assert tui_al("dataset", "add", "bbcnews", str(pets), "--replace").code == 0


def test_a_sample_without_test_texts(tui_al, tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    rows = [f"text {row},class{row % 200}" for row in range(1000)]
    path.write_text("\n".join(["text,label", *rows]), "utf-8")
    assert tui_al("dataset", "add", "many", str(path)).code == 0
    refused = tui_al("embed", "--dataset", "many", "--limit", "100", "--model", "glove-50")
    assert refused.code == 2
    assert "'many@100' would lose classes" in one_line(refused.err)


def test_hostile_labels_are_shown_as_characters(tui_al, tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text("text,label\na,\x1b[31m[bold]x\nb,\x1b[31m[bold]x\n", "utf-8")
    result = tui_al("dataset", "add", "mine", str(path))
    assert "␛[31m[bold]x" in result.err
    assert "\x1b" not in result.err


def test_an_unwritable_cache(tui_al, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", "utf-8")
    result = tui_al("embed", *DEMO, "--cache-dir", str(blocked / "cache"))
    assert result.code == 2
    assert f"cannot write {blocked}" in one_line(result.err)


@pytest.mark.parametrize("damage", ["truncate", "flip", "remove"])
def test_a_damaged_embedding_is_named_with_its_repair(tui_al, cache: Cache, damage: str) -> None:
    assert tui_al("embed", *DEMO).code == 0
    matrix = cache.embeddings / "bbcnews" / "wordllama-256" / "test.npy"
    content = matrix.read_bytes()
    if damage == "truncate":
        matrix.write_bytes(content[:-100])
    elif damage == "flip":
        matrix.write_bytes(content[:5000] + bytes([content[5000] ^ 1]) + content[5001:])
    else:
        matrix.unlink()
    refused = tui_al("run", *DEMO)
    assert refused.code == 2
    line = one_line(refused.err)
    assert str(matrix) in line
    assert "tui-al embed --dataset bbcnews --model wordllama-256" in line
    assert not list(cache.runs.glob("*"))
    assert tui_al("embed", *DEMO).code == 0
    assert matrix.read_bytes() == content
    assert tui_al("run", *DEMO).code == 0


def test_debug_shows_the_traceback(tui_al, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from tui_al import cli
    from tui_al.errors import UnknownName

    monkeypatch.setattr(sys, "argv", ["tui-al", "run", "--debug", "--dataset", "x", "--model", "y"])
    with pytest.raises(UnknownName):
        cli.main()
