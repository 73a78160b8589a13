"""What the tests of corpora share: a Hub to download from, and files of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hub_datasets import serve_published, write_published
from hub_downloads import Downloader
from hub_server import HubServer


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Hub's repositories as folders, written once."""
    root = tmp_path_factory.mktemp("published")
    write_published(root)
    return root


@pytest.fixture
def hub(published: Path) -> Iterator[HubServer]:
    """A Hub with every dataset of the catalog; failures are the test's to switch on."""
    with HubServer() as server:
        serve_published(server, published)
        yield server


@pytest.fixture
def downloader(tmp_path: Path) -> Downloader:
    return Downloader(tmp_path)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Write a file of the test's own and return its path."""

    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file
