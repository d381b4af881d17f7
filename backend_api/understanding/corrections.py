"""What the citizen takes back: 不是12号，是13号; 公司名字错了，叫…; 地址改成….

The words are `data/words/corrections.yml`. What is taken back is no fact (`pipeline` drops it).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from backend_api.understanding.analysis import Span
from backend_api.understanding.normal import normalise

_CLAUSE = r"[^，。,！!？?；;：:\n]"
_MARK = r"[，,、。；;！!～~\s]"
_START = rf"(?:(?<!{_CLAUSE})|(?<=[ 　]))"
_RIGHT = rf"(?P<right>{_CLAUSE}{{1,30}})"
_ENDS = " 的啊呀哦噢啦了哈呢嘛~～"


@dataclass(frozen=True, slots=True)
class Correction:
    """`wrong` and `right` are spans of the text, each None when only the other is said; `field` is
    the draft's field that the words name (where, when, amount, contact, name, respondent, people),
    empty when they name none."""

    wrong: Span | None
    right: Span | None
    field: str = ""


@dataclass(frozen=True, slots=True)
class CorrectionWords:
    """The patterns of `data/words/corrections.yml`, in the order they are tried."""

    patterns: tuple[re.Pattern[str], ...]
    no_wrong: re.Pattern[str]
    others: re.Pattern[str]
    fields: Mapping[str, re.Pattern[str]]


def find_corrections(text: str) -> tuple[Correction, ...]:
    """Corrections in the order of the text, in offsets of the text as received."""
    words, simplify = _tools()
    return corrections_in(normalise(text, simplify).text, words)


def corrections_in(text: str, words: CorrectionWords) -> tuple[Correction, ...]:
    """The same for a text that is normalised already."""
    found: list[Correction] = []
    taken: list[tuple[int, int]] = []
    for pattern in words.patterns:
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            if one := _correction(match, words):
                found.append(one)
                taken.append(match.span())
    return tuple(sorted(found, key=_start))


def takes_back(corrections: tuple[Correction, ...], start: int, end: int) -> bool:
    """Is what stands there taken back?

    With nothing put in its place it has to be all that is denied: 不是12号 denies the day,
    不是南山区第一次停电 no place.
    """
    for one in corrections:
        if one.wrong is None or not one.wrong.start <= start <= end <= one.wrong.end:
            continue
        if one.right or (start == one.wrong.start and end == one.wrong.end):
            return True
    return False


def correction_words(raw: Mapping[str, Any]) -> CorrectionWords:
    """Raises KeyError or re.error when a list is missing or wrong."""
    named = "|".join(raw["fields"].values())
    wrong = rf"(?:在|叫)?(?P<wrong>{_CLAUSE}{{1,20}}?)"
    lead = rf"(?:{_MARK}*{raw['is']}|{_MARK}+{raw['loose']}|{_MARK}+(?=\d))[:：\s]*"
    fresh = rf"(?:{raw['is']}|{raw['loose']}|{raw['change']}|为)?[:：\s]*"
    mistyped = rf"(?:的)?(?:是)?(?:我)?{raw['mistyped']}{raw['sorry']}{fresh}"
    mistaken = rf"(?:{raw['mistyped']}|{raw['mistaken']}){raw['sorry']}{fresh}"
    sources = (
        rf"{raw['not']}{wrong}{lead}{_RIGHT}",
        rf"(?:{raw['is']})(?P<right>{_CLAUSE}{{1,20}}?){_MARK}*(?:而)?{raw['not']}{wrong}"
        rf"(?=[啊呀哦]?(?:{_MARK}|$))",
        rf"{_START}(?:把)?{raw['by_me']}(?P<field>{named})(?:从{_CLAUSE}{{1,20}}?)?"
        rf"{raw['change']}[:：\s]*{_RIGHT}",
        rf"{_START}{raw['by_me']}(?P<field>{named})(?:我)?{mistaken}{_RIGHT}",
        rf"{_START}{raw['by_me']}{mistyped}{_RIGHT}",
        rf"{_START}(?P<wrong>{_CLAUSE}{{1,12}}?){mistyped}{_RIGHT}",
        rf"{raw['not']}{wrong}[的啊呀哦啦]*(?={_MARK}|$)",
    )
    return CorrectionWords(
        tuple(map(re.compile, sources)),
        re.compile(raw["no_wrong"]),
        re.compile("|".join(raw["others"])),
        {field: re.compile(pattern) for field, pattern in raw["fields"].items()},
    )


def _correction(match: re.Match[str], words: CorrectionWords) -> Correction | None:
    groups = match.groupdict()
    wrong, right = (_span(match, name) for name in ("wrong", "right"))
    if wrong and words.no_wrong.search(groups["wrong"].strip()):
        return None
    by_name = not groups.get("wrong") or "错" not in match.group()
    if not by_name and words.others.search(groups["wrong"]):
        return None
    return Correction(wrong, right, _field(match, words)) if wrong or right else None


def _field(match: re.Match[str], words: CorrectionWords) -> str:
    """The field that the words in front of the right part name."""
    groups = match.groupdict()
    before = match.string[max(0, match.start() - 8) : match.start()]
    said = groups.get("field") or f"{before}{groups.get('wrong') or ''}"
    return next((name for name, one in words.fields.items() if one.search(said)), "")


def _span(match: re.Match[str], name: str) -> Span | None:
    part = match.groupdict().get(name)
    if not part or not part.strip(_ENDS):
        return None
    start = match.start(name) + len(part) - len(part.lstrip())
    return Span(start, match.start(name) + len(part.rstrip(_ENDS)))


def _start(one: Correction) -> int:
    spans = [span.start for span in (one.wrong, one.right) if span]
    return min(spans)


@cache
def _tools() -> tuple[CorrectionWords, Callable[[str], str]]:
    from backend_api.understanding.models import DATA, read_words, simplifier  # they hold ours

    return correction_words(read_words(DATA, "corrections")), simplifier()
