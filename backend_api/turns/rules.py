"""How a turn may end, how often it is tried, and what its result means. Pure."""

import re
from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

from backend_api.turns.words import turn_words

MARKS = re.compile(r"[\s，。、,.!！~～…]+")
MAX_ENGINE_CHARACTERS = 4000
LOST_AFTER = 2
CRISIS_LEVEL = 2
RETRY_WAITS = (0.5, 1.0, 2.0, 3.0)
RETRY_AFTER_THAT = 5.0
TELL_DELAY_AT = 4
GIVE_UP_AT = 25


class Outcome(StrEnum):
    ANSWERED = "answered"
    CRISIS = "crisis"
    SUPERSEDED = "superseded"
    HELD = "held"
    GIVEN_UP = "given_up"


def wait_before_retry(attempts: int) -> timedelta | None:
    """None: give up. `attempts` counts the failed ones; two minutes in all."""
    if attempts >= GIVE_UP_AT:
        return None
    seconds = RETRY_WAITS[attempts] if attempts < len(RETRY_WAITS) else RETRY_AFTER_THAT
    return timedelta(seconds=seconds)


def is_out_of_danger(text: str) -> bool:
    """After a crisis: the citizen says so, or wants to go on with the matter, and nothing else."""
    return turn_words().safe.fullmatch(MARKS.sub("", text)) is not None


def next_misunderstood(before: int, intent: str, responses: Iterable[str]) -> int:
    """How many times in a row the engine did not know what to make of it."""
    lost = intent == "nlu_fallback" or any(one.startswith("utter_default") for one in responses)
    return before + 1 if lost else 0


def shortened(text: str) -> str:
    """What the engine reads of a very long text: how it begins and how it ends."""
    if len(text) <= MAX_ENGINE_CHARACTERS:
        return text
    half = MAX_ENGINE_CHARACTERS // 2
    return text[: half - 1] + "\n" + text[-half:]
