"""Who may reach what: other organisations, and the units of one's own."""

from collections.abc import Sequence
from datetime import datetime

import pytest
from sqlalchemy import select, text

from backend_api.access.models import AccessToken
from backend_api.access.rules import Role
from backend_api.access.service import add_account, create_token
from backend_api.audit.service import SYSTEM
from backend_api.cases.models import Case
from backend_api.conversations.models import Conversation
from backend_api.conversations.service import conversation_of_client
from backend_api.core.clock import now
from backend_api.core.crypto import seal
from backend_api.drafts.service import start_draft
from backend_api.handoff.rules import Reason
from backend_api.handoff.service import request_person
from backend_api.migrations.tables import METADATA
from backend_api.organisation.models import Site, Unit
from backend_api.organisation.rules import Level
from backend_api.organisation.service import add_site, add_unit
from backend_api.people.service import person_with_phone
from tests.backend_api.test_turns import complete_draft
from tests.conftest import World

pytestmark = pytest.mark.anyio


async def unit_with_site(world: World, *, parent: Unit | None) -> tuple[Unit, Site]:
    level = Level.COMMUNITY if parent else Level.STREET
    async with world.sessions.begin() as session:
        unit = await add_unit(session, SYSTEM, name="别处", level=level, parent=parent)
        return unit, await add_site(session, SYSTEM, name="大厅", unit=unit)


async def staff_of(world: World, unit: Unit) -> dict[str, str]:
    async with world.sessions.begin() as session:
        password = await add_account(
            session, username="li", name="李调解", role=Role.STAFF, unit=unit
        )
    given = {"username": "li", "password": password}
    token = (await world.http.post("/v1/staff/sign-in", json=given)).json()["token"]
    headers = {"authorization": f"Bearer {token}"}
    change = {"old": password, "new": "another-long-one"}
    await world.http.post("/v1/staff/password", json=change, headers=headers)
    return headers


async def waiting_at(world: World, key: str, site: Site | None) -> tuple[str, int]:
    body = {"conversation": key, "message_id": "m", "text": "楼上漏水"}
    if site is not None:
        body["site"] = site.code
    answer = await world.http.post("/v1/chat", json=body, headers=world.client)
    assert answer.status_code == 202
    async with world.sessions.begin() as session:
        found = (await session.scalars(select(Conversation).where(Conversation.key == key))).one()
        count = await request_person(session, found, Reason.ASKED, at=now())
        return str(found.id), count


async def queue_of(world: World, headers: dict[str, str]) -> Sequence[str]:
    items = (await world.http.get("/v1/queue", headers=headers)).json()["items"]
    return [item["conversation"] for item in items]


async def test_a_site_of_another_organisation_is_unknown_to_a_client(world: World) -> None:
    _, foreign = await unit_with_site(world, parent=None)
    body = {"conversation": "c", "message_id": "m", "text": "x", "site": foreign.code}
    answer = await world.http.post("/v1/chat", json=body, headers=world.client)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_site")
    opened = await world.http.post("/v1/web/sessions", json={"site": foreign.code})
    assert opened.status_code == 201


async def test_a_conversation_belongs_to_the_unit_of_its_site_else_of_its_client(
    world: World,
) -> None:
    child, site = await unit_with_site(world, parent=world.unit)
    await waiting_at(world, "above", None)
    await waiting_at(world, "below", site)
    async with world.sessions() as session:
        rows = await session.execute(select(Conversation.key, Conversation.unit_path))
        assert {row.key: row.unit_path for row in rows} == {
            "above": world.unit.path,
            "below": child.path,
        }


async def test_staff_of_a_unit_see_it_and_what_is_below_only(world: World) -> None:
    child, site = await unit_with_site(world, parent=world.unit)
    (above, _), (below, waiting) = (
        await waiting_at(world, "above", None),
        await waiting_at(world, "below", site),
    )
    assert waiting == 1
    admin, li = await world.sign_in(), await staff_of(world, child)
    assert await queue_of(world, admin) == [above, below]
    assert await queue_of(world, li) == [below]
    for verb, what in (("GET", "messages"), ("POST", "accept"), ("POST", "release")):
        url = f"/v1/conversations/{above}/{what}"
        answer = await world.http.request(verb, url, headers=li)
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_conversation")
    assert (
        await world.http.post(f"/v1/conversations/{below}/accept", headers=li)
    ).status_code == 200


async def test_another_organisation_sees_nothing(world: World) -> None:
    foreign, _ = await unit_with_site(world, parent=None)
    async with world.sessions.begin() as session:
        token = await create_token(session, role=Role.STAFF, name="export", unit=foreign)
    headers = {"authorization": f"Bearer {token}"}
    conversation, _ = await waiting_at(world, "c", world.site)
    assert await queue_of(world, headers) == []
    url = f"/v1/conversations/{conversation}/messages"
    assert (await world.http.get(url, headers=headers)).status_code == 404


async def test_a_known_name_is_not_replaced_by_whoever_gives_the_number(world: World) -> None:
    async with world.sessions.begin() as session:
        unit = world.unit.id
        first = await person_with_phone(session, unit, phone="13800138000", name=None)
        assert first.name_sealed is None
        named = await person_with_phone(session, unit, phone="13800138000", name="王建国")
        before = named.name_sealed
        other = await person_with_phone(session, unit, phone="13800138000", name="冒名")
        assert before is not None
        assert (other.id, other.name_sealed) == (first.id, before)


async def test_every_row_of_a_tenants_data_carries_its_organisation(world: World) -> None:
    await complete_draft(world)
    tenants = ("conversation", "message", "turn", "draft", "draft_fact", "outbox")
    holds = {one.name for one in METADATA.sorted_tables if "organisation_id" in one.columns}
    told_by_conversation = {
        one.name
        for one in METADATA.sorted_tables
        if {key.column.table.name for key in one.foreign_keys} & {"conversation", "draft"}
    }
    assert told_by_conversation <= holds
    async with world.sessions() as session:
        for table in tenants:
            rows = await session.scalars(text(f"SELECT organisation_id FROM {table}"))  # noqa: S608
            assert set(rows) == {world.unit.id}, table


async def filed(world: World, unit: Unit, number: str, at: datetime) -> None:
    async with world.sessions.begin() as session:
        client = (await session.scalars(select(AccessToken.id).limit(1))).one()
        conversation = await conversation_of_client(
            session, client=client, key=number, unit_path=unit.path, site=None
        )
        draft = await start_draft(session, conversation.id)
        session.add(
            Case(
                organisation_id=conversation.organisation_id,
                unit_id=unit.id,
                unit_path=unit.path,
                conversation_id=conversation.id,
                draft_id=draft.id,
                number=number,
                query_code_sealed=seal(session, "x"),
                type="求决",
                matter="其他咨询",
                summary_sealed=seal(session, "x"),
                where_sealed=seal(session, "x"),
                created_at=at,
            )
        )


async def test_pages_skip_no_case_of_the_same_moment_and_start_in_scope(world: World) -> None:
    foreign, _ = await unit_with_site(world, parent=None)
    at = now()
    for number in ("1", "2", "3"):
        await filed(world, world.unit, number, at)
    await filed(world, foreign, "4", at)
    headers, seen, url = await world.sign_in(), [], "/v1/cases?limit=1"
    while url:
        page = (await world.http.get(url, headers=headers)).json()
        seen += [item["number"] for item in page["items"]]
        url = f"/v1/cases?limit=1&before={page['next']}" if page["next"] else ""
    assert seen == ["3", "2", "1"]
    answer = await world.http.get("/v1/cases?before=4", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_number")
