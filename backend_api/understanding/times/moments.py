"""Stretches of time as they were said, and their ISO 8601 form."""

from dataclasses import dataclass
from datetime import date, datetime

PART_OF_MONTH = "part_of_month"
_FORMATS = {"year": "%Y", "month": "%Y-%m", "hour": "%Y-%m-%dT%H", "minute": "%Y-%m-%dT%H:%M"}


@dataclass(frozen=True, slots=True)
class Moment:
    """An inclusive stretch of time and how finely it was said."""

    begin: datetime
    until: datetime
    precision: str


def days(first: date, last: date | None = None, precision: str = "day") -> Moment:
    return Moment(midnight(first), midnight(last or first), precision)


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 -- a citizen's local time


def latest_day(month: int, day: int, now: datetime, months: int = 12) -> Moment:
    """The day of this year, or `months` earlier when it has not come yet."""
    found = date(now.year, month, day)
    if found > now.date():
        count = now.year * 12 + month - 1 - months
        found = date(count // 12, count % 12 + 1, day)
    return days(found)


def iso(moment: datetime, precision: str) -> str:
    return moment.strftime(_FORMATS.get(precision, "%Y-%m-%d"))


def shown(precision: str) -> str:
    """The precision as `Time` has it: a part of a month is told by its days."""
    return "day" if precision == PART_OF_MONTH else precision
