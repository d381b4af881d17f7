"""The journeys of the .yml files beside this one, as values. Raises JourneyError with the journey's
title where a file is not as docs/how-to/new-dialogue.md says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
CITIZEN = "citizen"
OF_A_JOURNEY = {"title", "steps", "never", "fails"}
OF_A_STEP = {
    *("who", "say", "bot", "asks", "card", "offers", "choices"),
    *("says", "never", "file", "remember"),
}


class JourneyError(ValueError):
    """A journey that cannot be played as it is written."""


@dataclass(frozen=True, slots=True)
class Value:
    """What a card's row must hold: all of it, or some words in it; None: there is no such row."""

    text: str | None
    whole: bool = True
    without: str | None = None

    def __str__(self) -> str:
        if self.text is None:
            return "none"
        words = self.text if self.whole else f"…{self.text}…"
        return words if self.without is None else f"{words} without {self.without}"

    def fits(self, value: str | None, remembered: Mapping[str, Any]) -> bool:
        if self.text is None or value is None:
            return self.text is value
        wanted = self.text.format_map(remembered)
        if self.without is not None and self.without in value:
            return False
        return value == wanted if self.whole else wanted in value


@dataclass(frozen=True, slots=True)
class Step:
    """What is said at once by whom, and what must be answered. None: it does not matter."""

    say: tuple[str, ...]
    who: str = CITIZEN
    bot: tuple[str, ...] | None = None
    asks: str | None = None
    card: Mapping[str, Value] = field(default_factory=dict)
    offers: tuple[str, ...] | None = None
    choices: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    file: bool = False
    remember: str = ""


@dataclass(frozen=True, slots=True)
class Journey:
    """`fails`: why it is known to fail; empty for one that must succeed."""

    name: str
    steps: tuple[Step, ...]
    fails: str = ""

    @property
    def responses(self) -> frozenset[str]:
        """The names of everything that is expected to be answered."""
        return frozenset(name for step in self.steps for name in step.bot or ())


def load(folder: Path = HERE) -> tuple[Journey, ...]:
    found = [one for file in sorted(folder.glob("*.yml")) for one in _journeys_of(file)]
    names = [one.name for one in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise JourneyError(f"two journeys of one title: {sorted(twice)}")
    return tuple(found)


def _journeys_of(file: Path) -> Iterator[Journey]:
    for raw in yaml.safe_load(file.read_text(encoding="utf-8")):
        name = f"{file.stem}: {raw.get('title')}"
        _refuse_unknown(name, raw, OF_A_JOURNEY)
        never = _listed(raw.get("never"))
        steps = tuple(_step(name, one, never) for one in raw["steps"])
        yield Journey(name, steps, raw.get("fails", ""))


def _step(name: str, raw: Mapping[str, Any], never: tuple[str, ...]) -> Step:
    _refuse_unknown(name, raw, OF_A_STEP)
    return Step(
        say=_listed(raw["say"]),
        who=raw.get("who", CITIZEN),
        bot=_listed(raw["bot"]) if "bot" in raw else None,
        asks=raw.get("asks"),
        card={row: _value(one) for row, one in raw.get("card", {}).items()},
        offers=_listed(raw["offers"]) if "offers" in raw else None,
        choices=_listed(raw.get("choices")),
        says=_listed(raw.get("says")),
        never=(*never, *_listed(raw.get("never"))),
        file=raw.get("file", False),
        remember=raw.get("remember", ""),
    )


def _value(raw: object) -> Value:
    """A text, {has: some words, not: others}, or nothing at all."""
    match raw:
        case None:
            return Value(None)
        case {"has": has, "not": str(without)}:
            return Value(str(has), whole=False, without=without)
        case {"has": has}:
            return Value(str(has), whole=False)
        case _:
            return Value(str(raw))


def _listed(raw: object) -> tuple[str, ...]:
    """One text or several; YAML reads a bare phone number as a number."""
    match raw:
        case None:
            return ()
        case [*several]:
            return tuple(map(str, several))
        case _:
            return (str(raw),)


def _refuse_unknown(name: str, raw: Mapping[str, Any], known: set[str]) -> None:
    if unknown := set(raw) - known:
        raise JourneyError(f"{name}: {', '.join(sorted(unknown))}?")
