"""The HTTP channel: stored once, in order, for its own client only, and refused kindly."""

import json
import secrets

import pytest
from sqlalchemy import func, select
from sqlalchemy import text as sql

from backend_api.access.rules import Role
from backend_api.access.service import create_token
from backend_api.conversations.models import Message
from backend_api.conversations.rules import MAX_CHARACTERS
from backend_api.conversations.service import TURN_JOB
from tests.conftest import World

pytestmark = pytest.mark.anyio


async def stored(world: World) -> int:
    async with world.sessions() as session:
        return await session.scalar(select(func.count()).select_from(Message)) or 0


async def test_a_message_is_stored_and_promised_a_turn(world: World) -> None:
    answer = await world.say("c1", "楼上漏水")
    assert (answer.status_code, answer.json()) == (202, {"seq": 1})
    assert await stored(world) == 1
    async with world.sessions() as session:
        promised = await session.execute(
            sql("SELECT task_name, lock, args ->> 'conversation' FROM procrastinate_jobs")
        )
        conversation = str(await session.scalar(select(Message.conversation_id)))
        assert [tuple(job) for job in promised] == [(TURN_JOB, conversation, conversation)]


async def test_a_repeated_message_id_has_no_second_effect(world: World) -> None:
    first = await world.say("c1", "楼上漏水", "m1")
    second = await world.say("c1", "楼上漏水", "m1")
    assert first.json() == second.json() == {"seq": 1}
    assert await stored(world) == 1


async def test_the_same_message_id_in_another_conversation_is_another_message(
    world: World,
) -> None:
    await world.say("c1", "楼上漏水", "m1")
    await world.say("c2", "楼下也漏", "m1")
    assert await stored(world) == 2


async def test_bodies_are_unreadable_in_the_database(world: World) -> None:
    await world.say("c1", "我的电话是13800138000")
    async with world.sessions() as session:
        body = await session.scalar(select(Message.body_sealed))
    assert body is not None
    assert b"13800138000" not in body


async def test_another_clients_conversation_is_not_found(world: World) -> None:
    await world.say("c1", "楼上漏水")
    async with world.sessions.begin() as session:
        token = await create_token(session, role=Role.CLIENT, name="other", unit=world.unit)
    other = {"authorization": f"Bearer {token}"}
    answer = await world.http.get("/v1/chat/c1", headers=other)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_conversation")


@pytest.mark.parametrize(
    "authorization", ["", "Bearer ", "Bearer forged", "Basic abc", "Bearer " + "x" * 5000]
)
async def test_a_forged_token_is_refused(world: World, authorization: str) -> None:
    body = {"conversation": "c1", "message_id": "m", "text": "hi"}
    answer = await world.http.post("/v1/chat", json=body, headers={"authorization": authorization})
    assert answer.status_code == 401
    assert await stored(world) == 0


async def test_staff_tokens_do_not_open_the_chat(world: World) -> None:
    headers = await world.sign_in()
    body = {"conversation": "c1", "message_id": "m", "text": "hi"}
    answer = await world.http.post("/v1/chat", json=body, headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        pytest.param("", 422, "empty", id="empty"),
        pytest.param("  \n\t ", 422, "empty", id="white-space"),
        pytest.param("\x00\x01\x1b", 422, "empty", id="control-characters-only"),
        pytest.param("长" * (MAX_CHARACTERS + 1), 413, "too_long", id="too-long"),
        pytest.param("x" * 100_000, 413, "too_long", id="100-kB"),
    ],
)
async def test_what_cannot_be_taken_is_refused_in_plain_words(
    world: World, text: str, status: int, code: str
) -> None:
    answer = await world.say("c1", text)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["detail"]
    assert await stored(world) == 0


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("😡😡😡", id="emoji-only"),
        pytest.param("漏水\x00\x07了", id="control-characters-inside"),
        pytest.param("/restart", id="engine-command"),
        pytest.param("/cancel{}", id="engine-intent"),
        pytest.param("<script>alert(1)</script>", id="html"),
        pytest.param("'; DROP TABLE message; --", id="sql"),
        pytest.param("‮反着写", id="direction-override"),
        pytest.param("长" * MAX_CHARACTERS, id="just-short-enough"),
    ],
)
async def test_odd_texts_are_stored(world: World, text: str) -> None:
    answer = await world.say("c1", text)
    assert answer.status_code == 202


async def test_lone_surrogates_are_stored_as_replacement_characters(world: World) -> None:
    body = '{"conversation": "c1", "message_id": "m1", "text": "漏水\\ud83d了"}'
    headers = {**world.client, "content-type": "application/json"}
    answer = await world.http.post("/v1/chat", content=body.encode(), headers=headers)
    assert answer.status_code == 202, answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"[" * 20_000,
        b"\xff\xfe",
        b'{"conversation": 1, "message_id": "m", "text": "x"}',
        b'{"conversation": "c", "message_id": "m", "text": ["x"]}',
        b'{"conversation": "c", "message_id": "m", "text": null}',
        b'{"conversation": "", "message_id": "m", "text": "x"}',
        b'{"conversation": "a b", "message_id": "m", "text": "x"}',
        b'{"conversation": "c", "message_id": "m", "text": "x", "role": "admin"}',
        b'{"conversation": "c\\u0000", "message_id": "m", "text": "x"}',
        b'{"conversation": "c", "message_id": "\\ud83d", "text": "x"}',
        json.dumps({"conversation": "c" * 200, "message_id": "m", "text": "x"}).encode(),
    ],
)
async def test_wrong_shapes_are_refused_without_an_echo(world: World, body: bytes) -> None:
    headers = {**world.client, "content-type": "application/json"}
    answer = await world.http.post("/v1/chat", content=body, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["code"] == "malformed"
    assert await stored(world) == 0


async def test_a_huge_body_is_cut_off(world: World) -> None:
    headers = {**world.client, "content-type": "application/json"}
    answer = await world.http.post("/v1/chat", content=b"x" * 2_000_000, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_long")


async def test_a_flood_is_slowed_down_kindly_and_others_are_not(world: World) -> None:
    answers = [await world.say("c1", f"第{n}条") for n in range(30)]
    refused = [one for one in answers if one.status_code == 429]
    assert refused
    assert "稍等" in refused[0].json()["detail"]
    assert await stored(world) == 30 - len(refused)
    assert (await world.say("c2", "漏水")).status_code == 202


async def test_an_unknown_site_is_told(world: World) -> None:
    body = {"conversation": "c", "message_id": "m", "text": "x", "site": "nowhere"}
    answer = await world.http.post("/v1/chat", json=body, headers=world.client)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_site")


@pytest.mark.parametrize("query", ["after=-1", "after=x", "wait=-1", "wait=1000", "wait=nan"])
async def test_wrong_queries_are_refused(world: World, query: str) -> None:
    await world.say("c1", "漏水")
    answer = await world.http.get(f"/v1/chat/c1?{query}", headers=world.client)
    assert answer.status_code == 422


async def test_every_answer_carries_a_request_id(world: World) -> None:
    given = secrets.token_hex(4)
    answer = await world.http.get("/healthz", headers={"x-request-id": given})
    assert answer.headers["x-request-id"] == given
    odd = await world.http.get("/healthz", headers={"x-request-id": "a b\tc"})
    assert odd.headers["x-request-id"] != "a b\tc"
