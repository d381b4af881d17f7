"""The page's WebSocket: the session key, order, resume, refusals."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient, WebSocketTestSession

from backend_api.main import Settings, create_app
from tests.conftest import CONSOLE_TOKEN, SERVICE_TOKEN, Template


@pytest.fixture
def browser(template: Template, database_url: str) -> Iterator[TestClient]:
    settings = Settings(
        port=1,
        database_url=database_url,
        keyring=template.keys,
        service_token=SERVICE_TOKEN,
        console_token=CONSOLE_TOKEN,
        engine_url="http://127.0.0.1:9",
        actions_url="http://127.0.0.1:9",
    )
    with TestClient(create_app(settings), client=("127.0.0.1", 1)) as client:
        yield client


def session_key(browser: TestClient, site: str) -> str:
    answer = browser.post("/v1/web/sessions", json={"site": site})
    assert answer.status_code == 201
    return str(answer.json()["session"])


@contextmanager
def line(browser: TestClient, key: str, after: int = 0) -> Iterator[WebSocketTestSession]:
    with browser.websocket_connect("/v1/web/chat") as socket:
        socket.send_json({"type": "hello", "session": key, "after": after})
        yield socket


def say(socket: WebSocketTestSession, message_id: str, text: str) -> dict[str, Any]:
    socket.send_json({"type": "say", "message_id": message_id, "text": text})
    while True:
        frame: dict[str, Any] = socket.receive_json()
        if frame["type"] in {"stored", "refused"}:
            return frame


def test_a_message_is_stored_once_whatever_the_line_does(
    browser: TestClient, template: Template
) -> None:
    key = session_key(browser, template.site.code)
    with line(browser, key) as socket:
        assert socket.receive_json() == {"type": "ready", "status": "bot"}
        assert say(socket, "m1", "楼上漏水")["seq"] == 1
    with line(browser, key) as socket:
        assert socket.receive_json()["type"] == "ready"
        shown = socket.receive_json()
        assert (shown["seq"], shown["from"], shown["text"]) == (1, "citizen", "楼上漏水")
        assert say(socket, "m1", "楼上漏水")["seq"] == 1


def test_what_was_shown_before_is_not_sent_again(browser: TestClient, template: Template) -> None:
    key = session_key(browser, template.site.code)
    with line(browser, key) as socket:
        socket.receive_json()
        say(socket, "m1", "一")
        say(socket, "m2", "二")
    with line(browser, key, after=1) as socket:
        socket.receive_json()
        assert socket.receive_json()["text"] == "二"


def test_an_unknown_key_is_refused_kindly(browser: TestClient) -> None:
    with line(browser, "nope") as socket:
        frame = socket.receive_json()
    assert (frame["type"], frame["code"]) == ("refused", "unknown_session")
    assert "重新开始" in frame["text"]


def test_after_quick_exit_the_key_opens_nothing(browser: TestClient, template: Template) -> None:
    key = session_key(browser, template.site.code)
    headers = {"authorization": f"Bearer {key}"}
    assert browser.delete("/v1/web/sessions", headers=headers).status_code == 204
    with line(browser, key) as socket:
        assert socket.receive_json()["code"] == "unknown_session"


def test_an_unknown_site_opens_no_session(browser: TestClient) -> None:
    answer = browser.post("/v1/web/sessions", json={"site": "nowhere"})
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_site")


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"type": "say", "message_id": "m", "text": " "}, "empty"),
        ({"type": "say", "message_id": "m", "text": "长" * 10_001}, "too_long"),
        ({"type": "say", "message_id": "", "text": "x"}, "malformed"),
        ({"type": "say", "message_id": 1, "text": "x"}, "malformed"),
        ({"type": "shout"}, "malformed"),
        ([], "malformed"),
        (None, "malformed"),
    ],
)
def test_odd_frames_are_refused_and_the_line_stays_open(
    browser: TestClient, template: Template, frame: object, code: str
) -> None:
    with line(browser, session_key(browser, template.site.code)) as socket:
        socket.receive_json()
        socket.send_text(json.dumps(frame))
        assert socket.receive_json()["code"] == code
        assert say(socket, "m1", "楼上漏水\ud83d")["type"] == "stored"


def test_a_person_who_writes_is_shown_for_a_moment(
    browser: TestClient, template: Template, database_url: str
) -> None:
    with line(browser, session_key(browser, template.site.code)) as socket:
        assert socket.receive_json()["type"] == "ready"
        assert say(socket, "m1", "在吗")["type"] == "stored"
        with psycopg.connect(database_url, autocommit=True) as connection:
            found = connection.execute("SELECT id FROM conversation").fetchone()
            assert found is not None
            connection.execute("SELECT pg_notify('typing', %s)", (str(found[0]),))
        frames = iter(socket.receive_json, None)
        shown = next(one for one in frames if one.get("seconds"))
        assert shown == {"type": "typing", "on": True, "seconds": 8}


def test_the_page_is_the_same_for_every_site_and_may_load_nothing_from_elsewhere(
    browser: TestClient, template: Template
) -> None:
    answer = browser.get(f"/c/{template.site.code}")
    assert answer.status_code == 200
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_ready_names_what_is_missing(browser: TestClient) -> None:
    answer = browser.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "database": "ok",
        "migrations": "ok",
        "worker": "silent",
        "engine": "unreachable",
        "actions": "unreachable",
    }


def test_whether_it_is_ready_is_looked_at_once_however_many_ask(
    browser: TestClient, template: Template, database_url: str
) -> None:
    first = browser.get("/readyz").json()
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'old'")
    assert browser.get("/readyz").json() == first


def test_metrics_count_without_naming_anybody(browser: TestClient, template: Template) -> None:
    key = session_key(browser, template.site.code)
    with line(browser, key) as socket:
        socket.receive_json()
        say(socket, "m1", "我叫王建国")
    page = browser.get("/metrics").text
    assert "hualiao_unanswered_conversations 1.0" in page
    assert 'route="/v1/web/sessions"' in page
    assert "王建国" not in page


def test_the_api_page_needs_nothing_from_elsewhere(browser: TestClient) -> None:
    page = browser.get("/docs")
    assert page.status_code == 200
    assert "//cdn" not in page.text
    assert browser.get("/static-offline-docs/swagger-ui-bundle.js").status_code == 200
