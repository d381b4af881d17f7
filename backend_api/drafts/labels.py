"""What the fields of a case are called, from `fields.yml`."""

from functools import cache
from pathlib import Path

import yaml

from backend_api.drafts.rules import ANONYMOUS


@cache
def _texts() -> dict[str, dict[str, dict[str, str]]]:
    loaded: dict[str, dict[str, dict[str, str]]] = yaml.safe_load(
        Path(__file__).with_name("fields.yml").read_text(encoding="utf-8")
    )
    return loaded


def label(field: str, language: str = "zh") -> str:
    return _texts()["labels"][field][language]


def shown_value(field: str, value: str, language: str = "zh") -> str:
    """The value as people read it: an anonymous contact is said in words."""
    if field == "contact" and value == ANONYMOUS:
        return _texts()["values"][ANONYMOUS][language]
    return value
