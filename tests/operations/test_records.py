"""What the command line writes into the database."""

from collections.abc import Awaitable, Callable

import pytest
from procrastinate import App
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend_api.access.service import access_by_token
from backend_api.audit.models import AuditEntry
from backend_api.audit.service import SYSTEM
from backend_api.conversations.models import Conversation
from backend_api.core.clock import now
from backend_api.core.errors import NotSignedInError
from backend_api.core.jobs import open_jobs
from backend_api.operations import records
from backend_api.operations.messages import FailureError
from backend_api.organisation.rules import Level
from backend_api.organisation.service import add_unit
from tests.conftest import World

pytestmark = pytest.mark.anyio


async def test_a_revoked_token_opens_nothing_any_more(world: World) -> None:
    async with world.sessions.begin() as session:
        token = await records.create_token(session, role="client", name="热线")
        assert await access_by_token(session, token, now())
        assert await records.revoke_token(session, "热线") == "热线"
    async with world.sessions() as session:
        with pytest.raises(NotSignedInError):
            await access_by_token(session, token, now())
        revoked = {one.name: one.revoked for one in await records.list_tokens(session)}
        assert revoked == {"热线": True, "test": False}


async def test_a_name_that_two_tokens_have_needs_the_id(world: World) -> None:
    async with world.sessions.begin() as session:
        for _ in range(2):
            await records.create_token(session, role="staff", name="大屏")
        with pytest.raises(FailureError, match="2 个有效的令牌"):
            await records.revoke_token(session, "大屏")
        one = (await records.list_tokens(session))[0]
        assert await records.revoke_token(session, str(one.id)) == "大屏"
        with pytest.raises(FailureError, match="没有有效的令牌"):
            await records.revoke_token(session, str(one.id))


async def test_an_added_account_signs_in_and_must_change_its_password(world: World) -> None:
    async with world.sessions.begin() as session:
        password = await records.add_account(session, "li", "李同志", "staff")
    given = {"username": "li", "password": password}
    opened = (await world.http.post("/v1/staff/sign-in", json=given)).json()
    assert opened["must_change_password"]
    assert opened["account"]["role"] == "staff"


async def test_a_username_is_given_once(world: World) -> None:
    with pytest.raises(FailureError, match="已经有账号 admin"):
        async with world.sessions.begin() as session:
            await records.add_account(session, "admin", "另一个", "staff")


async def test_a_closed_account_is_signed_out_and_signs_in_no_more(world: World) -> None:
    headers = await world.sign_in()
    async with world.sessions.begin() as session:
        await records.close_account(session, "admin")
    assert (await world.http.get("/v1/staff/me", headers=headers)).status_code == 401
    given = {"username": "admin", "password": "a-much-longer-one"}
    refused = await world.http.post("/v1/staff/sign-in", json=given)
    assert refused.json()["code"] == "wrong_credentials"
    async with world.sessions() as session:
        assert [one.closed for one in await records.list_accounts(session)] == [True]


async def signed_in(world: World, username: str, password: str) -> dict[str, str]:
    given = {"username": username, "password": password}
    opened = (await world.http.post("/v1/staff/sign-in", json=given)).json()
    headers = {"authorization": f"Bearer {opened['token']}"}
    change = {"old": password, "new": "a-much-longer-one"}
    await world.http.post("/v1/staff/password", json=change, headers=headers)
    return headers


async def test_the_conversations_of_a_closed_account_wait_for_a_colleague(world: World) -> None:
    headers = await world.sign_in()
    await world.say("c1", "楼上漏水")
    async with world.sessions() as session:
        conversation = (await session.scalars(select(Conversation.id))).one()
    accepted = await world.http.post(f"/v1/conversations/{conversation}/accept", headers=headers)
    assert accepted.status_code == 200
    async with world.sessions.begin() as session:
        assert await records.close_account(session, "admin") == 1
        password = await records.add_account(session, "li", "李同志", "administrator")
    colleague = await signed_in(world, "li", password)
    queue = (await world.http.get("/v1/queue", headers=colleague)).json()["items"]
    assert [one["status"] for one in queue] == ["waiting"]
    accepted = await world.http.post(f"/v1/conversations/{conversation}/accept", headers=colleague)
    assert accepted.status_code == 200


async def test_another_role_ends_the_sign_ins_and_holds_from_the_next_on(world: World) -> None:
    headers = await world.sign_in()
    async with world.sessions.begin() as session:
        await records.change_role(session, "admin", "staff")
    assert (await world.http.get("/v1/staff/me", headers=headers)).status_code == 401
    given = {"username": "admin", "password": "a-much-longer-one"}
    opened = (await world.http.post("/v1/staff/sign-in", json=given)).json()
    assert opened["account"]["role"] == "staff"


async def test_a_reset_password_replaces_the_old_one_and_must_be_changed(world: World) -> None:
    headers = await world.sign_in()
    async with world.sessions.begin() as session:
        password = await records.reset_password(session, "admin")
    assert (await world.http.get("/v1/staff/me", headers=headers)).status_code == 401
    given = {"username": "admin", "password": "a-much-longer-one"}
    assert (await world.http.post("/v1/staff/sign-in", json=given)).status_code == 401
    opened = await world.http.post("/v1/staff/sign-in", json=given | {"password": password})
    assert opened.json()["must_change_password"]


@pytest.mark.parametrize("change", [records.close_account, records.reset_password])
async def test_an_account_that_is_unknown_or_closed_cannot_be_changed(
    world: World, change: Callable[[AsyncSession, str], Awaitable[object]]
) -> None:
    with pytest.raises(FailureError, match="没有账号 nobody"):
        async with world.sessions.begin() as session:
            await change(session, "nobody")
    async with world.sessions.begin() as session:
        await records.close_account(session, "admin")
    with pytest.raises(FailureError, match="已经停用"):
        async with world.sessions.begin() as session:
            await change(session, "admin")


async def test_every_change_of_accounts_and_tokens_is_in_the_audit_of_its_unit(
    world: World,
) -> None:
    async with world.sessions.begin() as session:
        await records.create_token(session, role="client", name="热线")
        await records.revoke_token(session, "热线")
        await records.reset_password(session, "admin")
        await records.change_role(session, "admin", "staff")
        await records.close_account(session, "admin")
    async with world.sessions() as session:
        entries = (await session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()))).all()
    assert {entry.unit_path for entry in entries[:5]} == {world.unit.path}
    assert [(one.actor_kind, one.action) for one in reversed(entries[:5])] == [
        ("system", "token.created"),
        ("system", "token.revoked"),
        ("system", "account.password_reset"),
        ("system", "account.role_changed"),
        ("system", "account.closed"),
    ]


async def test_a_killed_workers_job_is_put_back(world: World) -> None:
    async with open_jobs(world.database_url).open_async() as jobs:
        await _hold_a_job(jobs)
    assert await records.free_stalled_jobs(world.database_url, 3600.0) == 0
    assert await records.free_stalled_jobs(world.database_url, 0.0) == 1
    assert await records.free_stalled_jobs(world.database_url, 0.0) == 0


async def _hold_a_job(jobs: App) -> None:
    """As a worker does that is then killed."""
    await jobs.configure_task("anything", allow_unknown=True).defer_async()
    worker = await jobs.job_manager.register_worker()
    assert await jobs.job_manager.fetch_job(queues=None, worker_id=worker)


async def test_a_site_belongs_to_its_community_which_is_made_once(world: World) -> None:
    async with world.sessions.begin() as session:
        for name in ("东门", "西门"):
            await records.add_site(session, name, "", community="翠竹社区")
        await records.add_site(session, "大厅", "")
        found = {one.name: one.unit for one in await records.list_sites(session)}
    assert found == {
        "大门口": "翠竹街道",
        "东门": "翠竹社区",
        "西门": "翠竹社区",
        "大厅": "翠竹街道",
    }


async def test_a_community_that_two_units_are_called_is_asked_for_again(world: World) -> None:
    async with world.sessions.begin() as session:
        for _ in range(2):
            await add_unit(
                session, SYSTEM, name="翠竹社区", level=Level.COMMUNITY, parent=world.unit
            )
    with pytest.raises(FailureError, match="2 个单位都叫 翠竹社区"):
        async with world.sessions.begin() as session:
            await records.add_site(session, "东门", "", community="翠竹社区")


async def test_a_site_is_withdrawn_once_and_is_in_the_audit(world: World) -> None:
    async with world.sessions.begin() as session:
        code = await records.add_site(session, "东门", "")
        for _ in range(2):
            assert await records.withdraw_site(session, code) == "东门"
        with pytest.raises(FailureError, match="已经停用"):
            await records.site_in_use(session, code)
        with pytest.raises(FailureError, match="没有站点 nope"):
            await records.withdraw_site(session, "nope")
    async with world.sessions() as session:
        actions = await session.scalars(
            select(AuditEntry.action).where(AuditEntry.subject_kind == "site")
        )
        assert list(actions).count("site.withdrawn") == 1
