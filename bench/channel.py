"""The HTTP channel as a program sees it: post a citizen's message, fetch the replies."""

import asyncio
import time
import uuid
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal, TypedDict

import aiohttp

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


def is_answer(reply: Reply) -> bool:
    """Not a notice of the system. A receipt is one, even where the system itself hands it over:
    the case was filed by a try that died before it could say so."""
    return reply["kind"] != "system" or reply["card"] is not None


class RefusedError(Exception):
    """The service did not take the message."""


def open_http(url: str, token: str, connections: int = 100) -> aiohttp.ClientSession:
    """aiohttp: the load must not cost the machine more than the service (httpx: 4.6 ms a turn)."""
    return aiohttp.ClientSession(
        url,
        headers={"Authorization": f"Bearer {token}"},
        timeout=aiohttp.ClientTimeout(HTTP_SECONDS),
        connector=aiohttp.TCPConnector(limit=connections),
    )


@dataclass(slots=True)
class Conversation:
    """One conversation's two directions. With `patience` (seconds) it outlives a service that is
    down: a message is sent again under the same id."""

    http: aiohttp.ClientSession
    patience: float = 0.0
    key: str = field(default_factory=lambda: f"bench-{uuid.uuid4()}")
    seen: int = 0
    replies: list[Reply] = field(default_factory=list)
    sent: list[tuple[int, str]] = field(default_factory=list)

    async def say(self, text: str) -> int:
        """Returns the message's seq."""
        body = {"conversation": self.key, "message_id": str(uuid.uuid4()), "text": text}
        stored = await self._ask("POST", "/v1/chat", HTTPStatus.ACCEPTED, json=body)
        seq = int(stored["seq"])
        self.sent.append((seq, text))
        return seq

    async def listen(self, wait: float) -> list[Reply]:
        """What is new; waits for the first one at most so many seconds."""
        limit = time.monotonic() + wait
        while True:
            left = min(max(limit - time.monotonic(), 0.0), LONGEST_POLL)
            query = {"after": self.seen, "wait": round(left, 2)}
            found: list[Reply] = await self._ask(
                "GET", f"/v1/chat/{self.key}", HTTPStatus.OK, params=query
            )
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
            if any(map(is_answer, heard)):
                break
        return heard

    async def _ask(self, method: str, url: str, wanted: HTTPStatus, **given: Any) -> Any:
        limit = time.monotonic() + self.patience
        while True:
            try:
                async with self.http.request(method, url, **given) as answer:
                    if answer.status == wanted:
                        return await answer.json()
                    if answer.status < 500 or time.monotonic() > limit:
                        raise RefusedError(f"{answer.status} {(await answer.text())[:200]}")
            except (aiohttp.ClientError, TimeoutError):
                if time.monotonic() > limit:
                    raise
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
