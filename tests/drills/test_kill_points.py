"""The worker is killed at a known point of everybody's turn, and another one takes over.

Each citizen stands at another message, from the story to the confirmation that files the case.
"""

import asyncio
from collections.abc import Sequence

import pytest

from bench import phrases
from bench.channel import Conversation, open_http
from bench.stack import Stack
from tests.drills.kills import until
from tests.drills.lines import Lines
from tests.drills.talks import (
    EVERYBODY,
    EVERYBODY_CONFIRMS,
    PATIENCE,
    Crowd,
    Drilled,
    must_be_answered,
    scripts,
)
from tests.drills.transactions import (
    LAST_OF_A_TURN,
    RUNNING_JOBS,
    connected,
    end_connections,
    held,
    kill_worker,
    wait_until_gone,
)

# The first start may train the models.
pytestmark = pytest.mark.timeout(900)
# What is said, and what is answered.
# The try that died had called the person already: the next one finds the citizen in the queue.
SAYINGS = {"我要找人工": "utter_still_queued", "算了,不投诉了": "utter_cancelled"}


def test_before_the_engine_is_asked(stack: Stack, lines: Lines, drilled: Drilled) -> None:
    def drill(crowd: Crowd) -> None:
        lines.engine.requests.hold()
        crowd.speak()
        until("everybody's turn asks", lambda: lines.engine.requests.held >= EVERYBODY)
        kill_worker(stack)
        lines.engine.requests.drop()

    drilled(drill)


def test_after_the_engine_has_answered(stack: Stack, lines: Lines, drilled: Drilled) -> None:
    """The answer never reaches the worker; the case of the one who confirmed is filed."""

    def drill(crowd: Crowd) -> None:
        lines.engine.answers.hold()
        crowd.speak()
        until("everybody is answered", lambda: lines.engine.answers.held >= EVERYBODY)
        kill_worker(stack)
        lines.engine.answers.drop()

    drilled(drill)


def test_after_the_case_is_filed_and_before_the_engine_hears_of_it(
    stack: Stack, lines: Lines, drilled: Drilled
) -> None:
    def drill(crowd: Crowd) -> None:
        lines.api.answers.hold()
        crowd.speak()
        until("everybody's case is filed", lambda: lines.api.answers.held >= EVERYBODY)
        kill_worker(stack)
        lines.api.answers.open()

    drilled(drill, EVERYBODY_CONFIRMS)


def test_just_before_the_commit(stack: Stack, drilled: Drilled) -> None:
    def drill(crowd: Crowd) -> None:
        with held(stack, LAST_OF_A_TURN) as lock:
            crowd.speak()
            turns = lock.wait_for(EVERYBODY, "INSERT INTO outbox")
            kill_worker(stack)
            lock.release()
        wait_until_gone(stack, turns)

    drilled(drill)


def test_after_the_commit_and_before_the_job_is_done(
    stack: Stack, lines: Lines, drilled: Drilled
) -> None:
    def drill(crowd: Crowd) -> None:
        lines.engine.requests.hold()
        crowd.speak()
        until("everybody's turn asks", lambda: lines.engine.requests.held >= EVERYBODY)
        with held(stack, RUNNING_JOBS, crowd.keys) as lock:
            lines.engine.requests.open()
            endings = lock.wait_for(EVERYBODY, "SELECT procrastinate_finish_job")
            kill_worker(stack)
            end_connections(stack, endings)

    drilled(drill)


def test_after_any_other_action_and_before_the_engine_hears_of_it(
    stack: Stack, lines: Lines
) -> None:
    """One asks for a person and one gives up: each is answered once, and it happened once."""

    async def talk() -> list[Conversation]:
        async with open_http(lines.front.url, stack.token) as http:
            people = [Conversation(http, patience=PATIENCE) for _ in SAYINGS]
            for one in people:
                await one.say(next(scripts(1)).opening[0])
                await one.listen_for_bot(PATIENCE)
            lines.api.answers.hold()
            for one, words in zip(people, SAYINGS, strict=True):
                await one.say(words)
            await asyncio.to_thread(drill)
            for one in people:
                await one.listen_for_bot(PATIENCE)
            return people

    def drill() -> None:
        until("both actions are done", lambda: lines.api.answers.held >= len(SAYINGS))
        kill_worker(stack)
        lines.api.answers.open()

    people = asyncio.run(talk())
    must_be_answered(stack, people)
    names = phrases.load()
    assert [names.name_of(one.replies[-1]) for one in people] == list(SAYINGS.values())
    assert waiting_for_a_person(stack, people) == [people[0].key]


def waiting_for_a_person(stack: Stack, people: Sequence[Conversation]) -> list[str]:
    """One entry for each time that a conversation stands in the queue."""
    with connected(stack) as connection:
        rows = connection.execute(
            "SELECT key FROM handoff JOIN conversation ON conversation.id = conversation_id"
            " WHERE key = ANY(%s)",
            ([one.key for one in people],),
        )
        return [key for (key,) in rows]
