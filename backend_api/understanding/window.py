"""What the rules read of a very long text: its beginning and its end, joined by a seam."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from backend_api.understanding.analysis import (
    Count,
    Demand,
    IdCard,
    Money,
    Org,
    Person,
    Phone,
    Pii,
    Place,
    Span,
    Time,
)

_HALF = 3000
# Longer than a name with the words that lead to it.
_MARGIN = 32
_SEAM = "\n\n"
Found = TypeVar("Found", Person, Org, Place, Time, Money, Count, Phone, IdCard, Demand, Pii, Span)


@dataclass(frozen=True, slots=True)
class Window:
    """For a text of `length` characters; up to 6,000 it is the whole text."""

    length: int

    @property
    def skipped(self) -> int:
        """How many characters in the middle are left out."""
        return max(0, self.length - 2 * _HALF)

    @property
    def left_out(self) -> tuple[int, int]:
        """The part in the middle, with a little of both sides: a name may lie across its edge."""
        if not self.skipped:
            return 0, 0
        return _HALF - _MARGIN, _HALF + self.skipped + _MARGIN

    def shown(self, text: str) -> str:
        if not self.skipped:
            return text
        return text[:_HALF] + _SEAM + text[_HALF + self.skipped :]

    def moved(self, found: Iterable[Found]) -> tuple[Found, ...]:
        """At their offsets in the whole text; what lies across the seam is dropped."""
        by = self.skipped - len(_SEAM)
        return tuple(
            one if one.end <= _HALF else replace(one, start=one.start + by, end=one.end + by)
            for one in found
            if one.end <= _HALF or one.start >= _HALF + len(_SEAM)
        )
