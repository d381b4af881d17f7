"""How a turn may end, how often it is tried, and what its result means. Pure."""

import re
from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

from backend_api.turns.words import turn_words

CLAUSE_END = re.compile(r"[\s，。、,.!！~～…；;：:]+")
# More than somebody safe says about it; it bounds the work.
LONGEST_CLAUSE = 30
# Answers after which the open question is where it was.
NO_PROGRESS = (
    "utter_default",
    "utter_hint",
    "utter_why",
    "utter_explain",
    "utter_affirm_open",
    "utter_chitchat",
)
MAX_ENGINE_CHARACTERS = 4000
LOST_AFTER = 2
# Number and query code may be guessed no further in one conversation; a person can help.
MAX_WRONG_CODES = 5
# After so long a silence the open question is put again with a word of welcome.
AWAY = timedelta(hours=6)
CRISIS_LEVEL = 2
# The kind of crisis that no fire put out and no person found puts an end to.
OWN_LIFE = "self_harm"
RETRY_WAITS = (0.5, 1.0, 2.0, 3.0)
RETRY_AFTER_THAT = 5.0
TELL_DELAY_AT = 4
GIVE_UP_AT = 25


class Outcome(StrEnum):
    ANSWERED = "answered"
    CRISIS = "crisis"
    SUPERSEDED = "superseded"
    HELD = "held"
    # Set aside: it may hold a state secret.
    QUARANTINED = "quarantined"
    GIVEN_UP = "given_up"


def wait_before_retry(attempts: int) -> timedelta | None:
    """None: give up. `attempts` counts the failed ones; two minutes in all."""
    if attempts >= GIVE_UP_AT:
        return None
    seconds = RETRY_WAITS[attempts] if attempts < len(RETRY_WAITS) else RETRY_AFTER_THAT
    return timedelta(seconds=seconds)


def is_out_of_danger(text: str, kind: str = "") -> bool:
    """After a crisis of this kind: the citizen says so, or wants to go on with the matter, and
    nothing else.

    Every clause is a safe one or a courtesy: 他不在家，我才安全 is no word of safety.
    """
    words = turn_words()
    safe = words.safe.get(kind, words.safe[""])
    clauses = [clause for clause in CLAUSE_END.split(words.simplify(text)) if clause]
    said = [clause for clause in clauses if not words.beside_safe.fullmatch(clause)]
    return bool(said) and all(
        len(clause) <= LONGEST_CLAUSE and safe.fullmatch(clause) for clause in said
    )


def next_misunderstood(before: int, intent: str, responses: Iterable[str]) -> int:
    """How many times in a row nothing was understood, or the question got nowhere."""
    lost = intent == "nlu_fallback" or any(one.startswith(NO_PROGRESS) for one in responses)
    return before + 1 if lost else 0


def shortened(text: str) -> str:
    """What the engine reads of a very long text: how it begins and how it ends."""
    if len(text) <= MAX_ENGINE_CHARACTERS:
        return text
    half = MAX_ENGINE_CHARACTERS // 2
    return text[: half - 1] + "\n" + text[-half:]
