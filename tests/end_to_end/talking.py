"""Saying something and hearing the answer, over the HTTP channel."""

import json
import uuid
from dataclasses import dataclass, field

import httpx

from bench import phrases
from bench.channel import Reply

REPLY_SECONDS = 20


@dataclass(slots=True)
class Citizen:
    """One conversation."""

    channel: httpx.Client
    key: str = field(default_factory=lambda: f"test-{uuid.uuid4()}")
    seen: int = 0

    def post(self, text: str) -> httpx.Response:
        body = {"conversation": self.key, "message_id": str(uuid.uuid4()), "text": text}
        # Escaped, as many clients send it: half an emoji is not UTF-8 but is JSON.
        headers = {"content-type": "application/json"}
        return self.channel.post("/v1/chat", content=json.dumps(body), headers=headers)

    def say(self, text: str) -> list[Reply]:
        """The replies to an accepted message."""
        answer = self.post(text)
        assert answer.status_code == 202, answer.text
        query = {"after": self.seen, "wait": REPLY_SECONDS}
        replies: list[Reply] = self.channel.get(f"/v1/chat/{self.key}", params=query).json()
        assert replies, f"silence after {text[:50]!r}"
        self.seen = replies[-1]["seq"]
        return replies


def asked(replies: list[Reply]) -> str | None:
    """The field that the last of these replies asks for."""
    return phrases.load().question(replies)
