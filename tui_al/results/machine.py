"""What computed a run, as far as its figures may depend on it: versions and instruction set.

No names of hosts, people or folders: results are shared.
"""

import json
import os
import platform
from functools import cache
from importlib.metadata import version

from tui_al import __version__

_LIBRARIES = ("numpy", "scipy", "polars")


@cache
def describe_versions() -> str:
    """JSON: Python and the libraries that compute and store."""
    found = {name: version(name) for name in _LIBRARIES}
    return json.dumps({"tui-al": __version__, "python": platform.python_version(), **found})


@cache
def describe_machine() -> str:
    """JSON: cores, architecture, system, NumPy's instruction sets and the BLAS kernels."""
    import numpy as np
    import scipy.linalg  # noqa: F401  (loads its BLAS, which is another than NumPy's)
    from threadpoolctl import threadpool_info

    simd = np.show_config(mode="dicts")["SIMD Extensions"]
    kernels = {
        f"{library['internal_api']} {library['version']} {library.get('architecture', '')}".strip()
        for library in threadpool_info()
        if library["user_api"] == "blas"
    }
    facts = {
        "cores": os.cpu_count(),
        "architecture": platform.machine(),
        "system": platform.system(),
        "instructions": " ".join([*simd.get("baseline", ()), *simd.get("found", ())]),
        "blas": ", ".join(sorted(kernels)),
    }
    return json.dumps(facts)
