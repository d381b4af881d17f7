"""Days that have a name or a lunar date: 国庆前, 去年中秋, 大年初三, 年前."""

from datetime import date, datetime, timedelta

from backend_api.understanding.calendar import Calendar
from backend_api.understanding.times.clocks import Groups, with_clock
from backend_api.understanding.times.dates import year_of
from backend_api.understanding.times.lunar import lunar_day
from backend_api.understanding.times.moments import Moment, days
from backend_api.understanding.times.words import TimeWords, numeral

_WRITTEN = {"6.18": "六一八", "618": "六一八"}
# How long 国庆前 and 国庆后 are, and 年前, the weeks before the Spring Festival.
_BESIDE = timedelta(days=14)
_BEFORE_NEW_YEAR = timedelta(days=30)
_DAY = timedelta(days=1)


def read_holiday(groups: Groups, now: datetime, words: TimeWords) -> Moment | None:
    """What a match of `TimeWords.named` means."""
    name = _WRITTEN.get(groups["holiday"], groups["holiday"])
    year = year_of(groups["year"] or "", now, words)
    for candidate in [year] if year else [now.year, now.year - 1]:
        found = words.calendar.holiday(name, candidate)
        if found and (year or found[0] <= now.date()):
            return with_clock(_beside(found, groups["side"] or ""), groups, words)
    return None


def read_folk(groups: Groups, now: datetime, words: TimeWords) -> Moment | None:
    """What a match of `TimeWords.folk` means."""
    names = groups["lmonth"] or groups["lmonth2"] or ""
    month = 1 if groups["newyear"] else words.lunar_months.get(names) or numeral(names)
    day = numeral(groups["newyear"] or groups["lday"] or groups["lday2"] or "")
    year = year_of(groups["year"] or "", now, words)
    return lunar_day(year, (month, day), now, words.calendar)


def before_new_year(now: datetime, calendar: Calendar) -> Moment | None:
    """年前: the weeks before the last Spring Festival."""
    for year in (now.year, now.year - 1):
        found = calendar.holiday("春节", year)
        if found and found[0] <= now.date():
            return days(found[0] - _BEFORE_NEW_YEAR, found[0] - _DAY)
    return None


def _beside(found: tuple[date, date], side: str) -> Moment:
    first, last = found
    if "前" in side:
        return days(first - _BESIDE, first - _DAY)
    return days(last, last + _BESIDE) if "后" in side else days(first, last)
