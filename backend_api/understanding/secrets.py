"""Does a message hold a state secret? By the word list `data/words/secrets.yml`, without a model.

It is a sign, no judgement: those who keep secrets decide. A wrong alarm costs a citizen one more
sentence, a missed one cannot be taken back from whoever has read it. What is said about secrecy
(保密吗, 商业秘密, 他泄露国家秘密) is no sign.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from backend_api.understanding.models import DATA, read_words, simplifier
from backend_api.understanding.normal import normalise

_LOOK_BACK = 12


@dataclass(frozen=True, slots=True)
class SecretWords:
    """The word list, compiled."""

    ordinary: re.Pattern[str]
    denied: re.Pattern[str]
    signs: re.Pattern[str]


def secret_words(raw: Mapping[str, Any]) -> SecretWords:
    """Raises KeyError or re.error when the list is missing or wrong."""
    words: Mapping[str, str] = raw["words"]

    def any_of(patterns: Sequence[str]) -> re.Pattern[str]:
        joined = "|".join(f"(?:{one})" for one in patterns)
        for name, value in words.items():
            joined = joined.replace(f"<{name}>", value)
        return re.compile(joined)

    return SecretWords(any_of(raw["ordinary"]), re.compile(raw["denied"]), any_of(raw["signs"]))


def may_hold_secret(text: str) -> bool:
    words, simplify = _tools()
    plain = normalise(text, simplify).text
    clear = words.ordinary.sub(lambda match: "＿" * len(match.group()), plain)
    return any(
        not words.denied.search(clear[max(0, match.start() - _LOOK_BACK) : match.start()])
        for match in words.signs.finditer(clear)
    )


def secrets_among(pieces: Sequence[str]) -> tuple[int, ...]:
    """Which of these messages to set aside; all, where only put together they show a secret."""
    found = tuple(at for at, piece in enumerate(pieces) if may_hold_secret(piece))
    if not found and len(pieces) > 1 and may_hold_secret("".join(pieces)):
        return tuple(range(len(pieces)))
    return found


@cache
def _tools() -> tuple[SecretWords, Callable[[str], str]]:
    return secret_words(read_words(DATA, "secrets")), simplifier()
