"""Where: administrative names, communities, estates, roads and buildings, joined into one span.

Three sources are laid over each other: the tagger's LOC words, the table of regions, and endings
(小区, 花园, 路…) whose name is found by walking back over the tagger's words.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from backend_api.understanding.analysis import Place, Region
from backend_api.understanding.regions import Match, Regions, choose
from backend_api.understanding.tagger import Token

_NUMBER = r"(?:[A-Za-z]?\d{1,5}[A-Za-z]?|[A-Za-z]|[一二三四五六七八九十]{1,3}|[东南西北中])"
_DIGITS = r"(?:[A-Za-z]?\d{1,5}(?:[-—]\d{1,4}){0,3}[A-Za-z]?|[一二三四五六七八九十]{1,3})"
BUILDING = re.compile(
    rf"(?:(?:{_NUMBER}(?:号楼|号院|栋|幢|座(?![位机])|单元|期|区(?!别|分)|组团?|号地块|标段|弄)"
    rf"|{_DIGITS}(?:楼|层|室|号房?|房)(?![人名岁户客都线码])|(?<=[单元栋楼])\d{{3,4}}(?!\d|元|块"
    rf"|多|人|户|年))[的]?)+"
)
_MASKED = re.compile(r"(?<![A-Za-z0-9])[A-Z]\d{0,3}(?:镇|乡|街道|村|社区|小区|路)")
_TOWN = re.compile(r"[\u4e00-\u9fff]{1,4}?(?:街道|镇|乡)(?!政府|卫生|中心|小学|中学)")
_CORNER = re.compile(r"的?(?:交叉路?口|交汇处|十字路口|路口)")
_SIDE = re.compile(r"[东南西北](?:段|(?![边面门侧瓜方部]))")
_ABROAD = frozenset(
    [
        "中国",
        "我国",
        "美国",
        "日本",
        "祖国",
        "全国",
        "地球",
        "国内",
        "国外",
        "中华",
        "人民",
        "本地",
        "外地",
        "当地",
        "世界",
    ]
)
_NAME_TAGS = frozenset(
    {"n", "nz", "LOC", "ORG", "PER", "nw", "m", "nr", "ns", "nt", "s", "vn", "a"}
)
_LONGEST_NAME = 10


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """The lists of `data/words/places.yml`."""

    street: re.Pattern[str]
    community: re.Pattern[str]
    estate: re.Pattern[str]
    short: re.Pattern[str]
    road: re.Pattern[str]
    any_ending: re.Pattern[str]
    not_named: frozenset[str]
    everyday: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int


def place_words(raw: dict[str, list[str]]) -> PlaceWords:
    def ending(*names: str) -> re.Pattern[str]:
        words = sorted({word for name in names for word in raw[name]}, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, words)))

    return PlaceWords(
        street=ending("street"),
        community=ending("community"),
        estate=ending("estate"),
        short=ending("short"),
        road=ending("road"),
        any_ending=ending("street", "community", "estate", "road"),
        not_named=frozenset(raw["not_named"]),
        everyday=frozenset(raw["everyday"]),
    )


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """What places are recognised by."""

    regions: Regions
    words: PlaceWords


def find_places(
    text: str,
    tokens: Sequence[Token],
    gazetteer: Gazetteer,
    owned: Sequence[tuple[int, int]] = (),
    site: Region | None = None,
) -> tuple[Place, ...]:
    """Places in the order of the text; `site` fills in what a place leaves out above itself.

    `owned` are the spans of organisations: a region's name inside one is part of its name.
    """
    words = gazetteer.words
    named = list(_named(text, tokens, gazetteer, owned))
    pieces = [
        *(_Piece(match.start, match.end) for match in named),
        *_tagged(tokens, words),
        *_by_ending(text, tokens, words),
        *(_Piece(one.start(), one.end()) for one in _MASKED.finditer(text)),
    ]
    clear = [piece for one in pieces if (piece := _beside(one, owned))]
    spans = _with_buildings(text, _joined(text, clear))
    return tuple(
        _place(text, span, named, words, site) for span in spans if not _is_origin(text, span)
    )


def _named(
    text: str, tokens: Sequence[Token], gazetteer: Gazetteer, owned: Sequence[tuple[int, int]]
) -> Iterator[Match]:
    before: Match | None = None
    for match in gazetteer.regions.matches(text):
        if any(start <= match.start < end for start, end in owned):
            continue
        token = _token_at(tokens, match.start)
        if _believed(match, text, token, gazetteer.words) or _continues(before, match):
            before = match
            yield match


def _continues(before: Match | None, match: Match) -> bool:
    """A county right behind its city (深圳龙岗)."""
    if before is None or before.end != match.start:
        return False
    cities = {one.city or one.province for one in before.options}
    return any(one.city in cities or one.province in cities for one in match.options)


def _believed(match: Match, text: str, token: Token | None, words: PlaceWords) -> bool:
    """A full name stands by itself unless it is an everyday word; a short form (深圳, 五常) has
    to end with a word of the tagger: 五常街道 is no 五常市."""
    if token is None:
        return match.whole
    if token.tag == "PER" and token.end - token.start > match.end - match.start:
        return False
    if match.whole:
        return text[match.start : match.end] not in words.everyday or token.tag == "LOC"
    upper = any(not one.county for one in match.options)
    if token.tag in ("LOC", "ORG"):
        return token.end == match.end or (upper and token.start == match.start)
    name = text[match.start : match.end]
    return upper and name not in words.everyday and token.start == match.start


def _beside(piece: _Piece, owned: Sequence[tuple[int, int]]) -> _Piece | None:
    """What of a piece lies in front of an organisation's name (昆山市 of 昆山市富士康)."""
    for start, end in owned:
        if piece.start < end and start < piece.end:
            return _Piece(piece.start, start) if start - piece.start > 1 else None
    return piece


def _is_origin(text: str, span: tuple[int, int]) -> bool:
    """河南信阳人: where somebody is from."""
    return text[span[1] : span[1] + 1] == "人" and text[span[1] : span[1] + 2] not in (
        "人民",
        "人行",
    )


def _token_at(tokens: Sequence[Token], at: int) -> Token | None:
    low, high = 0, len(tokens)
    while low < high:
        middle = (low + high) // 2
        if tokens[middle].end <= at:
            low = middle + 1
        else:
            high = middle
    return tokens[low] if low < len(tokens) and tokens[low].start <= at else None


def _tagged(tokens: Sequence[Token], words: PlaceWords) -> Iterator[_Piece]:
    for token in tokens:
        generic = words.any_ending.fullmatch(token.text) or token.text in words.not_named
        if token.tag == "LOC" and len(token.text) > 1 and token.text not in _ABROAD and not generic:
            yield _Piece(token.start, token.end)


def _by_ending(text: str, tokens: Sequence[Token], words: PlaceWords) -> Iterator[_Piece]:
    for match in words.any_ending.finditer(text):
        start = _name_start(match.start(), tokens, words)
        name = text[start : match.start()]
        if (
            len(name) < 2
            or name in words.not_named
            or _is_common(match.group(), name, text, match.end())
        ):
            continue
        yield _Piece(start, match.end())


def _is_common(ending: str, name: str, text: str, end: int) -> bool:
    """X路 and X村 are names, 走路, 农村, 马路上 and 城镇 are not."""
    if name[-1] + ending in (
        "乡镇",
        "城镇",
        "村镇",
        "集镇",
        "线路",
        "道路",
        "铁路",
        "马路",
        "电路",
        "农村",
    ):
        return True
    if ending in (
        "路",
        "街",
        "巷",
        "弄",
        "镇",
        "乡",
        "村",
        "市场",
        "工地",
        "高速",
        "公路",
        "大桥",
        "公园",
    ):
        return len(name) + len(ending) > 7 or text[end : end + 1] in (
            "灯",
            "人",
            "费",
            "民",
            "况",
            "政",
            "线",
            "子",
            "面",
            "委",
            "支",
            "干",
            "级",
            "口",
        )
    return False


def _name_start(at: int, tokens: Sequence[Token], words: PlaceWords) -> int:
    """The first character of the name that ends at `at`, by walking back over nouns."""
    start = at
    index = next((i for i, token in enumerate(tokens) if token.start <= at - 1 < token.end), -1)
    while index >= 0:
        token = tokens[index]
        inside = token.end > at
        if (
            token.end < start
            or (not _is_name(token, words) and not inside)
            or at - token.start > _LONGEST_NAME
        ):
            break
        if inside and token.tag not in _NAME_TAGS:
            break
        start = token.start
        index -= 1
    return start


def _is_name(token: Token, words: PlaceWords) -> bool:
    counted = (token.tag == "m" and not token.text.isalnum()) or token.text[
        0
    ] in "一两几多各每某这那"
    return token.tag in _NAME_TAGS and token.text not in words.not_named and not counted


def _joined(text: str, pieces: list[_Piece]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for piece in sorted(pieces, key=lambda one: (one.start, -one.end)):
        if spans and (piece.start <= spans[-1][1] or _touches(text, spans[-1][1], piece.start)):
            spans[-1] = (spans[-1][0], max(spans[-1][1], piece.end))
        else:
            spans.append((piece.start, piece.end))
    return spans


def _touches(text: str, end: int, start: int) -> bool:
    gap = text[end:start]
    if gap in ("", " ", "的"):
        return True
    return (
        gap in ("和", "与")
        and bool(re.search(r"[路街道巷]$", text[:end]))
        and "口" in text[start : start + 12]
    )


def _with_buildings(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """和平里 + 7区14号楼; 人民路和建设路 + 交叉口."""
    grown: list[tuple[int, int]] = []
    for start, end in spans:
        if grown and start < grown[-1][1]:
            grown[-1] = (grown[-1][0], max(end, grown[-1][1]))
            continue
        gap = 1 if text[end : end + 1] in (" ", "的") else 0
        if (match := _TOWN.match(text, end)) and text[end - 1] in "市区县":
            end = match.end()
        if match := BUILDING.match(text, end + gap):
            end = match.end() - match.group().endswith("的")
        elif (match := _CORNER.match(text, end)) or (
            text[end - 1] in "路道街" and (match := _SIDE.match(text, end))
        ):
            end = match.end()
        grown.append((start, end))
    return _joined(text, [_Piece(start, end) for start, end in grown])


def _place(
    text: str,
    span: tuple[int, int],
    named: Sequence[Match],
    words: PlaceWords,
    site: Region | None,
) -> Place:
    start, end = span
    inside = [match for match in named if start <= match.start and match.end <= end]
    region = _region(inside, site or Region())
    rest = max((match.end for match in inside), default=start)
    street, rest = _part(text, rest, end, words.street)
    community, rest = _part(text, rest, end, words.community)
    place = Place(
        start,
        end,
        text[start:end],
        region.province,
        region.city,
        region.county,
        street,
        community,
        text[rest:end].strip(" 的"),
    )
    return _on_site(place, site)


def _region(matches: Sequence[Match], site: Region) -> Region:
    known = Region()
    for match in matches:
        found = choose(match.options, known if known.city or known.province else site)
        if not found.city and not found.province:
            found = replace(found, city=known.city, province=known.province)
        known = Region(
            found.province or known.province, found.city or known.city, found.county or known.county
        )
    return known


def _part(text: str, start: int, end: int, ending: re.Pattern[str]) -> tuple[str, int]:
    for match in ending.finditer(text, start, end):
        if match.start() - start >= 1 and len(text[start : match.end()]) <= 14:
            return text[start : match.end()].strip(" 的"), match.end()
    return "", start


def _on_site(place: Place, site: Region | None) -> Place:
    """A place without a city is near the site, unless it names a county of its own."""
    if site is None or not (site.city or site.province) or place.city or place.province:
        return place
    if place.county and site.county and place.county != site.county:
        return place
    return replace(
        place,
        province=site.province,
        city=site.city,
        county=place.county or site.county,
        street=place.street or site.street,
        community=place.community or site.community,
        from_site=True,
    )
