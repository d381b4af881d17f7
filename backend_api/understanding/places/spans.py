"""Pieces of a place laid together: 和平里 + 7区14号楼, 人民路和建设路 + 交叉口."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_NUMBER = r"(?:[A-Za-z]?\d{1,5}[A-Za-z]?|[A-Za-z]|[一二三四五六七八九十]{1,3}|[东南西北中])"
_DIGITS = r"(?:[A-Za-z]?\d{1,5}(?:[-—]\d{1,4}){0,3}[A-Za-z]?|[一二三四五六七八九十]{1,3})"
BUILDING = re.compile(
    rf"(?:(?:{_NUMBER}(?:号楼|号院|栋|幢|座(?![位机])|单元|期|区(?!别|分)|组团?|号地块|标段|弄)"
    rf"|{_DIGITS}(?:楼|层|室|号房?|房)(?![人名岁户客都线码])|(?<=[元栋楼座幢])\d{{3,4}}(?!\d|元|块"
    rf"|多|人|户|年))[的]?)+"
)
TOWN = re.compile(r"[\u4e00-\u9fff]{1,4}?(?:街道|镇|乡)(?!政府|卫生|中心|小学|中学)")
_CORNER = re.compile(r"的?(?:交叉路?口|交叉处|交[汇界]处?|十字路口|丁字路口|路口)")
_CROSSING = re.compile(r"口|交[汇叉界]|之间|处")
_SIDE = re.compile(r"[东南西北](?:段|(?![边面门侧瓜方部]))")
# 白鹤村11组, 红旗村福子组
_GROUP = re.compile(
    r"(?:第?(?:\d{1,3}|[一二三四五六七八九十]{1,3})|[\u4e00-\u9fff]{2})"
    r"(?:村民小组|小组|组)(?![织成合长建装件员])"
)
_NUMBERED_ROAD = re.compile(
    r"[\u4e00-\u9fff]{2,4}?(?:[东南西北中一二三四五六七八九十]路|(?:路|街|大道|巷)(?=\d{1,4}号))"
)
# 清水河街道 + 和顺里, 香蜜湖街道 + 绿映苑5栋; not 街道和物业, 街道办.
_ESTATE = re.compile(
    r"(?!办|和?(?:社区|物业|村[里委]|居委|派出所|政府|城管|我|小区|家里|公司|[派出]))"
    r"(?:[^\W\d的了在把被不没有是让]{2,6}?(?=[A-Za-z]?\d{1,4}(?:号楼|栋|幢|座|单元|期|区))"
    r"|[^\W\d的了在把被不没有是让]{1,4}[里苑园居轩阁庭府坊邨翠郡湾](?![面边头人民委住然])"
    r"(?=[，。,！!\s楼电单门地水停漏的旁附对一二三四五六七八九\d]|$))"
)

# What may stand between a place and one that lies in it: 雪岗路的那个华兴五金厂.
BEHIND_A_PLACE = re.compile(r"(?:的?[那这一](?:个|家|间|栋)|的)$")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text that is, or belongs to, a place."""

    start: int
    end: int


def joined(text: str, pieces: Iterable[Piece]) -> list[Piece]:
    """Pieces that overlap or stand side by side become one."""
    spans: list[Piece] = []
    for piece in sorted(pieces, key=lambda one: (one.start, -one.end)):
        last = spans[-1] if spans else None
        if last and (piece.start <= last.end or _touches(text, last.end, piece.start)):
            spans[-1] = Piece(last.start, max(last.end, piece.end))
        else:
            spans.append(piece)
    return spans


def with_buildings(text: str, spans: Iterable[Piece]) -> list[Piece]:
    """Each with what stands below it: town, road, group, building, corner."""
    grown: list[Piece] = []
    for span in spans:
        if grown and span.start < grown[-1].end:
            grown[-1] = Piece(grown[-1].start, max(span.end, grown[-1].end))
        else:
            grown.append(Piece(span.start, _with_building(text, span.end)))
    return joined(text, grown)


def _with_building(text: str, end: int) -> int:
    gap = 1 if text[end : end + 1] in (" ", "的") else 0
    end = _below(text, end)
    if match := BUILDING.match(text, end + gap):
        return match.end() - match.group().endswith("的")
    if match := _CORNER.match(text, end):
        return match.end()
    if text[end - 1] in "路道街" and (match := _SIDE.match(text, end)):
        return match.end()
    return end


def _below(text: str, end: int) -> int:
    """昭山区 + 易家湾镇, 楚江新区 + 火车一路, 红旗村 + 福子组."""
    for above, pattern in (
        (tuple("市区县"), TOWN),
        (tuple("市区县镇乡道"), _NUMBERED_ROAD),
        (tuple("村屯寨湾冲坪社"), _GROUP),
        (("街道",), _ESTATE),
    ):
        if text.endswith(above, 0, end) and (match := pattern.match(text, end)):
            end = match.end()
    return end


def _touches(text: str, end: int, start: int) -> bool:
    gap = text[end:start]
    if gap in ("", " ", "的") or BEHIND_A_PLACE.fullmatch(gap):
        return True
    crossing = gap in ("和", "与") and text[end - 1] in "路街道巷"
    return crossing and bool(_CROSSING.search(text, start, start + 12))
