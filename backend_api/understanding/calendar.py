"""Days of a year that people name: lunar dates and holidays."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Holidays:
    """The holidays of `data/words/times.yml`: name → month, day, days off."""

    solar: Mapping[str, Sequence[int]]
    lunar: Mapping[str, Sequence[int]]
    year_end: Collection[str]
    new_years_eves: Collection[str]


@dataclass(frozen=True, slots=True)
class Calendar:
    """`months[lunar year]` holds the first solar day of each of its twelve months."""

    months: Mapping[int, Sequence[date]]
    holidays: Holidays

    def lunar(self, year: int, month: int, day: int = 1) -> date | None:
        """The solar day of a lunar date; None outside the table (1990 to 2050)."""
        starts = self.months.get(year)
        return starts[month - 1] + timedelta(days=day - 1) if starts else None

    def holiday(self, name: str, year: int) -> Days | None:
        """First and last day off of a holiday in a year."""
        if name in self.holidays.solar:
            month, day, length = self.holidays.solar[name]
            return _days_off(date(year, month, day), length)
        month, day, length = self.holidays.lunar[name]
        first = self._lunar_holiday(name, year, month, day)
        return _days_off(first, length) if first else None

    def _lunar_holiday(self, name: str, year: int, month: int, day: int) -> date | None:
        if name in self.holidays.new_years_eves:
            new_year = self.lunar(year, 1)
            return new_year - timedelta(days=1) if new_year else None
        return self.lunar(year - 1 if name in self.holidays.year_end else year, month, day)


def _days_off(first: date, length: int) -> Days:
    return first, first + timedelta(days=length - 1)
