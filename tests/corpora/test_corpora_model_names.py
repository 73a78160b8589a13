"""Settings in a model's name: two settings never answer to one name."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_al.catalog import OWN_LENGTH, ModelSpec, find_model, models
from tui_al.embeddings.request import request_embedding
from tui_al.errors import BadInput, UnknownName

ORDER = ("revision", "pooling", "tokens", "prompt", "normalize", "arithmetic", "disk")
OTHER = {
    "revision": st.sampled_from(["v2", "refs/pr/3", "0123abc"]),
    "pooling": st.sampled_from(["cls", "eos", "mean"]),
    "tokens": st.sampled_from(["0", "1", "64", "8192"]),
    "prompt": st.sampled_from(["query: ", "1 + 1", "a+b=c", "Instruct\nQuery: ", "+", "="]),
    "normalize": st.just("no"),
    "arithmetic": st.sampled_from(["float32", "float16", "bfloat16"]),
    "disk": st.just("float16"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("owner/model+revision=v2", "revision", "v2"),
        ("owner/model+pooling=eos", "pooling", "eos"),
        ("owner/model+tokens=64", "max_length", 64),
        ("owner/model+tokens=0", "max_length", 0),
        ("owner/model+prompt=query: ", "prompt", "query: "),
        ("owner/model+prompt=a+b=c", "prompt", "a+b=c"),
        ("owner/model+prompt=+", "prompt", "+"),
        ("owner/model+normalize=no", "normalize", False),
        ("owner/model+arithmetic=bfloat16", "arithmetic", "bfloat16"),
        ("owner/model+disk=float16", "dtype", "float16"),
    ],
)
def test_a_setting_changes_its_field_and_no_other(name: str, field: str, value: object) -> None:
    plain, spec = find_model("owner/model"), find_model(name)

    assert spec.name == spec.option == name
    differing = {key for key in ModelSpec.__slots__ if getattr(plain, key) != getattr(spec, key)}
    assert differing == {"name", "settings", field}
    assert getattr(spec, field) == value


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("minilm-l6+pooling=mean", "minilm-l6"),
        ("minilm-l6+tokens=256+normalize=yes+disk=float32", "minilm-l6"),
        ("minilm-l6+pooling=own", "minilm-l6+pooling=own"),
        ("minilm-l6+disk=float16+pooling=cls", "minilm-l6+pooling=cls+disk=float16"),
        ("owner/model+revision=main+pooling=own", "owner/model"),
        ("owner/model+tokens=512", "owner/model+tokens=512"),
        ("qwen2.5-7b+tokens=512+pooling=eos", "qwen2.5-7b"),
        ("glove-50+pooling=mean+disk=float16", "glove-50+disk=float16"),
        ("wordllama-256+normalize=no", "wordllama-256+normalize=no"),
        ("owner/c++", "owner/c++"),
        ("owner/a+b=c", "owner/a+b=c"),
    ],
)
def test_settings_that_change_nothing_are_dropped_from_the_name(name: str, canonical: str) -> None:
    assert find_model(name).name == canonical
    assert find_model(name) == find_model(canonical)


@given(
    plain=st.sampled_from(["owner/model", "minilm-l6", "bge-en-icl"]),
    settings=st.fixed_dictionaries({}, optional=OTHER),
    data=st.data(),
)
def test_the_order_of_settings_does_not_matter(
    plain: str, settings: dict[str, str], data: st.DataObject
) -> None:
    if models().get(plain, find_model("owner/model")).repo is None:
        settings.pop("revision", None)
    written = data.draw(st.permutations(sorted(settings)))

    spec = find_model(plain + "".join(f"+{key}={settings[key]}" for key in written))

    assert find_model(spec.name) == find_model(spec.option) == spec
    kept = [key for key in ORDER if f"+{key}={settings.get(key)}" in spec.name]
    assert spec.name == plain + "".join(f"+{key}={settings[key]}" for key in kept)
    for key in set(settings) - set(kept):  # the plain model is so already
        assert find_model(f"{plain}+{key}={settings[key]}").name == plain


@given(
    first=st.fixed_dictionaries({}, optional=OTHER),
    second=st.fixed_dictionaries({}, optional=OTHER),
)
def test_two_settings_never_answer_to_one_name(
    first: dict[str, str], second: dict[str, str]
) -> None:
    one, other = (
        find_model("owner/model" + "".join(f"+{key}={value}" for key, value in chosen.items()))
        for chosen in (first, second)
    )

    assert (one.name == other.name) == (one == other) == (first == second)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ("pooling=", "own, cls, eos, mean"),
        ("pooling=max", "own, cls, eos, mean"),
        ("pooling=cls+colour=red", "own, cls, eos, mean"),
        ("tokens=", "number of tokens"),
        ("tokens=-1", "number of tokens"),
        ("tokens=1.5", "number of tokens"),
        ("tokens=many", "number of tokens"),
        ("tokens=\u0663", "number of tokens"),
        ("tokens=" + "9" * 5000, "not possible"),
        ("prompt=", "write something"),
        ("revision=", "write something"),
        ("normalize=true", "yes or no"),
        ("normalize=", "yes or no"),
        ("arithmetic=int8", "float32, float16, bfloat16"),
        ("arithmetic=float64", "float32, float16, bfloat16"),
        ("disk=int8", "float32, float16"),
        ("pooling=cls+pooling=cls", "twice"),
        ("pooling=cls+tokens=5+pooling=eos", "twice"),
    ],
)
@pytest.mark.parametrize("plain", ["owner/model", "minilm-l6"])
def test_impossible_values_are_refused_in_one_line(plain: str, settings: str, says: str) -> None:
    with pytest.raises(BadInput, match=says) as raised:
        find_model(f"{plain}+{settings}")

    assert plain in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("plain", ["glove-50", "wordllama-256"])
@pytest.mark.parametrize("setting", ["pooling=cls", "prompt=query: ", "arithmetic=float16"])
def test_a_table_of_word_vectors_has_little_to_set(plain: str, setting: str) -> None:
    with pytest.raises(BadInput, match="table of word vectors"):
        find_model(f"{plain}+{setting}")


def test_only_models_of_the_hub_have_revisions(tmp_path: Path) -> None:
    for plain in ("minilm-l6", "glove-50", str(tmp_path)):
        with pytest.raises(BadInput, match="no revision"):
            find_model(f"{plain}+revision=v2")
    assert find_model("bert-base-uncased+revision=v2").revision == "v2"


@pytest.mark.parametrize("name", ["+pooling=cls", "minilm+pooling=cls", "minilm-l6+colour=red"])
def test_settings_of_what_is_no_model(name: str) -> None:
    with pytest.raises(UnknownName):
        find_model(name)


def test_a_directory_that_is_elsewhere_is_meant_by_its_name() -> None:
    spec = find_model("local/mine+pooling=cls")
    assert (spec.name, spec.pooling) == ("local/mine+pooling=cls", "cls")
    with pytest.raises(BadInput, match="give its path"):
        request_embedding("pets", "0", spec)


@pytest.mark.parametrize(
    "name", ["plain", "a+b", "a=b", "a+b=c", "c++", "m+pooling=cls", "+=", "ü ☃"]
)
def test_a_directory_may_hold_any_signs_in_its_name(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path)

    for option in (name, f"./{name}", str(tmp_path / name)):
        spec = find_model(option)
        assert spec.directory == str(tmp_path.resolve() / name)
        assert spec.name == f"local/{name}"
        assert (spec.pooling, spec.max_length, spec.settings) == ("own", OWN_LENGTH, "")
        assert find_model(spec.option) == spec


@pytest.mark.parametrize("name", ["plain", "a+b", "a=b", "a+b=c", "c++", "+="])
def test_settings_follow_a_directorys_name(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()

    spec = find_model(f"{tmp_path / name}+normalize=no+tokens=9")

    assert spec.directory == str(tmp_path.resolve() / name)
    assert spec.name == f"local/{name}+tokens=9+normalize=no"
    assert (spec.max_length, spec.normalize) == (9, False)
    assert find_model(spec.option) == spec
