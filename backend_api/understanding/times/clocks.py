"""The hour of a day: 晚上十点半, 凌晨, 14:30."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from backend_api.understanding.numerals import number
from backend_api.understanding.times.moments import Moment
from backend_api.understanding.times.words import TimeWords

Groups = Mapping[str, str]
_DATED = ("year", "season", "month", "day", "near", "week", "y4", "m3", "holiday", "ago", "last")
_FIXED_MINUTES = {"半": 30, "一刻": 15, "三刻": 45, "": 0}
_HOURS = 24
# 晚上三点 is after midnight, 晚上六点 is not.
_LAST_OF_THE_NIGHT = 5


def with_clock(moment: Moment, groups: Groups, words: TimeWords) -> Moment:
    """The hour of a day; 昨晚 and 晚上 alone give a stretch of hours."""
    if moment.precision != "day":
        return moment
    if groups.get("clock"):
        return _at_the_hour(moment, groups, words)
    part = _part(groups, words)
    if not part:
        return moment
    low, high = words.parts[part]
    begin, until = moment.begin.replace(hour=low), moment.until.replace(hour=high)
    return Moment(begin, until, "hour")


def _at_the_hour(moment: Moment, groups: Groups, words: TimeWords) -> Moment:
    hour, minute = _clock(groups, words)
    if hour > _HOURS:
        return moment
    begin = moment.begin + timedelta(hours=hour, minutes=minute)
    return replace(moment, begin=begin, until=begin, precision="minute" if minute else "hour")


def bare_clock(groups: Groups, words: TimeWords) -> str:
    """T02:00 for a clock time without a day; empty when there is a day, or no clock time."""
    if not groups.get("clock") or any(groups.get(name) for name in (*_DATED, "recent")):
        return ""
    hour, minute = _clock(groups, words)
    return f"T{hour:02d}:{minute:02d}" if hour <= _HOURS else ""


def _clock(groups: Groups, words: TimeWords) -> tuple[int, int]:
    if groups.get("hh"):
        return int(groups["hh"]), int(groups["mm"])
    hour = int(number(groups["hour"] or "") or 0)
    part = _part(groups, words)
    return hour + _shift(hour, part, words), _minute(groups.get("minute") or "")


def _shift(hour: int, part: str, words: TimeWords) -> int:
    """Twelve hours when the part of the day says so."""
    afternoon = part in words.afternoon and 1 <= hour < _HOURS // 2
    evening = part in words.evening and _LAST_OF_THE_NIGHT < hour < _HOURS // 2
    noon = part == "中午" and hour <= 2
    return _HOURS // 2 if afternoon or evening or noon else 0


def _part(groups: Groups, words: TimeWords) -> str:
    near = groups.get("near") or ""
    return groups.get("part") or words.part_of_near.get(near[-1:], "")


def _minute(word: str) -> int:
    if word in _FIXED_MINUTES:
        return _FIXED_MINUTES[word]
    return int(number(word.removesuffix("分")) or 0) % 60
