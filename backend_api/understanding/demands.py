"""What the citizen wants: the clause of 要求…, 希望…, 能不能帮我…, without negated ones.

The words are `data/words/demands.yml`. Words that are mostly a citizen's own (希望, 恳请) count
anywhere; words that others use as well (要求, 请, 想) only where a clause begins or behind the
citizen's own subject; bare bids (让老板给钱就行) only where a sentence ends with them. The wish of
somebody else (老板要求我们加班), a quoted rule (按照…要求) and a noun (要求很高) are none. The
tersest bids (退钱, 开票, 赔) count only as a clause of their own at such an end.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend_api.understanding.analysis import Demand

_CLAUSE = re.compile(r"[，。,!！?？;；:：\s~～…“”\"‘’（(）)\n]")
_SENTENCE_ENDS = "。！？!?\n；;"
_ASKED_OF_US_MOST = 40
_LONGEST, _LONGEST_LIST = 120, 240
_LOOK_BACK = 24
_MOST = 12
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Leads:
    """The words that a wish begins with."""

    announced: re.Pattern[str]
    anywhere: re.Pattern[str]
    at_head: re.Pattern[str]
    closing: re.Pattern[str]
    terse: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Verbs:
    """Of wishes: what `anybodys` say as well, what is `told` of, what calls on an office."""

    anybodys: tuple[str, ...]
    told: tuple[str, ...]
    vocatives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Whose:
    """By what stands beside a wish: whose it is, and whether it is one."""

    own_head: re.Pattern[str]
    own_tail: re.Pattern[str]
    subject_of_want: re.Pattern[str]
    negated: re.Pattern[str]
    others: re.Pattern[str]
    offices: re.Pattern[str]
    quoting: re.Pattern[str]
    quoted_own: re.Pattern[str]
    of_me: re.Pattern[str]
    asked_of_us: re.Pattern[str]
    before_now: re.Pattern[str]
    in_vain: re.Pattern[str]
    done: re.Pattern[str]
    verbs: Verbs


@dataclass(frozen=True, slots=True)
class DemandWords:
    """The lists of `data/words/demands.yml`, as patterns."""

    leads: Leads
    whose: Whose
    left_out: re.Pattern[str]
    stop: re.Pattern[str]
    list_stop: re.Pattern[str]
    list: re.Pattern[str]


def demand_words(raw: Mapping[str, Any]) -> DemandWords:
    """Raises KeyError or re.error when a list is missing or wrong."""
    words = {name: _joined(value) for name, value in raw["words"].items()}
    words["sum"] = raw["sum"]
    words["words"] = f"(?:{words['subject']}|{words['adverb']})"

    def compiled(value: str | Sequence[str]) -> re.Pattern[str]:
        pattern = _joined(value)
        for name, word in words.items():
            pattern = pattern.replace(f"<{name}>", f"(?:{word})")
        return re.compile(pattern)

    groups = [_group(one["group"], one["patterns"]) for one in raw["at_head"]]
    closing = f"(?:{_joined(raw['closing'])}){raw['closing_end']}"
    terse = f"{raw['terse_lead']}(?:{_joined(raw['terse'])}){raw['terse_end']}"
    verbs = Verbs(*(tuple(raw[name]) for name in Verbs.__slots__))
    patterns = {name: compiled(raw[name]) for name in Whose.__slots__ if name != "verbs"}
    return DemandWords(
        Leads(*map(compiled, (raw["announced"], raw["anywhere"], groups, closing, terse))),
        Whose(**patterns, verbs=verbs),
        *map(compiled, (raw["left_out"], raw["stop"], raw["list_stop"], raw["list"])),
    )


def _joined(value: str | Sequence[str]) -> str:
    return value if isinstance(value, str) else "|".join(value)


def _group(name: str, patterns: Sequence[str]) -> str:
    return f"(?P<{name}>{_joined(patterns)})" if name else _joined(patterns)


def find_demands(text: str, words: DemandWords) -> tuple[Demand, ...]:
    """At most twelve spans from the wish to the end of its sentence, 120 characters each.

    After 我的诉求是, 我就是想 and 麻烦你们 the span begins behind these words; a numbered list is
    one span. A negated
    wish (不要求赔偿) and the other side's wish (老板要求我们加班) are none.
    """
    found: list[Demand] = []
    at = 0
    for lead, start, inner in sorted(_leads(text, words)):
        if lead < at:
            continue
        terse = words.leads.terse.match(text, start)
        end = terse.end() if terse else _end(text, start, inner, words)
        start = _without_lead(text, start, end, words)
        if terse or end - start >= _SHORTEST:
            found.append(Demand(start, end, text[start:end]))
            at = end
        if len(found) == _MOST:
            break
    return tuple(found)


def _without_lead(text: str, start: int, end: int, words: DemandWords) -> int:
    lead = words.left_out.match(text, start, end)
    return lead.end() if lead else start


def _leads(text: str, words: DemandWords) -> Iterator[tuple[int, int, int]]:
    """(where a lead begins, where the demand begins, where the lead ends)."""
    whose = words.whose
    for one in words.leads.announced.finditer(text):
        if _is_announced(text, one, whose):
            yield one.start(), one.end(), one.end()
    yield from _said_by_others_too(text, words)
    for one in words.leads.anywhere.finditer(text):
        if _is_wish(text, one.start(), whose):
            yield one.start(), one.start(), one.end()
    yield from _bids(text, words)


def _bids(text: str, words: DemandWords) -> Iterator[tuple[int, int, int]]:
    """Wishes by what is to be done, without a word of wishing."""
    for one in words.leads.closing.finditer(text):
        if _is_bid(text, one.start(), words.whose):
            yield one.start(), one.start(), one.end()
    for one in words.leads.terse.finditer(text):
        if not _is_quoted(text, one.start(), words.whose):
            yield one.start(), one.start(), one.end()


def _said_by_others_too(text: str, words: DemandWords) -> Iterator[tuple[int, int, int]]:
    whose = words.whose
    for one in words.leads.at_head.finditer(text):
        if _is_own(text, one, whose):
            subject = whose.subject_of_want.search(text[max(0, one.start() - 8) : one.start()])
            start = one.start() - (len(subject.group()) if subject and one["wants"] else 0)
            yield one.start(), start, one.end()


def _is_bid(text: str, at: int, whose: Whose) -> bool:
    """让老板给钱就行, 把工钱要回来: said by the citizen, and not what they tell of having done."""
    before = _clause(text, at)
    if not (whose.own_head.fullmatch(before) or whose.own_tail.search(before)):
        return False
    if _is_quoted(text, at, whose) or whose.negated.search(before):
        return False
    sentence = re.split(f"[{_SENTENCE_ENDS}]", text[max(0, at - _ASKED_OF_US_MOST) : at])[-1]
    return not whose.done.search(sentence)


def _is_announced(text: str, match: re.Match[str], whose: Whose) -> bool:
    before = _clause(text, match.start())
    own = whose.own_head.fullmatch(before) or whose.own_tail.search(before.removesuffix("的"))
    return bool(own) and not whose.negated.search(before)


def _is_wish(text: str, at: int, whose: Whose) -> bool:
    before = _clause(text, at)
    if whose.negated.search(before) or _is_quoted(text, at, whose):
        return False
    if not text.startswith(whose.verbs.anybodys, at):
        return True
    return not (
        whose.others.search(before)
        or whose.of_me.match(text, at)
        or _is_told(text, at, before, whose)
    )


def _is_told(text: str, at: int, before: str, whose: Whose) -> bool:
    """我们多次要求开发商退房，但对方不理: what was asked in vain before."""
    if not text.startswith(whose.verbs.told, at):
        return False
    return bool(whose.before_now.search(before) or whose.in_vain.match(text, at))


def _is_own(text: str, match: re.Match[str], whose: Whose) -> bool:
    at = match.start()
    before = _clause(text, at)
    if not _is_wish(text, at, whose) or not _has_own_head(before, match, whose):
        return False
    if match["wants"] and not before and at and match.group().startswith("要"):
        return False
    if not match["asks"]:
        return True
    vocative = match.group().startswith(whose.verbs.vocatives)
    return not (
        (whose.offices.search(before) and not vocative)
        or (not before and _is_asked_of_us(text, at, whose))
    )


def _has_own_head(before: str, match: re.Match[str], whose: Whose) -> bool:
    if match["can"]:
        return not before.endswith(("我", "我们"))
    return bool(whose.own_head.fullmatch(before) or whose.own_tail.search(before))


def _is_asked_of_us(text: str, at: int, whose: Whose) -> bool:
    """学校打电话来，要求交钱: the subject stands in the clause before."""
    if not whose.asked_of_us.match(text, at):
        return False
    return any(
        whose.others.search(part[: end + 1]) is not None
        for part in [text[max(0, at - _ASKED_OF_US_MOST) : at]]
        for end in range(len(part))
    )


def _is_quoted(text: str, at: int, whose: Whose) -> bool:
    before = text[max(0, at - 60) : at]
    opened = max(before.rfind("“"), before.rfind("「"))
    if opened > max(before.rfind("”"), before.rfind("」")):
        return True
    return whose.quoting.search(before) is not None and not whose.quoted_own.search(before)


def _clause(text: str, at: int) -> str:
    """What stands before `at` in its clause, 24 characters at most."""
    return _CLAUSE.split(text[max(0, at - _LOOK_BACK) : at])[-1]


def _end(text: str, start: int, inner: int, words: DemandWords) -> int:
    listed = words.list.match(text, inner)
    stop, longest = (words.list_stop, _LONGEST_LIST) if listed else (words.stop, _LONGEST)
    found = stop.search(text, inner, inner + longest)
    end = found.start() if found else min(len(text), inner + longest)
    return start + len(text[start:end].rstrip("，,、 ：:~～"))
