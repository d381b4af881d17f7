"""Does a message accuse an official of a corrupt deed? By the word list `data/words/officials.yml`.

Whoever tells that the village secretary took the money rarely says 举报. Being rude, slow or idle
is no such deed, and a shop, a firm or a doctor no such office.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from backend_api.understanding.models import DATA, read_words, simplifier
from backend_api.understanding.normal import normalise


@dataclass(frozen=True, slots=True)
class OfficialWords:
    """The word list, compiled."""

    ordinary: re.Pattern[str]
    reports: re.Pattern[str]


def official_words(raw: Mapping[str, Any]) -> OfficialWords:
    """Raises KeyError or re.error when the list is missing or wrong."""
    words: Mapping[str, str] = raw["words"]

    def any_of(patterns: Sequence[str]) -> re.Pattern[str]:
        joined = "|".join(f"(?:{one})" for one in patterns)
        for name, value in words.items():
            joined = joined.replace(f"<{name}>", value)
        return re.compile(joined)

    return OfficialWords(any_of(raw["ordinary"]), any_of(raw["reports"]))


def accuses_official(text: str) -> bool:
    words, simplify = _tools()
    plain = normalise(text, simplify).text
    clear = words.ordinary.sub(lambda match: "＿" * len(match.group()), plain)
    return words.reports.search(clear) is not None


@cache
def _tools() -> tuple[OfficialWords, Callable[[str], str]]:
    return official_words(read_words(DATA, "officials")), simplifier()
