"""A case is taken back by the citizen alone, once it was shown with the question whether to."""

from collections.abc import Sequence

import anyio
import httpx
import pytest
from sqlalchemy import select

from backend_api.access.rules import Role
from backend_api.audit.models import AuditEntry
from backend_api.cases.models import Case
from backend_api.cases.rules import CaseStatus
from tests.backend_api.talks import (
    ASKS_TO_WITHDRAW,
    STATUS,
    Engine,
    act,
    case_numbered,
    code_of,
    conversation_of,
    filed,
    last_reply,
    numbers,
    rows_of,
    signed_in,
    turn,
)
from tests.backend_api.test_turns import turns_with
from tests.conftest import World

pytestmark = pytest.mark.anyio


async def status_of(world: World, case: Case) -> CaseStatus:
    return (await case_numbered(world, case.number)).status


async def withdrawals(world: World) -> Sequence[AuditEntry]:
    async with world.sessions() as session:
        query = select(AuditEntry).where(AuditEntry.action == "case.withdrawn")
        return (await session.scalars(query)).all()


def is_outdated(answer: httpx.Response) -> bool:
    return (answer.status_code, answer.json()["code"]) == (409, "outdated")


async def test_the_citizen_takes_back_what_was_filed_here_and_it_is_written_down(
    world: World,
) -> None:
    case = await filed(world, "c1")
    await turn(world, "c1", "我想撤回", ASKS_TO_WITHDRAW)
    assert rows_of(await last_reply(world, "c1"))["number"] == case.number
    await world.say("c1", "是的，撤回")
    assert (await act(world, "cases/withdraw", "c1")).status_code == 200
    assert await status_of(world, case) is CaseStatus.WITHDRAWN
    (entry,) = await withdrawals(world)
    conversation = await conversation_of(world, "c1")
    assert (entry.actor_kind, entry.subject_id) == ("citizen", case.id)
    assert entry.details == {"conversation": str(conversation.id)}


async def test_the_one_shown_by_its_code_is_taken_back_and_no_other(world: World) -> None:
    mine, elsewhere = await filed(world, "c1"), await filed(world, "c2")
    said = f"撤回 {elsewhere.number} {await code_of(world, elsewhere)}"
    await turn(world, "c1", said, ASKS_TO_WITHDRAW)
    assert rows_of(await last_reply(world, "c1"))["number"] == elsewhere.number
    await world.say("c1", "是的")
    assert (await act(world, "cases/withdraw", "c1")).status_code == 200
    assert await status_of(world, elsewhere) is CaseStatus.WITHDRAWN
    assert await status_of(world, mine) is CaseStatus.REGISTERED


async def test_what_was_not_asked_about_is_not_taken_back(world: World) -> None:
    case = await filed(world, "c1")
    await turn(world, "c1", "我的事办到哪了", STATUS)
    await world.say("c1", "好的")
    assert is_outdated(await act(world, "cases/withdraw", "c1"))
    assert await status_of(world, case) is CaseStatus.REGISTERED


async def test_with_a_wrong_code_the_question_is_not_put_and_the_own_case_stays(
    world: World,
) -> None:
    mine, other = await filed(world, "c1"), await filed(world, "c2")
    await turn(world, "c1", f"撤回 {other.number} abcd2345", ASKS_TO_WITHDRAW)
    assert "没有查到" in str((await last_reply(world, "c1"))["text"])
    await world.say("c1", "是的，撤回")
    assert is_outdated(await act(world, "cases/withdraw", "c1"))
    assert await status_of(world, mine) is CaseStatus.REGISTERED
    assert await status_of(world, other) is CaseStatus.REGISTERED


async def test_a_withdrawal_that_is_repeated_changes_nothing_more(world: World) -> None:
    case = await filed(world, "c1")
    await turn(world, "c1", "我想撤回", ASKS_TO_WITHDRAW)
    await world.say("c1", "是的")
    answers = [await act(world, "cases/withdraw", "c1") for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200]
    assert await status_of(world, case) is CaseStatus.WITHDRAWN
    assert len(await withdrawals(world)) == 1


async def test_two_conversations_at_once_take_it_back_once(world: World) -> None:
    case = await filed(world, "c1")
    await turn(world, "c1", "我想撤回", ASKS_TO_WITHDRAW)
    await turn(world, "c2", f"撤回{case.number} {await code_of(world, case)}", ASKS_TO_WITHDRAW)
    async with anyio.create_task_group() as group:
        for key in ("c1", "c2"):
            await world.say(key, "是的")
            group.start_soon(act, world, "cases/withdraw", key)
    assert len(await withdrawals(world)) == 1


async def test_a_late_withdrawal_is_outdated(world: World) -> None:
    case = await filed(world, "c1")
    await turn(world, "c1", "我想撤回", ASKS_TO_WITHDRAW)
    assert is_outdated(await act(world, "cases/withdraw", "c1"))
    assert await status_of(world, case) is CaseStatus.REGISTERED


async def test_staff_have_no_way_to_take_a_case_back(world: World) -> None:
    case = await filed(world, "c1")
    headers = await signed_in(world, Role.ADMINISTRATOR)
    for path in (f"/v1/cases/{case.id}/withdraw", "/v1/internal/cases/withdraw"):
        answer = await world.http.post(path, json={}, headers=headers)
        assert answer.status_code in {401, 404}


async def test_a_withdrawn_case_shows_so_in_the_list_on_its_page_and_to_the_citizen(
    world: World,
) -> None:
    case = await filed(world, "c1")
    await turn(world, "c1", "我想撤回", ASKS_TO_WITHDRAW)
    await world.say("c1", "是的")
    await act(world, "cases/withdraw", "c1")
    headers = await signed_in(world, Role.STAFF)
    (item,) = (await world.http.get("/v1/cases", headers=headers)).json()["items"]
    page = (await world.http.get(f"/v1/cases/{case.id}", headers=headers)).json()
    assert (item["status"], page["status"]) == ("withdrawn", "withdrawn")
    assert numbers([item]) == [case.number]
    await turn(world, "c1", "办到哪了", STATUS)
    assert rows_of(await last_reply(world, "c1"))["status"] == "您已撤回"


async def test_what_is_told_after_a_withdrawal_is_another_matter(world: World) -> None:
    case = await filed(world, "c1")
    await turn(world, "c1", "我想撤回", ASKS_TO_WITHDRAW)
    await world.say("c1", "是的")
    await act(world, "cases/withdraw", "c1")
    seen: list[dict[str, object]] = []
    conversation = await conversation_of(world, "c1")
    await turns_with(world, Engine("好的"), seen).run(conversation.id, attempts=0)
    metadata = seen[0]["metadata"]
    assert isinstance(metadata, dict)
    assert (metadata["memory"]["filed"], metadata["memory"]["has_case"]) == (False, True)
    await world.say("c1", "楼上漏水")
    assert is_outdated(await act(world, "cases/add", "c1"))
    second = await filed(world, "c1")
    assert second.number != case.number
    assert await status_of(world, second) is CaseStatus.REGISTERED
