"""Personal handles that are no numbers of the state: e-mail, WeChat, QQ, number plates."""

import re

from backend_api.understanding.analysis import Pii

_PATTERNS = (
    (
        "email",
        re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{2,63}){1,4}"),
    ),
    (
        "account",
        re.compile(r"(?:微信号?|vx|VX|wx|加v)[ :：是为]{0,3}([A-Za-z][A-Za-z0-9_-]{5,19})"),
    ),
    ("account", re.compile(r"[Qq]{2}号?[ :：是为]{0,3}([1-9]\d{4,10})(?!\d)")),
    (
        "plate",
        re.compile(
            r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
            r"[A-HJ-NP-Z][ ·.]?[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳](?![A-Za-z0-9])"
        ),
    ),
)


def find_accounts(text: str) -> tuple[Pii, ...]:
    """Spans to mask; where a handle has a lead word (微信号 …) only the handle itself."""
    found: list[Pii] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span(pattern.groups)
            found.append(Pii(start, end, kind))
    return tuple(found)
