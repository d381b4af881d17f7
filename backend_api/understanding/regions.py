"""Provinces, cities and counties of China, by name.

The table is `pca.csv` of the package addressparser 0.2.4 (its importing pulls pandas in, so the
file is read directly). Anonymised names (A市, A3区, 西地省, K8县) count as regions too.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from backend_api.understanding.analysis import Region

_ENDINGS = re.compile(
    r"(?:维吾尔|壮族|回族|蒙古族?|藏族|苗族|土家族|布依族|侗族|彝族|哈尼族|傣族|白族|景颇族|傈僳族|羌族|朝鲜族|哈萨克)*"
    r"(?:自治区|自治州|自治县|特别行政区|地区|新区|林区|省|市|区|县|盟|旗)$"
)
_MASKED = re.compile(r"(?<![A-Za-z0-9])[A-Z]\d{0,2}(?:市|区|县)|西地省")
_MUNICIPALITIES = frozenset({"北京市", "上海市", "天津市", "重庆市"})


@dataclass(frozen=True, slots=True)
class Match:
    """A region's name in the text. `whole` is False for a short form (深圳, 罗湖)."""

    start: int
    end: int
    options: tuple[Region, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class Regions:
    """Every name with the regions it may mean; `heads` are the first two characters."""

    names: Mapping[str, tuple[Region, ...]]
    short: Mapping[str, tuple[Region, ...]]
    heads: frozenset[str]
    longest: int

    def matches(self, text: str) -> Iterator[Match]:
        """Longest names first, left to right, not overlapping."""
        at = 0
        while match := self.search(text, at):
            yield match
            at = match.end

    def search(self, text: str, at: int, before: int | None = None) -> Match | None:
        """The first name that begins at `at` or behind it, and before `before`."""
        last = len(text) - 1
        for start in range(at, last if before is None else min(last, before)):
            if masked := _MASKED.match(text, start):
                return Match(start, masked.end(), (_masked(masked.group()),), whole=True)
            if text[start : start + 2] in self.heads and (match := self._at(text, start)):
                return match
        return None

    def _at(self, text: str, at: int) -> Match | None:
        for end in range(min(len(text), at + self.longest), at + 1, -1):
            name = text[at:end]
            if name in self.names:
                return Match(at, end, self.names[name], whole=True)
            if name in self.short:
                return Match(at, end, self.short[name], whole=False)
        return None


def load_regions(path: Path | None = None) -> Regions:
    names: dict[str, dict[Region, None]] = {}
    short: dict[str, dict[Region, None]] = {}
    for region in _rows(path or _packaged()):
        name = region.county or region.city or region.province
        names.setdefault(name, {})[region] = None
        bare = _ENDINGS.sub("", name)
        bare = bare if len(bare) > 1 else name.removesuffix("自治区")
        if len(bare) >= 2 and bare != name:
            short.setdefault(bare, {})[region] = None
    heads = frozenset(name[:2] for name in (*names, *short))
    return Regions(
        {name: tuple(options) for name, options in names.items()},
        {name: tuple(options) for name, options in short.items() if name not in names},
        heads,
        max(map(len, names)),
    )


def choose(options: tuple[Region, ...], near: Region) -> Region:
    """The option that fits what is known already; else a city or province of its own; else, for a
    county of several cities, only its name."""
    fitting = [one for one in options if fits(one, near)] or list(options)
    if len(fitting) == 1:
        return fitting[0]
    upper = [one for one in fitting if not one.county] or [
        one for one in fitting if one.province in _MUNICIPALITIES
    ]
    if upper:
        return max(upper, key=lambda one: bool(one.city))
    return Region(county=fitting[0].county)


def fits(option: Region, near: Region) -> bool:
    """Does it lie in the same city, or province, as what is known?"""
    city = not near.city or option.city == near.city
    province = not near.province or option.province == near.province
    return bool(near.city or near.province) and city and province


def _rows(path: Path) -> Iterator[Region]:
    with path.open(encoding="utf-8", newline="") as file:
        for _, province, city, county, *_rest in csv.reader(file):
            yield Region(province, city, county)
            yield Region(province, city)
            yield Region(province)


def _packaged() -> Path:
    spec = find_spec("addressparser")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the package addressparser is not installed")
    return Path(spec.submodule_search_locations[0]) / "pca.csv"


def _masked(name: str) -> Region:
    match name[-1]:
        case "省":
            return Region(province=name)
        case "市":
            return Region(city=name)
        case _:
            return Region(county=name)
