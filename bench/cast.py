"""Who plays which case: the files `cases.yml` and `personas.yml`, and the parts drawn from them.

Decisions are pure: a `random.Random` comes in, and the same seed gives the same parts.
"""

import random
import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bench.citizen import one_of

ASKED = ("where", "demand", "contact")
WRONG_FIRST = ("where", "contact")
# In its own message, in the same one, or left until the read-back shows it.
MENDED = ("next", "at once", "read-back")
SPOKEN = str.maketrans("0123456789", "零幺二三四五六七八九")
SPOKEN_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Case:
    """One matter: how it is told, what is true, and what a right value must contain."""

    id: str
    matter: str
    terse: str
    story: tuple[str, ...]
    facts: Mapping[str, str]
    keys: Mapping[str, Sequence[str]]
    wishes: bool = True
    delicate: bool = False
    ends: tuple[str, ...] = ()
    must_alarm: bool = False


@dataclass(frozen=True, slots=True)
class Persona:
    """How somebody talks; what the fields mean is said in `personas.yml`."""

    name: str
    zh: str
    story: str
    tells: float
    at_once: float = 0.0
    talks: bool = False
    interjects: float = 0.0
    offered: float = 0.0
    wrong_first: float = 0.0
    refuses: tuple[str, ...] = ()
    matters: int = 1
    punctuated: bool = True
    pieces: bool = False
    phone: str = "plain"
    swaps: Mapping[str, str] = field(default_factory=dict)
    wants: str = ""
    group: bool = False
    on_behalf: str = ""
    prelude: tuple[str, ...] = ()
    texts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Errand:
    """One case as one citizen has it. `told`: what the opening says in plain words; `wrong`:
    field → the value that is said first; `mended`: field → when it is put right."""

    case: Case
    facts: Mapping[str, str]
    told: frozenset[str] = frozenset()
    wrong: Mapping[str, str] = field(default_factory=dict)
    mended: Mapping[str, str] = field(default_factory=dict)

    def said_first(self, name: str) -> str:
        return self.wrong.get(name, self.facts.get(name, ""))


@dataclass(frozen=True, slots=True)
class Part:
    """What one citizen plays. `opening`: one message, or the pieces of it; `stories`: the account
    of each errand alone, for who asks for it again."""

    persona: Persona
    errands: tuple[Errand, ...]
    opening: tuple[str, ...]
    stories: tuple[str, ...]


@cache
def cases() -> tuple[Case, ...]:
    return tuple(
        Case(**each | {"story": tuple(each["story"]), "ends": tuple(each.get("ends", ()))})
        for each in _load("cases.yml")
    )


@cache
def common_texts() -> dict[str, Any]:
    found: dict[str, Any] = _load("personas.yml")["common"]
    return found


@cache
def personas() -> tuple[Persona, ...]:
    return tuple(_persona(each) for each in _load("personas.yml")["personas"])


def _load(name: str) -> Any:
    return yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))


def _persona(given: dict[str, Any]) -> Persona:
    lists = ("refuses", "prelude")
    given |= {name: tuple(given[name]) for name in lists if name in given}
    return Persona(**given)


def phrases_of(persona: Persona, kind: str, name: str = "") -> Sequence[str]:
    """The persona's own words for it, else the common ones; empty where there are none."""
    for texts in (persona.texts, common_texts()):
        found = texts.get(kind)
        if name and found is not None:
            found = found.get(name)
        if found is not None:
            return [found] if isinstance(found, str) else list(found)
    return []


def phrase(persona: Persona, kind: str, name: str, chance: random.Random) -> str:
    """One of the phrases as this persona says it; empty where there is none."""
    found = phrases_of(persona, kind, name)
    return in_own_words(persona, chance.choice(found)) if found else ""


def in_own_words(persona: Persona, text: str) -> str:
    """Dialect words; a dictation has no punctuation. The {fields} stay as they are."""
    if persona.swaps:
        longest_first = sorted(persona.swaps, key=len, reverse=True)
        pattern = "|".join(map(re.escape, longest_first))
        text = re.sub(pattern, lambda found: persona.swaps[found.group()], text)
    return text if persona.punctuated else re.sub("[，。！？、；：]+", " ", text)


def draw(number: int, seed: int) -> Part:
    """The part of conversation `number`: personas in turn, each with ever other cases."""
    chance = random.Random(f"{seed}/{number}")
    persona = personas()[number % len(personas())]
    fitting = cases_for(persona)
    order = random.Random(f"{seed}/{persona.name}").sample(fitting, k=len(fitting))
    first = number // len(personas()) * persona.matters
    chosen = [order[(first + step) % len(order)] for step in range(persona.matters)]
    return write_part(persona, chosen, chance)


def cases_for(persona: Persona) -> list[Case]:
    """A group needs a case with many people; who is in danger has no other matter, writes no
    letter and wants no other ending."""
    if persona.group:
        return [case for case in cases() if "people" in case.facts]
    if persona.matters > 1 or persona.story == "letter" or persona.wants:
        return [case for case in cases() if not case.ends]
    return list(cases())


def write_part(persona: Persona, chosen: Sequence[Case], chance: random.Random) -> Part:
    citizen = _citizen(persona, chance)
    errands = [_errand(persona, case, citizen, chance) for case in chosen]
    stories, told = list[str](), list[Errand]()
    for errand in errands:
        sentences, heard = _told(persona, errand, chance)
        stories.append("".join(sentences))
        told.append(replace(errand, told=heard))
    about = _about_citizen(persona, told[0], chance)
    told = [replace(each, told=each.told | set(about)) for each in told]
    joint = phrase(persona, "second_matter", "", chance)
    whole = joint.join(stories)
    opening = _opening(persona, told[0], whole, list(about.values()), chance)
    return Part(persona, tuple(told), opening, tuple(stories))


def _citizen(persona: Persona, chance: random.Random) -> dict[str, str]:
    """What is true of the person, whatever the case."""
    known = {"name": one_of("surnames", chance) + one_of("given_names", chance)}
    known["contact"] = _phone(persona.phone, chance)
    if persona.on_behalf:
        known["on_behalf"] = persona.on_behalf
    return {name: value for name, value in known.items() if name not in persona.refuses}


def _phone(style: str, chance: random.Random) -> str:
    head = chance.choice(("138", "139", "159", "186", "137", "188", "177"))
    number = f"{head}{chance.randint(0, 99_999_999):08d}"
    if style == "plain":
        return number
    if style == "spoken" and chance.random() < SPOKEN_SHARE:
        return number.translate(SPOKEN)
    return f"{number[:3]} {number[3:7]} {number[7:]}"


def _errand(
    persona: Persona, case: Case, citizen: Mapping[str, str], chance: random.Random
) -> Errand:
    facts = {"what": "".join(_what(persona, case)), **case.facts, **citizen}
    if persona.group:
        facts["representatives"] = _representatives(chance)
    slips = [
        name for name in WRONG_FIRST if name in facts and chance.random() < persona.wrong_first
    ]
    others = [each.facts["where"] for each in cases() if each.id != case.id]
    fresh = {"where": chance.choice(others), "contact": _phone(persona.phone, chance)}
    wrong = {name: fresh[name] for name in slips}
    case = replace(case, keys={**case.keys, "what": _own_keys(persona, case, facts["what"])})
    return Errand(case, facts, wrong=wrong, mended={name: chance.choice(MENDED) for name in wrong})


def _representatives(chance: random.Random) -> str:
    names = (one_of("surnames", chance) + one_of("given_names", chance) for _ in range(2))
    return "\n".join(f"{name} {_phone('plain', chance)}" for name in names)


def _what(persona: Persona, case: Case) -> tuple[str, ...]:
    """The sentence that says what it is about."""
    said = case.terse + "。" if persona.story == "terse" else case.story[0]
    return (in_own_words(persona, said),)


def _own_keys(persona: Persona, case: Case, said: str) -> list[str]:
    """What the account must contain, in the words of who tells it."""
    return [own for key in case.keys["what"] if (own := in_own_words(persona, key)) in said]


def _told(
    persona: Persona, errand: Errand, chance: random.Random
) -> tuple[list[str], frozenset[str]]:
    """The sentences of the story that this citizen says at once, and the facts they hold."""
    willing = {name for name in errand.case.facts if chance.random() < persona.tells}
    if persona.story == "terse":
        return _tersely(persona, errand, willing & set(ASKED), chance)
    said, heard = list(_what(persona, errand.case)), {"what"}
    for sentence in errand.case.story[1:]:
        named = _fields(sentence)
        if (not named and persona.tells > 0.5) or (named and named <= willing):
            said.append(_filled(persona, sentence, errand))
            heard |= named
    return said, frozenset(heard)


def _tersely(
    persona: Persona, errand: Errand, willing: set[str], chance: random.Random
) -> tuple[list[str], frozenset[str]]:
    added = [
        phrase(persona, "sayings", name, chance).format(errand.said_first(name))
        for name in sorted(willing)
    ]
    return [*_what(persona, errand.case), *added], frozenset({"what", *willing})


def _fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def _filled(persona: Persona, sentence: str, errand: Errand) -> str:
    names = _fields(sentence)
    values = {name: errand.said_first(name) for name in names}
    mended = "".join(_mended(persona, errand, name) for name in sorted(names))
    return in_own_words(persona, sentence).format(**values) + mended


def _mended(persona: Persona, errand: Errand, name: str) -> str:
    """The right value in the same message as the wrong one."""
    if errand.mended.get(name) != "at once":
        return ""
    first = phrases_of(persona, "said_wrong", name)[0]
    return in_own_words(persona, first).format(errand.facts[name]) + "。"


def _about_citizen(persona: Persona, errand: Errand, chance: random.Random) -> dict[str, str]:
    """Phone and name, where they are given unasked; for whom, and with how many."""
    said = {
        name: phrase(persona, "sayings", name, chance).format(errand.said_first(name))
        + _mended(persona, errand, name)
        for name in ("name", "contact")
        if name in errand.facts and chance.random() < persona.at_once
    }
    if persona.on_behalf:
        said["on_behalf"] = ""  # among the words before the story
    if persona.group:
        group = phrase(persona, "group", "", chance)
        said["people"] = group.format(errand.facts["people"])
    return said


def _opening(
    persona: Persona,
    errand: Errand,
    story: str,
    about: Sequence[str],
    chance: random.Random,
) -> tuple[str, ...]:
    if persona.story == "letter":
        return (_letter(persona, errand, story, chance),)
    first = phrase(persona, "before", "", chance)
    asides = phrases_of(persona, "asides") if persona.talks else []
    some = chance.sample(list(asides), k=min(2, len(asides)))
    digressions = [in_own_words(persona, aside) for aside in some]
    parts = [first, story, *digressions[:1], *about, *digressions[1:]]
    text = "".join(parts)
    if not persona.pieces:
        return (text.strip(),)
    return tuple(piece for piece in re.split("(?<=[。！？])", text) if piece.strip())


def _letter(persona: Persona, errand: Errand, story: str, chance: random.Random) -> str:
    signature = [
        phrase(persona, f"signature_{name}", "", chance).format(errand.facts[name])
        for name in ("name", "contact")
        if name in errand.told
    ]
    wish = f"恳请{errand.facts['demand']}。"
    form = str(persona.texts["letter"])
    return form.format(story=story, demand=wish, signature="\n".join(signature))
