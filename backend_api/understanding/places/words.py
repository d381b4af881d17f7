"""The lists of `data/words/places.yml` as sets and patterns."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend_api.understanding.regions import Regions


@dataclass(frozen=True, slots=True)
class RoleRule:
    """What a place is to the matter, by the words beside it.

    `bare`: for the name of a region only. Unless `lone`, only where another place is left.
    """

    role: str
    before: re.Pattern[str]
    after: re.Pattern[str]
    bare: bool
    lone: bool


@dataclass(frozen=True, slots=True)
class Endings:
    """What names end in, and the words that only look like names."""

    street: re.Pattern[str]
    community: re.Pattern[str]
    estate: re.Pattern[str]
    any: re.Pattern[str]
    generic: re.Pattern[str]
    not_named: frozenset[str]
    everyday: frozenset[str]
    everywhere: frozenset[str]
    common: frozenset[str]
    weak: frozenset[str]
    after_weak: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Premises:
    """When an organisation is a place."""

    near: re.Pattern[str]
    going: re.Pattern[str]
    built: re.Pattern[str]
    dealing: re.Pattern[str]
    working: re.Pattern[str]
    workplace: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Leads:
    """Words that lead to a place without a name."""

    lead: re.Pattern[str]
    end: re.Pattern[str]
    nowhere: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """Every list, by what it is asked for."""

    endings: Endings
    premises: Premises
    leads: Leads
    spot: re.Pattern[str]
    roles: Sequence[RoleRule]


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """What places are recognised by."""

    regions: Regions
    words: PlaceWords
    towns: Mapping[str, re.Pattern[str]]


def town_names(raw: Mapping[str, Sequence[str]]) -> dict[str, re.Pattern[str]]:
    """`data/words/towns.yml`, by the county's full name."""
    return {county: re.compile(_words(names)) for county, names in raw.items()}


def place_words(raw: Mapping[str, Any]) -> PlaceWords:
    """Raises KeyError or re.error when a list is missing or wrong."""
    spots = (
        r"(?:[省市县区镇乡]|第[一二三四五六七八九十]{1,2}|老|新|[东南西北]){0,2}"
        f"(?:{_either(raw['spots'])})(?={_either(raw['spot_near'])})"
    )
    leads = f"(?:{_either(raw['led'])}|(?P<weak>(?:{_either(raw['led_weak'])})[:：\\s]?))"
    return PlaceWords(
        endings=_endings(raw),
        premises=_premises(raw),
        leads=Leads(
            re.compile(leads),
            re.compile(_either(raw["led_end"])),
            re.compile(f"(?:{_either(raw['not_led'])})"),
        ),
        spot=re.compile(spots),
        roles=tuple(map(_role, raw["roles"])),
    )


def _endings(raw: Mapping[str, Any]) -> Endings:
    kinds = ("street", "community", "estate", "road")
    every = _words({word for name in kinds for word in raw[name]})
    return Endings(
        street=re.compile(_words(raw["street"])),
        community=re.compile(_words(raw["community"])),
        estate=re.compile(f"(?:{_words([*raw['estate'], *raw['road']])})$"),
        any=re.compile(every),
        generic=re.compile(f"(?:{every}|{_words(raw['generic'])})+"),
        not_named=frozenset(raw["not_named"]),
        everyday=frozenset(raw["everyday"]),
        everywhere=frozenset(raw["everywhere"]),
        common=frozenset(raw["common"]),
        weak=frozenset(raw["weak_endings"]),
        after_weak=tuple(raw["after_weak_endings"]),
    )


def _premises(raw: Mapping[str, Any]) -> Premises:
    return Premises(
        near=re.compile(f"的?(?:{_either(raw['near'])})"),
        going=re.compile(f"(?:{_either(raw['going'])})$"),
        built=re.compile(f"(?:{_either(raw['built'])})$"),
        dealing=re.compile(f"[^，。,！？]{{0,5}}?(?:{_either(raw['dealing'])})"),
        working=re.compile(f"(?:里面?|那边|那里|的[^，。,]{{1,4}})?(?:{_either(raw['working'])})"),
        workplace=re.compile(f"(?:{_words(raw['workplaces'])})$"),
    )


def _role(raw: Mapping[str, Any]) -> RoleRule:
    return RoleRule(
        raw["role"],
        re.compile(f"(?:{raw['before']})$"),
        re.compile(raw.get("after", "")),
        raw.get("bare", False),
        raw.get("lone", True),
    )


def _words(words: Sequence[str] | set[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def _either(patterns: Sequence[str]) -> str:
    return "|".join(patterns)
