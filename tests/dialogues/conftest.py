"""The journeys that were selected are played together, once, on a service of their own."""

import asyncio
from collections.abc import Sequence

import pytest

from bench.channel import open_http
from bench.stack import Stack, own_stack
from tests.dialogues.journeys import Journey
from tests.dialogues.playing import Played, Stage
from tests.dialogues.recognising import texts
from tests.drills.transactions import connected

ANSWERED = "SELECT answered_seq >= %s FROM conversation WHERE key = %s"


@pytest.fixture(scope="session")
def played(request: pytest.FixtureRequest) -> dict[str, Played]:
    """Journey → how it went. The service is gone before the first of them is judged."""
    calls = [one.callspec for one in request.session.items if hasattr(one, "callspec")]
    journeys = [call.params["journey"] for call in calls if "journey" in call.params]
    with own_stack() as stack:
        return asyncio.run(play(stack, journeys))


async def play(stack: Stack, journeys: Sequence[Journey]) -> dict[str, Played]:
    with connected(stack) as connection:

        def is_answered(key: str, seq: int) -> bool:
            row = connection.execute(ANSWERED, (seq, key)).fetchone()
            return row is not None and bool(row[0])

        async with open_http(stack.url, stack.token) as http:
            return await Stage(http, texts(), is_answered).play_all(journeys)
