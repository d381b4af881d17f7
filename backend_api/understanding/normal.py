"""The text as the extractors read it: one code point for each code point received.

Nothing here changes a length, so every offset in the normalised text is an offset in the text
as received and no map is needed.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

_CHINESE_PUNCTUATION = frozenset("，。！？；：（）、“”‘’《》…—～")


@dataclass(frozen=True, slots=True)
class Normal:
    """`received` has lone surrogates replaced; `text` is folded and simplified, same length."""

    received: str
    text: str
    script: str


def normalise(text: str, simplify: Callable[[str], str]) -> Normal:
    """Fold widths and compatibility forms, blank control characters, simplify characters."""
    received = _without_surrogates(text)
    folded = received if received.isascii() else "".join(_fold(char) for char in received)
    folded = "".join(char if char >= " " or char == "\n" else " " for char in folded)
    simple = _same_length(folded, simplify)
    return Normal(received, simple, _script(folded, simple))


def _without_surrogates(text: str) -> str:
    return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)


def _fold(char: str) -> str:
    """One character for one; circled and raised numbers stay (②300元 is not 2300元)."""
    if char < "\x7f" or "\u4e00" <= char <= "\u9fff" or char in _CHINESE_PUNCTUATION:
        return char
    category = unicodedata.category(char)
    if category in ("Cf", "Cc", "Zs", "Zl", "Zp"):
        return " "
    if category == "No":
        return char
    folded = unicodedata.normalize("NFKC", char)
    return folded if len(folded) == 1 else char


def _same_length(text: str, simplify: Callable[[str], str]) -> str:
    simple = simplify(text)
    if len(simple) == len(text):
        return simple
    return "".join(one if len(one := simplify(char)) == 1 else char for char in text)


def _script(folded: str, simple: str) -> str:
    """ISO 15924: Hant when characters had to be simplified, Hans, Latn, or Zyyy for none."""
    changed = sum(a != b for a, b in zip(folded, simple, strict=True))
    han = sum("\u4e00" <= char <= "\u9fff" for char in simple)
    if han:
        return "Hant" if changed * 20 > han else "Hans"
    return "Latn" if any("a" <= char.lower() <= "z" for char in simple) else "Zyyy"
