"""A reply counts as delivered once it was sent, and what lies about is measured."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient
from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from backend_api.access.service import hash_of
from backend_api.conversations.models import Conversation, OutboxEntry
from backend_api.conversations.rules import Author
from backend_api.conversations.service import Speaker, Words, lock_conversation, say
from backend_api.core.clock import now
from backend_api.web import views
from tests.backend_api.test_web import browser
from tests.conftest import World

__all__ = ["browser"]


async def replied(world: World) -> None:
    await world.say("c1", "楼上漏水")
    async with world.sessions.begin() as session:
        found = (await session.scalars(select(Conversation.id))).one()
        conversation = await lock_conversation(session, found)
        await say(session, conversation, Speaker(Author.BOT), [Words("在哪里?")], at=now())


@pytest.mark.anyio
async def test_replies_that_nobody_fetches_are_counted_after_a_minute(world: World) -> None:
    await replied(world)
    assert "hualiao_undelivered_replies 0.0" in (await world.http.get("/metrics")).text
    async with world.sessions.begin() as session:
        await session.execute(update(OutboxEntry).values(created_at=now() - timedelta(minutes=2)))
    assert "hualiao_undelivered_replies 1.0" in (await world.http.get("/metrics")).text


@pytest.mark.anyio
async def test_a_reply_that_could_not_be_sent_is_not_delivered(world: World) -> None:
    await replied(world)
    app = world.http._transport.app  # type: ignore[attr-defined]
    key = "k"
    async with world.sessions.begin() as session:
        await session.execute(update(Conversation).values(session_hash=hash_of(key)))
        found = (await session.scalars(select(Conversation.id))).one()

    async def gone(_: object) -> None:
        raise WebSocketDisconnect

    async def never() -> Message:
        raise AssertionError

    line = views._Line(WebSocket({"type": "websocket", "app": app}, never, gone))
    line._secret, line._conversation = key, found
    line._socket.application_state = WebSocketState.CONNECTED
    with pytest.raises(WebSocketDisconnect):
        await line._show_what_is_new()
    async with world.sessions() as session:
        assert (await session.scalars(select(OutboxEntry.delivered_at))).all() == [None]


def test_the_page_may_change_neither_its_base_nor_where_forms_go(browser: TestClient) -> None:
    policy = browser.get("/healthz").headers["content-security-policy"]
    assert "base-uri 'none'; form-action 'self'" in policy


def test_the_actions_door_is_not_in_the_description(browser: TestClient) -> None:
    assert "/v1/internal" not in browser.get("/openapi.json").text
