"""What a citizen puts right in the draft: a named item, or a part of a known value. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from backend_api.drafts.rules import masked_value
from backend_api.turns.finders import EDGES, Found, Said, part_of_message, trimmed
from backend_api.turns.words import turn_words
from backend_api.understanding.analysis import Span

# Items that the words of `understanding.corrections` do not name, with the words that do.
NAMED = ("respondent", "demand")
# Whose right value may be any words, once it was asked for.
FREE = frozenset({"respondent", "name", "on_behalf"})
LONGEST_NAME = 30
# Fields of which a part may be put right by the part alone: 6栋 in an address, 15号 in a day.
IN_PARTS = ("where", "when")
# Those that are put right by a part. The account is among them: it grows otherwise.
ACCOUNT = "what"
MENDED = frozenset({ACCOUNT, "where", "when", "respondent", "name", "demand", "amount", "people"})
_NUMBER = "[A-Za-z]?[0-9０-９零〇一二三四五六七八九十百两]+"
_PART = re.compile(rf"({_NUMBER})(号楼|号院|[栋幢座楼层室号日月点年期]|单元|弄)")
NUMERALS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
# Two words for one part.
_SAME_UNIT = {"日": "号", "幢": "栋", "号楼": "栋"}


def named_right(one: Said) -> tuple[str, Found] | None:
    """对方写错了，是老马家烤肉; 诉求改成退钱: the item and its right value."""
    for field in NAMED:
        match = turn_words().put_right[field].search(one.text)
        if match is not None:
            found = trimmed(one, match.start("right"), match.end("right"))
            return field, replace(found, explicit=True, corrects=True)
    return None


def swapped(one: Said, known: Mapping[str, str]) -> dict[str, Found]:
    """把龙岗街道改成龙城街道: the field that has the old words, and the new words for
    them; with the account, where they stand in it.

    Of an item that is called by its name (把押金改成7800) the words are the name and not its value.
    """
    match = turn_words().swapped.search(one.text)
    if match is None or any(correction.field for correction in one.corrections):
        return {}
    wrong = match["wrong"].strip(EDGES)
    fields = _first(name for name, value in known.items() if _is_of(wrong, name, value))
    found = trimmed(one, match.start("right"), match.end("right"))
    return {field: _in_place(field, found, wrong) for field in fields}


def _is_of(wrong: str, field: str, value: str) -> bool:
    return field in MENDED and len(wrong) > 1 and wrong in value


def _in_place(field: str, found: Found, wrong: str) -> Found:
    masked = masked_value(field, found.value) if field == "name" else found.masked
    return replace(found, masked=masked, explicit=True, corrects=True, instead_of=wrong)


def last_digits_put_right(one: Said, known: Mapping[str, str]) -> tuple[str, Found] | None:
    """电话最后一位错了 是8: the number that was given, with its last digits put right."""
    phone, match = known.get("contact", ""), turn_words().last_digits.search(one.text)
    if match is None or not phone.isdigit():
        return None
    right = match["right"]
    counted = NUMERALS.get(match["count"] or "", len(right))
    if counted != len(right) or len(right) >= len(phone):
        return None
    value = phone[: -len(right)] + right
    found = Found(value, masked_value("contact", value), explicit=True, corrects=True)
    return "contact", found


def item_named(text: str) -> str:
    """The item of the read-back that is called by its name first; empty where none is."""
    places = [(found.start(), name) for name, found in _named_in(text).items()]
    return min(places)[1] if places else ""


def _named_in(text: str) -> dict[str, re.Match[str]]:
    tried = {name: words.search(text) for name, words in turn_words().items.items()}
    return {name: found for name, found in tried.items() if found is not None}


def right_value(said: Sequence[Said], field: str) -> Found | None:
    """The words with which the question for the right value of an item is answered."""
    text = said[-1].text
    lead = turn_words().value_lead.match(text)
    start = lead.end() if lead is not None else 0
    value = text[start:].strip(EDGES + "！!～~")
    is_name = field in FREE and 1 < len(value) <= LONGEST_NAME
    if not is_name or turn_words().no_name.search(value) or turn_words().courtesy.fullmatch(value):
        return None
    start = text.index(value, start)
    found = trimmed(said[-1], start, start + len(value))
    return replace(found, explicit=True, corrects=True)


def parts_put_right(one: Said, known: Mapping[str, str]) -> dict[str, Found]:
    """不是5栋是6栋, 写错了，是6栋: the field that has this part, and the right words for
    it; with the account, where the wrong words stand in it."""
    for correction in one.corrections:
        if correction.right is None:
            continue
        right = part_of_message(one, correction.right)
        fresh = trimmed(right, 0, len(right.text))
        wrong = {
            field: part
            for field, value in known.items()
            if (part := _wrong_part(one, correction.wrong, fresh.value, value, field))
        }
        if wrong:
            return {field: _in_place(field, fresh, wrong[field]) for field in _first(wrong)}
    return {}


def _first(fields: Iterable[str]) -> list[str]:
    """One item and the account: of two items with the same words one is meant."""
    listed = list(fields)
    items = [field for field in listed if field != ACCOUNT]
    return [*items[:1], *(field for field in listed if field == ACCOUNT)]


def _wrong_part(one: Said, wrong: Span | None, fresh: str, value: str, field: str) -> str:
    if wrong is not None:
        said = one.text[wrong.start : wrong.end].strip(EDGES)
        return said if _is_of(said, field, value) else ""
    return same_part(value, fresh) if field in IN_PARTS else ""


def is_part(text: str) -> bool:
    """One part of an address and no more: 7栋."""
    return _PART.fullmatch(text) is not None


def same_part(known: str, fresh: str) -> str:
    """The part of the known value that the fresh words are another of: 12号 in 9月12号 for 15日.

    Empty where the fresh words are more than one part, or say another thing.
    """
    part = _PART.fullmatch(fresh)
    if part is None:
        return ""
    unit = _SAME_UNIT.get(part[2], part[2])
    same = [one for one in _PART.finditer(known) if _SAME_UNIT.get(one[2], one[2]) == unit]
    return same[0][0] if len(same) == 1 and same[0][0] != known else ""
