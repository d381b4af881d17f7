"""Engine, actions, api or database are killed at a known point of everybody's turn; or the engine
hangs. Nobody else is restarted, nothing is said twice, and one case comes of each conversation."""

import pytest

from bench.stack import Stack
from tests.drills.kills import kill, until
from tests.drills.lines import Lines
from tests.drills.talks import EVERYBODY, EVERYBODY_CONFIRMS, Crowd, Drilled, is_delay
from tests.drills.transactions import CONVERSATIONS, LAST_OF_A_TURN, attempts, held

# The first start may train the models.
pytestmark = pytest.mark.timeout(900)
# After so many failed tries the next one tells the citizen that it takes longer.
BEFORE_IT_IS_TOLD = 4


def test_the_engine_is_killed_while_it_waits_for_an_action(
    stack: Stack, lines: Lines, drilled: Drilled
) -> None:
    """The action is carried out all the same, for an engine that is no more."""

    def drill(crowd: Crowd) -> None:
        lines.actions.requests.hold()
        crowd.speak()
        until("everybody's engine waits", lambda: lines.actions.requests.held >= EVERYBODY)
        kill(stack, "engine")
        lines.actions.requests.open()

    drilled(drill, EVERYBODY_CONFIRMS)


def test_actions_are_killed_while_they_wait_for_the_api(
    stack: Stack, lines: Lines, drilled: Drilled
) -> None:
    """What they asked for never reaches the api."""

    def drill(crowd: Crowd) -> None:
        lines.api.requests.hold()
        crowd.speak()
        until("everybody's action waits", lambda: lines.api.requests.held >= EVERYBODY)
        kill(stack, "actions")
        lines.api.requests.drop()

    drilled(drill, EVERYBODY_CONFIRMS)


def test_the_api_is_killed_while_citizens_wait_for_their_answer(
    stack: Stack, lines: Lines, drilled: Drilled
) -> None:
    def drill(crowd: Crowd) -> None:
        lines.engine.requests.hold()
        crowd.speak()
        until("everybody's turn asks", lambda: lines.engine.requests.held >= EVERYBODY)
        until("everybody listens", lambda: lines.front.waiting(b"GET ") >= EVERYBODY)
        kill(stack, "api")
        lines.engine.requests.open()

    drilled(drill)


def test_the_api_is_killed_before_a_message_is_stored(
    stack: Stack, lines: Lines, drilled: Drilled
) -> None:
    """The citizen's side sends it again under the same id."""

    def drill(crowd: Crowd) -> None:
        with held(stack, CONVERSATIONS, crowd.keys) as lock:
            crowd.speak()
            lock.wait_for(len(crowd.known), "SELECT conversation")
            kill(stack, "api")

    drilled(drill)


def test_the_api_is_killed_after_a_message_is_stored_and_before_it_says_so(
    stack: Stack, lines: Lines, drilled: Drilled
) -> None:
    """The citizen's side sends it again under the same id: it is stored and answered once."""

    def drill(crowd: Crowd) -> None:
        lines.front.answers.hold()
        crowd.speak()
        until("everybody's message is stored", lambda: lines.front.answers.held >= EVERYBODY)
        kill(stack, "api")
        lines.front.answers.drop()

    drilled(drill)


def test_the_database_is_killed_in_everybodys_transaction(stack: Stack, drilled: Drilled) -> None:
    def drill(crowd: Crowd) -> None:
        with held(stack, LAST_OF_A_TURN) as lock:
            crowd.speak()
            lock.wait_for(EVERYBODY, "INSERT INTO outbox")
            kill(stack, "postgres")

    drilled(drill)


def test_an_engine_that_hangs_is_told_of_and_then_answers_once(
    stack: Stack, lines: Lines, drilled: Drilled
) -> None:
    """It is gone at first; then it takes every request and answers none, until it is healed: then
    it works off what the worker has long stopped waiting for."""

    def drill(crowd: Crowd) -> None:
        lines.engine.requests.cut()
        crowd.speak()
        until("it went wrong often", lambda: attempts(stack, crowd.keys) >= BEFORE_IT_IS_TOLD)
        lines.engine.requests.hold()
        until("everybody is told", crowd.is_told)
        lines.engine.requests.open()

    talks = drilled(drill)
    for one in talks:
        assert sum(map(is_delay, one.channel.replies)) == 1, one.transcript
