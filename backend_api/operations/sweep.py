"""End what an earlier start left behind, and nothing else.

A process is ours when it carries this instance's random mark in its environment, or is a
PostgreSQL server in our cluster's folder (its children overwrite their environment). Numbers are
never trusted: psutil compares the start time before each signal.
"""

import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from backend_api.operations.folders import MARK, DataFolder

GENTLE_SECONDS = 15.0
SERVER_SECONDS = 20.0
HARD_SECONDS = 5.0


def leftovers(data: DataFolder) -> list[psutil.Process]:
    """Our processes that live now, without ourselves and those who started us."""
    mark, cluster = data.instance, _cluster(data)
    spared = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    return [
        process
        for process in psutil.process_iter()
        if process.pid not in spared and _is_ours(process, mark, cluster)
    ]


def _cluster(data: DataFolder) -> Path | None:
    folder = data.root / "postgres"
    return folder.resolve() if folder.exists() else None


def _is_ours(process: psutil.Process, mark: str, cluster: Path | None) -> bool:
    try:
        if process.environ().get(MARK) == mark:
            return process.status() != psutil.STATUS_ZOMBIE
        return _is_server(process) and cluster is not None and Path(process.cwd()) == cluster
    except (psutil.Error, OSError):
        return False


def _is_server(process: psutil.Process) -> bool:
    return process.name() == "postgres"


def sweep(data: DataFolder) -> int:
    """End them: supervisor first, or it would start its programs anew; the database last."""
    found = leftovers(data)
    supervisors = [process for process in found if _is_supervisor(process)]
    _end(supervisors, signal.SIGTERM, GENTLE_SECONDS)
    rest = leftovers(data)
    _end([p for p in rest if not _named_server(p)], signal.SIGTERM, GENTLE_SECONDS)
    _end(_masters(leftovers(data)), signal.SIGINT, SERVER_SECONDS)
    _end(leftovers(data), signal.SIGTERM, HARD_SECONDS)
    if not leftovers(data):
        forget(data)
    return len(found)


def _is_supervisor(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return "supervisor.supervisord" in process.cmdline()
    return False


def _named_server(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return _is_server(process)
    return False


def _masters(found: Sequence[psutil.Process]) -> list[psutil.Process]:
    """The servers whose parent is no server: the others end with them."""
    numbers = {process.pid for process in found}
    masters = []
    for process in found:
        with suppress(psutil.Error):
            if process.ppid() not in numbers:
                masters.append(process)
    return masters


def _end(processes: Sequence[psutil.Process], gently: signal.Signals, seconds: float) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(gently)
    _, stubborn = psutil.wait_procs(processes, timeout=seconds)
    for process in stubborn:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stubborn, timeout=HARD_SECONDS)


def forget(data: DataFolder) -> None:
    """Remove what only a living process may own.

    PostgreSQL refuses to start when any process of ours carries the number in a left
    postmaster.pid. No server lives in the cluster any more, so the file is stale.
    """
    cluster = _cluster(data)
    if cluster is not None:
        (cluster / "postmaster.pid").unlink(missing_ok=True)
    data.close_door()
    data.state.unlink(missing_ok=True)
