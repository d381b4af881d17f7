"""What a text must be before anything else sees it."""

import re

_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\u200b\u200c\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)


def whole(text: str) -> str:
    """Lone surrogates replaced: they can be neither encoded nor stored."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def scrub(text: str) -> str:
    """Whole, without control, direction and zero-width characters or white space around it.

    The zero-width joiner stays inside: it makes one emoji of several.
    """
    lines = whole(text).replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", lines).strip().strip("\u200d").strip()
