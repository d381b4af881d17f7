"""Messages that only announce: 我就一个要求, 是这样的, 等一下, 嗯…; the words are a data file."""

import re
from collections.abc import Callable, Mapping
from functools import cache

from backend_api.understanding.models import DATA, read_words, simplifier
from backend_api.understanding.normal import normalise

_LONGEST = 24
_MARKS = re.compile(r"[\s，。、,.!！;；:：…—\-~～“”\"'‘’()（）]+")


def is_lead_in(text: str) -> bool:
    """Does the text say nothing yet, so that it answers no question?

    True only when nothing but announcing words is left of it: 退钱 and 没有 are answers.
    """
    return _judge()(text)


@cache
def _judge() -> Callable[[str], bool]:
    """The word list and the simplifier, read once."""
    raw = read_words(DATA, "lead_ins")
    whole, hesitant = patterns(raw)
    simplify = simplifier()

    def judge(text: str) -> bool:
        if len(text) > 2 * _LONGEST:
            return False
        plain = normalise(text.strip(), simplify).text.strip()
        words = _MARKS.sub("", plain)
        if not words or len(words) > _LONGEST:
            return False
        return bool(whole.fullmatch(words) or hesitant.fullmatch(plain))

    return judge


def patterns(raw: Mapping[str, str | list[str]]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """(a lead-in without its punctuation, a sound of hesitation); raises KeyError, re.error."""
    piece = "|".join(f"(?:{one})" for one in raw["pieces"])
    around = f"(?:{raw['around']}){{0,3}}"
    whole = re.compile(f"{around}(?:{piece}){around}(?:{piece})?{around}")
    hesitant = re.compile(f"(?:(?:{raw['sounds']}){raw['hesitation']}+)+(?:{raw['sounds']})?")
    return whole, hesitant
