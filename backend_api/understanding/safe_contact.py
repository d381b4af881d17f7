"""How a citizen may be reached, in their words: whether, when, by whom, and what may be said.

The words are `data/words/safe_contact.yml`. Nothing is concluded that was not said: what is not
said is None, and 白天别打电话 forbids no call in the evening.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from backend_api.understanding.models import DATA, read_words, simplifier
from backend_api.understanding.normal import normalise

_LOOK_BACK = 12
_LONGEST_LEAD = 40
_BY_CALL = ("打", "电")
_CLAUSE = re.compile(r"[，。,.！!？?；;：:、\s]")
# Words that stand in patterns, and in each other, by their names in braces.
_NAMED = ("telling", "time", "people", "never", "start", "end", "by_text")
# More than anybody says; it bounds the work for a text that repeats one wish.
_MOST_WISHES = 40


class Kind(StrEnum):
    """In the order in which they are looked for: 白天别打 is about hours and forbids no call."""

    NOT_HOURS = "not_hours"
    HOURS = "hours"
    DISCREET = "discreet"
    PERSON = "person"
    NO_CALL = "no_call"
    NO_TEXT = "no_text"
    TEXT = "text"
    CALL = "call"


# What a wish may not overlap, beside one of its own kind: 不要发短信 has 要发短信 in it.
_BEFORE_ALL = (Kind.NOT_HOURS, Kind.DISCREET)
_DENIALS = {Kind.CALL: Kind.NO_CALL, Kind.TEXT: Kind.NO_TEXT}


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing that was said. `value`: the hours, or who else is to be reached; else `text`."""

    start: int
    end: int
    text: str
    kind: Kind
    value: str


@dataclass(frozen=True, slots=True)
class SafeContact:
    """The wishes in the order of the text; empty when nothing was said about it."""

    wishes: tuple[Wish, ...] = ()

    @property
    def may_call(self) -> bool | None:
        """晚上七点以后打 allows a call, at its hours."""
        allowed = self._may(Kind.CALL, Kind.NO_CALL)
        at_hours = any(
            one.kind is Kind.HOURS and any(word in one.text for word in _BY_CALL)
            for one in self.wishes
        )
        return True if allowed is None and at_hours else allowed

    @property
    def may_text(self) -> bool | None:
        return self._may(Kind.TEXT, Kind.NO_TEXT)

    @property
    def hours(self) -> str:
        """When to call, in the citizen's words; 白天不方便 as it was said."""
        said = [one for one in self.wishes if one.kind in (Kind.HOURS, Kind.NOT_HOURS)]
        return "；".join(one.value if one.kind is Kind.HOURS else one.text for one in said)

    @property
    def discreet(self) -> bool:
        return any(one.kind is Kind.DISCREET for one in self.wishes)

    @property
    def other_person(self) -> str:
        return next((one.value for one in self.wishes if one.kind is Kind.PERSON), "")

    def _may(self, yes: Kind, no: Kind) -> bool | None:
        """A refusal counts more than a permission."""
        kinds = {one.kind for one in self.wishes}
        if no in kinds:
            return False
        return True if yes in kinds else None


def find_safe_contact(text: str, *, asked: bool = False) -> SafeContact:
    """What the text says about reaching its writer; offsets are those of the text as received.

    `asked`: it answers the question for that, so that 可以打, 随时 and 晚上八点以后 say it too.
    """
    words, simplify = _tools()
    normal = normalise(text, simplify)
    wishes = _wishes(normal.text, normal.received, words, words.asked if asked else words.kinds)
    if wishes and not asked:
        wishes = _wishes(normal.text, normal.received, words, words.beside)
    return SafeContact(tuple(sorted(wishes, key=_order)))


@dataclass(frozen=True, slots=True)
class ContactWords:
    """The patterns of each kind: those that say it anywhere, with those that say it `beside`
    another wish, and with those that say it where it was `asked` for.

    `told`: what others say or do is no wish; `before_hours`: what may stand before the hours.
    """

    kinds: Mapping[Kind, tuple[re.Pattern[str], ...]]
    beside: Mapping[Kind, tuple[re.Pattern[str], ...]]
    asked: Mapping[Kind, tuple[re.Pattern[str], ...]]
    told: re.Pattern[str]
    before_hours: re.Pattern[str]


def contact_words(raw: Mapping[str, Any]) -> ContactWords:
    """Raises KeyError or re.error when a list is missing or wrong."""

    def filled(pattern: str) -> re.Pattern[str]:
        for name in _NAMED:
            pattern = pattern.replace(f"{{{name}}}", raw[name])
        return re.compile(pattern)

    def clause(pattern: str) -> re.Pattern[str]:
        return filled(f"{{start}}(?:{pattern}){{end}}")

    kinds = {kind: tuple(map(filled, raw["kinds"][kind])) for kind in Kind}
    beside = {kind: (*kinds[kind], *map(filled, raw["beside"].get(kind, ()))) for kind in Kind}
    asked = {kind: (*beside[kind], *map(clause, raw["asked"].get(kind, ()))) for kind in Kind}
    return ContactWords(kinds, beside, asked, filled(raw["told"]), filled(raw["before_hours"]))


def _wishes(
    text: str,
    received: str,
    words: ContactWords,
    kinds: Mapping[Kind, tuple[re.Pattern[str], ...]],
) -> list[Wish]:
    found: list[Wish] = []
    for kind, patterns in kinds.items():
        for match in (one for pattern in patterns for one in pattern.finditer(text)):
            if len(found) == _MOST_WISHES:
                return found
            wish = _wish(match, received, kind)
            if _is_said(match, kind, text, words) and not any(
                _excludes(one, wish) for one in found
            ):
                found.append(wish)
    return found


def _wish(match: re.Match[str], received: str, kind: Kind) -> Wish:
    start, end = match.span()
    low, high = match.span("value" if "value" in match.groupdict() else 0)
    return Wish(start, end, received[start:end], kind, received[low:high])


def _is_said(match: re.Match[str], kind: Kind, text: str, words: ContactWords) -> bool:
    """By the citizen of themselves, and with an hour where one belongs."""
    if match.groupdict().get("value", "-") == "":
        return False
    before = text[max(0, match.start() - _LONGEST_LEAD) : match.start()]
    if kind is Kind.HOURS and not words.before_hours.fullmatch(_CLAUSE.split(before)[-1]):
        return False
    return not words.told.search(before[-_LOOK_BACK:])


def _excludes(known: Wish, wish: Wish) -> bool:
    """Do the words of a wish belong to one that is known already?"""
    overlaps = wish.start < known.end and known.start < wish.end
    rivals = (*_BEFORE_ALL, wish.kind, _DENIALS.get(wish.kind))
    return overlaps and known.kind in rivals


def _order(wish: Wish) -> tuple[int, int]:
    return wish.start, -wish.end


@cache
def _tools() -> tuple[ContactWords, Callable[[str], str]]:
    return contact_words(read_words(DATA, "safe_contact")), simplifier()
