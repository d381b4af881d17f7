"""What may be a state secret is set aside before anything reads it, and kept for those who keep
secrets."""

import json
from io import StringIO

import httpx
import pytest
from sqlalchemy import select

from backend_api.access.rules import Role
from backend_api.audit.models import AuditEntry
from backend_api.conversations.models import Message
from backend_api.conversations.rules import Status
from backend_api.handoff.models import Handoff
from backend_api.handoff.rules import Reason
from backend_api.operations import records
from backend_api.turns.rules import Outcome
from tests.backend_api.talks import (
    STORY,
    Engine,
    conversation_of,
    filed,
    last_reply,
    reported,
    rows_of,
    signed_in,
    turn,
)
from tests.backend_api.test_secrecy import logged
from tests.backend_api.test_turns import turns_with
from tests.conftest import World

pytestmark = pytest.mark.anyio
__all__ = ["logged"]
SECRET = "机密★10年 关于调整雷达站的通知"
WORD = "雷达站"


async def talk_of(world: World, key: str) -> str:
    return f"/v1/conversations/{(await conversation_of(world, key)).id}"


async def secret_said(world: World, key: str = "c1", text: str = SECRET) -> Outcome | None:
    return await turn(world, key, text, Engine())


async def run(world: World, key: str, seen: list[dict[str, object]]) -> Outcome | None:
    conversation = await conversation_of(world, key)
    return await turns_with(world, Engine("在哪里？"), seen).run(conversation.id, attempts=0)


async def test_the_citizen_is_asked_to_stop_and_told_which_way_is_right(world: World) -> None:
    assert await secret_said(world) is Outcome.QUARANTINED
    (reply,) = await world.replies("c1")
    assert "不要再发" in str(reply["text"])
    assert "保密行政管理部门" in str(reply["text"])
    assert (await conversation_of(world, "c1")).status is Status.BOT


async def test_no_engine_no_model_and_no_draft_gets_it_and_the_rest_is_answered(
    world: World,
) -> None:
    await world.say("c1", "房东不退押金")
    await world.say("c1", SECRET)
    await world.say("c1", "三千块")
    seen: list[dict[str, object]] = []
    assert await run(world, "c1", seen) is Outcome.QUARANTINED
    assert seen == []
    assert await run(world, "c1", seen) is Outcome.ANSWERED
    assert [body["text"] for body in seen] == ["房东不退押金\n三千块"]
    assert await run(world, "c1", seen) is None
    async with world.sessions() as session:
        messages = await session.scalars(select(Message).where(Message.quarantined))
        (kept,) = messages
    assert (kept.seq, kept.analysis_sealed) == (2, None)


async def test_a_secret_that_was_said_last_leaves_nothing_waiting(world: World) -> None:
    await world.say("c1", "房东不退押金")
    await world.say("c1", SECRET)
    seen: list[dict[str, object]] = []
    for _ in range(2):
        await run(world, "c1", seen)
    assert (await conversation_of(world, "c1")).answered_seq == 2
    await world.say("c1", "在吗")
    await run(world, "c1", seen)
    assert WORD not in json.dumps(seen, ensure_ascii=False)


async def test_what_was_asked_before_is_still_asked_after(world: World) -> None:
    await turn(world, "c1", STORY, Engine("在哪里？", (), (("what", "p1"),), "where"))
    await secret_said(world)
    seen: list[dict[str, object]] = []
    await world.say("c1", "翠竹街道")
    await run(world, "c1", seen)
    metadata = seen[0]["metadata"]
    assert isinstance(metadata, dict)
    assert metadata["asking"] == "where"


@pytest.mark.parametrize("role", [Role.STAFF, Role.ADMINISTRATOR])
async def test_staff_read_that_something_was_set_aside_and_not_what(
    world: World, role: Role
) -> None:
    await secret_said(world)
    await turn(world, "c1", "找人工", Engine())
    headers = await signed_in(world, role)
    talk = await talk_of(world, "c1")
    transcript = (await world.http.get(f"{talk}/messages", headers=headers)).text
    assert "已单独封存" in transcript
    queue = (await world.http.get("/v1/queue", headers=headers)).json()
    assert queue["items"] == []
    assert WORD not in transcript


async def test_those_who_keep_secrets_find_it_in_their_queue_and_read_it_alone(
    world: World,
) -> None:
    await turn(world, "c1", "楼上漏水", Engine())
    await secret_said(world)
    headers = await signed_in(world, Role.SECRECY)
    (entry,) = (await world.http.get("/v1/queue", headers=headers)).json()["items"]
    assert (entry["reason"], entry["text"]) == ("secrecy", SECRET)
    talk = await talk_of(world, "c1")
    items = (await world.http.get(f"{talk}/messages", headers=headers)).json()["items"]
    assert [one["text"] for one in items] == [SECRET]
    assert (await world.http.get("/v1/cases", headers=headers)).json()["items"] == []


async def test_those_who_keep_secrets_see_no_other_conversation_and_no_case(world: World) -> None:
    case = await filed(world, "c1")
    headers = await signed_in(world, Role.SECRECY)
    talk = await talk_of(world, "c1")
    for url in (f"{talk}/messages", f"/v1/cases/{case.id}"):
        assert (await world.http.get(url, headers=headers)).status_code == 404


async def test_they_look_into_it_and_close_it_while_the_citizen_talks_on(world: World) -> None:
    await secret_said(world)
    headers, other = await signed_in(world, Role.SECRECY), await signed_in(world, Role.SECRECY)
    talk = await talk_of(world, "c1")
    accepted = await world.http.post(f"{talk}/accept", headers=headers)
    assert accepted.json() == {"status": "bot"}
    again = await world.http.post(f"{talk}/accept", headers=other)
    assert (again.status_code, again.json()["code"]) == (409, "already_accepted")
    body = {"message_id": "m", "text": "您好"}
    reply = await world.http.post(f"{talk}/reply", json=body, headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (403, "only_reads")
    assert await turn(world, "c1", "楼上漏水", Engine()) is Outcome.ANSWERED
    assert (await world.http.post(f"{talk}/release", headers=other)).status_code == 422
    assert (await world.http.post(f"{talk}/release", headers=headers)).status_code == 200
    assert (await world.http.get("/v1/queue", headers=headers)).json()["items"] == []
    staff = await signed_in(world, Role.STAFF)
    assert WORD not in (await world.http.get(f"{talk}/messages", headers=staff)).text


async def test_a_person_is_still_called_when_the_citizen_asks_for_one(world: World) -> None:
    await secret_said(world)
    await world.say("c1", "找人工")
    conversation = await conversation_of(world, "c1")
    turns = turns_with(world, Engine())
    await turns.give_up(conversation.id, attempts=25, failure=RuntimeError())
    staff, secrecy = await signed_in(world, Role.STAFF), await signed_in(world, Role.SECRECY)
    for headers, reason in ((staff, "failure"), (secrecy, "secrecy")):
        items = (await world.http.get("/v1/queue", headers=headers)).json()["items"]
        assert [one["reason"] for one in items] == [reason]


async def test_it_is_written_down_once_with_the_message_and_without_its_words(
    world: World,
) -> None:
    await secret_said(world)
    await secret_said(world, text="还有绝密★启用前")
    async with world.sessions() as session:
        query = select(AuditEntry).where(AuditEntry.action == "message.quarantined")
        entries = (await session.scalars(query.order_by(AuditEntry.id))).all()
        handoffs = (await session.scalars(select(Handoff))).all()
    assert [one.details for one in entries] == [{"seq": "1"}, {"seq": "3"}]
    assert [one.reason for one in handoffs] == [Reason.SECRECY]


async def test_a_citizen_who_comes_back_does_not_get_it_sent_again(world: World) -> None:
    await secret_said(world)
    from backend_api.conversations.service import messages_after, words_of

    conversation = await conversation_of(world, "c1")
    async with world.sessions() as session:
        messages = await messages_after(session, conversation.id, 0)
        shown = [words_of(session, one).in_full() for one in messages]
    assert WORD not in "".join(shown)


async def test_a_cry_for_help_comes_first_and_the_secret_beside_it_is_set_aside(
    world: World,
) -> None:
    await world.say("c1", "我不想活了")
    await world.say("c1", SECRET)
    seen: list[dict[str, object]] = []
    assert await run(world, "c1", seen) is Outcome.CRISIS
    assert "12356" in str((await world.replies("c1"))[0]["text"])
    headers = await signed_in(world, Role.STAFF)
    talk = await talk_of(world, "c1")
    transcript = (await world.http.get(f"{talk}/messages", headers=headers)).text
    assert WORD not in transcript
    assert "不想活了" in transcript
    (entry,) = (await world.http.get("/v1/queue", headers=headers)).json()["items"]
    assert (entry["reason"], entry["text"]) == ("crisis", "我不想活了")


async def test_a_cry_for_help_that_holds_a_secret_is_answered_and_set_aside(
    world: World,
) -> None:
    assert await secret_said(world, text=f"我不想活了 {SECRET}") is Outcome.CRISIS
    headers = await signed_in(world, Role.STAFF)
    queue = await world.http.get("/v1/queue", headers=headers)
    assert len(queue.json()["items"]) == 1
    assert WORD not in queue.text


async def test_while_a_person_has_the_conversation_it_is_set_aside_in_silence(
    world: World,
) -> None:
    await turn(world, "c1", "找人工", Engine())
    headers = await signed_in(world, Role.STAFF)
    talk = await talk_of(world, "c1")
    await world.http.post(f"{talk}/accept", headers=headers)
    before = len(await world.replies("c1"))
    assert await secret_said(world) is Outcome.QUARANTINED
    assert len(await world.replies("c1")) == before
    assert WORD not in (await world.http.get(f"{talk}/messages", headers=headers)).text


async def test_in_a_report_those_who_read_reports_do_not_read_it(world: World) -> None:
    await reported(world, "c1")
    await secret_said(world)
    discipline, secrecy = (
        await signed_in(world, Role.DISCIPLINE),
        await signed_in(world, Role.SECRECY),
    )
    talk = f"{await talk_of(world, 'c1')}/messages"
    assert WORD not in (await world.http.get(talk, headers=discipline)).text
    items = (await world.http.get(talk, headers=secrecy)).json()["items"]
    assert [one["text"] for one in items] == [SECRET]


async def test_no_read_back_and_no_case_holds_it(world: World) -> None:
    await secret_said(world)
    case = await filed(world, "c1")
    receipt = await last_reply(world, "c1")
    assert rows_of(receipt)["number"] == case.number
    headers = await signed_in(world, Role.STAFF)
    page = await world.http.get(f"/v1/cases/{case.id}", headers=headers)
    assert WORD not in page.text + json.dumps(await world.replies("c1"), ensure_ascii=False)


async def test_a_try_that_is_repeated_says_it_once(world: World) -> None:
    await world.say("c1", SECRET)
    seen: list[dict[str, object]] = []
    for _ in range(2):
        await run(world, "c1", seen)
    assert len(await world.replies("c1")) == 1


async def test_a_secret_leaves_no_word_in_the_logs(
    world: World,
    logged: StringIO,
) -> None:
    await secret_said(world)
    headers = await signed_in(world, Role.SECRECY)
    await world.http.get(f"{await talk_of(world, 'c1')}/messages", headers=headers)
    assert logged.getvalue()
    assert WORD not in logged.getvalue()


async def test_a_closed_account_gives_back_what_it_looked_into(world: World) -> None:
    await secret_said(world)
    headers, other = await signed_in(world, Role.SECRECY), await signed_in(world, Role.SECRECY)
    talk = await talk_of(world, "c1")
    await world.http.post(f"{talk}/accept", headers=headers)
    me = (await world.http.get("/v1/staff/me", headers=headers)).json()
    async with world.sessions.begin() as session:
        assert await records.close_account(session, me["username"]) == 1
    answer: httpx.Response = await world.http.post(f"{talk}/accept", headers=other)
    assert answer.status_code == 200
    assert [one["kind"] for one in await world.replies("c1")] == ["system"]


async def test_an_action_cannot_call_for_those_who_keep_secrets(world: World) -> None:
    from tests.backend_api.talks import SERVICE_TOKEN

    await turn(world, "c1", "楼上漏水", Engine())
    conversation = str((await conversation_of(world, "c1")).id)
    ids = dict.fromkeys(("conversation", "turn", "message"), conversation)
    headers = {"authorization": f"Bearer {SERVICE_TOKEN}"}
    body = ids | {"reason": "secrecy"}
    answer = await world.http.post("/v1/internal/handoffs", json=body, headers=headers)
    assert answer.status_code == 422
