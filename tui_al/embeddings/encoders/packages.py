"""Model files that come inside Python packages."""

from importlib.util import find_spec
from pathlib import Path

from tui_al.catalog import ModelPackage
from tui_al.errors import BadInput, DamagedFile
from tui_al.paths import sha256_of


def package_folder(package: ModelPackage) -> Path:
    """The package's folder, after its pinned files proved to be the published ones.

    The package is found, never imported: loaders of such packages print or download.
    """
    found = find_spec(package.module)
    if found is None or found.origin is None:
        raise BadInput(
            f"the package {package.distribution} is missing: pip install 'tui-al[offline]'"
        )
    folder = Path(found.origin).parent
    for name, expected in package.sha256.items():
        if _digest(folder / name) != expected:
            raise DamagedFile(
                f"{folder / name} is not the published file: "
                f"pip install --force-reinstall {package.distribution}"
            )
    return folder


def _digest(path: Path) -> str | None:
    try:
        return sha256_of(path)
    except OSError:
        return None
