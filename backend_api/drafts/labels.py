"""What the fields of a case are called, from `fields.yml`."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

Words = dict[str, str]


@dataclass(frozen=True, slots=True)
class _Texts:
    labels: dict[str, Words]
    offers: dict[str, Words]
    values: dict[str, dict[str, Words]]


@cache
def _texts() -> _Texts:
    loaded = yaml.safe_load(Path(__file__).with_name("fields.yml").read_text(encoding="utf-8"))
    return _Texts(**loaded)


def label(field: str, language: str = "zh") -> str:
    return _texts().labels[field][language]


def offer(field: str, language: str = "zh") -> str:
    """The field in a sentence that offers to tell more."""
    return _texts().offers[field][language]


def shown_value(field: str, value: str, language: str = "zh") -> str:
    """The value as people read it: codes, and an anonymous contact, are said in words."""
    words = _texts().values.get(field, {}).get(value)
    return words[language] if words is not None else value
