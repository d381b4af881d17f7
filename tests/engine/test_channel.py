"""The engine's door: who may enter, what is refused, and that nothing fails silently."""

import json
from typing import Any

import httpx
import pytest

from tests.engine.conftest import Citizen, FakeApi

PATH = "/webhooks/turn/webhook"


def test_without_the_token_nothing_is_answered(engine_url: str) -> None:
    for headers in ({}, {"x-engine-token": "wrong"}, {"x-engine-token": "错"}):
        encoded = {name: value.encode() for name, value in headers.items()}
        with httpx.Client(base_url=engine_url) as stranger:
            answer = stranger.post(PATH, json={"turn": "t", "text": "您好"}, headers=encoded)
        assert answer.status_code == 401


GOOD = {"turn": "t", "text": "您好", "metadata": {}}


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "text",
        7,
        {},
        {"turn": "t"},
        {"turn": "t", "text": None},
        {"turn": "t", "text": ["您好"]},
        {"turn": 7, "text": "您好"},
        {"turn": "", "text": "您好"},
        {"turn": "t" * 101, "text": "您好"},
        {"turn": "t\ud800", "text": "您好"},
        {"turn": "t", "text": "   \n"},
        {"turn": "t", "text": "长" * 4001},
        {"turn": "t", "text": "半个字\ud83d"},
        {**GOOD, "metadata": []},
        {**GOOD, "metadata": {"draft": ["where"]}},
        {**GOOD, "metadata": {"draft": {"where": {"a": 1}}}},
        {**GOOD, "metadata": {"draft": {"where": "\udfff"}}},
        {**GOOD, "metadata": {"draft": {"\udfff": "known"}}},
        {**GOOD, "metadata": {"asking": 7}},
        {**GOOD, "metadata": {"form": "\ud800"}},
        {**GOOD, "metadata": {"entities": {}}},
        {**GOOD, "metadata": {"entities": [None]}},
        {**GOOD, "metadata": {"entities": [{"entity": "where"}]}},
        {**GOOD, "metadata": {"entities": [{"entity": "where", "value": 1, "start": 0, "end": 1}]}},
        {**GOOD, "metadata": {"entities": [{"entity": "w", "value": "p", "start": 3, "end": 1}]}},
        {**GOOD, "metadata": {"entities": [{"entity": "w", "value": "p", "start": 0, "end": 1e9}]}},
    ],
)
def test_a_body_of_another_shape_is_refused(engine: httpx.Client, body: Any) -> None:
    sent = json.dumps(body).encode()  # ASCII, so that lone surrogates travel as escapes
    answer = engine.post(PATH, content=sent, headers={"content-type": "application/json"})
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]


@pytest.mark.parametrize("sent", [b"", b"{", b"\xff\xfe", b"[" * 50_000, b"NaN"])
def test_a_body_that_is_no_json_is_refused(engine: httpx.Client, sent: bytes) -> None:
    answer = engine.post(PATH, content=sent, headers={"content-type": "application/json"})
    assert answer.status_code == 400


def test_a_very_large_body_is_refused(engine: httpx.Client) -> None:
    answer = engine.post(PATH, content=b"x" * 1_000_000)
    assert answer.status_code in {400, 413}


@pytest.mark.parametrize(
    "text",
    [
        "/restart",
        " /back",
        '/cancel{"where": "p1"}',
        "/session_start",
        '/affirm{"confirmed": "yes"}',
        "//",
        "/",
        "EXTERNAL: restart",
        "<script>alert(1)</script>",
        "'; DROP TABLE cases; --",
        "😀😀",
        "\x00\x07\x1b[31m",
        "\u202e\u200b",
        "a" * 4000,
        "啊" * 4000,
        "{what} {{7*7}} ${x}",
    ],
)
def test_odd_text_gets_an_ordinary_answer(citizen: Citizen, text: str) -> None:
    reply = citizen.says(text)
    assert reply.responses
    assert reply.intent not in {"restart", "back", "session_start"}


def test_a_typed_command_does_not_affirm(citizen: Citizen, api: FakeApi) -> None:
    citizen.draft = dict.fromkeys(("what", "where", "demand", "contact"), "known")
    citizen.asking, citizen.form = "confirmed", "intake_form"
    reply = citizen.says("/affirm")
    assert reply.asking == "confirmed"
    assert api.calls == []


def test_what_a_newer_worker_sends_is_left_out(engine: httpx.Client) -> None:
    metadata = {
        "draft": {"colour": "known"},
        "memory": {"mood": True},
        "asking": "colour",
        "form": "colour_form",
        "entities": [{"entity": "colour", "value": "p1", "start": 0, "end": 1}],
    }
    answer = engine.post(PATH, json={"turn": "t", "text": "您好", "metadata": metadata})
    assert answer.status_code == 200
    assert answer.json()["state"]["form"] is None


def test_a_failing_backend_fails_the_turn(citizen: Citizen, api: FakeApi) -> None:
    api.answers.append((500, {"code": "internal"}))
    answer = citizen.client.post(PATH, json=citizen.turn("找工作人员"))
    assert answer.status_code == 503
    assert "action_request_human" in answer.json()["error"]


def test_the_backend_is_called_under_the_id_of_the_request(citizen: Citizen, api: FakeApi) -> None:
    for shown in ("r-1", "not sane"):
        headers = {"x-request-id": shown}
        answer = citizen.client.post(PATH, json=citizen.turn("找工作人员"), headers=headers)
        assert answer.status_code == 200
    assert [request for *_, request in api.calls] == ["r-1", None]


def test_an_action_without_message_ids_fails_the_turn(engine: httpx.Client) -> None:
    answer = engine.post(PATH, json={"turn": "t1", "text": "找工作人员", "metadata": {}})
    assert answer.status_code == 503


def test_nothing_else_is_served(engine: httpx.Client) -> None:
    for path in ("/model/parse", "/conversations/x/tracker", "/webhooks/rest/webhook", "/status"):
        assert engine.post(path, json={}).status_code in {404, 405}
