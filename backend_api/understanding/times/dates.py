"""Calendar dates: 2025-03-12, 去年12月, 9月初, 15号, 上周三, 前天."""

import re
from datetime import date, datetime, timedelta

from backend_api.understanding.numerals import number
from backend_api.understanding.times.clocks import Groups, with_clock
from backend_api.understanding.times.lunar import lunar_day
from backend_api.understanding.times.moments import (
    PART_OF_MONTH,
    Moment,
    days,
    latest_day,
    midnight,
)
from backend_api.understanding.times.words import TimeWords, numeral

_MONTHS = 12
_CENTURY = 2000


def read_date(groups: Groups, now: datetime, words: TimeWords) -> Moment | None:
    """What a match of `TimeWords.dates` means; raises ValueError for an impossible date."""
    day: Moment | None
    if groups["y4"]:
        day = _numeric(groups)
    elif groups["m3"]:
        day = latest_day(int(groups["m3"]), int(groups["d3"]), now)
    elif groups["near"]:
        shift = words.near_days[re.sub(r"[天日晚夜早儿]$", "", groups["near"])]
        day = days(now.date() + timedelta(days=shift))
    elif groups["week"]:
        day = _week(groups["week"], groups["weekday"], now.date(), words)
    else:
        day = _calendar_day(groups, now, words)
    return with_clock(day, groups, words) if day else None


def year_of(word: str, now: datetime, words: TimeWords) -> int | None:
    """去年, 25年, 二零二五年; None when there is no year."""
    bare = re.sub(r"(?:年)?(?:的|度)?$", "", word)
    if bare in words.near_years:
        return now.year + words.near_years[bare]
    value = number(bare)
    if value is None:
        return None
    return int(value) if value >= _CENTURY // 2 else _CENTURY + int(value)


def _numeric(groups: Groups) -> Moment:
    year, month = int(groups["y4"]), int(groups["m2"])
    if groups["d2"]:
        return days(date(year, month, int(groups["d2"])))
    return days(date(year, month, 1), None, "month")


def _week(word: str, weekday: str | None, today: date, words: TimeWords) -> Moment | None:
    if word.startswith("每"):
        return None
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=_weeks(word))
    if not weekday:
        return days(monday, monday + timedelta(days=6))
    day = monday + timedelta(days=words.weekdays[weekday])
    if day > today and not word.startswith(("这", "本", "下")):
        day -= timedelta(weeks=1)
    return days(day, day + timedelta(days=1)) if weekday == "末" else days(day)


def _weeks(word: str) -> int:
    if word.startswith("上"):
        return -2 if word.startswith("上上") else -1
    return 1 if word.startswith("下") else 0


def _calendar_day(groups: Groups, now: datetime, words: TimeWords) -> Moment | None:
    year = year_of(groups["year"] or "", now, words)
    season = words.season_end.sub("", groups["season"] or "")
    if season in words.lunar_months or (groups["day"] or "").startswith(("农", "阴", "初")):
        return _lunar(groups, season, year, now, words)
    if groups["month"]:
        return _month(groups, year, now, words)
    if groups["day"]:
        return _day_alone(groups["day"], now)
    if season:
        return _season(season, year, now, words)
    return days(date(year, 1, 1), None, "year") if year else None


def _lunar(
    groups: Groups, season: str, year: int | None, now: datetime, words: TimeWords
) -> Moment | None:
    month = words.lunar_months.get(season) or numeral(groups["month"] or "一月")
    day = numeral(groups["day"]) if groups["day"] else 0
    return lunar_day(year, (month, day), now, words.calendar)


def _month(groups: Groups, year: int | None, now: datetime, words: TimeWords) -> Moment | None:
    found = _which_month(groups, year, now, words)
    if found is None:
        return None
    first = date(*found, 1)
    if groups["day"]:
        return days(date(*found, numeral(groups["day"])))
    if groups["mpart"]:
        return _part_of_month(groups["mpart"], first, words)
    return days(first, None, "month")


def _which_month(
    groups: Groups, year: int | None, now: datetime, words: TimeWords
) -> tuple[int, int] | None:
    bare = re.sub(r"个?月份?(?:的)?$", "", groups["month"])
    if bare in words.near_months:
        months = now.year * _MONTHS + now.month - 1 + words.near_months[bare]
        return months // _MONTHS, months % _MONTHS + 1
    month = numeral(bare)
    if not 1 <= month <= _MONTHS:
        return None
    return year or _latest_year(month, groups["day"], now), month


def _latest_year(month: int, day: str | None, now: datetime) -> int:
    """Of the latest such month, or day of it, that is not after now."""
    later = (month, numeral(day)) > (now.month, now.day) if day else month > now.month
    return now.year - 1 if later else now.year


def _part_of_month(word: str, first: date, words: TimeWords) -> Moment:
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    low, high = words.month_parts.get(word, (21, last.day))
    return days(first.replace(day=low), first.replace(day=high), PART_OF_MONTH)


def _day_alone(word: str, now: datetime) -> Moment | None:
    """15号: of this month, or of the last one when that day has not come."""
    day = numeral(word)
    return latest_day(now.month, day, now, months=1) if 1 <= day <= 31 else None


def _season(word: str, year: int | None, now: datetime, words: TimeWords) -> Moment | None:
    if "季度" in word:
        quarter = numeral(word.replace("第", "").replace("季度", ""))
        low, high = quarter * 3 - 2, quarter * 3
    elif word in words.seasons:
        low, high = words.seasons[word]
    else:
        return None
    if year is None:
        year = now.year - 1 if low > now.month else now.year
    return Moment(midnight(date(year, low, 1)), midnight(date(year, high, 1)), "month")
