"""A scripted citizen: facts, a way of telling them, and what to say to what is asked.

What they say is in `citizen.yml`. Decisions are pure: a `random.Random` comes in.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TypedDict, TypeVar

import yaml

Kind = TypeVar("Kind")
MAX_MESSAGE = 9_500
ANONYMOUS_SHARE, CORRECTION_SHARE, ASKS_BACK_SHARE, TOLD_SHARE = 0.2, 0.15, 0.08, 0.6


class Style(StrEnum):
    """How a question is answered."""

    SHORT = "short"
    LONG = "long"
    TYPO = "typo"
    PIECES = "pieces"


class Opening(StrEnum):
    """Where the facts are told: when asked, with the story, or in a message right behind it."""

    ASKED = "asked"
    WITH_STORY = "with story"
    RIGHT_AFTER = "right after"
    GREETING = "greeting first"


STYLES = {Style.SHORT: 45, Style.LONG: 25, Style.TYPO: 15, Style.PIECES: 15}
OPENINGS = {
    Opening.ASKED: 35,
    Opening.WITH_STORY: 35,
    Opening.RIGHT_AFTER: 20,
    Opening.GREETING: 10,
}


class Texts(TypedDict):
    """The file's shape."""

    lists: dict[str, list[str]]
    sayings: dict[str, list[str]]
    answers: dict[str, dict[str, list[str]]]
    corrections: dict[str, list[str]]
    labels: dict[str, str]
    replies: dict[str, list[str]]


@cache
def texts() -> Texts:
    loaded: Texts = yaml.safe_load(
        Path(__file__).with_name("citizen.yml").read_text(encoding="utf-8")
    )
    return loaded


@dataclass(frozen=True, slots=True)
class Correction:
    """What the citizen changes when the read-back comes; `directly`: with the value at once."""

    field: str
    value: str
    directly: bool


@dataclass(frozen=True, slots=True)
class Script:
    """One citizen. `told`: fields whose value is in the opening. No `contact`: anonymous."""

    opening: tuple[str, ...]
    values: Mapping[str, str]
    mode: Opening = Opening.ASKED
    told: frozenset[str] = frozenset()
    styles: Mapping[str, Style] = field(default_factory=dict)
    asks_back: Mapping[str, str] = field(default_factory=dict)
    correction: Correction | None = None


def one_of(name: str, chance: random.Random) -> str:
    return chance.choice(texts()["lists"][name])


def write_script(story: str, chance: random.Random) -> Script:
    """A citizen with this story; who they are and how they talk is drawn from `chance`."""
    values = {"where": place(chance), "demand": one_of("demands", chance), "name": _name(chance)}
    if chance.random() >= ANONYMOUS_SHARE:
        values["contact"] = phone(chance)
    mode = _weighted(OPENINGS, chance)
    told = _told(mode, values, chance)
    asked = texts()["answers"]
    return Script(
        opening=_opening(story.strip()[:MAX_MESSAGE], mode, _said(told, values, chance), chance),
        mode=mode,
        told=frozenset(told),
        values=values,
        styles={field: _weighted(STYLES, chance) for field in asked},
        asks_back={
            field: one_of("asked_back", chance)
            for field in asked
            if chance.random() < ASKS_BACK_SHARE
        },
        correction=_correction(values, chance) if chance.random() < CORRECTION_SHARE else None,
    )


def answer(script: Script, question: str, value: str | None, chance: random.Random) -> list[str]:
    """The messages that answer the question for a field; several when typed in pieces."""
    if question == "contact" and value is None:
        return [one_of("anonymous", chance)]
    style = script.styles.get(question, Style.SHORT)
    template = chance.choice(texts()["answers"][question][style])
    return template.format(value).split("|")


def reply_to(question: str, chance: random.Random) -> str:
    """To what is asked about the course of things, not about the matter."""
    replies = texts()["replies"]
    return chance.choice(replies.get(question, replies["anything"]))


def correct(correction: Correction, chance: random.Random) -> str:
    if not correction.directly:
        return one_of("change", chance)
    return chance.choice(texts()["corrections"][correction.field]).format(correction.value)


def place(chance: random.Random) -> str:
    number, road, area = chance.randint(1, 200), one_of("roads", chance), one_of("areas", chance)
    district, street = one_of("districts", chance), one_of("streets", chance)
    return chance.choice(
        (
            f"{district}{street}{area}",
            f"{area}{number % 20 + 1}栋",
            f"{road}{number}号",
            f"{district}{road}{number}号{area}",
        )
    )


def phone(chance: random.Random) -> str:
    """A mobile number as people type it; one in ten a landline."""
    if chance.random() < 0.1:
        return f"0755-{chance.randint(22_000_000, 28_999_999)}"
    prefix = chance.choice(("138", "139", "159", "186", "137", "188"))
    digits = f"{prefix}{chance.randint(0, 99_999_999):08d}"
    if chance.random() < 0.15:
        return f"{digits[:3]} {digits[3:7]} {digits[7:]}"
    return digits


def _weighted(weights: Mapping[Kind, int], chance: random.Random) -> Kind:
    return chance.choices(list(weights), weights=list(weights.values()))[0]


def _told(mode: Opening, values: Mapping[str, str], chance: random.Random) -> list[str]:
    if mode in {Opening.ASKED, Opening.GREETING}:
        return []
    some = [field for field in values if chance.random() < TOLD_SHARE]
    chance.shuffle(some)
    return some or ["where"]


def _said(told: Sequence[str], values: Mapping[str, str], chance: random.Random) -> str:
    sayings = texts()["sayings"]
    return "".join(chance.choice(sayings[field]).format(values[field]) for field in told)


def _opening(story: str, mode: Opening, said: str, chance: random.Random) -> tuple[str, ...]:
    match mode:
        case Opening.WITH_STORY:
            return (f"{said}\n{story}" if chance.random() < 0.3 else f"{story}\n{said}",)
        case Opening.RIGHT_AFTER:
            return (story, said)
        case Opening.GREETING:
            return (one_of("greetings", chance), story)
        case Opening.ASKED:
            return (story,)


def _correction(values: Mapping[str, str], chance: random.Random) -> Correction:
    fresh: dict[str, Callable[[random.Random], str]] = {
        "where": place,
        "contact": phone,
        "demand": lambda chance: one_of("demands", chance),
    }
    chosen = chance.choice([field for field in fresh if field in values])
    others = (fresh[chosen](chance) for _ in range(20))
    value = next(other for other in others if other != values[chosen])
    return Correction(chosen, value, directly=chance.random() < 0.5)


def _name(chance: random.Random) -> str:
    return one_of("surnames", chance) + one_of("given_names", chance)
