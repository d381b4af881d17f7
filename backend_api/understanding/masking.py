"""Personal data replaced by a word that says what stood there."""

from collections.abc import Iterable

from backend_api.understanding.analysis import Pii

MASKS = {
    "name": "〔姓名〕",
    "phone": "〔电话〕",
    "idcard": "〔证件〕",
    "bankcard": "〔银行卡〕",
    "email": "〔邮箱〕",
    "account": "〔账号〕",
    "plate": "〔车牌〕",
    "query_code": "〔查询码〕",
}


def mask(text: str, pii: Iterable[Pii]) -> str:
    """The text with every span of `pii` replaced; the text must be the one they were found in."""
    parts: list[str] = []
    at = 0
    for span in merged(pii):
        parts += [text[at : span.start], MASKS[span.type]]
        at = span.end
    return "".join([*parts, text[at:]])


def merged(pii: Iterable[Pii]) -> tuple[Pii, ...]:
    """In the order of the text; overlapping spans become one with the first one's type."""
    joined: list[Pii] = []
    for span in sorted(pii, key=lambda one: (one.start, -one.end)):
        if joined and span.start < joined[-1].end:
            last = joined[-1]
            joined[-1] = Pii(last.start, max(last.end, span.end), last.type)
        else:
            joined.append(span)
    return tuple(joined)
