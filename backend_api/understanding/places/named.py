"""Places by their name: the table of regions, the tagger's LOC words, and endings (小区, 路)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from backend_api.understanding.analysis import Region
from backend_api.understanding.places.premises import Owned
from backend_api.understanding.places.spans import Piece
from backend_api.understanding.places.words import Endings, Gazetteer, PlaceWords
from backend_api.understanding.regions import Match, fits
from backend_api.understanding.tagger import Token, token_at, token_index

_MASKED = re.compile(r"(?<![A-Za-z0-9])[A-Z]\d{0,3}(?:镇|乡|街道|村|社区|小区|路)")
_NAME_TAGS = frozenset(
    {"n", "nz", "LOC", "ORG", "PER", "nw", "m", "nr", "ns", "nt", "s", "vn", "a"}
)
_COUNTING = "一两几多各每某这那"
# 第一，广场舞；第二，小区路灯
_ORDINAL = re.compile(r"第[一二三四五六七八九十\d]+|\d+[家个]")
# A district's short name where no other word can be meant: 在光明的工地, 走到福田，昨天.
_LED_TO = ("在", "住", "到", "位于", "去", "来")
_LED_END = re.compile(r"[，。,、的那这附打干做上\s]|$")
_LONGEST_DISTRICT = 4
_FULL = ("区", "市", "县")
_CLAUSE_EDGE = "，。,.、！!？?；;：:\n "
# 福田水围, 光明将石: what is named right behind a district's short name, to its clause's end.
_QUARTER = re.compile(r"(?P<name>[\u4e00-\u9fff]{0,4})(?=[，。,、！!；;\s]|$)")
_NO_QUARTER = re.compile(
    r"[了着过不没都也被把给让叫要想说很太还就在是有我你他她们人啊吧吗呢嘛坏漏停臭打欠拖退日报吵修拆那这边]"
    r"|噪音|物业|违建|污染|公司|老板|房东|油烟|垃圾|工资|街道|社区|政府|医保|社保|低保|学位|公交|地铁|[局院校厂店]$"
)
_LONGEST_NAME = 10
# 走出一条路 and the like: with a name this long a weak ending is no ending.
_LONGEST_WEAK = 7


def named_regions(
    text: str, tokens: Sequence[Token], gazetteer: Gazetteer, owned: Owned, site: Region
) -> Iterator[Match]:
    """Names of regions that are meant as such, and not as part of an organisation's name."""
    before: Match | None = None
    at = 0
    while match := gazetteer.regions.search(text, at):
        at = match.end
        if any(one.start <= match.start < one.end for one in owned.names):
            continue
        if town := town_end(text, match, gazetteer):
            before = _county(match, gazetteer)
            at = town
            yield before
            continue
        token = token_at(tokens, match.start)
        if (
            _is_believed(match, text, token, gazetteer.words.endings)
            or (match.start in owned.heads and _is_clear(match, text, gazetteer, site))
            or _continues(before, match)
            or _is_in_front(match, owned, gazetteer)
        ):
            before = match
            yield match
        elif not match.whole:
            at = match.start + 1  # 从江 hides 江西 in 从江西


def town_end(text: str, match: Match, gazetteer: Gazetteer) -> int:
    """Where the subdistrict ends that is named right behind its district (龙华民治), or 0."""
    county = _county(match, gazetteer).options[0].county
    towns = gazetteer.towns.get(county)
    if towns is None:
        return 0
    town = towns.match(text, match.end)
    return town.end() if town else _quarter_end(text, match)


def _quarter_end(text: str, match: Match) -> int:
    """Where what begins with a district's short name ends, as a clause of its own; or 0."""
    is_led = text.endswith(_LED_TO, 0, match.start)
    if is_led and _LED_END.match(text, match.end):
        return match.end
    begins = match.start == 0 or text[match.start - 1] in _CLAUSE_EDGE
    if text.endswith(_FULL, 0, match.end) or not (is_led or begins):
        return 0
    quarter = _QUARTER.match(text, match.end)
    return quarter.end() if quarter and not _NO_QUARTER.search(quarter["name"]) else 0


def is_district(text: str, start: int, end: int, gazetteer: Gazetteer) -> bool:
    """龙华 or 民治 of 龙华民治, which the tagger takes for an organisation."""
    at = max(0, start - _LONGEST_DISTRICT)
    while match := gazetteer.regions.search(text, at, start + 1):
        if town_end(text, match, gazetteer) >= end:
            return True
        at = match.start + 1
    return False


def _county(match: Match, gazetteer: Gazetteer) -> Match:
    """Of the regions of that name the one whose subdistricts are known."""
    known = [one for one in match.options if one.county in gazetteer.towns]
    return replace(match, options=tuple(known), whole=True) if known else match


def other_pieces(text: str, tokens: Sequence[Token], words: PlaceWords) -> Iterator[Piece]:
    """Everything named that is no region of the table."""
    yield from _tagged(tokens, words.endings)
    yield from _by_ending(text, tokens, words.endings)
    for pattern in (_MASKED, words.spot):
        yield from (Piece(one.start(), one.end()) for one in pattern.finditer(text))


def _is_clear(match: Match, text: str, gazetteer: Gazetteer, site: Region) -> bool:
    """At the head of an employer's name a county has to be near: 永丰 is a factory's name too."""
    if any(fits(one, site) for one in match.options):
        return True
    name = text[match.start : match.end]
    upper = any(not one.county for one in match.options)
    return (upper or match.whole) and name not in gazetteer.words.endings.everyday


def _is_in_front(match: Match, owned: Owned, gazetteer: Gazetteer) -> bool:
    """龙华 of 龙华富士康, a district whose subdistricts are known."""
    known = any(one.county in gazetteer.towns for one in match.options)
    return known and any(one.start == match.end for one in (*owned.places, *owned.names))


def town_pieces(text: str, gazetteer: Gazetteer) -> Iterator[Piece]:
    """在观澜那边, 布吉，…: a subdistrict named alone where no other word can be meant."""
    for names in gazetteer.towns.values():
        for match in names.finditer(text):
            start, end = match.span()
            is_led = text.endswith(_LED_TO, 0, start)
            begins = start == 0 or text[start - 1] in _CLAUSE_EDGE
            ends = end == len(text) or text[end] in _CLAUSE_EDGE
            if (is_led and _LED_END.match(text, end)) or (begins and ends):
                yield Piece(start, end)


def _continues(before: Match | None, match: Match) -> bool:
    """A county right behind its city (深圳龙岗)."""
    if before is None or before.end != match.start:
        return False
    cities = {one.city or one.province for one in before.options}
    return any(one.city in cities or one.province in cities for one in match.options)


def _is_believed(match: Match, text: str, token: Token | None, endings: Endings) -> bool:
    """A full name stands by itself unless it is an everyday word; a short form (深圳, 五常) has
    to end with a word of the tagger: 五常街道 is no 五常市."""
    if token is None:
        return match.whole
    if token.tag == "PER" and token.end - token.start > match.end - match.start:
        return False
    everyday = text[match.start : match.end] in endings.everyday
    if match.whole:
        return not everyday or token.tag == "LOC"
    upper = any(not one.county for one in match.options)
    if token.tag in ("LOC", "ORG"):
        return token.end == match.end or (upper and token.start == match.start)
    return upper and not everyday and token.start == match.start


def _tagged(tokens: Sequence[Token], endings: Endings) -> Iterator[Piece]:
    for token in tokens:
        if token.tag != "LOC" or len(token.text) == 1:
            continue
        empty = token.text in endings.not_named or token.text in endings.everywhere
        if not empty and not endings.generic.fullmatch(token.text):
            yield Piece(token.start, token.end)


def _by_ending(text: str, tokens: Sequence[Token], endings: Endings) -> Iterator[Piece]:
    for match in endings.any.finditer(text):
        start = _name_start(match.start(), tokens, endings)
        name = text[start : match.start()]
        if len(name) < 2 or name in endings.not_named or _ORDINAL.fullmatch(name):
            continue
        if not _is_common(match, name, text, endings):
            yield Piece(start, match.end())


def _is_common(match: re.Match[str], name: str, text: str, endings: Endings) -> bool:
    """X路 and X村 are names, 走路, 农村, 马路上 and 城镇 are not."""
    ending = match.group()
    if name[-1] + ending in endings.common:
        return True
    if ending not in endings.weak:
        return False
    is_long = len(name) + len(ending) > _LONGEST_WEAK
    return is_long or text.startswith(endings.after_weak, match.end())


def _name_start(at: int, tokens: Sequence[Token], endings: Endings) -> int:
    """The first character of the name that ends at `at`, by walking back over nouns."""
    start = at
    index = token_index(tokens, at - 1)
    if index == len(tokens) or tokens[index].start >= at:
        return start
    while index >= 0 and _belongs(tokens[index], start, at, endings):
        start = tokens[index].start
        index -= 1
    return start


def _belongs(token: Token, start: int, at: int, endings: Endings) -> bool:
    """Is the word before `start` still part of the name that ends at `at`?"""
    if token.end < start or at - token.start > _LONGEST_NAME:
        return False
    return token.tag in _NAME_TAGS if token.end > at else _is_name(token, endings)


def _is_name(token: Token, endings: Endings) -> bool:
    counted = (token.tag == "m" and not token.text.isalnum()) or token.text[0] in _COUNTING
    apart = token.text[-1].isspace()
    named = token.tag in _NAME_TAGS and token.text not in endings.not_named
    return named and not counted and not apart
