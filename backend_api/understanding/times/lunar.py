"""Lunar days and months: 农历八月十五, 正月初六, 腊月."""

from datetime import datetime, timedelta

from backend_api.understanding.calendar import Calendar
from backend_api.understanding.times.moments import Moment, days

_MONTHS, _LONGEST_MONTH = 12, 30


def lunar_day(
    year: int | None, month_and_day: tuple[int, int], now: datetime, calendar: Calendar
) -> Moment | None:
    """Without a year the latest that is not after now; day 0 means the whole month."""
    month, day = month_and_day
    if not 1 <= month <= _MONTHS or day > _LONGEST_MONTH:
        return None
    for candidate in [year] if year else [now.year, now.year - 1, now.year - 2]:
        first = calendar.lunar(candidate, month, day or 1)
        if first and (year or first <= now.date()):
            return days(first) if day else days(first, first + timedelta(days=28))
    return None
