"""Texts the backend itself says, by key, from `templates/*.yml`."""

from functools import cache
from pathlib import Path

import yaml

TEMPLATES = Path(__file__).parent / "templates"


@cache
def _texts(name: str) -> dict[str, str]:
    texts = yaml.safe_load((TEMPLATES / f"{name}.yml").read_text(encoding="utf-8"))
    return {key: entry["zh"] for key, entry in texts.items()}


def citizen_text(key: str, **values: str) -> str:
    """The Chinese text with its `{values}` filled in. An unknown key is a bug and raises."""
    return _texts("citizen")[key].format(**values)


def spoken_text(key: str, *, child: bool, **values: str) -> str:
    """As `citizen_text`, to a child in words of its own, `child_KEY`, where there are any."""
    own = f"child_{key}"
    text = citizen_text(own if child and has_citizen_text(own) else key, **values)
    return to_child(text) if child else text


def to_child(text: str) -> str:
    """A child is no 您."""
    return text.replace("您", "你")


def has_citizen_text(key: str) -> bool:
    return key in _texts("citizen")


def error_text(code: str) -> str:
    """Why something was refused, in plain words."""
    return _texts("errors")[code]
