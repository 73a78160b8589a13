"""Tiny transformers on disk, made once a session, and copies of them to damage."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from embedding_samples import ARCHITECTURES, save_tiny_model

TinyModel = Callable[[str], Path]


@pytest.fixture(scope="session")
def tiny_models(tmp_path_factory: pytest.TempPathFactory) -> TinyModel:
    """The directory of a random model of an architecture; nobody may write into it."""
    root = tmp_path_factory.mktemp("models")

    def find(architecture: str) -> Path:
        folder = root / architecture
        if not folder.exists():
            save_tiny_model(architecture, folder)
        return folder

    return find


@pytest.fixture(scope="session", params=ARCHITECTURES)
def tiny_model(request: pytest.FixtureRequest, tiny_models: TinyModel) -> Path:
    """Each architecture in turn."""
    return tiny_models(request.param)


@pytest.fixture
def tiny_bert(tiny_models: TinyModel, tmp_path: Path) -> Path:
    """A copy of the tiny BERT for this test alone."""
    return shutil.copytree(tiny_models("bert"), tmp_path / "tiny-bert")
