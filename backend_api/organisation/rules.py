"""The levels of an organisation, from a city down to a station."""

from enum import StrEnum


class Level(StrEnum):
    CITY = "city"
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    STATION = "station"


ORDER = tuple(Level)


def may_contain(upper: Level, lower: Level) -> bool:
    """A unit holds units of a lower level only; levels may be skipped."""
    return ORDER.index(upper) < ORDER.index(lower)


def child_path(parent: str, unit: str) -> str:
    """Ids from the root down, so that a scope is one prefix: `/root/unit/`."""
    return f"{parent}{unit}/"
