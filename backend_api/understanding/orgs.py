"""Organisations: companies, shops, schools, hospitals, offices; named or only meant (物业)."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backend_api.understanding.analysis import Org
from backend_api.understanding.regions import Regions
from backend_api.understanding.tagger import Token

_TAGS = frozenset({"n", "nz", "LOC", "ORG", "PER", "nw", "m", "nr", "ns", "nt", "s", "vn"})
_QUOTED = re.compile(r"[“\"「『‘']([^“”\"「」『』‘’'，。,]{2,16})[”\"」』’']")
_CALLED = re.compile(r"(?:叫做?|名叫|名为|店名|公司名|[店司构厂]名?是)$")
_KIND_OF_ORG = re.compile(
    r"(?:公司|店|机构|厂|平台|学校|医院|品牌|健身房|超市|中介|集团)(?:叫做?|名叫|名为)?$"
)
_LONGEST = 22
_STREET = re.compile(r"[\u4e00-\u9fff]{1,5}?(?:街道|镇|乡)(?!政府|卫生|中心|小学|中学|派出)")
_PUBLIC = ("人民", "公安", "教育局", "住建", "人社", "社保", "民政", "城管")
_MASKED_HEAD = re.compile(r"[A-Z]\d{0,3}$")
_NOT_AFTER = re.compile(r"[卡门规章长费款贷里内]")


@dataclass(frozen=True, slots=True)
class OrgWords:
    """The lists of `data/words/orgs.yml`."""

    suffix: re.Pattern[str]
    brand: re.Pattern[str]
    generic: re.Pattern[str]
    not_named: frozenset[str]


def org_words(raw: dict[str, list[str]], not_named: frozenset[str]) -> OrgWords:
    def longest(words: list[str]) -> re.Pattern[str]:
        return re.compile("|".join(map(re.escape, sorted(set(words), key=len, reverse=True))))

    return OrgWords(
        longest(raw["suffixes"]), longest(raw["brands"]), longest(raw["generic"]), not_named
    )


def find_orgs(
    text: str, tokens: Sequence[Token], words: OrgWords, regions: Regions
) -> tuple[Org, ...]:
    """Named ones first claim their span; generic words (物业, 开发商) follow where none is."""
    kept: list[Org] = []
    by_suffix = sorted(_by_suffix(text, tokens, words), key=lambda one: (one.start, -one.end))
    for org in (
        *_quoted(text, words),
        *(_without_address(one, text, regions) for one in by_suffix),
        *(_without_address(one, text, regions) for one in _tagged(text, tokens, words)),
        *_matches(text, words.brand, "named"),
        *_matches(text, words.generic, "generic"),
    ):
        if not any(org.start < other.end and other.start < org.end for other in kept):
            kept.append(org)
    return tuple(sorted(kept, key=lambda one: one.start))


def _quoted(text: str, words: OrgWords) -> Iterator[Org]:
    for match in _QUOTED.finditer(text):
        name = match[1]
        before = text[max(0, match.start() - 8) : match.start()]
        ends = any(found.end() == len(name) for found in words.suffix.finditer(name))
        if ends or _CALLED.search(before) or _KIND_OF_ORG.search(before):
            yield Org(match.start(1), match.end(1), name, "named")


def _by_suffix(text: str, tokens: Sequence[Token], words: OrgWords) -> Iterator[Org]:
    starts = [token.start for token in tokens]
    for match in words.suffix.finditer(text):
        start = _start(match.start(), match.end(), tokens, starts, words)
        name = text[start : match.start()]
        if len(name) >= 2 and name not in words.not_named:
            start = _masked_start(text, start)
            yield Org(start, match.end(), text[start : match.end()], "named")


def _start(
    at: int, end: int, tokens: Sequence[Token], starts: Sequence[int], words: OrgWords
) -> int:
    index = bisect_right(starts, max(0, at - 1)) - 1
    start = at
    while index >= 0:
        token = tokens[index]
        generic = token.text in words.not_named or words.generic.fullmatch(token.text)
        if token.tag not in _TAGS or generic or end - token.start > _LONGEST:
            break
        start = token.start
        index -= 1
    return start


def _tagged(text: str, tokens: Sequence[Token], words: OrgWords) -> Iterator[Org]:
    for token in tokens:
        if (
            token.tag == "ORG"
            and 2 <= len(token.text) <= _LONGEST
            and not _is_generic(token, words)
        ):
            skip = 1 if token.text[0] in "在到从去给跟和" else 0
            if not skip or len(token.text) > 4:
                start = _masked_start(text, token.start + skip)
                yield Org(start, token.end, text[start : token.end], "named")


def _without_address(org: Org, text: str, regions: Regions) -> Org:
    """佛山市顺德区北滘镇 + 美的集团: an address of two parts or more is not the name."""
    at, parts = org.start, 0
    for match in regions.matches(org.text):
        if org.start + match.start != at or not match.whole:
            break
        at, parts = org.start + match.end, parts + 1
    if street := _STREET.match(text, at, org.end):
        at, parts = street.end(), parts + 1
    rest = text[at : org.end]
    if parts < 2 or len(rest) < 4 or rest.startswith(_PUBLIC):
        return org
    return Org(at, org.end, rest, org.kind)


def _masked_start(text: str, start: int) -> int:
    """L3 + 县人民政府: the tagger cuts anonymised regions."""
    match = _MASKED_HEAD.search(text, max(0, start - 4), start)
    return match.start() if match and text[start : start + 1] in "市区县" else start


def _is_generic(token: Token, words: OrgWords) -> bool:
    return bool(words.generic.fullmatch(token.text) or words.suffix.fullmatch(token.text)) or (
        token.text in words.not_named
    )


def _matches(text: str, pattern: re.Pattern[str], kind: str) -> Iterator[Org]:
    for match in pattern.finditer(text):
        if kind == "named" or not _NOT_AFTER.match(text, match.end()):
            yield Org(match.start(), match.end(), match.group(), kind)
