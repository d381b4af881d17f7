"""What a message means where it was said: its words, the open question, what was found in it.

The only place that turns the classifier's "sounds like" into "is meant as". Knows nothing of Rasa.
The tables are bot/meaning/*.yml: `cues` (words decide), `context` (the open question decides).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.components.character_model import simplified

TABLES = Path(__file__).parents[1] / "meaning"
NOTHING_ASKED = "nothing"
READ_BACK = ("confirmed", "change")
# A clause in which something is wrong: 电话是对的, 地址不对
_CALLED_WRONG = re.compile(r"[^,，。;；]*(?:不对|错|有误|不准|要改|改一下)[^,，。;；]*")
_NAME = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Heard:
    """A message as it arrives: how it sounds, what was asked, and what was found in it."""

    text: str  # simplified, half-width
    intent: str | None
    confidence: float
    asking: str | None = None
    # entities that the message offers, and those among them that are facts of a case
    offered: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()
    # it holds nothing but what is known already
    restates: bool = False
    # parts of the worker's memory that are true
    remembered: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Cue:
    """A row of cues.yml; None admits everything."""

    means: str
    sounds: frozenset[str] | None = None
    asking: frozenset[str] | None = None
    says: re.Pattern[str] | None = None
    says_not: re.Pattern[str] | None = None
    only: re.Pattern[str] | None = None
    fact: str | None = None
    no_fact: frozenset[str] = frozenset()
    shortest: int = 0
    longest: int | None = None
    remembered: str | None = None

    def fits(self, heard: Heard) -> bool:
        return self._fits_place(heard) and self._fits_words(heard.text)

    def _fits_place(self, heard: Heard) -> bool:
        return (
            (self.sounds is None or heard.intent in self.sounds)
            and (self.asking is None or (heard.asking or NOTHING_ASKED) in self.asking)
            and self.remembered in {None, *heard.remembered}
            and self.fact in {None, *heard.offered}
            and not heard.offered & self.no_fact
        )

    def _fits_words(self, text: str) -> bool:
        return (
            self.shortest <= len(text) <= (len(text) if self.longest is None else self.longest)
            and (self.says is None or self.says.search(text) is not None)
            and (self.says_not is None or self.says_not.search(text) is None)
            and (self.only is None or self.only.match(text) is not None)
        )


@dataclass(frozen=True, slots=True)
class Tables:
    """bot/meaning, read: `named` and `service` find the item or service a text names first."""

    cues: tuple[Cue, ...]
    context: Mapping[str, Any]

    def meaning(self, heard: Heard) -> Heard:
        """The same message with the intent and confidence that it is acted on with."""
        return self._in_context(self._by_words(heard))

    def item(self, text: str) -> str | None:
        """The one that is called wrong, else the one that is named first."""
        called_wrong = "，".join(match[0] for match in _CALLED_WRONG.finditer(text))
        items = self.context["items"]
        return _first_named(called_wrong, items) or _first_named(text, items)

    def service(self, text: str) -> str | None:
        return _first_named(text, self.context["services"])

    def _says_more(self, heard: Heard) -> bool:
        """More than who speaks: 我们全楼的人都没暖气, not 我们三十多户业主一起反映."""
        announced = self.context["announced"][heard.intent]
        beside = "|".join(sorted(announced["beside"], key=len, reverse=True))
        rest = re.sub(rf"{beside}|[^\u4e00-\u9fff]", "", heard.text)
        return len(rest) >= announced["shortest"]

    def _by_words(self, heard: Heard) -> Heard:
        cue = next((each for each in self.cues if each.fits(heard)), None)
        if cue is not None:
            return replace(heard, intent=cue.means, confidence=1.0)
        if self._is_account(heard):
            return replace(heard, intent="tell_story", confidence=1.0)
        if heard.confidence < self.context["sure"].get(heard.intent, 0.0):
            return replace(heard, intent="skip")
        return heard

    def _is_account(self, heard: Heard) -> bool:
        account = self.context["account"]
        known = self._told(heard)
        length = account["length"][min(known, 2) or min(len(heard.facts), 1)]
        sounds = account["sounds"] if known < 2 else (*account["sounds"], *account["sounds_whole"])
        is_first = heard.asking in {None, NOTHING_ASKED, "what"}
        return is_first and heard.intent in sounds and len(heard.text) >= length

    def _told(self, heard: Heard) -> int:
        """How much of a case a message tells: its matter, the place, the wish and so on."""
        facts = heard.facts & set(self.context["account"]["telling"])
        return len(facts) + ("matter_plain" in heard.remembered)

    def has_story(self, heard: Heard, length: int) -> bool:
        """Whether a message that is about something else by its intent tells the story as well:
        我替我妈反映,她的退休金三个月没发."""
        story = self.context["with_story"]
        shortest: int = story["length"].get(heard.intent, 0)
        if heard.intent in self.context["announced"]:
            return self._says_more(heard)
        if named := story["named"].get(heard.intent):
            return length >= shortest or not re.search(named, heard.text)
        plain = "matter_plain" in heard.remembered and heard.intent in story["plain"]
        told = heard.facts & set(story["telling"]) or plain
        return length >= (min(shortest, story["told"]) if told else shortest)

    def _in_context(self, heard: Heard) -> Heard:
        item = self.item(heard.text)
        intent = heard.intent
        if heard.restates and heard.asking == "confirmed":
            intent = self.context["restating"].get(intent, intent)
        if heard.asking in READ_BACK:
            intent = self._at_read_back(intent, heard, item)
        intent = _with_its_value(intent, heard, item)
        meant = self.context["meant"].get(heard.asking or "", {})
        return replace(heard, intent=meant.get(intent, intent))

    def _at_read_back(self, intent: str | None, heard: Heard, item: str | None) -> str | None:
        # Not the demand: 对,尽快处理 is a yes, and understanding finds a demand in it.
        new = heard.facts - {"demand", "lookup"} if intent == "affirm" else heard.facts
        if new and intent in self.context["correcting"]:
            return "correct"
        return "choose_field" if item and intent in self.context["choosing"] else intent


def _with_its_value(intent: str | None, heard: Heard, item: str | None) -> str | None:
    """A correction that says no value names an item, or is a mere no."""
    if intent == "correct" and not heard.facts:
        intent = "choose_field" if item else "deny" if heard.asking else "correct"
    if intent == "choose_field" and item in {None, heard.asking}:
        return "deny" if item is None else "inform"
    return intent


def _first_named(text: str, names: Mapping[str, Sequence[str]]) -> str | None:
    """地点和电话都错了 begins with the place."""
    places = [(text.find(word), name) for name, words in names.items() for word in words]
    return min((each for each in places if each[0] >= 0), default=(0, None))[1]


def heard_text(text: str) -> str:
    return simplified(text).strip()


@cache
def tables(folder: Path = TABLES) -> Tables:
    """Raises KeyError, TypeError, re.error when a table is not as it must be."""
    words, rows, context = (
        yaml.safe_load((folder / f"{name}.yml").read_text("utf-8"))
        for name in ("words", "cues", "context")
    )
    return Tables(tuple(_cue(row, words) for row in rows), context)


def _cue(row: Mapping[str, Any], words: Mapping[str, Sequence[str]]) -> Cue:
    made: dict[str, Any] = dict(row)
    for key in ("sounds", "asking", "no_fact"):
        if key in made:
            made[key] = frozenset(made[key])
    for key in ("says", "says_not"):
        if key in made:
            made[key] = re.compile(_expanded(made[key], words), re.IGNORECASE)
    if "only" in made:
        made["only"] = _made_of(made["only"], words)
    return Cue(**made)


def _made_of(kinds: Sequence[str], words: Mapping[str, Sequence[str]]) -> re.Pattern[str]:
    """Nothing but words of these kinds, and one of the first kind among them."""
    first = _expanded(f"{{{kinds[0]}}}", words)
    anything = _choice((word for kind in kinds for word in words[kind]), words)
    return re.compile(f"(?=.*{first}){anything}++$", re.IGNORECASE | re.DOTALL)


def _expanded(pattern: str, words: Mapping[str, Sequence[str]]) -> str:
    return _NAME.sub(lambda name: _choice(words[name[1]], words), pattern)


def _choice(listed: Iterable[str], words: Mapping[str, Sequence[str]]) -> str:
    """The longest word first: 就这样 is one word, not 就 and 这样."""
    longest_first = sorted(map(str, listed), key=len, reverse=True)
    return f"(?:{'|'.join(_expanded(word, words) for word in longest_first)})"
