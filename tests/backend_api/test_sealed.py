"""A report on an official is there for those who read reports, and for nobody else: not for
administrators either. In a danger life comes first (ADR 14)."""

import json
from io import StringIO

import httpx
import pytest
from sqlalchemy import select

from backend_api.access.rules import Role
from backend_api.audit.models import AuditEntry
from backend_api.cases.models import Case
from backend_api.conversations.models import Conversation
from backend_api.conversations.rules import Status
from backend_api.conversations.service import lock_conversation
from backend_api.core.clock import now
from backend_api.core.db import reading
from backend_api.handoff.rules import Reason
from backend_api.handoff.service import request_person
from backend_api.operations import records
from backend_api.turns.engine import Engine as EngineClient
from backend_api.turns.engine import EngineDownError
from backend_api.turns.rules import Outcome
from backend_api.turns.service import Turns
from tests.backend_api.talks import (
    STATUS,
    STORY,
    Engine,
    act,
    case_numbered,
    code_of,
    conversation_of,
    filed,
    last_reply,
    numbers,
    read_back,
    reported,
    rows_of,
    signed_in,
    turn,
)
from tests.backend_api.test_scopes import unit_with_site
from tests.backend_api.test_secrecy import logged
from tests.backend_api.test_turns import read, turns_with
from tests.conftest import World

pytestmark = pytest.mark.anyio
OTHERS = [Role.STAFF, Role.ADMINISTRATOR, Role.SECRECY]
NEVER = {"unknown_case", "unknown_conversation", "unknown_number"}
__all__ = ["logged"]


async def get(world: World, url: str, headers: dict[str, str]) -> httpx.Response:
    return await world.http.get(url, headers=headers)


async def ask_for_a_person(world: World, key: str, reason: Reason = Reason.ASKED) -> int:
    conversation = await conversation_of(world, key)
    async with world.sessions.begin() as session:
        locked = await lock_conversation(session, conversation.id)
        return await request_person(session, locked, reason, at=now())


async def cry(world: World, key: str, text: str = "王书记要来打死我，救命") -> Outcome | None:
    return await turn(world, key, text, Engine())


def doors(case: Case) -> list[tuple[str, str, dict[str, str]]]:
    """Every way to the case and its conversation."""
    talk = f"/v1/conversations/{case.conversation_id}"
    return [
        ("GET", f"/v1/cases/{case.id}", {}),
        ("POST", f"/v1/cases/{case.id}/unmask", {"reason": "emergency"}),
        ("GET", f"/v1/cases?before={case.number}", {}),
        ("GET", f"{talk}/messages", {}),
        ("POST", f"{talk}/accept", {}),
        ("POST", f"{talk}/reply", {"message_id": "m1", "text": "您好"}),
        ("POST", f"{talk}/release", {}),
    ]


async def test_a_report_is_sealed_with_its_conversation(world: World) -> None:
    case = await reported(world, "c1")
    assert (case.sealed, case.type, case.person_id) == (True, "举报", None)
    assert (await conversation_of(world, "c1")).sealed


@pytest.mark.parametrize("role", OTHERS)
async def test_for_everybody_else_it_is_not_there(world: World, role: Role) -> None:
    plain, case = await filed(world, "c1"), await reported(world, "c2")
    await ask_for_a_person(world, "c2")
    headers = await signed_in(world, role)
    listed = (await get(world, "/v1/cases", headers)).json()["items"]
    assert numbers(listed) == ([] if role is Role.SECRECY else [plain.number])
    assert (await get(world, "/v1/queue", headers)).json()["items"] == []
    for verb, url, body in doors(case):
        answer = await world.http.request(verb, url, json=body or None, headers=headers)
        assert answer.status_code == 404, url
        assert answer.json()["code"] in NEVER


async def test_those_who_read_reports_see_it_and_nothing_else(world: World) -> None:
    plain, case = await filed(world, "c1"), await reported(world, "c2")
    await ask_for_a_person(world, "c1")
    await ask_for_a_person(world, "c2")
    headers = await signed_in(world, Role.DISCIPLINE)
    assert numbers((await get(world, "/v1/cases", headers)).json()["items"]) == [case.number]
    page = (await get(world, f"/v1/cases/{case.id}", headers)).json()
    assert page["conversation"] == str(case.conversation_id)
    assert (await get(world, f"/v1/cases/{plain.id}", headers)).status_code == 404
    (entry,) = (await get(world, "/v1/queue", headers)).json()["items"]
    assert (entry["conversation"], entry["sealed"]) == (str(case.conversation_id), True)
    talk = f"/v1/conversations/{case.conversation_id}"
    assert len((await get(world, f"{talk}/messages", headers)).json()["items"]) > 2
    assert (await world.http.post(f"{talk}/accept", headers=headers)).status_code == 200
    reply = {"message_id": "m1", "text": "我是纪检的同事"}
    answer = await world.http.post(f"{talk}/reply", json=reply, headers=headers)
    assert answer.status_code == 202
    assert (await world.http.post(f"{talk}/release", headers=headers)).status_code == 200
    other = f"/v1/conversations/{plain.conversation_id}/messages"
    assert (await get(world, other, headers)).status_code == 404


async def test_those_who_read_the_reports_of_another_unit_do_not_see_it(world: World) -> None:
    child, _ = await unit_with_site(world, parent=world.unit)
    foreign, _ = await unit_with_site(world, parent=None)
    case = await reported(world, "c1")
    for unit in (child, foreign):
        headers = await signed_in(world, Role.DISCIPLINE, unit)
        assert (await get(world, "/v1/cases", headers)).json()["items"] == []
        assert (await get(world, f"/v1/cases/{case.id}", headers)).status_code == 404


async def test_nobody_unmasks_a_report_alone(world: World) -> None:
    case = await reported(world, "c1")
    headers = await signed_in(world, Role.DISCIPLINE)
    url = f"/v1/cases/{case.id}/unmask"
    answer = await world.http.post(url, json={"reason": "contact"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "sealed_case")
    assert "两个人" in answer.json()["detail"]


async def history(world: World, subject: object, headers: dict[str, str]) -> list[str]:
    answer = await get(world, f"/v1/audit?subject={subject}", headers)
    return [one["action"] for one in answer.json()["items"]]


async def test_its_history_is_for_those_who_read_reports_from_before_it_was_sealed_on(
    world: World,
) -> None:
    await turn(world, "c1", "我要找人说", Engine())
    await ask_for_a_person(world, "c1")
    case = await reported(world, "c1")
    discipline = await signed_in(world, Role.DISCIPLINE)
    administrator = await signed_in(world, Role.ADMINISTRATOR)
    await get(world, f"/v1/cases/{case.id}", discipline)
    for subject in (case.id, case.conversation_id):
        assert await history(world, subject, administrator) == []
    assert await history(world, case.id, discipline) == [
        "audit.read",
        "case.viewed",
        "case.registered",
    ]
    of_talk = await history(world, case.conversation_id, discipline)
    assert {"handoff.requested", "conversation.sealed"} <= set(of_talk)
    # Who keeps an eye on reports reads of nothing else.
    plain = await filed(world, "c2")
    assert await history(world, plain.id, discipline) == []
    assert "case.registered" in await history(world, plain.id, administrator)


async def test_an_administrator_does_not_learn_how_many_reports_there_are(world: World) -> None:
    await reported(world, "c1")
    discipline = await signed_in(world, Role.DISCIPLINE)
    for path in ("cases", "queue"):
        await get(world, f"/v1/{path}", discipline)
    administrator = await signed_in(world, Role.ADMINISTRATOR)
    await get(world, "/v1/cases", administrator)
    answer = await get(world, f"/v1/audit?subject={world.unit.id}", administrator)
    counts = [
        one["details"]["count"] for one in answer.json()["items"] if "listed" in one["action"]
    ]
    assert counts == ["0"]


async def test_who_waits_is_not_told_how_many_reports_wait(world: World) -> None:
    await reported(world, "c1")
    assert await ask_for_a_person(world, "c1") == 1
    await turn(world, "c2", "找人工", Engine())
    assert await ask_for_a_person(world, "c2") == 1


async def test_what_the_citizen_tells_of_an_official_without_saying_report_is_sealed_too(
    world: World,
) -> None:
    await turn(world, "c1", "村主任把补偿款贪了", Engine("在哪里？", (), (("what", "p1"),)))
    assert (await conversation_of(world, "c1")).sealed


async def test_a_report_is_sealed_though_the_engine_is_down(world: World) -> None:
    def down(_: dict[str, object]) -> httpx.Response:
        raise httpx.ConnectError("down")

    await world.say("c1", "村主任把补偿款贪了")
    conversation = await conversation_of(world, "c1")
    turns = turns_with(world, down)
    with pytest.raises(EngineDownError):
        await turns.run(conversation.id, attempts=0)
    await turns.give_up(conversation.id, attempts=25, failure=EngineDownError())
    staff, discipline = await signed_in(world, Role.STAFF), await signed_in(world, Role.DISCIPLINE)
    assert (await get(world, "/v1/queue", staff)).json()["items"] == []
    (entry,) = (await get(world, "/v1/queue", discipline)).json()["items"]
    assert entry["reason"] == "failure"


@pytest.mark.parametrize("said", ["村主任把补偿款贪了", "我跟你说，镇上的所长收了老板的红包"])
async def test_a_report_told_to_a_colleague_is_sealed_and_given_back(
    world: World, said: str
) -> None:
    headers = await signed_in(world, Role.STAFF)
    await turn(world, "c1", "找人工", Engine())
    conversation = await conversation_of(world, "c1")
    talk = f"/v1/conversations/{conversation.id}"
    await world.http.post(f"{talk}/accept", headers=headers)
    assert await turn(world, "c1", said, Engine("记下了")) is Outcome.ANSWERED
    after = await conversation_of(world, "c1")
    assert (after.sealed, after.status) == (True, Status.WAITING)
    assert (await get(world, f"{talk}/messages", headers)).status_code == 404
    assert (await last_reply(world, "c1"))["text"] == "记下了"


async def test_what_is_told_of_an_official_in_a_cry_for_help_is_sealed_too(world: World) -> None:
    assert await cry(world, "c1", "我不想活了，村主任把补偿款贪了") is Outcome.CRISIS
    assert (await conversation_of(world, "c1")).sealed
    headers = await signed_in(world, Role.STAFF)
    (entry,) = (await get(world, "/v1/queue", headers)).json()["items"]
    assert (entry["reason"], entry["text"]) == ("crisis", "")


async def test_a_gambling_den_that_is_reported_is_no_secret(world: World) -> None:
    await filed(world, "c1", ("service", "security"))
    assert not (await conversation_of(world, "c1")).sealed


async def test_a_report_added_to_a_case_seals_the_case(world: World) -> None:
    case = await filed(world, "c1")
    assert case.person_id is not None
    slots = (("what", "p1"), ("report", "yes"))
    await turn(world, "c1", "村支书还收了他的钱", Engine("补充吗？", (), slots, "relation"))
    administrator = await signed_in(world, Role.ADMINISTRATOR)
    page = (await get(world, f"/v1/cases/{case.id}", administrator)).json()
    # The case is still theirs, the conversation is not.
    assert (page["number"], page["conversation"]) == (case.number, None)
    await world.say("c1", "补充刚才那件")
    assert (await act(world, "cases/add", "c1")).status_code == 200
    after = await case_numbered(world, case.number)
    assert (after.sealed, after.person_id) == (True, None)
    assert (await get(world, f"/v1/cases/{case.id}", administrator)).status_code == 404
    assert await history(world, case.id, administrator) == []
    assert await history(world, page["person"], administrator) == []


async def test_a_sealed_case_that_is_shown_by_its_code_seals_where_it_is_shown(
    world: World,
) -> None:
    case = await reported(world, "c1")
    await turn(world, "c2", f"{case.number} {await code_of(world, case)}", STATUS)
    assert rows_of(await last_reply(world, "c2"))["number"] == case.number
    headers = await signed_in(world, Role.STAFF)
    talk = (await conversation_of(world, "c2")).id
    assert (await get(world, f"/v1/conversations/{talk}/messages", headers)).status_code == 404


async def test_a_colleague_who_takes_over_while_a_report_is_thought_about_gives_it_back(
    world: World,
) -> None:
    headers = await signed_in(world, Role.STAFF)
    await world.say("c1", "我要举报村支书")
    conversation = await conversation_of(world, "c1")
    accept = f"/v1/conversations/{conversation.id}/accept"

    async def slow(request: httpx.Request) -> httpx.Response:
        assert (await world.http.post(accept, headers=headers)).status_code == 200
        return Engine("好的", (), (("report", "yes"),))(json.loads(request.content))

    http = httpx.AsyncClient(transport=httpx.MockTransport(slow), base_url="http://engine")
    turns = Turns(world.sessions, reading(world.sessions), EngineClient(http), read)
    await turns.run(conversation.id, attempts=0)
    after = await conversation_of(world, "c1")
    assert (after.sealed, after.status) == (True, Status.WAITING)
    assert (await world.http.post(accept, headers=headers)).status_code == 404
    discipline = await signed_in(world, Role.DISCIPLINE)
    assert (await world.http.post(accept, headers=discipline)).status_code == 200


async def test_a_danger_in_a_report_is_in_everybodys_queue_without_its_words(
    world: World,
) -> None:
    case = await reported(world, "c1")
    assert await cry(world, "c1") is Outcome.CRISIS
    for role in (Role.STAFF, Role.ADMINISTRATOR):
        headers = await signed_in(world, role)
        (entry,) = (await get(world, "/v1/queue", headers)).json()["items"]
        assert (entry["reason"], entry["sealed"]) == ("crisis", True)
        assert entry["risk"] >= 2
        assert (entry["text"], entry["seq"], entry["site"]) == ("", None, None)
        talk = f"/v1/conversations/{case.conversation_id}"
        assert (await get(world, f"{talk}/messages", headers)).status_code == 404
    secrecy = await signed_in(world, Role.SECRECY)
    assert (await get(world, "/v1/queue", secrecy)).json()["items"] == []


async def test_who_helps_reads_from_where_the_danger_began_and_only_while_helping(
    world: World,
) -> None:
    case = await reported(world, "c1")
    await cry(world, "c1")
    await cry(world, "c1", "我在村口的仓库")
    helper, other = await signed_in(world, Role.STAFF), await signed_in(world, Role.STAFF)
    talk = f"/v1/conversations/{case.conversation_id}"
    assert (await world.http.post(f"{talk}/accept", headers=helper)).status_code == 200
    items = (await get(world, f"{talk}/messages", helper)).json()["items"]
    said = [one["text"] for one in items if one["from"] == "citizen"]
    assert [text[:4] for text in said] == ["王书记要", "我在村口"]
    assert "押金" not in json.dumps(items, ensure_ascii=False)
    assert (await get(world, f"{talk}/messages", other)).status_code == 404
    assert (await get(world, "/v1/queue", other)).json()["items"] == []
    assert (await get(world, f"/v1/cases/{case.id}", helper)).status_code == 404
    assert (await world.http.post(f"{talk}/release", headers=helper)).status_code == 200
    assert (await get(world, f"{talk}/messages", helper)).status_code == 404
    discipline = await signed_in(world, Role.DISCIPLINE)
    actions = await history(world, case.conversation_id, discipline)
    assert {"handoff.accepted", "conversation.read", "handoff.released"} <= set(actions)


async def test_who_helps_in_a_danger_keeps_the_conversation_when_it_becomes_a_report(
    world: World,
) -> None:
    headers = await signed_in(world, Role.STAFF)
    await cry(world, "c1", "救命，有人要打死我")
    conversation = await conversation_of(world, "c1")
    talk = f"/v1/conversations/{conversation.id}"
    await world.http.post(f"{talk}/accept", headers=headers)
    async with world.sessions.begin() as session:
        from backend_api.handoff.service import seal_conversation

        locked = await lock_conversation(session, conversation.id)
        await seal_conversation(session, locked, at=now())
    assert (await conversation_of(world, "c1")).status is Status.HUMAN
    assert (await get(world, f"{talk}/messages", headers)).status_code == 200


async def test_a_report_leaves_no_word_of_it_in_the_logs(world: World, logged: StringIO) -> None:
    case = await reported(world, "c1")
    headers = await signed_in(world, Role.ADMINISTRATOR)
    for verb, url, body in doors(case):
        await world.http.request(verb, url, json=body or None, headers=headers)
    written = logged.getvalue()
    assert written
    assert case.number not in written
    assert "举报" not in written
    assert "report" not in written.replace("test_sealed", "")


async def test_accounts_of_those_who_read_reports_are_made_by_the_command(world: World) -> None:
    async with world.sessions.begin() as session:
        password = await records.add_account(session, "ji", "纪检", "discipline")
    given = {"username": "ji", "password": password}
    opened = (await world.http.post("/v1/staff/sign-in", json=given)).json()
    assert opened["account"]["role"] == "discipline"


async def test_a_closed_account_gives_back_what_was_sealed_meanwhile(world: World) -> None:
    case = await reported(world, "c1")
    await cry(world, "c1")
    headers = await signed_in(world, Role.STAFF)
    talk = f"/v1/conversations/{case.conversation_id}"
    await world.http.post(f"{talk}/accept", headers=headers)
    me = (await get(world, "/v1/staff/me", headers)).json()
    async with world.sessions.begin() as session:
        assert await records.close_account(session, me["username"]) == 1
    other = await signed_in(world, Role.STAFF)
    (entry,) = (await get(world, "/v1/queue", other)).json()["items"]
    assert entry["status"] == "waiting"


async def test_a_plain_case_of_the_same_person_is_not_joined_with_the_report(
    world: World,
) -> None:
    report, plain = await reported(world, "c1"), await filed(world, "c2")
    assert plain.person_id is not None
    async with world.sessions() as session:
        linked = await session.scalars(select(Case.id).where(Case.person_id == plain.person_id))
        assert list(linked) == [plain.id]
        shown = select(AuditEntry).where(AuditEntry.subject_id == report.id)
        assert {one.action for one in await session.scalars(shown)} == {"case.registered"}
        sealed = await session.scalars(select(Conversation.sealed).order_by(Conversation.key))
        assert list(sealed) == [True, False]


async def test_a_read_back_in_a_sealed_conversation_goes_on_as_ever(world: World) -> None:
    await read_back(world, "c1", STORY, ("report", "yes"))
    assert rows_of(await last_reply(world, "c1"))["what"] == STORY


@pytest.mark.parametrize("reason", ["no_official", "no_misconduct"])
async def test_what_was_no_report_is_handled_like_any_other_case_again(
    world: World, reason: str
) -> None:
    case = await reported(world, "c1")
    await ask_for_a_person(world, "c1")
    discipline = await signed_in(world, Role.DISCIPLINE)
    talk = f"/v1/conversations/{case.conversation_id}"
    await world.http.post(f"{talk}/accept", headers=discipline)
    answer = await world.http.post(f"{talk}/unseal", json={"reason": reason}, headers=discipline)
    assert (answer.status_code, answer.json()) == (200, {"cases": [case.number]})
    staff = await signed_in(world, Role.STAFF)
    assert (await get(world, f"/v1/cases/{case.id}", staff)).status_code == 200
    assert (await get(world, f"/v1/cases/{case.id}", discipline)).status_code == 404
    (entry,) = (await get(world, "/v1/queue", staff)).json()["items"]
    assert (entry["conversation"], entry["sealed"]) == (str(case.conversation_id), False)
    assert (await case_numbered(world, case.number)).person_id is not None


async def test_who_unsealed_and_why_is_in_the_history(world: World) -> None:
    case = await reported(world, "c1")
    discipline = await signed_in(world, Role.DISCIPLINE)
    talk = f"/v1/conversations/{case.conversation_id}"
    await world.http.post(f"{talk}/unseal", json={"reason": "no_official"}, headers=discipline)
    administrator = await signed_in(world, Role.ADMINISTRATOR)
    for subject, action in (
        (case.id, "case.unsealed"),
        (case.conversation_id, "conversation.unsealed"),
    ):
        items = (await get(world, f"/v1/audit?subject={subject}", administrator)).json()["items"]
        (unsealed,) = [one for one in items if one["action"] == action]
        assert (unsealed["actor_kind"], unsealed["details"]) == (
            "account",
            {"reason": "no_official"},
        )
        assert any(one["action"].endswith(("sealed", "filed")) for one in items)


async def test_nobody_else_unseals_and_nothing_that_is_plain(world: World) -> None:
    case = await reported(world, "c1")
    wanted = {"reason": "no_official"}
    sealed = f"/v1/conversations/{case.conversation_id}/unseal"
    for role in OTHERS:
        headers = await signed_in(world, role)
        assert (await world.http.post(sealed, json=wanted, headers=headers)).status_code == 404
    await cry(world, "c1")
    helper = await signed_in(world, Role.STAFF)
    answer = await world.http.post(sealed, json=wanted, headers=helper)
    assert (answer.status_code, answer.json()["code"]) == (403, "discipline_only")
    discipline = await signed_in(world, Role.DISCIPLINE)
    assert (await world.http.post(sealed, json={}, headers=discipline)).status_code == 422
    assert (await world.http.post(sealed, json=wanted, headers=discipline)).status_code == 200
    assert (await world.http.post(sealed, json=wanted, headers=discipline)).status_code == 404


async def test_what_is_told_of_an_official_afterwards_is_sealed_anew(world: World) -> None:
    case = await reported(world, "c1")
    discipline = await signed_in(world, Role.DISCIPLINE)
    talk = f"/v1/conversations/{case.conversation_id}"
    await world.http.post(f"{talk}/unseal", json={"reason": "no_official"}, headers=discipline)
    await turn(world, "c1", "房东还是不退", Engine("记下了"))
    assert not (await conversation_of(world, "c1")).sealed
    await turn(world, "c1", "村主任把补偿款贪了", Engine("记下了"))
    assert (await conversation_of(world, "c1")).sealed
