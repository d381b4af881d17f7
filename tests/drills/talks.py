"""Citizens who talk while something breaks, and what must hold afterwards."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
import yaml

from backend_api.operations import database
from bench import phrases
from bench.channel import Conversation, open_http, troubles
from bench.citizen import Script
from bench.interview import Ending, Interview, Interviewee
from bench.stack import Stack

# A killed worker is noticed after 10 s; the engine may be away for 30 s and is asked every 5 s.
PATIENCE = 100.0

Disturbance = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Talk:
    """One citizen's conversation and what came of it."""

    channel: Conversation
    interview: Interview

    @property
    def transcript(self) -> str:
        return "\n".join([f"{self.interview.ending}: {self.interview.why}", *self.interview.lines])


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
    texts = phrases.load()
    async with open_http(stack.url, stack.token) as http:

        async def one(number: int, script: Script) -> Talk:
            channel = Conversation(http, patience=PATIENCE)
            chance = random.Random(number)  # noqa: S311 - not a secret
            person = Interviewee(script, channel, texts, chance, reply_seconds=PATIENCE)
            return Talk(channel, await person.play())

        people = [asyncio.create_task(one(*each)) for each in enumerate(scripts(count))]
        await disturb()
        return await asyncio.gather(*people)


def facts(talks: Sequence[Talk]) -> list[dict[str, str]]:
    return [one.interview.stored for one in talks]


def must_be_whole(stack: Stack, talks: Sequence[Talk]) -> None:
    """Every case filed with its own facts, every message answered once, nothing out of order."""
    for one in talks:
        assert one.interview.ending is Ending.FILED, one.transcript
        assert set(one.interview.compared.values()) == {"same"}, one.transcript
        assert troubles(one.channel) == [], one.transcript
    keys = [one.channel.key for one in talks]
    with psycopg.connect(database.current_url(stack.data) or "") as connection:
        assert _cases(connection, keys) == len(talks)
        for key in keys:
            _must_be_answered_once(connection, key)


def _cases(connection: psycopg.Connection[tuple[object, ...]], keys: list[str]) -> object:
    query = (
        "SELECT count(*) FROM case_file"
        " JOIN conversation ON conversation.id = case_file.conversation_id"
        " WHERE conversation.key = ANY(%s)"
    )
    row = connection.execute(query, (keys,)).fetchone()
    return row[0] if row else None


def _must_be_answered_once(connection: psycopg.Connection[tuple[object, ...]], key: str) -> None:
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
    for seq in (seq for seq, author, _ in said if author == "citizen"):
        covering = [one for one in turns if one[1] <= seq <= one[2]]
        assert [one[3] for one in covering] == ["answered"], (key, seq, turns)
    speaking = {turn for _, author, turn in said if author == "bot"}
    assert speaking == {one[0] for one in turns}, (key, turns, said)
