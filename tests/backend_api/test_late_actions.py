"""An action that arrives after its turn has ended changes nothing."""

import httpx
import pytest
from sqlalchemy import func, select

from backend_api.cases.models import Case
from backend_api.conversations.models import Conversation, Message
from backend_api.conversations.rules import Status
from backend_api.conversations.service import lock_conversation
from backend_api.core.ids import new_id
from backend_api.drafts.service import open_draft
from tests.backend_api.test_turns import complete_draft
from tests.conftest import SERVICE_TOKEN, World

pytestmark = pytest.mark.anyio


async def act(world: World, path: str, conversation: Conversation, seq: int) -> httpx.Response:
    async with world.sessions() as session:
        message = await session.scalar(
            select(Message.id).where(Message.conversation_id == conversation.id, Message.seq == seq)
        )
    ids = {"conversation": conversation.id, "turn": new_id(), "message": message or new_id()}
    headers = {"authorization": f"Bearer {SERVICE_TOKEN}"}
    body = {name: str(value) for name, value in ids.items()}
    return await world.http.post(f"/v1/internal/{path}", json=body, headers=headers)


@pytest.mark.parametrize("path", ["cases", "drafts/cancel"])
async def test_a_late_action_is_outdated(world: World, path: str) -> None:
    conversation = await complete_draft(world)
    answer = await act(world, path, conversation, seq=1)
    assert (answer.status_code, answer.json()["code"]) == (409, "outdated")
    async with world.sessions() as session:
        assert await open_draft(session, conversation.id) is not None
        assert await session.scalar(select(func.count()).select_from(Case)) == 0


@pytest.mark.parametrize("path", ["cases", "drafts/cancel"])
async def test_an_action_for_a_message_that_is_not_there_is_refused(
    world: World, path: str
) -> None:
    conversation = await complete_draft(world)
    await world.say("c1", "对")
    answer = await act(world, path, conversation, seq=99)
    assert (answer.status_code, answer.json()["code"]) == (409, "outdated")


async def test_an_action_of_the_turn_that_runs_is_obeyed_and_its_repetition_answered(
    world: World,
) -> None:
    conversation = await complete_draft(world)
    seq = int((await world.say("c1", "对")).json()["seq"])
    first = await act(world, "cases", conversation, seq)
    assert first.status_code == 200
    async with world.sessions.begin() as session:
        (await lock_conversation(session, conversation.id)).answered_seq = seq
    assert (await act(world, "cases", conversation, seq)).json() == first.json()


@pytest.mark.parametrize("path", ["cases", "drafts/cancel"])
async def test_nothing_is_done_over_the_head_of_a_person(world: World, path: str) -> None:
    conversation = await complete_draft(world)
    seq = int((await world.say("c1", "对")).json()["seq"])
    async with world.sessions.begin() as session:
        (await lock_conversation(session, conversation.id)).status = Status.HUMAN
    answer = await act(world, path, conversation, seq)
    assert (answer.status_code, answer.json()["code"]) == (409, "outdated")
