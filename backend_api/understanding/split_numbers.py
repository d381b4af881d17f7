"""A number typed in two messages: 1380013 and then 8000. Neither is one; together they are."""

import re
from dataclasses import dataclass

from backend_api.understanding.analysis import Span
from backend_api.understanding.digits import DIGIT, digits_of, find_numbers
from backend_api.understanding.normal import fold, scrubbed

_GAP = r"[ \-—–.·_\n]{0,2}"
_ENDING = re.compile(rf"{DIGIT}(?:{_GAP}{DIGIT})*(?=[ \-—–.·_,，、。…~\s]*$)")
_BEGINNING = re.compile(
    rf"[ \-—–.·_,，、。…~\s]*(?:后面(?:是|的)?|接着|还有|然后)?[:： ]*"
    rf"(?P<digits>{DIGIT}(?:{_GAP}{DIGIT})*[xX]?)"
)
# What the second half counts when it is no part of a number: 8000块, 3个月.
_COUNTED = re.compile(r"\s*(?:[元块万千百十个年月日号天次点楼栋层户人名位%.]|多|左右|平|米|斤)")
_SHORTEST, _LONGEST = 2, 18


@dataclass(frozen=True, slots=True)
class SplitNumber:
    """`value` in digits; `kind` phone or idcard; the two parts as spans of their own messages."""

    value: str
    kind: str
    before: Span
    after: Span


def find_split_number(before: str, text: str) -> SplitNumber | None:
    """The number that ends `before` and begins `text`; None when each part stands for itself.

    `before` may be several messages, joined by line breaks. Only mobile numbers, landlines with
    their area code and identity cards are put together: a sum and a date are not.
    """
    first = _last_digits(fold(scrubbed(before)))
    second = _BEGINNING.match(fold(scrubbed(text)))
    if first is None or second is None or _COUNTED.match(fold(text), second.end()):
        return None
    parts = (digits_of(first.group()), digits_of(second["digits"]))
    if any(_is_number(one) for one in parts) or max(map(len, parts)) >= _LONGEST:
        return None
    kind = _kind(*parts)
    if kind is None:
        return None
    return SplitNumber("".join(parts), kind, Span(*first.span()), Span(*second.span("digits")))


def _last_digits(text: str) -> re.Match[str] | None:
    """The run of digits that a text ends in; only its last characters can belong to it."""
    at = max(0, len(text) - 2 * _LONGEST - 8)
    found = _ENDING.search(text, at)
    return found if found and len(digits_of(found.group())) >= _SHORTEST else None


def _is_number(digits: str) -> bool:
    numbers = find_numbers(digits)
    return bool(numbers.phones or numbers.idcards)


def _kind(first: str, second: str) -> str | None:
    if re.fullmatch(r"1[3-9]\d{9}", first + second) and len(first) > 1:
        return "phone"
    if re.fullmatch(r"0\d{2,3}", first) and re.fullmatch(r"[2-8]\d{6,7}", second):
        return "phone"
    cards = find_numbers(first + second).idcards
    return "idcard" if cards and cards[0].valid else None
