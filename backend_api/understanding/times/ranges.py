"""Two times that are one: 去年12月到今年3月, 从去年底到现在."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from backend_api.understanding.analysis import Time
from backend_api.understanding.times.moments import iso
from backend_api.understanding.times.words import TimeWords

_LINK = re.compile(r"\s?(?:开始)?一?(?:直到|到|至|-|—|–|~|～)+\s?")


def linked(text: str, now: datetime, found: Sequence[Time], words: TimeWords) -> Iterator[Time]:
    """Join `A 到 B` and `A 到现在`."""
    at = 0
    while at < len(found):
        item = found[at]
        at += 1
        if at < len(found) and _LINK.fullmatch(text, item.end, found[at].start):
            item = _joined(text, item, found[at])
            at += 1
        elif match := words.to_now.match(text, item.end):
            until = iso(now, item.precision)
            item = replace(item, end=match.end(), text=text[item.start : match.end()], until=until)
        yield item


def _joined(text: str, first: Time, last: Time) -> Time:
    """The later end counts in the first one's year unless it names its own."""
    begin = first.begin
    if last.begin < begin and first.precision == last.precision and begin[:4].isdigit():
        begin = f"{int(begin[:4]) - 1}{begin[4:]}"
    whole = text[first.start : last.end]
    return Time(first.start, last.end, whole, begin, last.until, last.precision)
