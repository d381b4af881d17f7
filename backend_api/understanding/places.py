"""Where: administrative names, communities, estates, roads and buildings, joined into one span.

Three sources are laid over each other: the tagger's LOC words, the table of regions, and endings
(小区, 花园, 路…) whose name is found by walking back over the tagger's words.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from backend_api.understanding.analysis import Place, Region
from backend_api.understanding.regions import Match, Regions, choose
from backend_api.understanding.tagger import Token

_NUMBER = r"(?:[A-Za-z]?\d{1,5}[A-Za-z]?|[A-Za-z]|[一二三四五六七八九十]{1,3}|[东南西北中])"
_DIGITS = r"(?:[A-Za-z]?\d{1,5}(?:[-—]\d{1,4}){0,3}[A-Za-z]?|[一二三四五六七八九十]{1,3})"
BUILDING = re.compile(
    rf"(?:(?:{_NUMBER}(?:号楼|号院|栋|幢|座(?![位机])|单元|期|区(?!别|分)|组团?|号地块|标段|弄)"
    rf"|{_DIGITS}(?:楼|层|室|号房?|房)(?![人名岁户客都线码])|(?<=[元栋楼座幢])\d{{3,4}}(?!\d|元|块"
    rf"|多|人|户|年))[的]?)+"
)
_MASKED = re.compile(r"(?<![A-Za-z0-9])[A-Z]\d{0,3}(?:镇|乡|街道|村|社区|小区|路)")
_TOWN = re.compile(r"[\u4e00-\u9fff]{1,4}?(?:街道|镇|乡)(?!政府|卫生|中心|小学|中学)")
_CORNER = re.compile(r"的?(?:交叉路?口|交叉处|交[汇界]处?|十字路口|丁字路口|路口)")
_SIDE = re.compile(r"[东南西北](?:段|(?![边面门侧瓜方部]))")
# 白鹤村11组, 红旗村福子组
_GROUP = re.compile(
    r"(?:第?(?:\d{1,3}|[一二三四五六七八九十]{1,3})|[\u4e00-\u9fff]{2})(?:村民小组|小组|组)(?![织成合长建装件员])"
)
_NUMBERED_ROAD = re.compile(
    r"[\u4e00-\u9fff]{2,4}?(?:[东南西北中一二三四五六七八九十]路|(?:路|街|大道|巷)(?=\d{1,4}号))"
)
# Words that name a place and are followed by its kind only: 人民医院门口.
_SPOT = re.compile(
    r"(?:[省市县区镇乡]|第[一二三四五六七八九十]{1,2}|老|新|[东南西北]){0,2}"
    r"(?:人民医院|中医院|妇幼保健院|卫生院|实验小学|实验中学|中心小学|[一二三四五六七八九十]{1,2}[中小]|火车站|高铁站"
    r"|汽车站|客运站|体育馆|体育场|图书馆|文化宫|加油站|供销社|汽车南站|汽车北站|汽车东站|汽车西站)"
    r"(?=门口|附近|对面|旁边?|后面|前面|北门|南门|东门|西门|门前|周边|一带|大门)"
)
_NEAR = re.compile(
    r"的?(?:(?:大|正|侧|后|[东南西北])?门口?|门前|附近|对面|斜对面|旁边|旁|里面|院内|内部|后面|前面|楼上|楼下|周边|周围|工地"
    r"|食堂|宿舍|一带|家属院|家属区|(?:[东南西北]|左|右)[边侧面])"
)
_INSIDE = re.compile(r"[里内](?![面部的]?[，。]?(?:规|资))")
_GOING = re.compile(r"(?:(?:地址|地点|位置)[是为在:：\s]*|位于|坐落[在于]|[在到]|我们|住|地处)$")
_BUILT = re.compile(
    r"(?:公司|厂|学校|[小中大]学|[一二三四五六七八九十]中|学院|幼儿园|医院|卫生[院所室]|诊所|酒店|宾馆|旅馆|饭店|餐厅|超市"
    r"|商场|百货|市场|网吧|KTV|银行|驾校|养老院|福利院|中心|基地|派出所|法院|局|[^旗舰专卖]店)$"
)
# At a place for what is done there, it is an employer or a seller and not where something happened.
_DEALING = re.compile(
    r"[^，。,！？]{0,5}?(?:上[了过]?[^，。]{0,3}班|打工|干活|工作|做工|务工|任职|就职|做事|买|购|订|办理?|贷|存款|送外卖|送货|报名|报了"
    r"|入职|实习|消费|充值|签|看病|看诊|住院|治疗|就诊|手术|读书|上学|就读|交[了过]|下单|兼职|当(?!天|时|场|地|晚)|跑)"
)
# What is said to be the place, whatever its name is.
_LED = re.compile(
    r"(?:(?:事情|事故|事件|案发|纠纷|这事|问题)?(?:就|都|是)?(?:发生|出)[在于](?!了|一起|这|那)"
    r"|(?:(?:具体|详细|家庭|事发|小区|公司|单位|店铺|房子|现场)?(?:地址|地点|位置|住址|住处)|事发地|所在地|出事的?地方|案发地)"
    r"(?:就?[是为在]|应?该?是|[:：]|\s){1,3}"
    r"|(?P<weak>(?:(?:我们?|俺们?|咱们?|我家|家|家里|现|目前|本人|一直|就)(?:现在?|目前|就|都|一家|全家)?住(?![院宿了着户房进不过宅得建满人处的过]|一起)(?:在|址)?"
    r"|(?:房子|家|店|厂子?|公司|工地|地块|小区|单位)(?:就)?在(?!我|你|他|这|那|建|装)|坐落[于在]|位于|地处|就在))[:：\s]?)"
)
_LED_END = re.compile(
    r"[，。,！!？?；;：\n（(]|\s|$|(?:的时候|希望|要求|请|电话|联系|因为|由于|已经?|被|天天|每[天晚次]|一直|经常|总是|没有?|不|晚上|半夜|我叫"
    r"|有人|有[一个家条]|我|他们?|她|你|谢谢|从\d|事件|问题|情况|业主|居民|村民|住户|去年|今年|昨|前天|上个?月|\d{1,2}月|(?:19|20)\d\d年|大概|这件|今天)"
)
_NOT_LED = re.compile(
    r"(?:\d{1,4}[年月天日点个]|[一二三四五六七八九十几两半]{1,3}[年月天日点个]|[一二三四五六七八九十]{1,2}月|昨|今[天早晚年]|前[天年]"
    r"|去年|上[个周月午]|下午|早上|晚上|凌晨|半夜|夜里|刚|这|那|此|哪|什么|当[天时晚]|同|我(?!们|家)|你|他|她|它|大家|一起|于|眼前|身[上边]"
    r"|工作中|上班|路上|家里?$|外面|外地|前几|最近|之前|以前|春节|国庆|过年|中秋|周[一二三四五六日末]|星期)"
)
_STREET_REST = re.compile(
    r"[东南西北中一二三四五六七八九十]{0,2}(?:路|大道|大街|街|巷|村|小区|花园|苑|广场|公园|大厦|小学|中学)"
)
_LED_NOUNS = frozenset(
    {"n", "nz", "LOC", "ORG", "PER", "nw", "m", "nr", "ns", "nt", "s", "f", "vn", "u", "a", "q"}
)
_LED_FURTHER = (_LED_NOUNS | {"r", "p"}) - {"u"}
# 天河 + 里12栋: the name goes on to its building.
_LED_BUILDING = re.compile(rf"[\u4e00-\u9fff]{{1,5}}?{BUILDING.pattern}")
_LONGEST_LED = 25
_CROSSING = re.compile(r"口|交[汇叉界]|之间|处")
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
    generic: re.Pattern[str]
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

    endings = ending("street", "community", "estate", "road")
    return PlaceWords(
        street=ending("street"),
        community=ending("community"),
        estate=ending("estate"),
        short=ending("short"),
        road=ending("road"),
        any_ending=endings,
        generic=re.compile(f"(?:{endings.pattern}|{ending('generic').pattern})+"),
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
    premises = [one for one in owned if _is_premises(text, one)]
    owned = [one for one in owned if one not in premises]
    named = list(_named(text, tokens, gazetteer, owned))
    pieces = [
        *(_Piece(match.start, match.end) for match in named),
        *_tagged(tokens, words),
        *_by_ending(text, tokens, words),
        *(_Piece(one.start(), one.end()) for one in _MASKED.finditer(text)),
        *(_Piece(one.start(), one.end()) for one in _SPOT.finditer(text)),
    ]
    clear = [piece for one in pieces if (piece := _beside(one, owned))]
    clear += [_Piece(start, end) for start, end in premises]
    spans = _with_buildings(text, _joined(text, clear))
    spans = _with_led(text, spans, tokens)
    return tuple(
        _place(text, span, named, words, site) for span in spans if not _is_origin(text, span)
    )


def _is_premises(text: str, span: tuple[int, int]) -> bool:
    """An organisation's building: 鑫源五金厂6栋, 育才中学门口, 在宏达工业园."""
    start, end = span
    if BUILDING.match(text, end) or _NEAR.match(text, end) or _INSIDE.match(text, end):
        return True
    before = text[max(0, start - 4) : start]
    built = _BUILT.search(text, start, end) and _GOING.search(before)
    return bool(built) and not _DEALING.match(text, end)


def _with_led(
    text: str, spans: list[tuple[int, int]], tokens: Sequence[Token]
) -> list[tuple[int, int]]:
    """地点是… and 我住…: what follows is a place even if nothing else tells so."""
    ends = dict(spans)
    led: list[_Piece] = []
    for match in _LED.finditer(text):
        at = match.end()
        if _NOT_LED.match(text, at):
            continue
        stop = _LED_END.search(text, at + 2, at + _LONGEST_LED)
        end = stop.start() if stop else min(len(text), at + _LONGEST_LED)
        inside = [ends[one] for one in ends if at <= one < end]
        known = (min if match["weak"] else max)(inside, default=at)
        if known > at:
            rest = _LED_BUILDING.match(text, known, end)
            named = rest.end() if rest else known
            end = named if match["weak"] else _nouns_end(tokens, named, end, _LED_FURTHER)
        elif match["weak"]:
            end = _nouns_end(tokens, at, end, _LED_NOUNS)
        end = at + len(text[at:end].rstrip(" 的"))
        if end - at >= 2:
            led.append(_Piece(at, end))
    return _joined(text, [*(_Piece(start, end) for start, end in spans), *led])


def _nouns_end(tokens: Sequence[Token], at: int, end: int, tags: frozenset[str]) -> int:
    """How far the words behind `at` are nouns, numbers and directions."""
    last = at
    for token in islice(tokens, _index_at(tokens, at), None):
        if token.tag not in tags or token.end > end:
            break
        last = token.end
    return last


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
    index = _index_at(tokens, at)
    return tokens[index] if index < len(tokens) and tokens[index].start <= at else None


def _index_at(tokens: Sequence[Token], at: int) -> int:
    """The first token that ends behind `at`."""
    return bisect_right(tokens, at, key=lambda one: one.end)


def _tagged(tokens: Sequence[Token], words: PlaceWords) -> Iterator[_Piece]:
    for token in tokens:
        generic = words.generic.fullmatch(token.text) or token.text in words.not_named
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
    index = _index_at(tokens, at - 1)
    if index == len(tokens) or tokens[index].start >= at:
        return start
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
        and text[end - 1] in "路街道巷"
        and bool(_CROSSING.search(text, start, start + 12))
    )


def _with_buildings(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """和平里 + 7区14号楼; 人民路和建设路 + 交叉口."""
    grown: list[tuple[int, int]] = []
    for start, end in spans:
        if grown and start < grown[-1][1]:
            grown[-1] = (grown[-1][0], max(end, grown[-1][1]))
            continue
        gap = 1 if text[end : end + 1] in (" ", "的") else 0
        end = _below(text, end)
        if match := BUILDING.match(text, end + gap):
            end = match.end() - match.group().endswith("的")
        elif (match := _CORNER.match(text, end)) or (
            text[end - 1] in "路道街" and (match := _SIDE.match(text, end))
        ):
            end = match.end()
        grown.append((start, end))
    return _joined(text, [_Piece(start, end) for start, end in grown])


def _below(text: str, end: int) -> int:
    """昭山区 + 易家湾镇, 楚江新区 + 火车一路, 红旗村 + 福子组."""
    above = text[end - 1]
    if above in "市区县" and (match := _TOWN.match(text, end)):
        end = match.end()
    if above in "市区县镇乡道" and (match := _NUMBERED_ROAD.match(text, end)):
        end = match.end()
    if text[end - 1] in "村屯寨湾冲坪社" and (match := _GROUP.match(text, end)):
        end = match.end()
    return end


def _place(
    text: str,
    span: tuple[int, int],
    named: Sequence[Match],
    words: PlaceWords,
    site: Region | None,
) -> Place:
    start, end = span
    inside = _heading(text, span, named)
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


def _heading(text: str, span: tuple[int, int], named: Sequence[Match]) -> list[Match]:
    """The regions a place begins with; 溪湖 in 航天溪湖 and 中山 in 中山北路 are none."""
    at, end = span
    inside: list[Match] = []
    for match in named:
        if match.start < at or match.end > end:
            continue
        if text[at : match.start].strip(" 的,，") or _is_of_a_name(text, match, end, inside):
            break
        inside.append(match)
        at = match.end
    return inside


def _is_of_a_name(text: str, match: Match, end: int, above: Sequence[Match]) -> bool:
    """东风里小商品城 and 中山北路 begin with a region's short name and mean none."""
    if match.whole:
        return False
    lone = not above and all(one.county for one in match.options)
    follows = match.end < end and not _TOWN.match(text, match.end)
    return bool(_STREET_REST.match(text, match.end, end)) or (lone and follows)


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
