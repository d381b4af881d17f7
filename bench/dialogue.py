"""A scripted citizen's side of the channel: messages out, replies in, and what was seen of both."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import aiohttp

from bench.channel import REPLY_SECONDS, Conversation, RefusedError, Reply, is_answer, troubles
from bench.phrases import Phrases

# The flood limit is 20 messages in 10 seconds of one conversation; no citizen types as fast.
PACE_SECONDS = 0.55
FAILURES = (RefusedError, aiohttp.ClientError, TimeoutError)
# After pieces: how long the answer to the last one may come behind that to the first. Too short,
# and the citizen answers one question late from there on.
SETTLE_SECONDS = 2.5
HANDED_OVER = {"utter_human_requested", "given_up", "taken_over"}
CRISIS = "crisis_"


class Ending(StrEnum):
    FILED = "filed"
    HANDED_OVER = "handed over"
    DANGER = "danger"
    CANCELLED = "cancelled"
    STUCK = "stuck"
    SILENT = "silent"


# What must never happen, whatever the citizen says.
BAD = (Ending.STUCK, Ending.SILENT)


class EndedError(Exception):
    def __init__(self, ending: Ending, why: str = "") -> None:
        super().__init__(why)
        self.ending, self.why = ending, why


@dataclass(slots=True)
class Dialogue:
    """`pace` draws how long the citizen pauses between the pieces of a message; `pause` is the
    shortest time between two messages."""

    talk: Conversation
    phrases: Phrases
    pace: random.Random
    reply_seconds: float = REPLY_SECONDS
    pause: float = PACE_SECONDS
    lines: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    troubles: Counter[str] = field(default_factory=Counter)

    async def exchange(self, messages: Sequence[str]) -> list[Reply]:
        """Say it, in one message or several, and hear all that is answered; raises on silence."""
        try:
            replies = await self._exchange(messages)
        except FAILURES as failure:
            raise EndedError(Ending.STUCK, f"refused: {failure!r}") from failure
        self._note(replies)
        if not any(map(is_answer, replies)):
            self.raise_if_handed_over(replies)
            raise EndedError(Ending.SILENT, f"nothing within {self.reply_seconds:.0f} s")
        return replies

    async def close(self) -> None:
        """Whatever has come meanwhile is read, and everything is looked through."""
        if not self.talk.sent:
            return  # refused at once: there is no conversation
        try:
            self._note(await self.talk.listen(0))
        except FAILURES:
            self.troubles["out of reach"] += 1
        self.troubles.update(troubles(self.talk))

    def raise_if_handed_over(self, replies: Sequence[Reply]) -> None:
        names = set(self.phrases.names_of(replies))
        if is_alarmed(names):
            raise EndedError(Ending.DANGER)
        if found := names & HANDED_OVER:
            raise EndedError(Ending.HANDED_OVER, ", ".join(sorted(found)))

    async def _exchange(self, messages: Sequence[str]) -> list[Reply]:
        sent = await self._say(messages)
        begun = time.perf_counter()
        replies = await self.talk.listen_for_bot(self.reply_seconds)
        self.seconds.append(time.perf_counter() - begun)
        while len(messages) > 1 and (more := await self.talk.listen(SETTLE_SECONDS)):
            replies += more
        if len(messages) == 1 and replies and replies[0]["seq"] != sent + 1:
            self.troubles["out of order"] += 1
        return replies

    async def _say(self, messages: Sequence[str]) -> int:
        seq = 0
        for number, text in enumerate(messages):
            await asyncio.sleep(self.pace.uniform(0.0, 0.8) if number else self.pause)
            self.lines.append(f"群众: {text}")
            seq = await self.talk.say(text)
        return seq

    def _note(self, replies: Sequence[Reply]) -> None:
        for reply in replies:
            choices = " ".join(f"[{choice}]" for choice in reply["choices"])
            self.lines.append(f"  {reply['kind']}: {reply['text']} {choices}".rstrip())


def is_alarmed(names: Iterable[str]) -> bool:
    """The replies of these names are for somebody in danger."""
    return any(name.startswith(CRISIS) for name in names)


def read_back_of(replies: Sequence[Reply]) -> dict[str, str] | None:
    """The rows of the last read-back, field → value; None where there is none."""
    for reply in reversed(replies):
        if reply["card"] is not None and reply["card"]["kind"] == "read_back":
            return {row["field"]: row["value"] for row in reply["card"]["rows"]}
    return None


def has_receipt(replies: Sequence[Reply]) -> bool:
    return any(reply["card"] and reply["card"]["kind"] == "receipt" for reply in replies)
