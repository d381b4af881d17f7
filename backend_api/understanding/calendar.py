"""Days of a year that people name: lunar dates and holidays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Calendar:
    """`months[lunar year]` holds the first solar day of each of its twelve months."""

    months: Mapping[int, Sequence[date]]

    def lunar(self, year: int, month: int, day: int = 1) -> date | None:
        """The solar day of a lunar date; None outside the table (1990 to 2050)."""
        starts = self.months.get(year)
        return starts[month - 1] + timedelta(days=day - 1) if starts else None

    def lunar_month(self, year: int, month: int) -> tuple[date, date] | None:
        first = self.lunar(year, month)
        return (first, first + timedelta(days=28)) if first else None

    def holiday(self, name: str, year: int) -> tuple[date, date] | None:
        """First and last day off of a holiday in a year (usual length, not the year's notice)."""
        if name in _SOLAR:
            month, day, length = _SOLAR[name]
            first = date(year, month, day)
            return first, first + timedelta(days=length - 1)
        month, day, length = _LUNAR[name]
        lunar_year = year - 1 if name in ("腊八", "小年", "除夕", "年三十", "大年三十") else year
        start = self.lunar(lunar_year, month, day)
        if start and name in ("除夕", "年三十", "大年三十"):
            new_year = self.lunar(year, 1, 1)
            start = new_year - timedelta(days=1) if new_year else start
        return (start, start + timedelta(days=length - 1)) if start else None


# month, day, days off
_SOLAR = {
    "元旦": (1, 1, 1), "情人节": (2, 14, 1), "妇女节": (3, 8, 1), "三八": (3, 8, 1),
    "三一五": (3, 15, 1), "清明": (4, 4, 3), "五一": (5, 1, 5), "劳动节": (5, 1, 5),
    "六一": (6, 1, 1), "儿童节": (6, 1, 1), "六一八": (6, 18, 1), "七一": (7, 1, 1),
    "八一": (8, 1, 1), "教师节": (9, 10, 1), "国庆": (10, 1, 7), "十一": (10, 1, 7),
    "双十一": (11, 11, 1), "双11": (11, 11, 1), "双十二": (12, 12, 1), "双12": (12, 12, 1),
    "平安夜": (12, 24, 1), "圣诞": (12, 25, 1), "冬至": (12, 21, 2),
}  # fmt: skip
_LUNAR = {
    "春节": (1, 1, 7), "过年": (1, 1, 7), "大年初一": (1, 1, 1), "元宵": (1, 15, 1),
    "端午": (5, 5, 3), "七夕": (7, 7, 1), "中元": (7, 15, 1), "中秋": (8, 15, 3),
    "重阳": (9, 9, 1), "腊八": (12, 8, 1), "小年": (12, 23, 1), "除夕": (12, 29, 1),
    "年三十": (12, 29, 1), "大年三十": (12, 29, 1),
}  # fmt: skip
HOLIDAYS = (*_SOLAR, *_LUNAR)
