"""The machine a figure was measured on: what may be named of it, and what it can do at best."""

import os
import platform
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

_LEVELS = (("avx512f", "AVX-512"), ("avx2", "AVX2"), ("avx", "AVX"), ("neon", "NEON"))


def describe() -> str:
    """Cores and instruction set."""
    cpuinfo = Path("/proc/cpuinfo")
    flags = set(cpuinfo.read_text().split()) if cpuinfo.exists() else set()
    level = next((name for flag, name in _LEVELS if flag in flags), "")
    return ", ".join(filter(None, (f"{os.cpu_count()} cores", platform.machine(), level)))


def anonymous_bytes() -> int:
    """Memory of this process now, mapped files not counted."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("this system does not tell anonymous memory")


def peak_multiply_adds() -> float:
    """Multiply-adds a second of a large single-precision product on the threads allowed."""
    a = np.ones((1536, 1536), np.float32)
    return len(a) ** 3 / best_seconds(lambda: a @ a, 8)


def peak_bytes(array: np.ndarray) -> float:
    """Bytes a second at which an array of this size can be read, from wherever it lies."""
    flat = array.reshape(-1)
    return array.nbytes / best_seconds(lambda: np.dot(flat, flat), 20)


def best_seconds(work: Callable[[], object], repetitions: int) -> float:
    """The least seconds of several repetitions, after one that does not count."""
    work()
    seconds = []
    for _ in range(repetitions):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return min(seconds)
