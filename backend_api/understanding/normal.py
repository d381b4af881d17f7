"""The text as the extractors read it: one code point for each code point received.

Nothing here changes a length, so every offset in the normalised text is an offset in the text
as received and no map is needed.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from operator import ne

_SURROGATE = re.compile("[\ud800-\udfff]")
_HAN = re.compile("[\u4e00-\u9fff]+")
_CHINESE_PUNCTUATION = frozenset("，。！？；：（）、“”‘’《》…—～")


@dataclass(frozen=True, slots=True)
class Normal:
    """`received` has lone surrogates replaced; `text` is folded and simplified, same length."""

    received: str
    text: str
    script: str


def normalise(text: str, simplify: Callable[[str], str]) -> Normal:
    """Fold widths and compatibility forms, blank control characters, simplify characters."""
    received = scrubbed(text)
    folded = fold(received)
    simple = _same_length(folded, simplify)
    return Normal(received, simple, _script(folded, simple))


def scrubbed(text: str) -> str:
    """Lone surrogates replaced: they can be neither stored nor sent."""
    return _SURROGATE.sub("\ufffd", text)


def fold(text: str) -> str:
    """Half-width and compatible forms; control characters are blanks."""
    odd = {char for char in set(text) if not _is_plain(char)}
    return text.translate({ord(char): _fold(char) for char in odd}) if odd else text


def _is_plain(char: str) -> bool:
    return (
        " " <= char < "\x7f"
        or "\u4e00" <= char <= "\u9fff"
        or char == "\n"
        or char in _CHINESE_PUNCTUATION
    )


def _fold(char: str) -> str:
    """One character for one; circled and raised numbers stay (②300元 is not 2300元)."""
    category = unicodedata.category(char)
    if category in ("Cf", "Cc", "Zs", "Zl", "Zp"):
        return " "
    if category == "No":
        return char
    folded = unicodedata.normalize("NFKC", char)
    return folded if len(folded) == 1 and folded >= " " else char


def _same_length(text: str, simplify: Callable[[str], str]) -> str:
    simple = simplify(text)
    if len(simple) == len(text):
        return simple
    single = {char: simplify(char) for char in set(text)}
    return text.translate({ord(char): one for char, one in single.items() if len(one) == 1})


def _script(folded: str, simple: str) -> str:
    """ISO 15924: Hant when characters had to be simplified, Hans, Latn, or Zyyy for none."""
    changed = 0 if folded == simple else sum(map(ne, folded, simple))
    han = len(simple) - len(_HAN.sub("", simple))
    if han:
        return "Hant" if changed * 20 > han else "Hans"
    return "Latn" if any("a" <= char.lower() <= "z" for char in simple) else "Zyyy"
