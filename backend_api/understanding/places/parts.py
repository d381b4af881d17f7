"""The parts of a place: province, city, county, street, community, and the rest (`poi`)."""

import re
from collections.abc import Sequence
from dataclasses import replace

from backend_api.understanding.analysis import Place, Region
from backend_api.understanding.places.spans import TOWN, Piece
from backend_api.understanding.places.words import Endings
from backend_api.understanding.regions import Match, choose, fits

_STREET_REST = re.compile(
    r"[东南西北中一二三四五六七八九十]{0,2}"
    r"(?:路|大道|大街|街|巷|村|小区|花园|苑|广场|公园|大厦|小学|中学)"
)
_LONGEST_PART = 14


def place_of(
    text: str, span: Piece, named: Sequence[Match], endings: Endings, site: Region | None
) -> Place:
    """The place of a span; `named` are the regions found in the text."""
    inside = _heading(text, span, named, site or Region())
    region = _region(inside, site or Region())
    rest = max((match.end for match in inside), default=span.start)
    street, rest = _part(text, rest, span.end, endings.street)
    community, rest = _part(text, rest, span.end, endings.community)
    place = Place(
        span.start,
        span.end,
        text[span.start : span.end],
        region.province,
        region.city,
        region.county,
        street,
        community,
        text[rest : span.end].strip(" 的"),
    )
    return _on_site(place, site)


def _heading(text: str, span: Piece, named: Sequence[Match], site: Region) -> list[Match]:
    """The regions a place begins with; 溪湖 in 航天溪湖 and 中山 in 中山北路 are none."""
    at, end = span.start, span.end
    inside: list[Match] = []
    for match in named:
        if match.start < at or match.end > end:
            continue
        known = bool(inside) or any(fits(one, site) for one in match.options)
        if text[at : match.start].strip(" 的,，") or _is_of_a_name(text, match, end, known=known):
            break
        inside.append(match)
        at = match.end
    return inside


def _is_of_a_name(text: str, match: Match, end: int, *, known: bool) -> bool:
    """东风里小商品城 and 中山北路 begin with a region's short name and mean none; 龙岗坂田 is in
    Longgang where the site is near (`known`)."""
    if match.whole:
        return False
    lone = not known and all(one.county for one in match.options)
    follows = match.end < end and not TOWN.match(text, match.end)
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
        if match.start() > start and match.end() - start <= _LONGEST_PART:
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
