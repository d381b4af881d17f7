import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backend_api.operations.folders import DataFolder
from backend_api.operations.sweep import sweep

# Everything that configparser, supervisor, a shell or a URL could read as syntax.
AWKWARD = "数据 50%(x)s ;a #b 'c' \"d\""


@pytest.fixture
def data(tmp_path: Path) -> Iterator[DataFolder]:
    folder = DataFolder(tmp_path / AWKWARD)
    folder.make()
    yield folder
    sweep(folder)


@pytest.fixture
def sleeper() -> Iterator[Callable[..., "subprocess.Popen[bytes]"]]:
    """Start processes that only sleep, with an environment of one's choice."""
    started: list[subprocess.Popen[bytes]] = []

    def start(**environment: str) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            [sys.executable, "-S", "-c", "print(1, flush=True); import time; time.sleep(60)"],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        process.stdout.readline()
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
