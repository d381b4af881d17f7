"""The levels of an organisation, from a city down to a station."""

from enum import StrEnum
from uuid import UUID


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


def root_of(path: str) -> UUID:
    """The organisation: the first id of a unit's path."""
    return UUID(path.split("/")[1])


def child_path(parent: str, unit: str) -> str:
    """Ids from the root down, so that a scope is one prefix: `/root/unit/`."""
    return f"{parent}{unit}/"
