"""The words by which a turn tells what a span is for: data/words/turns.yml, read once."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from backend_api.understanding.models import DATA, simplifier

# Patterns that stand in the file as they are used.
PLAIN = (
    "place_lead",
    "demand_lead",
    "phone_lead",
    "self_named",
    "clause_rest",
    "another_lead",
    "wish_added",
    "institution",
    "place_word",
    "no_name",
    "wish",
    "reported",
    "courtesy",
    "value_lead",
    "place_answer",
    "wish_lead",
    "wish_clause",
    "wish_verb",
    "another",
    "last_digits",
    "no_wish",
    "habit_before",
    "habit_after",
    "done",
    "result",
    "to_service",
    "particles",
    "representative",
    "swapped",
    "tone",
    "of_form",
    "person",
    "called_representatives",
    "code_named",
    "code_lost",
    "no_code",
    "asks_of_withdrawal",
)


@dataclass(frozen=True, slots=True)
class TurnWords:
    place_lead: re.Pattern[str]
    demand_lead: re.Pattern[str]
    phone_lead: re.Pattern[str]
    self_named: re.Pattern[str]
    clause_rest: re.Pattern[str]
    # traditional to simplified characters
    simplify: Callable[[str], str]
    # kind of crisis ("": any other) → a clause that says that one is safe
    safe: Mapping[str, re.Pattern[str]]
    # a clause that may stand beside one
    beside_safe: re.Pattern[str]
    another_lead: re.Pattern[str]
    wish_added: re.Pattern[str]
    institution: re.Pattern[str]
    place_word: re.Pattern[str]
    no_name: re.Pattern[str]
    wish: re.Pattern[str]
    reported: re.Pattern[str]
    on_behalf: re.Pattern[str]
    courtesy: re.Pattern[str]
    value_lead: re.Pattern[str]
    place_answer: re.Pattern[str]
    wish_lead: re.Pattern[str]
    wish_clause: re.Pattern[str]
    wish_verb: re.Pattern[str]
    another: re.Pattern[str]
    # groups `count`, where it is said, and `right`
    last_digits: re.Pattern[str]
    no_wish: re.Pattern[str]
    habit_before: re.Pattern[str]
    habit_after: re.Pattern[str]
    done: re.Pattern[str]
    result: re.Pattern[str]
    to_service: re.Pattern[str]
    particles: re.Pattern[str]
    representative: re.Pattern[str]
    # 把X改成Y: groups `wrong` and `right`
    swapped: re.Pattern[str]
    tone: re.Pattern[str]
    of_form: re.Pattern[str]
    # a representative as the draft keeps them: group `name`
    person: re.Pattern[str]
    # several names one after the other (group `names`), and each of them
    names_in_a_row: re.Pattern[str]
    one_name: re.Pattern[str]
    called_representatives: re.Pattern[str]
    code_named: re.Pattern[str]
    code_lost: re.Pattern[str]
    no_code: re.Pattern[str]
    asks_of_withdrawal: re.Pattern[str]
    # field → what it is called by, and the words that put it right (group `right`)
    items: Mapping[str, re.Pattern[str]]
    put_right: Mapping[str, re.Pattern[str]]
    # "老板电话" before the number, "是老板的电话" after it, "的电话是" after a person's name
    others_before: re.Pattern[str]
    others_after: re.Pattern[str]
    # "她电话": whose it is, what was said before tells
    pronoun_before: re.Pattern[str]
    number_of: re.Pattern[str]
    choices: frozenset[str]
    # open question → our choices that answer it
    choices_that_answer: Mapping[str, Sequence[str]]


@cache
def turn_words() -> TurnWords:
    """Raises KeyError, re.error when the data file is not as it must be."""
    raw = yaml.safe_load((DATA / "words" / "turns.yml").read_text("utf-8"))
    others, number = raw["others"], raw["number"]
    safe, beside_safe = _clauses(raw["safe"])
    one_name, in_a_row = _names(raw["names"])
    return TurnWords(
        **{name: re.compile(raw[name]) for name in PLAIN},
        on_behalf=re.compile(_filled(raw["on_behalf"], "patterns")),
        one_name=re.compile(one_name),
        names_in_a_row=re.compile(in_a_row),
        simplify=simplifier(),
        safe=safe,
        beside_safe=beside_safe,
        items={field: re.compile(called) for field, called in raw["items"].items()},
        put_right={
            field: re.compile(raw["put_right"].replace("ITEM", called))
            for field, called in raw["items"].items()
        },
        others_before=re.compile(rf"(?:{others})(?:们|本人)?{number}(?:是|为|[:：])?\s*$"),
        pronoun_before=re.compile(rf"(?:^|[，,。\s])[他她]{number}(?:是|为|[:：])?\s*$"),
        others_after=re.compile(rf"^\s*(?:这|就)?是(?:那个)?(?:{others})(?:们)?{number}"),
        choices=frozenset(raw["choices"]),
        choices_that_answer=raw["choices_that_answer"],
        number_of=re.compile(rf"^{number}(?:是|为|[:：])?\s*$"),
    )


def _clauses(raw: Mapping[str, Any]) -> tuple[dict[str, re.Pattern[str]], re.Pattern[str]]:
    """({kind: with a piece that says enough}, of pieces that may stand beside one): a clause often
    runs on, 我没事了继续说吧."""
    beside = _filled(raw, "beside")

    def said(over: Sequence[str]) -> re.Pattern[str]:
        enough = _filled({**raw, "enough": [*raw["enough"], *over]}, "enough")
        return re.compile(f"{beside}{{0,2}}{enough}(?:{enough}|{beside}){{0,2}}")

    safe = {kind: said(one["says"]) for one in raw["over"] for kind in one["kinds"]}
    return {"": said(()), **safe}, re.compile(f"{beside}{{1,3}}")


def _names(raw: Mapping[str, str]) -> tuple[str, str]:
    """(a personal name that ends where another word begins, several of them in a row)"""
    families = yaml.safe_load((DATA / "words" / "surnames.yml").read_text("utf-8"))
    compound = "|".join(families["compound"])
    family = rf"(?:{compound}|[{families['single'].strip()}])"
    ends = rf"(?={raw['between']}|{raw['after']}|$)"
    given = rf"(?:{raw['title']}|[\u4e00-\u9fff]{{1,2}}?)"
    name = rf"(?![和与跟及])(?:[老小阿]{family}|{family}{given}){ends}"
    between = f"(?:{raw['between']})+"
    return name, rf"(?:^|{raw['before']}|(?<=[\s,，。:：、]))(?P<names>{name}(?:{between}{name})+)"


def _filled(raw: Mapping[str, Any], name: str) -> str:
    """Any of the patterns of this name, with the lists of `words` put in."""
    pattern = _any_of(raw[name])
    for word, listed in raw["words"].items():
        pattern = pattern.replace(f"<{word}>", _any_of(listed))
    return pattern


def _any_of(patterns: Sequence[str]) -> str:
    return f"(?:{'|'.join(patterns)})"
