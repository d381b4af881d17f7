"""Times counted back from now: 两个多月前, 近三个月, 前阵子."""

import re
from datetime import datetime, timedelta

from backend_api.understanding.numerals import number
from backend_api.understanding.times.clocks import Groups
from backend_api.understanding.times.festivals import before_new_year
from backend_api.understanding.times.moments import Moment
from backend_api.understanding.times.words import TimeWords

_UNIT_DAYS = {"年": 365.25, "月": 30.44, "周": 7, "天": 1, "小时": 1 / 24, "分钟": 1 / 1440}
_UNITS = {"星期": "周", "礼拜": "周", "日": "天", "钟头": "小时"}
_PRECISIONS = {"年": "year", "月": "month", "小时": "hour", "分钟": "minute"}
# A vague stretch of more days is told in years, or in months.
_IN_YEARS, _IN_MONTHS = 700, 30
_MONTHS = 12


def read_relative(groups: Groups, now: datetime, words: TimeWords) -> Moment | None:
    """What a match of `TimeWords.relative` means."""
    if groups["recent"] == "年前":
        return before_new_year(now, words.calendar)
    if groups["recent"]:
        return _recent(words.recent[groups["recent"]], now)
    if groups["last"]:
        return _last(groups["amount2"], groups["unit2"], now, words)
    return _ago(groups, now, words)


def _recent(days: int, now: datetime) -> Moment:
    precision = "year" if days > _IN_YEARS else "month" if days > _IN_MONTHS else "day"
    return Moment(now - timedelta(days=days), now, precision)


def _last(amount: str, unit: str, now: datetime, words: TimeWords) -> Moment:
    """这两年, 近三个月: from then to now."""
    name = _unit(unit)
    begin = _back(now, _amount(amount, words), name)
    if name == "年":
        return Moment(begin, now, "month" if amount == "半" else "year")
    return Moment(begin, now, "month" if name == "月" else "day")


def _ago(groups: Groups, now: datetime, words: TimeWords) -> Moment:
    name = _unit(groups["unit"])
    amount = _amount(groups["amount"], words) + (0.5 if groups["half"] == "半" else 0.0)
    moment = _back(now, amount, name)
    broken = name == "年" and amount != int(amount)
    return Moment(moment, moment, "month" if broken else _PRECISIONS.get(name, "day"))


def _unit(word: str) -> str:
    bare = re.sub(r"[个多]", "", word)
    return _UNITS.get(bare, bare)


def _amount(word: str, words: TimeWords) -> float:
    return words.amounts.get(word) or number(word) or 1.0


def _back(now: datetime, amount: float, unit: str) -> datetime:
    if unit not in ("年", "月"):
        return now - timedelta(days=amount * _UNIT_DAYS[unit])
    months = now.year * _MONTHS + now.month - 1
    months -= round(amount * (_MONTHS if unit == "年" else 1))
    return now.replace(
        year=max(1, months // _MONTHS), month=months % _MONTHS + 1, day=min(now.day, 28)
    )
