"""Engine and actions are away for half a minute while twenty citizens talk."""

import asyncio

import pytest

from backend_api.operations.supervision import Supervisor
from bench.stack import Stack
from tests.drills.talks import Result, is_delay, must_be_whole, results, talk

pytestmark = pytest.mark.timeout(900)
CITIZENS = 20
AWAY = ("engine", "actions")
AWAY_SECONDS = 30.0


def test_half_a_minute_without_engine_and_actions_loses_nothing(
    stack: Stack, undisturbed: list[Result]
) -> None:
    supervisor = Supervisor(stack.data)

    async def take_away() -> None:
        await asyncio.sleep(0.3)
        for program in AWAY:
            await asyncio.to_thread(stack.stop_program, program)
        try:
            assert not set(AWAY) & set(stack.pids())
            await asyncio.sleep(AWAY_SECONDS)
        finally:
            await asyncio.to_thread(supervisor.start, *AWAY)

    disturbed = talk(stack, CITIZENS, take_away)
    must_be_whole(stack, disturbed)
    told = [one for one in disturbed if any(map(is_delay, one.channel.replies))]
    assert told, "nobody was told that it takes longer"
    assert results(stack, disturbed)[: len(undisturbed)] == undisturbed
