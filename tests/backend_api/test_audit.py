"""Who saw what, who tried to get in: written down without words, read by administrators only."""

from collections.abc import Sequence
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select

from backend_api.access.models import Account
from backend_api.access.rules import Role
from backend_api.access.service import add_account
from backend_api.audit.models import AuditEntry
from backend_api.cases.models import Case
from backend_api.organisation.models import Unit
from tests.backend_api.test_scopes import staff_of, unit_with_site, waiting_at
from tests.backend_api.test_turns import PHONE, complete_draft, file_case
from tests.conftest import World

pytestmark = pytest.mark.anyio


async def entries(world: World, action: str) -> Sequence[AuditEntry]:
    async with world.sessions() as session:
        query = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)
        return (await session.scalars(query)).all()


async def tried(world: World, username: str) -> httpx.Response:
    body = {"username": username, "password": "nope"}
    return await world.http.post("/v1/staff/sign-in", json=body)


async def filed_case(world: World) -> Case:
    conversation = await complete_draft(world)
    await world.say("c1", "对")
    assert (await file_case(world, conversation)).status_code == 200
    async with world.sessions() as session:
        return (await session.scalars(select(Case))).one()


async def history(world: World, subject: object, headers: dict[str, str]) -> httpx.Response:
    return await world.http.get(f"/v1/audit?subject={subject}", headers=headers)


async def administrator_of(world: World, unit: Unit) -> dict[str, str]:
    async with world.sessions.begin() as session:
        password = await add_account(
            session, username="zhou", name="周主任", role=Role.ADMINISTRATOR, unit=unit
        )
    given = {"username": "zhou", "password": password}
    token = (await world.http.post("/v1/staff/sign-in", json=given)).json()["token"]
    headers = {"authorization": f"Bearer {token}"}
    change = {"old": password, "new": "another-long-one"}
    await world.http.post("/v1/staff/password", json=change, headers=headers)
    return headers


async def test_a_failed_sign_in_is_noted_with_the_account_it_was_tried_on(world: World) -> None:
    await tried(world, "admin")
    (entry,) = await entries(world, "account.sign_in_failed")
    async with world.sessions() as session:
        admin = await session.scalar(select(Account.id).where(Account.username == "admin"))
    assert (entry.subject_id, entry.unit_path) == (admin, world.unit.path)
    assert set(entry.details) == {"origin"}


async def test_what_was_typed_as_a_name_that_nobody_has_is_kept_as_a_fingerprint(
    world: World,
) -> None:
    for typed in ("my-password-by-mistake", "my-password-by-mistake", "other"):
        await tried(world, typed)
    first, second, third = await entries(world, "account.sign_in_failed")
    assert first.details == second.details != third.details
    assert "my-password" not in str(first.details)
    assert first.subject_id is None


async def test_signing_out_and_a_refused_password_are_noted(world: World) -> None:
    headers = await world.sign_in()
    wrong = {"old": "nope", "new": "yet-another-long-one"}
    await world.http.post("/v1/staff/password", json=wrong, headers=headers)
    await world.http.post("/v1/staff/sign-out", headers=headers)
    (refused,), (out,) = (
        await entries(world, "password.refused"),
        await entries(world, "account.signed_out"),
    )
    assert out.actor_id == refused.actor_id == str(out.subject_id)


async def test_a_list_of_cases_is_one_entry_with_what_was_asked_and_how_much_came(
    world: World,
) -> None:
    case = await filed_case(world)
    headers = await world.sign_in()
    for query in ("", f"?before={case.number}"):
        await world.http.get(f"/v1/cases{query}", headers=headers)
    first, second = await entries(world, "cases.listed")
    assert (first.details["before"], first.details["count"]) == ("", "1")
    assert (second.details["before"], second.details["count"]) == (case.number, "0")
    assert first.subject_id == world.unit.id


async def test_a_queue_that_refreshes_itself_is_one_look_until_it_shows_something_else(
    world: World,
) -> None:
    headers = await world.sign_in()
    for _ in range(3):
        await world.http.get("/v1/queue", headers=headers)
    await waiting_at(world, "c1", world.site)
    for _ in range(3):
        await world.http.get("/v1/queue", headers=headers)
    seen = [entry.details["count"] for entry in await entries(world, "queue.viewed")]
    assert seen == ["0", "1"]


async def test_it_can_be_told_to_whom_a_number_was_shown_and_why(world: World) -> None:
    case = await filed_case(world)
    headers = await world.sign_in()
    shown = (await world.http.get(f"/v1/cases/{case.id}", headers=headers)).json()
    await world.http.post(f"/v1/cases/{case.id}/unmask", json={"reason": "verify"}, headers=headers)
    answer = await history(world, shown["person"], headers)
    (item,) = answer.json()["items"]
    assert item["action"] == "person.shown"
    assert item["details"] == {"reason": "verify", "case": str(case.id)}
    assert PHONE not in answer.text
    of_case = (await history(world, case.id, headers)).json()["items"]
    assert [one["action"] for one in of_case] == ["case.unmasked", "case.viewed", "case.registered"]


async def test_reading_the_audit_is_audited(world: World) -> None:
    headers, subject = await world.sign_in(), uuid4()
    assert (await history(world, subject, headers)).json() == {"items": [], "next": None}
    (item,) = (await history(world, subject, headers)).json()["items"]
    assert (item["action"], item["details"]) == ("audit.read", {"count": "0"})


async def test_a_long_history_comes_in_pages(world: World) -> None:
    headers, subject = await world.sign_in(), uuid4()
    for _ in range(3):
        await history(world, subject, headers)
    url = f"/v1/audit?subject={subject}&limit=2"
    page = (await world.http.get(url, headers=headers)).json()
    assert len(page["items"]) == 2
    rest = await world.http.get(f"{url}&before={page['next']}", headers=headers)
    assert [one["details"]["count"] for one in rest.json()["items"]] == ["0"]


async def test_only_administrators_read_the_audit_and_only_of_their_units(world: World) -> None:
    child, _ = await unit_with_site(world, parent=world.unit)
    conversation, _ = await waiting_at(world, "c", world.site)
    below = await administrator_of(world, child)
    refused = await history(world, conversation, await staff_of(world, world.unit))
    assert (refused.status_code, refused.json()["code"]) == (403, "administrators_only")
    assert (await history(world, conversation, below)).json()["items"] == []
    above = (await history(world, conversation, await world.sign_in())).json()["items"]
    # That somebody below tried to look is seen above.
    assert [one["action"] for one in above] == ["audit.read", "handoff.requested"]
