"""Ending one of the stack's own processes with SIGKILL, and what must be there afterwards."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from backend_api.operations import state
from backend_api.operations.supervision import Supervisor
from backend_api.operations.sweep import leftovers
from bench.stack import Stack

LIMIT_SECONDS = 60.0
LOOK_SECONDS = 0.02


def until(what: str, holds: Callable[[], bool], seconds: float = LIMIT_SECONDS) -> None:
    """Waits for a condition; says which one never came true."""
    limit = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < limit, f"never within {seconds:.0f} s: {what}"
        time.sleep(LOOK_SECONDS)


def kill_if_there(stack: Stack, program: str) -> int | None:
    """By the number that this stack's own supervisor tells, and only a process of this stack."""
    pid = stack.pids().get(program)
    if pid is None:  # killed a moment ago and not yet back
        return None
    mark = f"HUALIAO_INSTANCE={stack.data.instance}".encode()
    environment = Path(f"/proc/{pid}/environ").read_bytes()
    if not environment:  # a zombie: killed a moment ago and not yet reaped
        return None
    assert mark in environment.split(b"\0")
    os.kill(pid, signal.SIGKILL)
    return pid


def kill(stack: Stack, program: str) -> None:
    """Now; returns when the process is gone for good and another one was started."""
    pid = kill_if_there(stack, program)
    assert pid is not None, f"{program} did not run"
    until(f"another {program}", lambda: stack.pids().get(program) not in {None, pid})


def must_be_tidy(stack: Stack) -> None:
    """Every program runs, and no process of this stack is left that supervisor does not know."""
    supervisor = Supervisor(stack.data)
    until("all run", lambda: {one.state for one in supervisor.programs()} == {"RUNNING"})
    until("no orphan is left", lambda: not _orphans(stack))


def _orphans(stack: Stack) -> list[psutil.Process]:
    noted = state.read(stack.data)
    assert noted is not None
    supervisor = psutil.Process(noted.supervisor.pid)
    known = {supervisor, *supervisor.children(recursive=True)}
    return [one for one in leftovers(stack.data) if one not in known and one.is_running()]
