"""Citizens who talk while something breaks, and what must hold afterwards."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import httpx
import yaml

from bench import phrases
from bench.channel import Conversation, Reply, open_http, troubles
from bench.citizen import Script
from bench.dialogue import Dialogue, Ending
from bench.interview import Interview, Interviewee
from bench.stack import Stack, run
from tests.drills.kills import must_be_tidy, until
from tests.drills.transactions import Connection, connected

# A killed worker is noticed after 10 s; the engine may be away for 30 s and is asked every 5 s.
PATIENCE = 100.0

# The citizen's messages in order: what is asked, from the story to the confirmation.
STORY, WHERE, DEMAND, CONTACT, CONFIRMED = range(5)
EVERY_STAGE = (STORY, WHERE, DEMAND, CONTACT, CONFIRMED)
EVERYBODY = len(EVERY_STAGE)
EVERYBODY_CONFIRMS = (CONFIRMED,) * EVERYBODY

Disturbance = Callable[[], Awaitable[None]]
# A drill, and the stages of its citizens where they are not EVERY_STAGE.
Drilled = Callable[..., list["Talk"]]


@dataclass(frozen=True, slots=True)
class Talk:
    """One citizen's conversation and what came of it."""

    channel: Conversation
    interview: Interview

    @property
    def key(self) -> str:
        return self.channel.key

    @property
    def transcript(self) -> str:
        return "\n".join([f"{self.interview.ending}: {self.interview.why}", *self.interview.lines])


@dataclass(frozen=True, slots=True)
class Result:
    """What a conversation came to: equal, whatever happened on the way."""

    # as read back to the citizen, readable
    read_back: dict[str, str]
    # as staff see the case: field, value (masked), how it was obtained
    fields: tuple[tuple[str, str, str], ...]
    # the names of the texts said to the citizen, without those about a delay
    heard: tuple[str, ...]


@dataclass(slots=True)
class Paused(Conversation):
    """Stops before one of the messages, until everybody may go on."""

    before: int = STORY
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    may_go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def say(self, text: str) -> int:
        if len(self.sent) == self.before:
            self.arrived.set()
            await self.may_go_on.wait()
        return await Conversation.say(self, text)


@dataclass(frozen=True, slots=True)
class Crowd:
    """Citizens who stand before a message each, as a drill in a thread of its own sees them."""

    channels: tuple[Paused, ...]
    loop: asyncio.AbstractEventLoop

    @property
    def keys(self) -> list[str]:
        return [one.key for one in self.channels]

    @property
    def known(self) -> list[str]:
        """Of those who have said something before."""
        return [one.key for one in self.channels if one.sent]

    def is_told(self) -> bool:
        """Whether everybody has heard that it takes longer."""
        return all(any(map(is_delay, one.replies)) for one in self.channels)

    def speak(self) -> None:
        """All at once; each then goes on to the end of the conversation."""
        for one in self.channels:
            self.loop.call_soon_threadsafe(one.may_go_on.set)


def scripts(count: int) -> Iterator[Script]:
    """Citizens with facts of their own, so that a fact in a wrong case shows."""
    cases = yaml.safe_load(Path(__file__).with_name("cases.yml").read_text(encoding="utf-8"))
    for number in range(count):
        case = cases[number % len(cases)]
        values = {
            "where": case["where"].format(number + 1),
            "demand": case["demand"],
            "contact": f"138001{number:05d}",
        }
        yield Script(opening=(case["story"],), values=values)


async def _nothing() -> None:
    return


def talk(stack: Stack, count: int, disturb: Disturbance = _nothing) -> list[Talk]:
    return asyncio.run(_talk(stack, count, disturb))


async def _talk(stack: Stack, count: int, disturb: Disturbance) -> list[Talk]:
    async with open_http(stack.url, stack.token) as http:
        channels = [Conversation(http, patience=PATIENCE) for _ in range(count)]
        people = _play(channels)
        await disturb()
        return await asyncio.gather(*people)


def talk_through(
    stack: Stack, url: str, stages: Sequence[int], drill: Callable[[Crowd], None]
) -> list[Talk]:
    """One citizen a stage; once each stands before its message, the drill has them speak."""
    return asyncio.run(_talk_through(stack, url, stages, drill))


async def _talk_through(
    stack: Stack, url: str, stages: Sequence[int], drill: Callable[[Crowd], None]
) -> list[Talk]:
    async with open_http(url, stack.token) as http:
        channels = [Paused(http, patience=PATIENCE, before=stage) for stage in stages]
        people = _play(channels)
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(one.arrived.wait() for one in channels))
        crowd = Crowd(tuple(channels), asyncio.get_running_loop())
        await asyncio.to_thread(drill, crowd)
        return await asyncio.gather(*people)


def _play(channels: Sequence[Conversation]) -> list[asyncio.Task[Talk]]:
    texts = phrases.load()

    async def one(number: int, channel: Conversation, script: Script) -> Talk:
        chance = random.Random(number)  # noqa: S311 - not a secret
        dialogue = Dialogue(channel, texts, chance, reply_seconds=PATIENCE, pause=0.0)
        return Talk(channel, await Interviewee(script, dialogue, chance).play())

    pairs = zip(channels, scripts(len(channels)), strict=True)
    return [asyncio.create_task(one(number, *pair)) for number, pair in enumerate(pairs)]


def results(stack: Stack, talks: Sequence[Talk]) -> list[Result]:
    with httpx.Client(base_url=stack.url, headers=_staff(stack), trust_env=False) as http:
        items = http.get("/v1/cases", params={"limit": 200}).raise_for_status().json()["items"]
        ids = {item["number"]: item["id"] for item in items}
        return [
            Result(
                one.interview.stored,
                _fields(http, ids[number_told(one)]),
                _heard(one.channel.replies),
            )
            for one in talks
        ]


def _fields(http: httpx.Client, case: str) -> tuple[tuple[str, str, str], ...]:
    found = http.get(f"/v1/cases/{case}").raise_for_status().json()["fields"]
    return tuple((each["field"], each["value"], each["how"]) for each in found)


@cache
def _staff(stack: Stack) -> dict[str, str]:
    token = run("token", "create", "--role", "staff", "--quiet", "--data", str(stack.data.root))
    return {"Authorization": f"Bearer {token.strip()}"}


def number_told(one: Talk) -> str:
    """The registration number that the citizen got, which comes once."""
    cards = [reply["card"] for reply in one.channel.replies if reply["card"]]
    receipts = [card for card in cards if card["kind"] == "receipt"]
    assert len(receipts) == 1, one.transcript
    return next(row["value"] for row in receipts[0]["rows"] if row["field"] == "number")


def _heard(replies: Sequence[Reply]) -> tuple[str, ...]:
    """A receipt is one, whether the engine or the backend found the words for it."""
    names = phrases.load()
    said = [one for one in replies if one["card"] is not None or not is_delay(one)]
    return tuple(
        one["card"]["kind"] if one["card"] is not None else names.name_of(one) for one in said
    )


def is_delay(reply: Reply) -> bool:
    return reply["kind"] == "system" and reply["card"] is None


def must_be_whole(stack: Stack, talks: Sequence[Talk]) -> None:
    """Every case filed once with its own facts, every message answered once, in order."""
    for one in talks:
        assert one.interview.ending is Ending.FILED, one.transcript
        assert set(one.interview.compared.values()) == {"same"}, one.transcript
    must_be_answered(stack, [one.channel for one in talks])
    with connected(stack) as connection:
        cases = _cases(connection, [one.key for one in talks])
    assert cases == sorted((one.key, number_told(one)) for one in talks)


def must_be_answered(stack: Stack, channels: Sequence[Conversation]) -> None:
    """Every message once, in order; nothing is left to do, and no process is left over."""
    for one in channels:
        assert troubles(one) == [], one.replies
    keys = [one.key for one in channels]
    with connected(stack) as connection:
        for key in keys:
            _must_be_answered_once(connection, key)
        until("every promise kept", lambda: not _promised(connection, keys))
    must_be_tidy(stack)


def _cases(connection: Connection, keys: list[str]) -> list[tuple[object, ...]]:
    query = (
        "SELECT key, number FROM case_file"
        " JOIN conversation ON conversation.id = case_file.conversation_id"
        " WHERE conversation.key = ANY(%s)"
    )
    return sorted(connection.execute(query, (keys,)).fetchall())


def _promised(connection: Connection, keys: list[str]) -> list[tuple[object, ...]]:
    query = (
        "SELECT procrastinate_jobs.id, procrastinate_jobs.status FROM procrastinate_jobs"
        " JOIN conversation ON conversation.id::text = args->>'conversation' WHERE key = ANY(%s)"
    )
    return connection.execute(query, (keys,)).fetchall()


def _must_be_answered_once(connection: Connection, key: str) -> None:
    turns = connection.execute(
        "SELECT turn.id, turn.first_seq, turn.last_seq, turn.outcome FROM turn"
        " JOIN conversation ON conversation.id = conversation_id WHERE key = %s ORDER BY number",
        (key,),
    ).fetchall()
    said = connection.execute(
        "SELECT message.seq, message.author, message.turn_id FROM message"
        " JOIN conversation ON conversation.id = conversation_id WHERE key = %s ORDER BY seq",
        (key,),
    ).fetchall()
    covered = [(seq, how) for _, first, last, how in turns for seq in range(first, last + 1)]
    for seq in (seq for seq, author, _ in said if author == "citizen"):
        assert [how for one, how in covered if one == seq] == ["answered"], (key, seq, turns)
    speaking = {turn for _, author, turn in said if author != "citizen" and turn is not None}
    assert speaking == {one[0] for one in turns}, (key, turns, said)
