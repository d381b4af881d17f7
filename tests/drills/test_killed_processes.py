"""Any process may be killed in mid-turn: the same cases, every message answered once."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from backend_api.operations.supervision import Supervisor
from bench.stack import Stack
from tests.drills.conftest import CITIZENS
from tests.drills.talks import facts, must_be_whole, talk

# The first start may train the models.
pytestmark = pytest.mark.timeout(900)
# Every citizen has a message under way from the first moment on.
MID_TURN_SECONDS = 0.3
# Actions are called when a case is filed: killed again and again, until past that moment.
KILLS = {"actions": 6}
BETWEEN_KILLS_SECONDS = 0.7


@pytest.mark.parametrize("program", ["worker", "engine", "actions", "api", "postgres"])
def test_a_killed_process_costs_nothing_but_time(
    stack: Stack, undisturbed: list[dict[str, str]], program: str
) -> None:
    async def kill() -> None:
        await asyncio.sleep(MID_TURN_SECONDS)
        _kill(stack, program)
        for _ in range(KILLS.get(program, 1) - 1):
            await asyncio.sleep(BETWEEN_KILLS_SECONDS)
            _kill(stack, program)

    talks = talk(stack, CITIZENS, kill)
    must_be_whole(stack, talks)
    assert facts(talks) == undisturbed


def test_a_restarted_database_costs_nothing_but_time(
    stack: Stack, undisturbed: list[dict[str, str]]
) -> None:
    async def restart() -> None:
        await asyncio.sleep(MID_TURN_SECONDS)
        await asyncio.to_thread(Supervisor(stack.data).restart, "postgres")

    talks = talk(stack, CITIZENS, restart)
    must_be_whole(stack, talks)
    assert facts(talks) == undisturbed


def _kill(stack: Stack, program: str) -> None:
    """By the number that this stack's own supervisor tells, and only a process of this stack."""
    pid = stack.pids().get(program)
    if pid is None:  # killed a moment ago and not yet back
        return
    mark = f"HUALIAO_INSTANCE={stack.data.instance}".encode()
    environment = Path(f"/proc/{pid}/environ").read_bytes()
    if not environment:  # a zombie: killed a moment ago and not yet reaped
        return
    assert mark in environment.split(b"\0")
    os.kill(pid, signal.SIGKILL)
