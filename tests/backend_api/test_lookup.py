"""How far a case is: told to whoever has its number and its query code, and to nobody else."""

import json
from datetime import date

import pytest
from sqlalchemy import func, select, update

from backend_api.access.rules import Role
from backend_api.access.service import create_token
from backend_api.audit.models import AuditEntry
from backend_api.audit.service import SYSTEM
from backend_api.cases import lookup
from backend_api.cases.rules import registration_number
from backend_api.conversations.models import Conversation
from backend_api.organisation.rules import Level
from backend_api.organisation.service import add_unit
from tests.backend_api.talks import (
    STATUS,
    STORY,
    Engine,
    code_of,
    conversation_of,
    filed,
    last_reply,
    rows_of,
    signed_in,
    turn,
)
from tests.backend_api.test_turns import PHONE, turns_with
from tests.conftest import World

pytestmark = pytest.mark.anyio


async def refusals(world: World) -> int:
    async with world.sessions() as session:
        query = select(func.count()).select_from(AuditEntry)
        return await session.scalar(query.where(AuditEntry.action == lookup.REFUSED)) or 0


async def test_number_and_code_show_how_far_the_case_is_and_nothing_that_was_said(
    world: World,
) -> None:
    case = await filed(world, "c1")
    code = await code_of(world, case)
    await turn(world, "elsewhere", f"{case.number} {code}", STATUS)
    reply = await last_reply(world, "elsewhere")
    assert rows_of(reply) == {
        "number": case.number,
        "matter": "房屋租赁",
        "registered": rows_of(reply)["registered"],
        "unit": "翠竹街道",
        "status": "已登记，等待受理单位处理",
    }
    assert PHONE not in json.dumps(reply)
    assert "押金" not in json.dumps(reply, ensure_ascii=False)


@pytest.mark.parametrize("shape", ["upper", "full-width", "in-two-messages"])
async def test_a_code_is_known_however_it_is_typed(world: World, shape: str) -> None:
    case = await filed(world, "c1")
    code = await code_of(world, case)
    if shape == "in-two-messages":
        await turn(world, "c2", case.number, Engine())
        await turn(world, "c2", code, STATUS)
    else:
        wide = "".join(chr(ord(one) + 0xFEE0) for one in code)
        await turn(
            world, "c2", f"{case.number}，{code.upper() if shape == 'upper' else wide}", STATUS
        )
    assert rows_of(await last_reply(world, "c2"))["number"] == case.number


async def test_a_wrong_code_and_a_wrong_number_are_answered_alike_and_written_down(
    world: World,
) -> None:
    case = await filed(world, "c1")
    code = await code_of(world, case)
    other = registration_number(date(2025, 1, 1), 1)
    texts = []
    for key, said in (("c2", f"{case.number} abcd2345"), ("c3", f"{other} {code}")):
        await turn(world, key, said, STATUS)
        reply = await last_reply(world, key)
        assert reply["card"] is None
        texts.append(reply["text"])
    assert texts[0] == texts[1]
    async with world.sessions() as session:
        query = select(AuditEntry).where(AuditEntry.action == lookup.REFUSED)
        first, second = await session.scalars(query.order_by(AuditEntry.id))
    assert (first.subject_id, second.subject_id) == (case.id, None)
    assert code not in str(first.details | second.details)


async def test_a_case_of_another_organisation_is_not_found(world: World) -> None:
    case = await filed(world, "c1")
    code = await code_of(world, case)
    async with world.sessions.begin() as session:
        foreign = await add_unit(session, SYSTEM, name="别处", level=Level.STREET, parent=None)
        token = await create_token(session, role=Role.CLIENT, name="foreign", unit=foreign)
    headers = {"authorization": f"Bearer {token}"}
    body = {"conversation": "f", "message_id": "m", "text": f"{case.number} {code}"}
    await world.http.post("/v1/chat", json=body, headers=headers)
    conversation = await conversation_of(world, "f")
    await turns_with(world, STATUS).run(conversation.id, attempts=0)
    replies = (await world.http.get("/v1/chat/f", headers=headers)).json()
    assert replies[-1]["card"] is None
    assert case.number not in json.dumps(replies)


async def test_the_right_code_after_a_wrong_one_is_looked_up(world: World) -> None:
    case = await filed(world, "c1")
    code = await code_of(world, case)
    await turn(world, "c2", f"{case.number} abcd2345", STATUS)
    await turn(world, "c2", f"是{code}", STATUS)
    assert rows_of(await last_reply(world, "c2"))["number"] == case.number


async def test_after_five_wrong_codes_a_conversation_is_shown_nothing_even_with_the_right_one(
    world: World,
) -> None:
    case = await filed(world, "c1")
    for n in range(5):
        await turn(world, "c2", f"{case.number} abcd234{n + 2}", STATUS)
    await turn(world, "c2", f"{case.number} {await code_of(world, case)}", STATUS)
    reply = await last_reply(world, "c2")
    assert reply["card"] is None
    assert "一小时" in str(reply["text"])
    assert await refusals(world) == 5


async def test_new_conversations_of_one_client_do_not_go_on_guessing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup, "MOST_OF_A_CLIENT", 3)
    case = await filed(world, "c1")
    for n in range(3):
        await turn(world, f"guess{n}", f"{case.number} abcd234{n + 2}", STATUS)
    await turn(world, "new", f"{case.number} {await code_of(world, case)}", STATUS)
    assert (await last_reply(world, "new"))["card"] is None


async def test_those_behind_one_address_are_counted_together_and_others_are_not_hindered(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup, "MOST_OF_AN_ORIGIN", 2)
    case = await filed(world, "c1")
    code = await code_of(world, case)
    for key, origin, said in (
        ("a", b"one", "abcd2345"),
        ("b", b"one", "abcd2346"),
        ("c", b"one", code),
        ("d", b"two", code),
    ):
        await world.say(key, f"{case.number} {said}")
        async with world.sessions.begin() as session:
            await session.execute(
                update(Conversation).where(Conversation.key == key).values(origin_index=origin)
            )
        conversation = await conversation_of(world, key)
        await turns_with(world, STATUS).run(conversation.id, attempts=0)
    shown = {key: (await last_reply(world, key))["card"] is not None for key in "abcd"}
    assert shown == {"a": False, "b": False, "c": False, "d": True}


async def test_a_wrong_code_does_not_show_the_case_that_is_known_here(world: World) -> None:
    mine, other = await filed(world, "c1"), await filed(world, "c2")
    await turn(world, "c1", f"{other.number} abcd2345", STATUS)
    reply = await last_reply(world, "c1")
    assert (reply["card"], mine.number in str(reply["text"])) == (None, False)
    await turn(world, "c1", "我的事办到哪了", STATUS)
    assert rows_of(await last_reply(world, "c1"))["number"] == mine.number


async def test_a_citizen_who_has_filed_sees_their_own_case_and_after_a_second_that_one(
    world: World,
) -> None:
    first = await filed(world, "c1")
    code = await code_of(world, first)
    await turn(world, "c1", f"{first.number} {code}", STATUS)
    second = await filed(world, "c1")
    await turn(world, "c1", "办到哪了", STATUS)
    assert rows_of(await last_reply(world, "c1"))["number"] == second.number != first.number


async def test_neither_staff_nor_engine_reads_a_query_code(world: World) -> None:
    case = await filed(world, "c1")
    code = await code_of(world, case)
    seen: list[dict[str, object]] = []
    await world.say("c2", f"编号{case.number}查询码{code.upper()}谢谢")
    conversation = await conversation_of(world, "c2")
    await turns_with(world, STATUS, seen).run(conversation.id, attempts=0)
    headers = await signed_in(world, Role.STAFF)
    url = f"/v1/conversations/{conversation.id}/messages"
    transcript = (await world.http.get(url, headers=headers)).text
    assert code not in (transcript + json.dumps(seen)).lower()
    assert "〔查询码〕" in transcript
    assert rows_of(await last_reply(world, "c2"))["number"] == case.number


async def test_words_that_look_like_a_code_are_not_masked(world: World) -> None:
    await turn(world, "c1", f"shenzhen的房子 {STORY}", Engine())
    conversation = await conversation_of(world, "c1")
    url = f"/v1/conversations/{conversation.id}/messages"
    headers = await signed_in(world, Role.STAFF)
    assert "shenzhen" in (await world.http.get(url, headers=headers)).text
