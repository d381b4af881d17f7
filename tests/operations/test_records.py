"""What the command line writes into the database."""

import pytest
from procrastinate import App

from backend_api.access.service import access_by_token
from backend_api.core.clock import now
from backend_api.core.errors import NotSignedInError
from backend_api.core.jobs import open_jobs
from backend_api.operations import records
from backend_api.operations.messages import FailureError
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
