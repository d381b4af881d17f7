"""Guessing is limited per origin and name, and hashing stops nobody else."""

import asyncio
import time

import httpx
import pytest
from argon2 import PasswordHasher

from backend_api.access import service
from tests.conftest import CONSOLE_TOKEN, World

WRONG = "nope"
pytestmark = pytest.mark.anyio


async def tried(
    world: World, username: str, password: str = WRONG, headers: dict[str, str] | None = None
) -> httpx.Response:
    body = {"username": username, "password": password}
    encoded = {name: value.encode() for name, value in (headers or {}).items()}
    return await world.http.post("/v1/staff/sign-in", json=body, headers=encoded)


@pytest.mark.parametrize("username", ["admin", "nobody"])
async def test_known_and_unknown_names_are_limited_alike(world: World, username: str) -> None:
    answers = [(await tried(world, username)).status_code for _ in range(7)]
    assert answers == [401] * 5 + [429] * 2


async def test_guesses_at_the_same_time_count_as_many(world: World) -> None:
    answers = await asyncio.gather(*(tried(world, "admin") for _ in range(12)))
    assert sorted(one.status_code for one in answers) == [401] * 5 + [429] * 7


async def test_guessing_elsewhere_does_not_lock_the_administrator_out(world: World) -> None:
    for _ in range(6):
        await tried(world, "admin")
    transport = world.http._transport
    assert isinstance(transport, httpx.ASGITransport)
    elsewhere = httpx.ASGITransport(transport.app, client=("192.0.2.7", 1))
    async with httpx.AsyncClient(transport=elsewhere, base_url="http://test") as http:
        body = {"username": "admin", "password": world.password}
        assert (await http.post("/v1/staff/sign-in", json=body)).status_code == 200


def console(browser: str, token: str = CONSOLE_TOKEN) -> dict[str, str]:
    return {"x-forwarded-for": browser, "x-console-token": token}


async def test_each_browser_at_the_console_has_tries_of_its_own(world: World) -> None:
    for _ in range(6):
        last = await tried(world, "admin", headers=console("192.0.2.1"))
    assert last.status_code == 429
    assert (await tried(world, "admin", headers=console("192.0.2.2"))).status_code == 401


@pytest.mark.parametrize("token", ["", "wrong", "错"])
async def test_nobody_but_the_console_is_believed_where_a_request_comes_from(
    world: World, token: str
) -> None:
    answers = [
        (await tried(world, "admin", headers=console(f"192.0.2.{n}", token))).status_code
        for n in range(7)
    ]
    assert answers == [401] * 5 + [429] * 2


async def test_an_address_that_is_none_is_passed_over(world: World) -> None:
    for n in range(5):
        await tried(world, "admin", headers=console(f"no address {n}"))
    assert (await tried(world, "admin")).status_code == 429


async def test_the_right_password_ends_the_count(world: World) -> None:
    for _ in range(4):
        await tried(world, "admin")
    assert (await tried(world, "admin", world.password)).status_code == 200
    assert (await tried(world, "admin")).status_code == 401


async def test_other_requests_are_answered_while_passwords_are_hashed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "NOBODY", PasswordHasher().hash("slow on purpose"))
    guesses = [asyncio.create_task(tried(world, f"nobody{n}")) for n in range(6)]
    await asyncio.sleep(0.05)
    slowest = 0.0
    while not all(one.done() for one in guesses):
        started = time.perf_counter()
        assert (await world.http.get("/healthz")).status_code == 200
        slowest = max(slowest, time.perf_counter() - started)
        await asyncio.sleep(0.01)
    assert {one.result().status_code for one in guesses} == {401}
    assert slowest < 1


async def test_wrong_old_passwords_are_limited(world: World) -> None:
    headers = await world.sign_in()
    change = {"old": "nope", "new": "yet-another-long-one"}
    answers = [
        await world.http.post("/v1/staff/password", json=change, headers=headers) for _ in range(6)
    ]
    assert [one.status_code for one in answers] == [422] * 5 + [429]


async def test_a_new_password_ends_the_other_sign_ins(world: World) -> None:
    tokens = [(await tried(world, "admin", world.password)).json()["token"] for _ in range(2)]
    mine, other = ({"authorization": f"Bearer {token}"} for token in tokens)
    change = {"old": world.password, "new": "long-enough-now"}
    answer = await world.http.post("/v1/staff/password", json=change, headers=mine)
    assert answer.status_code == 204
    assert (await world.http.get("/v1/cases", headers=mine)).status_code == 200
    assert (await world.http.get("/v1/cases", headers=other)).status_code == 401
