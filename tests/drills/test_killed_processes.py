"""Any process may be killed at any time, and killed again: the same cases, each message answered
once. Where exactly each is hit, test_kill_points.py and test_killed_neighbours.py decide."""

import asyncio

import pytest

from backend_api.operations.supervision import Supervisor
from bench.stack import Stack
from tests.drills.conftest import CITIZENS
from tests.drills.kills import kill_if_there
from tests.drills.talks import Result, must_be_whole, results, talk

# The first start may train the models.
pytestmark = pytest.mark.timeout(900)
# Every citizen has a message under way from the first moment on.
MID_TURN_SECONDS = 0.3
# Actions are called when a case is filed: killed again and again, until past that moment.
KILLS = {"actions": 6}
BETWEEN_KILLS_SECONDS = 0.7


@pytest.mark.parametrize("program", ["worker", "engine", "actions", "api", "postgres"])
def test_a_killed_process_costs_nothing_but_time(
    stack: Stack, undisturbed: list[Result], program: str
) -> None:
    async def kill() -> None:
        await asyncio.sleep(MID_TURN_SECONDS)
        kill_if_there(stack, program)
        for _ in range(KILLS.get(program, 1) - 1):
            await asyncio.sleep(BETWEEN_KILLS_SECONDS)
            kill_if_there(stack, program)

    talks = talk(stack, CITIZENS, kill)
    must_be_whole(stack, talks)
    assert results(stack, talks) == undisturbed


def test_a_restarted_database_costs_nothing_but_time(
    stack: Stack, undisturbed: list[Result]
) -> None:
    async def restart() -> None:
        await asyncio.sleep(MID_TURN_SECONDS)
        await asyncio.to_thread(Supervisor(stack.data).restart, "postgres")

    talks = talk(stack, CITIZENS, restart)
    must_be_whole(stack, talks)
    assert results(stack, talks) == undisturbed
