"""Sign-in, one-time passwords, the queue, and a conversation in a person's hands."""

from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from backend_api.access.rules import Role
from backend_api.access.service import add_account, create_token
from backend_api.audit.models import AuditEntry
from backend_api.conversations.models import Conversation, Message
from backend_api.core.clock import now
from backend_api.handoff.rules import Reason
from backend_api.handoff.service import request_person
from tests.backend_api.test_turns import PHONE, engine_says, the_conversation, turns_with
from tests.conftest import SERVICE_TOKEN, World

pytestmark = pytest.mark.anyio


async def sign_in(world: World, username: str, password: str) -> dict[str, str]:
    given = {"username": username, "password": password}
    opened = (await world.http.post("/v1/staff/sign-in", json=given)).json()
    headers = {"authorization": f"Bearer {opened['token']}"}
    change = {"old": password, "new": "another-long-one"}
    await world.http.post("/v1/staff/password", json=change, headers=headers)
    return headers


async def second_account(world: World) -> dict[str, str]:
    async with world.sessions.begin() as session:
        password = await add_account(
            session, username="li", name="李调解", role=Role.STAFF, unit=world.unit
        )
    return await sign_in(world, "li", password)


async def waiting_conversation(world: World, *, risk: int = 0, key: str = "c1") -> str:
    await world.say(key, "楼上漏水")
    async with world.sessions.begin() as session:
        found = (await session.scalars(select(Conversation).where(Conversation.key == key))).one()
        await request_person(session, found, Reason.ASKED, risk=risk, at=now())
        return str(found.id)


async def test_a_one_time_password_must_be_changed_first(world: World) -> None:
    given = {"username": "admin", "password": world.password}
    opened = (await world.http.post("/v1/staff/sign-in", json=given)).json()
    assert opened["must_change_password"] is True
    headers = {"authorization": f"Bearer {opened['token']}"}
    refused = await world.http.get("/v1/cases", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "password_change_required")
    change = {"old": world.password, "new": "long-enough-now"}
    changed = await world.http.post("/v1/staff/password", json=change, headers=headers)
    assert changed.status_code == 204
    assert (await world.http.get("/v1/cases", headers=headers)).status_code == 200


@pytest.mark.parametrize("new", ["short", "xx-admin-xx-admin", ""])
async def test_a_weak_password_is_refused(world: World, new: str) -> None:
    given = {"username": "admin", "password": world.password}
    token = (await world.http.post("/v1/staff/sign-in", json=given)).json()["token"]
    change = {"old": world.password, "new": new}
    headers = {"authorization": f"Bearer {token}"}
    answer = await world.http.post("/v1/staff/password", json=change, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "weak_password")


async def test_wrong_credentials_do_not_tell_which_part_was_wrong(world: World) -> None:
    answers = [
        await world.http.post("/v1/staff/sign-in", json={"username": name, "password": "nope"})
        for name in ("admin", "nobody")
    ]
    assert [one.status_code for one in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()


async def test_guessing_locks_the_account_for_a_while(world: World) -> None:
    wrong = {"username": "admin", "password": "nope"}
    for _ in range(5):
        await world.http.post("/v1/staff/sign-in", json=wrong)
    right = {"username": "admin", "password": world.password}
    answer = await world.http.post("/v1/staff/sign-in", json=right)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_attempts")


async def test_signing_out_ends_the_token(world: World) -> None:
    headers = await world.sign_in()
    assert (await world.http.post("/v1/staff/sign-out", headers=headers)).status_code == 204
    assert (await world.http.get("/v1/cases", headers=headers)).status_code == 401


async def test_the_queue_shows_risk_first_then_the_longest_wait(world: World) -> None:
    headers = await world.sign_in()
    first = await waiting_conversation(world, key="c1")
    second = await waiting_conversation(world, key="c2")
    urgent = await waiting_conversation(world, key="c3", risk=3)
    items = (await world.http.get("/v1/queue", headers=headers)).json()["items"]
    assert [item["conversation"] for item in items] == [urgent, first, second]


async def test_the_queue_shows_the_words_that_made_a_person_necessary(world: World) -> None:
    await world.say("c1", f"我不想活了,我的电话是{PHONE}")
    conversation = await the_conversation(world.sessions)
    await turns_with(world, engine_says("在哪里?")).run(conversation.id, attempts=0)
    await world.say("c1", "你们下班了吗")
    headers = await world.sign_in()
    async with world.sessions.begin() as session:
        said = await session.scalar(select(Message.id).where(Message.seq == 1))
        found = await session.get_one(Conversation, conversation.id)
        await request_person(session, found, Reason.CRISIS, risk=3, message=said, at=now())
    (item,) = (await world.http.get("/v1/queue", headers=headers)).json()["items"]
    assert (item["seq"], item["reason"], item["risk"]) == (1, "crisis", 3)
    assert "不想活了" in item["text"]
    assert PHONE not in item["text"]


async def test_a_higher_risk_brings_its_own_words_and_a_lower_one_does_not(world: World) -> None:
    await waiting_conversation(world, risk=1)
    await world.say("c1", "更急的话")
    headers = await world.sign_in()
    for risk, shown in ((0, 1), (3, 2)):
        async with world.sessions.begin() as session:
            found = (await session.scalars(select(Conversation))).one()
            await request_person(session, found, Reason.CRISIS, risk=risk, at=now())
        (item,) = (await world.http.get("/v1/queue", headers=headers)).json()["items"]
        assert (item["seq"], item["risk"]) == (shown, max(1, risk))


async def test_who_asks_for_a_person_is_shown_with_the_words_that_asked(world: World) -> None:
    first = await world.say("c1", "我要找人")
    await world.say("c1", "在吗")
    conversation = await the_conversation(world.sessions)
    async with world.sessions() as session:
        asked = await session.scalar(select(Message.id).where(Message.seq == 1))
    body = {
        "conversation": str(conversation.id),
        "turn": str(uuid4()),
        "message": str(asked),
        "reason": "asked",
    }
    service = {"authorization": f"Bearer {SERVICE_TOKEN}"}
    answer = await world.http.post("/v1/internal/handoffs", json=body, headers=service)
    assert answer.status_code == 200
    headers = await world.sign_in()
    (item,) = (await world.http.get("/v1/queue", headers=headers)).json()["items"]
    assert item["seq"] == first.json()["seq"]


async def test_two_people_cannot_hold_one_conversation(world: World) -> None:
    admin, li = await world.sign_in(), await second_account(world)
    url = f"/v1/conversations/{await waiting_conversation(world)}/accept"
    assert (await world.http.post(url, headers=admin)).status_code == 200
    answer = await world.http.post(url, headers=li)
    assert (answer.status_code, answer.json()["code"]) == (409, "already_accepted")


async def test_a_person_replies_and_gives_the_conversation_back(world: World) -> None:
    headers = await world.sign_in()
    url = f"/v1/conversations/{await waiting_conversation(world)}"
    await world.http.post(f"{url}/accept", headers=headers)
    body = {"message_id": "r1", "text": "您好,我是调解员。"}
    for _ in range(2):
        answer = await world.http.post(f"{url}/reply", json=body, headers=headers)
        assert answer.status_code == 202
    await world.http.post(f"{url}/release", headers=headers)
    replies = await world.replies("c1")
    assert [one["kind"] for one in replies] == ["system", "human", "system"]
    again = await world.http.post(f"{url}/reply", json=body, headers=headers)
    assert again.status_code == 422


async def test_only_the_one_who_accepted_replies(world: World) -> None:
    admin, li = await world.sign_in(), await second_account(world)
    url = f"/v1/conversations/{await waiting_conversation(world)}"
    await world.http.post(f"{url}/accept", headers=admin)
    body = {"message_id": "r1", "text": "您好"}
    assert (await world.http.post(f"{url}/reply", json=body, headers=li)).status_code == 409


async def test_only_the_one_who_accepted_is_shown_writing(world: World) -> None:
    admin, li = await world.sign_in(), await second_account(world)
    url = f"/v1/conversations/{await waiting_conversation(world)}"
    assert (await world.http.post(f"{url}/typing", headers=admin)).status_code == 422
    await world.http.post(f"{url}/accept", headers=admin)
    assert (await world.http.post(f"{url}/typing", headers=admin)).status_code == 204
    assert (await world.http.post(f"{url}/typing", headers=li)).status_code == 409


async def test_staff_tokens_without_a_person_cannot_accept(world: World) -> None:
    async with world.sessions.begin() as session:
        token = await create_token(session, role=Role.STAFF, name="export", unit=world.unit)
    url = f"/v1/conversations/{await waiting_conversation(world)}/accept"
    headers = {"authorization": f"Bearer {token}"}
    assert (await world.http.post(url, headers=headers)).status_code == 403


@pytest.mark.parametrize("method", ["accept", "release", "messages"])
async def test_an_unknown_conversation_is_404(world: World, method: str) -> None:
    headers = await world.sign_in()
    url = f"/v1/conversations/{uuid4()}/{method}"
    verb = "GET" if method == "messages" else "POST"
    assert (await world.http.request(verb, url, headers=headers)).status_code == 404


async def test_citizens_tokens_do_not_open_the_desk(world: World) -> None:
    for url in ("/v1/cases", "/v1/queue", f"/v1/cases/{uuid4()}"):
        assert (await world.http.get(url, headers=world.client)).status_code == 403


async def test_reading_a_transcript_is_written_down_and_cannot_be_erased(world: World) -> None:
    headers = await world.sign_in()
    url = f"/v1/conversations/{await waiting_conversation(world)}/messages"
    await world.http.get(url, headers=headers)
    async with world.sessions.begin() as session:
        actions = (await session.scalars(select(AuditEntry.action))).all()
        assert "conversation.read" in actions
    for change in ("DELETE FROM audit_entry", "UPDATE audit_entry SET action = ''"):
        with pytest.raises(DBAPIError, match="append-only"):
            async with world.sessions.begin() as session:
                await session.execute(text(change))


async def test_what_is_not_yet_understood_is_not_shown_unmasked(world: World) -> None:
    headers = await world.sign_in()
    url = f"/v1/conversations/{await waiting_conversation(world)}/messages"
    items = (await world.http.get(url, headers=headers)).json()["items"]
    assert items[0]["text"] == "…"
