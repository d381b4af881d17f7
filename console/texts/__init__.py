"""Every word the console shows: zh.yml, with en.yml beside it."""

from functools import cache
from pathlib import Path

import yaml

LANGUAGES = ("zh", "en")


@cache
def catalogue(language: str) -> dict[str, str]:
    body = yaml.safe_load((Path(__file__).parent / f"{language}.yml").read_text("utf-8"))
    return dict(flatten(body))


def flatten(body: dict[str, object], prefix: str = "") -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in body.items():
        if isinstance(value, dict):
            pairs += flatten(value, f"{prefix}{name}.")
        else:
            pairs.append((f"{prefix}{name}", str(value)))
    return pairs


def text_in(language: str, name: str, **values: object) -> str:
    return catalogue(language)[name].format(**values)


def word_in(language: str, group: str, value: str) -> str:
    """The word for a code of the api, or the code itself: it may have learnt a new one."""
    return catalogue(language).get(f"{group}.{value}", value)
