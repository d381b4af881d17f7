"""Anybody may ask whether it lives; the counters are for this machine and for staff tokens."""

import httpx
import pytest

from backend_api.access.rules import Role
from backend_api.access.service import create_token
from tests.conftest import World

pytestmark = pytest.mark.anyio


def at(world: World, address: str) -> httpx.AsyncClient:
    app = world.http._transport.app  # type: ignore[attr-defined]
    transport = httpx.ASGITransport(app, client=(address, 1))
    return httpx.AsyncClient(transport=transport, base_url="http://test")


async def test_this_machine_may_read_the_counters(world: World) -> None:
    for address in ("127.0.0.1", "::1"):
        async with at(world, address) as http:
            assert (await http.get("/metrics")).status_code == 200


async def test_others_may_not_but_may_ask_whether_it_lives(world: World) -> None:
    async with at(world, "192.0.2.7") as http:
        assert (await http.get("/metrics")).status_code == 401
        assert (await http.get("/metrics", headers=world.client)).status_code == 403
        assert (await http.get("/healthz")).status_code == 200


@pytest.mark.parametrize("header", ["x-forwarded-for", "x-real-ip", "via", "forwarded"])
async def test_a_proxy_on_this_machine_is_not_this_machine(world: World, header: str) -> None:
    answer = await world.http.get("/metrics", headers={header: "192.0.2.7"})
    assert answer.status_code == 401


async def test_a_staff_token_reads_the_counters_from_anywhere(world: World) -> None:
    async with world.sessions.begin() as session:
        token = await create_token(session, role=Role.STAFF, name="prometheus", unit=world.unit)
    async with at(world, "192.0.2.7") as http:
        answer = await http.get("/metrics", headers={"authorization": f"Bearer {token}"})
    assert "hualiao_jobs" in answer.text or "hualiao_requests" in answer.text
