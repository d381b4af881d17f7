"""A data folder without room or without writing: one sentence, whatever the start was doing."""

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from backend_api.operations.folders import PROJECT, DataFolder
from backend_api.operations.postgres import free_port
from backend_api.operations.sweep import sweep

MOUNT, UNMOUNT = "/usr/bin/mount", "/usr/bin/umount"
NO_LIMIT = resource.RLIM_INFINITY
# `up` refuses a disk with little room at once; here it must meet the end of it later.
UP = """
from backend_api import cli
from backend_api.operations import checks

checks.NEEDED_GB = 0
cli.main()
"""


@dataclass(frozen=True, slots=True)
class Disk:
    """A folder that holds only so many bytes: a mounted file system, or a limit for each file."""

    folder: Path
    limit: int

    def up(self, **environment: str) -> "subprocess.CompletedProcess[str]":
        arguments = ["up", "--detach", "--port", str(free_port())]
        return subprocess.run(
            [sys.executable, "-P", "-c", UP, *arguments, "--data", str(self.folder / "data")],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env={**os.environ, "PYTHONPATH": str(PROJECT), **environment},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (self.limit, self.limit)),
        )


def mount(folder: Path, size: int) -> bool:
    """Only root may, and not everywhere."""
    command = [MOUNT, "-t", "tmpfs", "-o", f"size={size},mode=0711", "none", str(folder)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def unmount(folder: Path) -> None:
    subprocess.run([UNMOUNT, str(folder)], capture_output=True, check=True)


def kinds() -> list[str]:
    """The limit on a file's size works for everyone, like a quota; a real file system for root."""
    with tempfile.TemporaryDirectory() as name:
        if not mount(Path(name), 4096):
            return ["limit"]
        unmount(Path(name))
    return ["limit", "file-system"]


@pytest.fixture(params=kinds())
def disk_of(request: pytest.FixtureRequest) -> Iterator[Callable[[int], Disk]]:
    with tempfile.TemporaryDirectory() as name:
        folder, real = Path(name), request.param == "file-system"
        folder.chmod(0o711)

        def make(size: int) -> Disk:
            assert not real or mount(folder, size)
            return Disk(folder, NO_LIMIT if real else size // 100)

        yield make
        if (folder / "data" / "instance").exists():
            sweep(DataFolder(folder / "data"))
        if real:
            unmount(folder)


@pytest.mark.parametrize("size", [8_192, 40_960, 20_000_000])
def test_a_disk_that_fills_up_while_starting_is_one_sentence(
    disk_of: Callable[[int], Disk], size: int
) -> None:
    done = disk_of(size).up()
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert any(sign in done.stderr for sign in ("写不下了", "数据库不能启动"))


def test_a_full_disk_beside_an_own_cluster_is_one_sentence(
    disk_of: Callable[[int], Disk], database_url: str
) -> None:
    done = disk_of(65_536).up(DATABASE_URL=database_url)
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr


def test_a_folder_where_nothing_can_be_made_is_one_sentence() -> None:
    done = Disk(Path("/sys/hualiao"), NO_LIMIT).up()
    assert done.returncode == 1
    assert "数据文件夹不能写入" in done.stderr
    assert "Traceback" not in done.stderr
