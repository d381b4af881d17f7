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
_ENDS = " 的啊呀哦噢啦了哈呢嘛吧~～"
# What is no part of the right words; 网吧 keeps its end.
_ENDING = re.compile(rf"(?:(?<![网酒茶水书氧])吧|[{_ENDS.replace('吧', '')}])+$")
_TAIL = rf"[的啊呀哦啦]?(?:{_MARK}|$)"
_NUMBER = re.compile(r"[\d零〇一二两三四五六七八九十百千万]")
_WRONG = rf"(?:在|叫)?(?P<wrong>{_CLAUSE}{{1,20}}?)"
_LEAD = rf"(?:{_MARK}*<is>|{_MARK}+<loose>|{_MARK}+(?=\d))[:：\s]*"
_FRESH = r"(?:<is>|<loose>|<change>|为)?[:：\s]*"
_SLIP = rf"(?:的)?(?:是)?(?:我)?(?P<slip><mistyped>)<sorry>{_FRESH}"
_DENIED = rf"{_MARK}*(?:而)?<not>{_WRONG}(?=[啊呀哦]?(?:{_MARK}|$))"
# In the order they are tried; <name> is a list of `data/words/corrections.yml`.
_SOURCES = (
    # 不是12号，是13号; 不是五千，六千
    rf"<not>{_WRONG}{_LEAD}{_RIGHT}",
    rf"<not>{_WRONG}{_MARK}+(?P<alike>){_RIGHT}(?={_MARK}|$)",
    # 是13号，不是12号; 叫锦绣园，不是锦秀园; 六千才对
    rf"<is>(?P<right>{_CLAUSE}{{1,20}}?){_DENIED}",
    rf"叫(?P<alike>)(?P<right>{_CLAUSE}{{1,20}}?){_DENIED}",
    rf"{_START}<is>?(?P<right>{_CLAUSE}{{1,20}}?)才(?:是)?(?:对|正确)(?:的)?(?:{_DENIED})?",
    # 我姓黄不姓王; 不姓王，姓黄
    rf"(?P<field>姓)(?P<right>[一-龥]{{1,2}}?){_MARK}*不(?:是)?姓(?P<wrong>[一-龥]{{1,2}}?)(?={_TAIL})",
    rf"不(?:是)?姓(?P<wrong>[一-龥]{{1,2}}?){_MARK}*是?(?P<field>姓)(?P<right>[一-龥]{{1,2}}?)(?={_TAIL})",
    # 地址从…改成…; 公司名字错了，叫…; 记错了日期，是…
    rf"{_START}(?:把)?<by_me><named>(?:从{_CLAUSE}{{1,20}}?)?<change>[:：\s]*{_RIGHT}",
    rf"{_START}<by_me><named>(?:我|也|都|还|给)*(?:<mistyped>|<mistaken>)<sorry>{_FRESH}{_RIGHT}",
    rf"{_START}<by_me><mistyped><named><sorry>{_FRESH}{_RIGHT}",
    # 把5栋写成6栋了; 房号写成301了，应该是302; 是6栋，写成5栋了
    rf"{_START}<by_me>把(?P<right>{_CLAUSE}{{1,12}}?)<put>(?P<wrong>{_CLAUSE}{{1,12}})",
    rf"{_START}<by_me><named>?<put>(?P<wrong>{_CLAUSE}{{1,12}}){_MARK}+<is>[:：\s]*{_RIGHT}",
    rf"<is>(?P<right>{_CLAUSE}{{1,20}}?){_MARK}+<by_me><put>(?P<wrong>{_CLAUSE}{{1,12}})",
    # 打错了，是…; 不对不对，…; 是15号，我记错了; 12号打错了，是13号
    rf"{_START}<by_me>{_SLIP}{_RIGHT}",
    rf"{_START}<by_me>(?:<retracted>(?:{_MARK}|[:：])*)+<sorry>(?:<named>(?:是|为)?)?{_FRESH}{_RIGHT}",
    rf"{_START}(?:不好意思|抱歉|对不起|等等|等一?下|不){_MARK}+<is>[:：\s]*"
    rf"(?P<right>(?!<others>){_CLAUSE}{{1,12}}?)(?={_MARK}|$)",
    rf"<is>(?P<right>{_CLAUSE}{{1,20}}?){_MARK}+<by_me><mistyped>(?={_MARK}|$)",
    rf"{_START}(?P<wrong>{_CLAUSE}{{1,12}}?){_SLIP}{_RIGHT}",
    # 改成15号吧, as the whole message; 不是12号
    rf"^<by_me><change>[:：\s]*(?P<right>(?!<others>){_CLAUSE}{{1,15}})$",
    rf"<not>{_WRONG}[的啊呀哦啦]*(?={_MARK}|$)",
)


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
    promised: re.Pattern[str]
    fields: Mapping[str, re.Pattern[str]]
    address_part: re.Pattern[str]


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
    words = {name: f"(?:{'|'.join(listed)})" for name, listed in raw["words"].items()}
    words["others"] = f"(?:{'|'.join(raw['others'])}|别人|我|这样|因为|说)"
    words["named"] = f"(?P<field>{'|'.join(raw['fields'].values())})"
    return CorrectionWords(
        tuple(_compiled(source, words) for source in _SOURCES),
        re.compile("|".join(raw["no_wrong"])),
        re.compile("|".join(raw["others"])),
        re.compile(raw["promised"]),
        {field: re.compile(pattern) for field, pattern in raw["fields"].items()},
        re.compile(raw["address_part"]),
    )


def _compiled(source: str, words: Mapping[str, str]) -> re.Pattern[str]:
    for name, pattern in words.items():
        source = source.replace(f"<{name}>", pattern)
    return re.compile(source)


def _correction(match: re.Match[str], words: CorrectionWords) -> Correction | None:
    wrong, right = (_span(match, name) for name in ("wrong", "right"))
    if wrong and not _is_own_mistake(match, match.string[wrong.start : wrong.end], words):
        return None
    if wrong and right and "alike" in match.re.groupindex and not _is_alike(match):
        return None
    if right and any(
        one.fullmatch(match.string, right.start, right.end) for one in words.fields.values()
    ):
        return None
    return Correction(wrong, right, _field(match, words)) if wrong or right else None


def _is_own_mistake(match: re.Match[str], wrong: str, words: CorrectionWords) -> bool:
    """Not a wrong that is told: 医院搞错了, 说好的是5000，不是3000, 不是钱的问题."""
    before = match.string[max(0, match.start() - 14) : match.start()]
    if words.no_wrong.search(wrong) or words.promised.search(before):
        return False
    return not (match.groupdict().get("slip") and words.others.search(wrong))


def _is_alike(match: re.Match[str]) -> bool:
    """不是五千，六千: with no word of being between them, only their form tells that they belong
    together: two numbers, or the same ending."""
    wrong, right = match["wrong"].strip(_ENDS), match["right"].strip(_ENDS)
    both_numbers = bool(_NUMBER.match(wrong) and _NUMBER.match(right))
    return both_numbers or (wrong[-1:] == right[-1:] and len(right) <= len(wrong) + 2)


def _field(match: re.Match[str], words: CorrectionWords) -> str:
    """The field that the words in front of the right part name, or that its form tells."""
    groups = match.groupdict()
    before = match.string[max(0, match.start() - 8) : match.start()]
    said = groups.get("field") or f"{before}{groups.get('wrong') or ''}"
    named = next((name for name, one in words.fields.items() if one.search(said)), "")
    if not named and words.address_part.match((groups.get("right") or "").strip(_ENDS)):
        return "where"
    return named


def _span(match: re.Match[str], name: str) -> Span | None:
    part = match.groupdict().get(name)
    if not part or not part.strip(_ENDS):
        return None
    start = match.start(name) + len(part) - len(part.lstrip())
    return Span(start, match.start(name) + len(_ENDING.sub("", part)))


def _start(one: Correction) -> int:
    spans = [span.start for span in (one.wrong, one.right) if span]
    return min(spans)


@cache
def _tools() -> tuple[CorrectionWords, Callable[[str], str]]:
    from backend_api.understanding.models import DATA, read_words, simplifier  # they hold ours

    return correction_words(read_words(DATA, "corrections")), simplifier()
