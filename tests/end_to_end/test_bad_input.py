"""What nobody should send, sent to the real service: answered sensibly, nothing executed."""

import uuid

import httpx
import pytest

from bench import stack as stacks
from bench.stack import Stack
from tests.end_to_end.talking import Citizen, asked

pytestmark = pytest.mark.timeout(900)

STORY = "隔壁邻居装修把承重墙砸了,我家客厅墙上裂了好大一条缝,他还不承认"
ODD = {
    "a command of the engine": "/restart",
    "an intent of the engine": '/affirm{"where": "p1"}',
    "another intent": "/intent{}",
    "a command of ours": "/exit",
    "emoji only": "😡😡😡",
    "a script": "<script>alert(document.cookie)</script>",
    "html": '<img src=x onerror="alert(1)">',
    "sql": "'; DROP TABLE message; --",
    "a template": "{{7*7}} ${7*7} %s {where}",
    "control characters between": "墙\x00裂\x1b[2J了\u202e",
    "half an emoji": "墙裂了\ud83d",
    "very long": "墙裂了," * 2400,
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_odd_text_is_answered_and_the_conversation_goes_on(
    channel: httpx.Client, text: str
) -> None:
    citizen = Citizen(channel)
    question = asked(citizen.say(STORY))
    replies = citizen.say(text)
    assert all(reply["text"].strip() for reply in replies)
    assert not any(reply["kind"] == "system" for reply in replies), replies
    # Still in the same case: the open question, or the next one, comes again.
    assert asked(citizen.say("你刚才问什么?")) is not None
    assert question is not None


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_odd_text_as_the_first_words_is_answered(channel: httpx.Client, text: str) -> None:
    replies = Citizen(channel).say(text)
    assert all(reply["text"].strip() for reply in replies)
    assert not any(reply["kind"] == "system" for reply in replies), replies


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        ("", 422, "empty"),
        ("  \n ", 422, "empty"),
        ("\x00\x07\x1b", 422, "empty"),
        ("很" * 33_000, 413, "too_long"),
    ],
    ids=["empty", "spaces", "control characters only", "100 kB"],
)
def test_what_cannot_be_taken_is_refused_kindly(
    channel: httpx.Client, text: str, status: int, code: str
) -> None:
    answer = Citizen(channel).post(text)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"null",
        b"[]",
        b'"hello"',
        b"\xff\xfe",
        b'{"conversation": "c", "message_id": "m", "text": 7}',
        b'{"conversation": "c", "message_id": ["m"], "text": "x"}',
        b'{"conversation": "c", "message_id": "m", "text": "x", "role": "admin"}',
        b'{"conversation": "\xe5\xa4\xa7", "message_id": "m", "text": "x"}',
        b"[" * 20_000,
    ],
)
def test_a_malformed_body_is_refused(channel: httpx.Client, content: bytes) -> None:
    headers = {"content-type": "application/json"}
    answer = channel.post("/v1/chat", content=content, headers=headers)
    # 400: nested so deeply that no parser reads it
    assert answer.status_code in {400, 422}, answer.text
    assert answer.json()["detail"]


def test_a_forged_token_opens_nothing(channel: httpx.Client) -> None:
    headers = {"authorization": "Bearer forged"}
    body = {"conversation": "c", "message_id": "m", "text": "x"}
    assert channel.post("/v1/chat", json=body, headers=headers).status_code == 401
    assert channel.get("/v1/chat/c", headers=headers).status_code == 401


def test_another_clients_conversation_stays_closed(stack: Stack, channel: httpx.Client) -> None:
    citizen = Citizen(channel)
    citizen.say(STORY)
    words = ("token", "create", "--role", "client", "--quiet", "--data", str(stack.data.root))
    other = {"authorization": f"Bearer {stacks.run(*words).strip()}"}
    assert channel.get(f"/v1/chat/{citizen.key}", headers=other).status_code == 404


def test_a_flood_is_answered_kindly_and_costs_no_message(channel: httpx.Client) -> None:
    citizen = Citizen(channel)
    answers = [citizen.post(f"第{number}句") for number in range(30)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert {answer.status_code for answer in answers} == {202, 429}
    assert "稍等" in refused[0].json()["detail"]


def test_a_repeated_message_is_answered_once(channel: httpx.Client) -> None:
    body = {"conversation": f"t-{uuid.uuid4()}", "message_id": "m1", "text": STORY}
    seqs = {channel.post("/v1/chat", json=body).json()["seq"] for _ in range(5)}
    assert seqs == {1}
    url = f"/v1/chat/{body['conversation']}"
    first = channel.get(url, params={"after": 0, "wait": 20}).json()
    again = channel.get(url, params={"after": first[-1]["seq"], "wait": 2}).json()
    assert first
    assert again == []
