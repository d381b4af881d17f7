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
    "place_word",
    "no_name",
    "wish",
    "reported",
    "courtesy",
    "value_lead",
    "place_answer",
    "wish_lead",
    "wish_clause",
    "done",
    "result",
    "to_service",
    "particles",
    "representative",
    "swapped",
    "tone",
    "of_form",
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
    done: re.Pattern[str]
    result: re.Pattern[str]
    to_service: re.Pattern[str]
    particles: re.Pattern[str]
    representative: re.Pattern[str]
    # 把X改成Y: groups `wrong` and `right`
    swapped: re.Pattern[str]
    tone: re.Pattern[str]
    of_form: re.Pattern[str]
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
    return TurnWords(
        **{name: re.compile(raw[name]) for name in PLAIN},
        on_behalf=re.compile(_filled(raw["on_behalf"], "patterns")),
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


def _filled(raw: Mapping[str, Any], name: str) -> str:
    """Any of the patterns of this name, with the lists of `words` put in."""
    pattern = _any_of(raw[name])
    for word, listed in raw["words"].items():
        pattern = pattern.replace(f"<{word}>", _any_of(listed))
    return pattern


def _any_of(patterns: Sequence[str]) -> str:
    return f"(?:{'|'.join(patterns)})"
