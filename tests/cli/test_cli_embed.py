"""`tui-al embed` as a user meets it: many at once, before starting, and refused."""

import json

import pytest

BOTH = ("--dataset", "pets", "--model", "glove-50", "--model", "wordllama-256")


@pytest.fixture(autouse=True)
def added(tui_al, pets):
    assert tui_al("dataset", "add", "pets", str(pets)).code == 0


def test_a_line_a_job_and_a_table_at_the_end(tui_al):
    done = tui_al("embed", *BOTH)
    assert (done.code, done.out) == (0, "")
    lines = done.err.splitlines()
    assert sum("pets with glove-50" in line for line in lines) == 2  # begun, and done
    header = next(line for line in lines if line.startswith("dataset"))
    assert header.split() == [
        "dataset",
        "model",
        "texts",
        "dim",
        "MB",
        "length",
        "equal",
        "probe",
        "guess",
    ]
    rows = [line for line in lines if line.startswith("pets ")]
    assert [row.split()[:4] for row in rows] == [
        ["pets", "glove-50", "60", "50"],
        ["pets", "wordllama-256", "60", "256"],
    ]
    assert all(len(line) <= 80 for line in (header, *rows))


def test_json_is_an_object_a_job(tui_al):
    done = tui_al("embed", *BOTH, "--json")
    facts = [json.loads(line) for line in done.out.splitlines()]
    assert [(fact["model"], fact["fresh"]) for fact in facts] == [
        ("glove-50", True),
        ("wordllama-256", True),
    ]
    assert {"folder", "key", "tokens", "seconds", "duplicates", "norms"} <= facts[0].keys()
    assert 0 <= facts[0]["probe"]["accuracy"] <= 1
    again = tui_al("embed", *BOTH, "--json")
    assert [json.loads(line)["fresh"] for line in again.out.splitlines()] == [False, False]


def test_a_dry_run_tells_and_embeds_nothing(tui_al, files):
    before = files()
    told = tui_al("embed", *BOTH, "--dry-run")
    assert told.code == 0
    header, first, second, total = told.out.splitlines()
    assert header.split() == [
        "dataset",
        "model",
        "texts",
        "left",
        "tokens",
        "disk",
        "time",
        "state",
    ]
    assert first.split()[:4] == ["pets", "glove-50", "60", "60"]
    assert second.split()[-1] == "new"
    assert total.startswith("in all ")
    assert files() == before
    tui_al("embed", *BOTH)
    told = tui_al("embed", *BOTH, "--dry-run", "--json")
    assert [row["state"] for row in json.loads(told.out)] == ["stored", "stored"]


def test_a_dry_run_that_does_not_fit_exits_with_2(tui_al, monkeypatch):
    monkeypatch.setattr("tui_al.report.embedding.free_bytes", lambda _: 1000)
    told = tui_al("embed", *BOTH, "--dry-run")
    assert told.code == 2
    assert "this does not fit" in told.err


def test_one_failing_job_of_two(tui_al, tmp_path, files):
    (tmp_path / "hollow").mkdir()
    (tmp_path / "hollow" / "config.json").write_text("{}")
    hollow = str(tmp_path / "hollow")
    done = tui_al("embed", "--dataset", "pets", "--model", hollow, "--model", "glove-50")
    assert done.code == 2
    assert "pets x local/hollow failed: model local/hollow cannot be loaded" in done.err
    assert "embeddings/pets/glove-50/meta.json" in files()


def test_unknown_names_are_refused_before_any_work(tui_al, files):
    before = files()
    for wrong in (("--dataset", "petz"), ("--model", "glove-5")):
        refused = tui_al("embed", *BOTH, *wrong)
        assert refused.code == 2
        assert "did you mean" in refused.err
    assert files() == before


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("glove-50+pooling=cls", "table of word vectors"),
        ("minilm-l6+pooling=first", "write own, cls, eos, mean"),
        ("minilm-l6+tokens=many", "write a number of tokens"),
        ("minilm-l6+arithmetic=int4", "write float32, float16, bfloat16"),
        ("minilm-l6+tokens=4+tokens=5", "tokens is set twice"),
        ("minilm-l6+revision=v2", "no revision to choose"),
    ],
)
def test_settings_that_cannot_be_are_one_line(tui_al, model, told):
    refused = tui_al("embed", "--dataset", "pets", "--model", model)
    assert refused.code == 2
    (line,) = refused.err.splitlines()
    assert told in line


def test_a_setting_is_a_model_of_its_own_for_every_command(tui_al):
    model = "wordllama-256+disk=float16"
    assert tui_al("embed", "--dataset", "pets", "--model", model).code == 0
    run = tui_al("run", "--dataset", "pets", "--model", model, "--budget", "9", "--cycles", "2")
    assert run.code == 0
    report = tui_al("report", "--dataset", "pets", "--format", "json")
    assert {row["model"] for row in json.loads(report.out)} == {model}


@pytest.mark.parametrize(("option", "word"), [("--trust-remote-code", "rights"),
                                              ("--allow-pickle", "code")])  # fmt: skip
def test_permissions_are_warned_about(tui_al, option, word):
    done = tui_al("embed", "--dataset", "pets", "--model", "glove-50", option)
    assert done.code == 0
    warning = done.err.splitlines()[0]
    assert warning.startswith(f"warning: {option}")
    assert word in warning


def test_devices_that_are_not_there(tui_al):
    for device, told in (("cuda:7", "table"), ("tpu", "write auto, cpu, cuda")):
        model = "glove-50" if device == "cuda:7" else "minilm-l6"
        refused = tui_al("embed", "--dataset", "pets", "--model", model, "--device", device)
        assert refused.code == 2
        assert told in refused.err
