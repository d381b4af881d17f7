"""What the running instance wrote down about itself, and the lock on its data folder."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

import psutil

from backend_api.operations.folders import DataFolder, write_private


@dataclass(frozen=True, slots=True)
class Seen:
    """A process that cannot be mistaken for another one with the same number."""

    pid: int
    created: float

    def lives(self) -> bool:
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.created) < 1
            return same and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False


def seen(pid: int) -> Seen:
    return Seen(pid, psutil.Process(pid).create_time())


@dataclass(frozen=True, slots=True)
class State:
    """One start of the service."""

    host: str
    port: int
    console_port: int
    engine_port: int
    actions_port: int
    # None: the service runs on an own cluster.
    database_port: int | None
    detached: bool
    since: float
    launcher: Seen
    supervisor: Seen
    site: str = ""


def write(data: DataFolder, state: State) -> None:
    write_private(data.state, json.dumps(asdict(state), indent=1))


def read(data: DataFolder) -> State | None:
    """None when nothing readable was written down."""
    try:
        content = json.loads(data.state.read_text(encoding="utf-8"))
        content["launcher"] = Seen(**content["launcher"])
        content["supervisor"] = Seen(**content["supervisor"])
        return State(**content)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def running(data: DataFolder) -> State | None:
    """What the service wrote down, while its supervisor lives."""
    found = read(data) if data.exists() else None
    return found if found is not None and found.supervisor.lives() else None


@contextmanager
def only_one(data: DataFolder) -> Iterator[bool]:
    """Hold the data folder; False when another command holds it. Ends with the process."""
    with data.lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
