"""What the columns of a ledger are called, and its codes in words."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from backend_api.drafts.labels import label, shown_value
from backend_api.ledger.rules import COLUMNS


@dataclass(frozen=True, slots=True)
class _Texts:
    sheet: str
    more: str
    labels: dict[str, str]
    values: dict[str, dict[str, str]]


@cache
def _texts() -> _Texts:
    file = Path(__file__).with_name("columns.yml")
    return _Texts(**yaml.safe_load(file.read_text(encoding="utf-8")))


@cache
def header() -> tuple[str, ...]:
    own = _texts().labels
    return tuple(own[name] if name in own else label(name) for name in COLUMNS)


def sheet_name(number: int) -> str:
    """A sheet holds a million rows at most; the second is told from the first."""
    texts = _texts()
    return texts.sheet if number == 1 else texts.more.format(number=number)


def shown(column: str, value: str) -> str:
    own = _texts().values.get(column)
    return own.get(value, value) if own is not None else shown_value(column, value)
