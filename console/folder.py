"""Where sign-ins lie while the console runs: a private folder that does not outlive it."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "hualiao-console-"


@contextmanager
def own_folder() -> Iterator[Path]:
    """Removed at the end; after a kill, by the next console that starts: staff's tokens are in it.

    A living console is known by its lock on the folder, which ends with the process.
    """
    for other in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):  # somebody else's, or removed by another console just now
            _remove_if_left(other)
    with tempfile.TemporaryDirectory(prefix=PREFIX) as name, _locked(Path(name)):
        yield Path(name)


def _remove_if_left(folder: Path) -> None:
    """An empty one stays: its console may be about to lock it."""
    if folder.lstat().st_uid != os.geteuid() or not any(folder.iterdir()):
        return
    with _locked(folder):
        shutil.rmtree(folder)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """BlockingIOError where another process has the lock."""
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(number)
