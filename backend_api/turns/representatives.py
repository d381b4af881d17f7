"""Who speaks for a group: names and numbers in a list or in a sentence. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from backend_api.turns.words import turn_words

# 信访工作条例 art. 20: a group names at most five.
FEWEST, MOST = 2, 5
# A text that is little else than names is a list of them, whatever it says beside.
MOSTLY = 0.7
_LINE = re.compile(r"[\n;；]|(?<=\d{11})[,，、 ]+")
_NUMBER = re.compile(r"(?<!\d)1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}(?!\d)")
_EDGES = " ,，、;；:：。"
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Representatives:
    """Everybody who is named: where, and with which words."""

    spans: tuple[Span, ...]
    texts: tuple[str, ...]

    @property
    def kept(self) -> tuple[Span, ...]:
        return self.spans[:MOST]

    @property
    def are_too_many(self) -> bool:
        return len(self.spans) > MOST

    def own(self, value: str) -> bool:
        """Is it a number of one of them, or a part of a name: 周六 in 周六顺?"""
        return any(value in text or value in _digits(text) for text in self.texts)


def find_representatives(text: str) -> Representatives | None:
    """One a line with a number each, or several names in a row where 代表 is said; None: fewer
    than two."""
    spans = max(_in_a_row(text), _listed(text), key=len)
    if len(spans) < FEWEST:
        return None
    return Representatives(tuple(spans), tuple(text[slice(*span)] for span in spans))


def number_of_named(text: str, representatives: str) -> str:
    """The number of the one whom the text names; empty: nobody is named, or more than one is.

    `representatives`: as a draft keeps them.
    """
    each = [(_NUMBER.search(one), turn_words().person.match(one)) for one in _kept(representatives)]
    found = [
        _digits(number[0]) for number, name in each if number and name and name["name"] in text
    ]
    return found[0] if len(found) == 1 else ""


def _kept(representatives: str) -> list[str]:
    return [one.strip() for one in representatives.split("；")]


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)


def _listed(text: str) -> list[Span]:
    spans, at = [], 0
    for line in _LINE.split(text):
        at = text.index(line, at)
        if line.strip(_EDGES) and turn_words().representative.search(line):
            spans.append((at, at + len(line)))
        at += len(line)
    return spans


def _in_a_row(text: str) -> list[Span]:
    """代表是张三、李四和王五; each with the number that follows it.

    A name is told by its family name and by what stands around it: taggers miss 温国庆.
    """
    called = turn_words().called_representatives.search(text) is not None
    for row in turn_words().names_in_a_row.finditer(text):
        start = row.start("names")
        names = [one.span() for one in turn_words().one_name.finditer(row["names"])]
        is_list = len(row[0]) >= MOSTLY * len(text)
        if len(names) >= FEWEST and (called or is_list):
            return _with_numbers(text, [(start + at, start + end) for at, end in names])
    return []


def _with_numbers(text: str, names: Sequence[Span]) -> list[Span]:
    """Each up to the number that follows it; a number alone stands for all of them."""
    if len(_NUMBER.findall(text)) < FEWEST:
        return list(names)
    found = []
    for (start, end), until in zip(names, [*(at for at, _ in names[1:]), len(text)], strict=True):
        number = _NUMBER.search(text, end, until)
        found.append((start, number.end() if number else end))
    return found
