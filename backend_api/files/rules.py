"""Which files are taken, told by what is in them and never by their names. Pure."""

from enum import StrEnum

MAX_BYTES = 10 * 1024 * 1024
# Beyond what phones photograph; decoded, that many need 150 MB.
MAX_PIXELS = 50_000_000
# In one conversation.
MAX_FILES = 30


class Kind(StrEnum):
    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    PDF = "application/pdf"


ENDINGS = {Kind.JPEG: "jpg", Kind.PNG: "png", Kind.WEBP: "webp", Kind.PDF: "pdf"}
_BEGINNINGS = {b"\xff\xd8\xff": Kind.JPEG, b"\x89PNG\r\n\x1a\n": Kind.PNG, b"%PDF-": Kind.PDF}


def kind_of(content: bytes) -> Kind | None:
    """By its first bytes; None for whatever is not taken."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return Kind.WEBP
    return next((kind for start, kind in _BEGINNINGS.items() if content.startswith(start)), None)


def placeholder(kind: Kind) -> str:
    """What the dialogue reads in its place: the words of every channel for it."""
    return "[文件]" if kind is Kind.PDF else "[图片]"
