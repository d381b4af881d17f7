"""Organisations as places: 鑫源五金厂6栋, 育才中学门口, 在沙井宏达电子厂上班."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from backend_api.understanding.places.spans import BUILDING, Piece
from backend_api.understanding.places.words import PlaceWords, Premises
from backend_api.understanding.regions import Regions

_INSIDE = re.compile(r"[里内](?![面部的]?[，。]?(?:规|资))")
_AT = re.compile(r"(?:在|到|去|进)(?:[^，。,！？]{0,14}[省市区县镇乡村道])?$")
_LOOK_BACK = 18


@dataclass(frozen=True, slots=True)
class Owned:
    """Organisations sorted: `places` are places as a whole, the rest keep their names to
    themselves. A place that an employer's name begins with is none of its `names`; `heads` are
    where employers begin."""

    places: Sequence[Piece]
    names: Sequence[Piece]
    heads: frozenset[int]


def sort_owned(
    text: str, spans: Sequence[tuple[int, int]], words: PlaceWords, regions: Regions
) -> Owned:
    """Which named organisations are places too."""
    places: list[Piece] = []
    names: list[Piece] = []
    heads: set[int] = set()
    for start, end in spans:
        worked = _is_worked_at(text, (start, end), words.premises)
        if _is_premises(text, (start, end), words.premises) or (
            worked and _is_workplace(text[start:end], words)
        ):
            places.append(Piece(start, end))
        else:
            names.append(Piece(_head(text, (start, end), words, regions) if worked else start, end))
        if worked:
            heads.add(start)
    return Owned(places, names, frozenset(heads))


def _is_workplace(name: str, words: PlaceWords) -> bool:
    """宏达电子厂 stands somewhere; 家乡一工厂 does not say where."""
    vague = any(name.startswith(one) for one in words.endings.everywhere)
    return bool(words.premises.workplace.search(name)) and not vague


def _is_premises(text: str, span: tuple[int, int], words: Premises) -> bool:
    """An organisation's building: 鑫源五金厂6栋, 育才中学门口, 在宏达工业园."""
    start, end = span
    if BUILDING.match(text, end) or words.near.match(text, end) or _INSIDE.match(text, end):
        return True
    built = words.built.search(text, start, end) and words.going.search(
        text[max(0, start - 4) : start]
    )
    return bool(built) and not words.dealing.match(text, end)


def _is_worked_at(text: str, span: tuple[int, int], words: Premises) -> bool:
    start, end = span
    before = text[max(0, start - _LOOK_BACK) : start]
    return bool(_AT.search(before) and words.working.match(text, end))


def _head(text: str, span: tuple[int, int], words: PlaceWords, regions: Regions) -> int:
    """Where the places end that a company's name begins with: 郑州 + 宏达建筑劳务有限公司."""
    start, end = span
    at = start
    for match in regions.matches(text[start:end]):
        name = text[start + match.start : start + match.end]
        if start + match.start != at or name in words.endings.everyday:
            break
        at = start + match.end
    return at if at < end else start
