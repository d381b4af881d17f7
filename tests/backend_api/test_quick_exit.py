"""After quick exit nothing of the conversation reaches the phone, nor goes in from it."""

import pytest
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from backend_api.web import views
from tests.backend_api.test_web import browser, line, session_key
from tests.conftest import Template

__all__ = ["browser"]


def forget(browser: TestClient, key: str) -> None:
    headers = {"authorization": f"Bearer {key}"}
    assert browser.delete("/v1/web/sessions", headers=headers).status_code == 204


def closed_with(socket: WebSocketTestSession) -> int:
    with pytest.raises(WebSocketDisconnect) as closed:
        socket.receive_json()
    return closed.value.code


def test_quick_exit_closes_the_open_lines(browser: TestClient, template: Template) -> None:
    key = session_key(browser, template.site.code)
    with line(browser, key) as socket:
        assert socket.receive_json()["type"] == "ready"
        forget(browser, key)
        assert socket.receive_json()["code"] == "unknown_session"
        assert closed_with(socket) == views.UNKNOWN_SESSION


def test_a_line_that_missed_the_news_takes_nothing_more(
    browser: TestClient, template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing_new(_: object) -> None: ...

    monkeypatch.setattr(views._Line, "_show_what_is_new", nothing_new)
    key = session_key(browser, template.site.code)
    with line(browser, key) as socket:
        assert socket.receive_json()["type"] == "ready"
        forget(browser, key)
        socket.send_json({"type": "say", "message_id": "m", "text": "还在"})
        assert socket.receive_json()["code"] == "unknown_session"
        assert closed_with(socket) == views.UNKNOWN_SESSION
