"""A text as counts of character n-grams: the one definition training and reading share."""

import math
import re
from collections import Counter
from collections.abc import Iterator

_BLANK = re.compile(r"[\s，。！？；：、,.!?;:…“”\"'‘’（）()【】\[\]《》~～—\-]+")
_DIGITS = re.compile(r"\d+")
ORDERS = (1, 2)
MOST_CHARACTERS = 1200


def grams(text: str) -> Counter[str]:
    """n-grams of one and two characters; every number is 0, punctuation separates."""
    counts: Counter[str] = Counter()
    for part in _parts(text):
        for order in ORDERS:
            counts.update(part[at : at + order] for at in range(len(part) - order + 1))
    return counts


def weight(count: int) -> float:
    """Sublinear: the tenth 工资 tells little more than the third."""
    return 1.0 + math.log(count)


def _parts(text: str) -> Iterator[str]:
    shown = text[:MOST_CHARACTERS]
    for part in _BLANK.split(_DIGITS.sub("0", shown.lower())):
        if part:
            yield part
