"""Query codes in a message: they open a case, so they are masked like what is personal. Pure."""

import re
import unicodedata
from dataclasses import replace

from backend_api.cases.rules import is_query_code, is_registration_number
from backend_api.understanding.analysis import Analysis, Pii
from backend_api.understanding.masking import merged

_ALNUM = "0-9A-Za-z０-９Ａ-Ｚａ-ｚ"
_TOKEN = re.compile(f"[{_ALNUM}]+")


def with_codes_masked(analysis: Analysis, text: str) -> Analysis:
    """A code has letters and digits; one of letters alone is told by the number beside it."""
    tokens = [(match, _plain(match.group())) for match in _TOKEN.finditer(text)]
    has_number = any(is_registration_number(plain) for _, plain in tokens)
    codes = [
        Pii(match.start(), match.end(), "query_code")
        for match, plain in tokens
        if is_query_code(plain) and (has_number or not plain.isalpha()) and not plain.isdigit()
    ]
    return replace(analysis, pii=merged([*analysis.pii, *codes])) if codes else analysis


def _plain(token: str) -> str:
    return unicodedata.normalize("NFKC", token).lower()
