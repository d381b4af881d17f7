"""One id follows a request: into every log line, a job's arguments and the calls that follow."""

import json
import logging
from io import StringIO

import httpx
import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from backend_api.core import logs
from backend_api.turns.engine import Engine, EngineFailedError, EngineTurn, open_engine
from tests.backend_api.test_secrecy import logged
from tests.backend_api.test_web import browser, say, session_key
from tests.conftest import Template, World

__all__ = ["browser", "logged"]


def requests_in(written: StringIO, event: str) -> list[str]:
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    return [line["request"] for line in lines if line["event"] == event]


@pytest.mark.anyio
async def test_a_line_is_logged_under_the_id_the_caller_gave(
    world: World, logged: StringIO
) -> None:
    await world.http.get("/v1/cases", headers={"x-request-id": "given-1"})
    await world.http.get("/v1/cases", headers={"x-request-id": "not sane"})
    first, second = requests_in(logged, "request")
    assert first == "given-1"
    assert second not in {"given-1", "not sane"}


def test_each_message_on_a_line_has_an_id_that_names_the_line(
    browser: TestClient, template: Template, logged: StringIO
) -> None:
    key = session_key(browser, template.site.code)
    headers = {"x-request-id": "line-1"}
    with browser.websocket_connect("/v1/web/chat", headers=headers) as socket:
        socket.send_json({"type": "hello", "session": key, "after": 0})
        socket.receive_json()
        say(socket, "m1", "楼上漏水")
        say(socket, "m2", "两天了")
    assert requests_in(logged, "message stored") == ["line-1-1", "line-1-2"]


def test_a_line_without_an_id_gets_one(
    browser: TestClient, template: Template, logged: StringIO
) -> None:
    key = session_key(browser, template.site.code)
    with browser.websocket_connect("/v1/web/chat") as socket:
        socket.send_json({"type": "hello", "session": key, "after": 0})
        socket.receive_json()
        say(socket, "m1", "楼上漏水")
    (stored,) = requests_in(logged, "message stored")
    assert len(stored.removesuffix("-1")) == 16


@pytest.mark.anyio
async def test_a_job_and_a_call_carry_the_id_on() -> None:
    seen: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get(logs.HEADER))
        return httpx.Response(200)

    hooks = {"request": [logs.pass_on]}
    transport = httpx.MockTransport(answer)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://engine", event_hooks=hooks
    ) as http:
        with logs.bound("r-1"):
            assert logs.carried() == {"request": "r-1"}
            await http.get("/")
        assert logs.carried() == {}
        await http.get("/")
    assert seen == ["r-1", None]


def test_work_for_no_request_is_logged_without_an_id(logged: StringIO) -> None:
    with logs.bound("r-1"), logs.bound(None):
        logging.getLogger("backend_api.core").info("swept")
    assert "request" not in json.loads(logged.getvalue())


@pytest.mark.anyio
async def test_a_turn_is_promised_under_the_id_of_its_message(world: World) -> None:
    said = {"conversation": "c1", "message_id": "m1", "text": "楼上漏水"}
    headers = {**world.client, "x-request-id": "given-2"}
    assert (await world.http.post("/v1/chat", json=said, headers=headers)).status_code == 202
    async with world.sessions() as session:
        args = await session.scalar(text("SELECT args FROM procrastinate_jobs"))
    assert args["request"] == "given-2"


@pytest.mark.anyio
async def test_the_engine_is_called_under_the_id_of_the_turn() -> None:
    seen: list[httpx.Request] = []

    def note(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(503)

    http = open_engine("http://engine", "t", transport=httpx.MockTransport(note))
    with logs.bound("given-3"), pytest.raises(EngineFailedError):
        await Engine(http).answer(sender="s", text="楼上漏水", metadata=EngineTurn())  # type: ignore[typeddict-item] # nobody reads it
    assert seen[0].headers["x-request-id"] == "given-3"
