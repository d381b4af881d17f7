"""What is said before the dialogue's own words about violence: `data/crisis/advice.yml`. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import yaml

from backend_api.conversations.dialogue import DialogueState
from backend_api.turns.words import turn_words
from backend_api.understanding.models import DATA

AFTER_DANGER = "after_danger"
# Dangers in which everybody calls the same number, and nobody is to blame.
SAME_FOR_CHILDREN = frozenset({"fire_or_accident", "medical"})
# Kinds of crisis after which there is more to say than that one is there.
AFTER = {"domestic_violence": "advice_domestic_violence", "self_harm": "after_self_harm"}


@dataclass(frozen=True, slots=True)
class Advice:
    """`text`: its key; `in_place_of`: the responses of the dialogue that it makes needless."""

    text: str
    words: re.Pattern[str]
    unless: re.Pattern[str]
    alone_up_to: int
    in_place_of: frozenset[str]


@cache
def advices() -> tuple[Advice, ...]:
    """Raises KeyError, re.error when the data file is not as it must be."""
    raw = yaml.safe_load((DATA / "crisis" / "advice.yml").read_text(encoding="utf-8"))
    return tuple(
        Advice(
            one["text"],
            _any_of(one["words"]),
            _any_of(one["unless"]),
            one.get("alone_up_to", 0),
            frozenset(one["in_place_of"]),
        )
        for one in raw
    )


def advice_due(state: DialogueState, said: Sequence[str]) -> Advice | None:
    """The first that fits what was said and has not been given yet."""
    text = turn_words().simplify("，".join(said))
    given = state.advised.split()
    fitting = (one for one in advices() if one.words.search(text) and not one.unless.search(text))
    return next((one for one in fitting if one.text not in given), None)


def whole_answer(state: DialogueState, said: Sequence[str]) -> str:
    """The key of the advice that is the whole answer to so short a message, or nothing."""
    due = advice_due(state, said)
    return due.text if due and len("".join(said)) <= due.alone_up_to else ""


def after_danger(state: DialogueState) -> str:
    """The key of what is said first to who is out of danger."""
    if state.child and state.crisis_kind not in SAME_FOR_CHILDREN:
        return "after_child"
    return AFTER.get(state.crisis_kind, AFTER_DANGER)


def said_first(state: DialogueState, said: Sequence[str]) -> tuple[str, ...]:
    """The keys of what is said before the dialogue's words."""
    if state.crisis:
        return (after_danger(state),)
    due = None if state.child else advice_due(state, said)
    return (due.text,) if due else ()


def made_needless(first: Sequence[str]) -> frozenset[str]:
    """The dialogue's responses that would only repeat, worse, what is said first."""
    return frozenset().union(*(one.in_place_of for one in advices() if one.text in first))


def advised_after(before: str, first: Sequence[str]) -> str:
    """What has been given by now, as the dialogue's state keeps it."""
    keys = [one for one in first if one.startswith("advice_")]
    return " ".join(dict.fromkeys([*before.split(), *keys]))


def _any_of(listed: str) -> re.Pattern[str]:
    return re.compile("|".join(listed.split()))
