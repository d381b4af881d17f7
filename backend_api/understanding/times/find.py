"""Where times stand in a text: the four patterns laid over each other."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime

from backend_api.understanding.analysis import Time
from backend_api.understanding.times.clocks import Groups, bare_clock
from backend_api.understanding.times.dates import read_date
from backend_api.understanding.times.festivals import read_folk, read_holiday
from backend_api.understanding.times.guards import is_time
from backend_api.understanding.times.moments import Moment, iso, shown
from backend_api.understanding.times.ranges import linked
from backend_api.understanding.times.relative import read_relative
from backend_api.understanding.times.words import TimeWords

Reader = Callable[[Groups, datetime, TimeWords], Moment | None]


def find_times(text: str, now: datetime, words: TimeWords) -> tuple[Time, ...]:
    """Times in the order of the text; 去年12月到今年3月 and 从去年底到现在 are one each."""
    found = sorted(_candidates(text, now, words), key=lambda one: (one.start, -one.end))
    kept: list[Time] = []
    for item in found:
        if not kept or item.start >= kept[-1].end:
            kept.append(item)
    return tuple(linked(text, now, kept, words))


def _candidates(text: str, now: datetime, words: TimeWords) -> Iterator[Time]:
    readers: tuple[tuple[re.Pattern[str], Reader], ...] = (
        (words.named, read_holiday),
        (words.relative, read_relative),
        (words.folk, read_folk),
        (words.dates, read_date),
    )
    for pattern, read in readers:
        for match in pattern.finditer(text):
            if not match.group().strip() or not is_time(text, match, words):
                continue
            groups = match.groupdict()
            if clock := bare_clock(groups, words):
                yield Time(match.start(), match.end(), match.group(), clock, clock, "hour")
            elif moment := _read(read, groups, now, words):
                yield _time(match, moment)


def _read(read: Reader, groups: Groups, now: datetime, words: TimeWords) -> Moment | None:
    """Impossible dates (2月31日, year 0) are no times."""
    try:
        return read(groups, now, words)
    except (ValueError, OverflowError):
        return None


def _time(match: re.Match[str], moment: Moment) -> Time:
    text = match.group().rstrip().removesuffix("的")
    return Time(
        match.start(),
        match.start() + len(text),
        text,
        iso(moment.begin, moment.precision),
        iso(moment.until, moment.precision),
        shown(moment.precision),
    )
