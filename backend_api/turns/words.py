"""The words by which a turn tells what a span is for: data/words/turns.yml, read once."""

import re
from dataclasses import dataclass
from functools import cache

import yaml

from backend_api.understanding.models import DATA


@dataclass(frozen=True, slots=True)
class TurnWords:
    place_lead: re.Pattern[str]
    demand_lead: re.Pattern[str]
    phone_lead: re.Pattern[str]
    self_named: re.Pattern[str]
    clause_rest: re.Pattern[str]
    safe: re.Pattern[str]
    # "老板电话" before the number, "是老板的电话" after it, "的电话是" after a person's name
    others_before: re.Pattern[str]
    others_after: re.Pattern[str]
    number_of: re.Pattern[str]


@cache
def turn_words() -> TurnWords:
    """Raises KeyError, re.error when the data file is not as it must be."""
    raw = yaml.safe_load((DATA / "words" / "turns.yml").read_text("utf-8"))
    others, number = raw["others"], raw["number"]
    plain = ("place_lead", "demand_lead", "phone_lead", "self_named", "clause_rest")
    return TurnWords(
        **{name: re.compile(raw[name]) for name in plain},
        safe=re.compile("|".join(f"(?:{one})" for one in raw["safe"])),
        others_before=re.compile(rf"(?:{others})(?:们|本人)?{number}(?:是|为|[:：])?\s*$"),
        others_after=re.compile(rf"^\s*(?:这|就)?是(?:那个)?(?:{others})(?:们)?{number}"),
        number_of=re.compile(rf"^{number}(?:是|为|[:：])?\s*$"),
    )
