import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backend_api.core.crypto import new_keyring_file
from backend_api.operations import copies
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


@pytest.fixture
def copy_of_nothing(tmp_path: Path) -> Path:
    """A copy as far as its outside goes: keys, and a dump in which there is nothing."""
    inside = tmp_path / "inside"
    (inside / "secrets").mkdir(parents=True)
    (inside / copies.ABOUT).write_text(json.dumps({"format": copies.FORMAT, "keys": True}))
    (inside / copies.DUMP).touch()
    new_keyring_file(inside / "secrets" / "keyring.json")
    with tarfile.open(tmp_path / "copy.tar", "w") as tar:
        for child in inside.iterdir():
            tar.add(child, child.name)
    return tmp_path / "copy.tar"
