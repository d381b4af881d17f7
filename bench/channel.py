"""The HTTP channel as a program sees it: post a citizen's message, fetch the replies."""

import asyncio
import time
import uuid
from dataclasses import dataclass, field
from typing import Literal, TypedDict

import httpx

REPLY_SECONDS = 20.0
# Longer than any answer takes; the service itself is asked to wait for less.
HTTP_SECONDS = 40.0
LONGEST_POLL = 20.0
RETRY_SECONDS = 0.25
FULL_PAGE = 200


class Row(TypedDict):
    field: str
    label: str
    value: str


class Card(TypedDict):
    kind: Literal["read_back", "receipt"]
    rows: list[Row]


class Reply(TypedDict):
    seq: int
    text: str
    choices: list[str]
    kind: Literal["bot", "human", "system"]
    card: Card | None


class RefusedError(Exception):
    """The service did not take the message."""


def open_http(url: str, token: str, connections: int = 100) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=url,
        headers={"Authorization": f"Bearer {token}"},
        timeout=HTTP_SECONDS,
        limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
        trust_env=False,
    )


@dataclass(slots=True)
class Conversation:
    """One conversation's two directions. With `patience` (seconds) it outlives a service that is
    down: a message is sent again under the same id."""

    http: httpx.AsyncClient
    patience: float = 0.0
    key: str = field(default_factory=lambda: f"bench-{uuid.uuid4()}")
    seen: int = 0
    replies: list[Reply] = field(default_factory=list)
    sent: list[tuple[int, str]] = field(default_factory=list)

    async def say(self, text: str) -> int:
        """Returns the message's seq."""
        body = {"conversation": self.key, "message_id": str(uuid.uuid4()), "text": text}
        answer = await self._ask("POST", "/v1/chat", json=body)
        if answer.status_code != httpx.codes.ACCEPTED:
            raise RefusedError(f"{answer.status_code} {answer.text[:200]}")
        seq = int(answer.json()["seq"])
        self.sent.append((seq, text))
        return seq

    async def listen(self, wait: float) -> list[Reply]:
        """What is new; waits for the first one at most so many seconds."""
        limit = time.monotonic() + wait
        while True:
            left = min(max(limit - time.monotonic(), 0.0), LONGEST_POLL)
            query = {"after": self.seen, "wait": round(left, 2)}
            answer = await self._ask("GET", f"/v1/chat/{self.key}", params=query)
            if answer.status_code != httpx.codes.OK:
                raise RefusedError(f"{answer.status_code} {answer.text[:200]}")
            found: list[Reply] = answer.json()
            if found:
                self.replies += found
                self.seen = max(self.seen, *(one["seq"] for one in found))
            if found or time.monotonic() >= limit:
                return found

    async def listen_for_bot(self, wait: float = REPLY_SECONDS) -> list[Reply]:
        """As `listen`, but a notice of the system alone does not end the waiting."""
        limit, heard = time.monotonic() + wait, list[Reply]()
        while (left := limit - time.monotonic()) > 0:
            heard += await self.listen(left)
            if any(one["kind"] != "system" for one in heard):
                break
        return heard

    async def _ask(self, method: str, url: str, **given: object) -> httpx.Response:
        limit = time.monotonic() + self.patience
        while True:
            try:
                answer = await self.http.request(method, url, **given)  # type: ignore[arg-type] # json or params
            except httpx.TransportError:
                if time.monotonic() > limit:
                    raise
            else:
                if answer.status_code < 500 or time.monotonic() > limit:
                    return answer
            await asyncio.sleep(RETRY_SECONDS)


def troubles(talk: Conversation) -> list[str]:
    """What must never happen to one conversation's replies: empty, doubled, out of order."""
    seqs = [reply["seq"] for reply in talk.replies] + [seq for seq, _ in talk.sent]
    heard = [reply["seq"] for reply in talk.replies]
    found = []
    if len(set(seqs)) != len(seqs):
        found.append("doubled")
    if heard != sorted(heard):
        found.append("out of order")
    if any(not reply["text"].strip() for reply in talk.replies):
        found.append("empty")
    if sorted(seqs) != list(range(1, len(seqs) + 1)):
        found.append("lost")
    return found
