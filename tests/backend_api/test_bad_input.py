"""What no page of ours sends: refused, and never an error of the service."""

import json

import pytest
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from backend_api.conversations.service import acceptable
from backend_api.web import views
from tests.backend_api.test_web import browser, line, say, session_key
from tests.conftest import Template, World

__all__ = ["browser"]


@pytest.mark.anyio
@pytest.mark.parametrize(
    "url",
    [
        "/v1/cases?before=%00",
        "/v1/cases?before=x",
        "/v1/cases?limit=99999999999999999999",
        "/v1/conversations/019a0000-0000-7000-8000-000000000000/messages?after=3000000000",
    ],
)
async def test_odd_queries_of_staff_are_malformed(world: World, url: str) -> None:
    answer = await world.http.get(url, headers=await world.sign_in())
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


@pytest.mark.anyio
async def test_a_seq_that_no_column_holds_is_malformed(world: World) -> None:
    await world.say("x", "漏水")
    answer = await world.http.get("/v1/chat/x?after=3000000000", headers=world.client)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


@pytest.mark.anyio
@pytest.mark.parametrize("username", ["a\x00b", "\ud83d", "\x1f"])
async def test_odd_usernames_are_malformed(world: World, username: str) -> None:
    body = json.dumps({"username": username, "password": "x"})
    headers = {"content-type": "application/json"}
    answer = await world.http.post("/v1/staff/sign-in", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


@pytest.mark.parametrize("after", [10**12, -(10**12), "1", None])
def test_odd_hellos_leave_no_dead_socket(
    browser: TestClient, template: Template, after: object
) -> None:
    with browser.websocket_connect("/v1/web/chat") as socket:
        key = session_key(browser, template.site.code)
        socket.send_json({"type": "hello", "session": key, "after": after})
        answer = socket.receive_json()
    wanted = {"code": "malformed"} if after != -(10**12) else {"status": "bot"}
    assert wanted.items() <= answer.items()


def test_half_an_emoji_opens_nothing(browser: TestClient) -> None:
    with browser.websocket_connect("/v1/web/chat") as socket:
        socket.send_text('{"type": "hello", "session": "\\ud83d", "after": 0}')
        assert socket.receive_json()["code"] == "unknown_session"


@pytest.mark.parametrize(
    "frame",
    [
        "[" * 100_000,
        "1" * 10_000,
        "{",
        '{"type": "say", "message_id": "\\ud83d", "text": "x"}',
        '{"type": "say", "message_id": "\\u0000", "text": "x"}',
    ],
)
def test_odd_frames_are_malformed_and_the_line_stays_open(
    browser: TestClient, template: Template, frame: str
) -> None:
    with line(browser, session_key(browser, template.site.code)) as socket:
        socket.receive_json()
        socket.send_text(frame)
        assert socket.receive_json()["code"] == "malformed"
        assert say(socket, "m1", "楼上漏水")["type"] == "stored"


def test_a_lost_database_is_told_and_the_line_stays_open(
    browser: TestClient, template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(text: str) -> str:
        if text == "一":
            raise OperationalError("", None, Exception())
        return acceptable(text)

    monkeypatch.setattr(views.conversations, "acceptable", lost)
    with line(browser, session_key(browser, template.site.code)) as socket:
        socket.receive_json()
        refused = say(socket, "m1", "一")
        assert (refused["code"], refused["message_id"]) == ("unavailable", "m1")
        assert say(socket, "m1", "二")["type"] == "stored"
