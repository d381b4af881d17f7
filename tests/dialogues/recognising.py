"""Which responses a reply is, by its text: every variant of a response counts as that response."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import yaml

from backend_api.drafts.labels import offer
from backend_api.drafts.rules import OPTIONAL
from backend_api.notifications.texts import TEMPLATES
from backend_api.operations.folders import PROJECT
from bench.channel import Reply

DOMAIN = PROJECT / "bot" / "domain"
FILLED_IN = re.compile(r"\\\{\w+\\\}")


@dataclass(frozen=True, slots=True)
class Texts:
    """Pattern → name of the response or text (`citizen.<key>`) that it belongs to."""

    patterns: tuple[tuple[re.Pattern[str], str], ...]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(name for _, name in self.patterns)

    def names_of(self, reply: Reply) -> tuple[str, ...]:
        """More than one where two responses say the same; none where nobody wrote the text."""
        return tuple(name for pattern, name in self.patterns if pattern.fullmatch(reply["text"]))


@cache
def texts() -> Texts:
    offered = _pattern(_citizen_texts()["offer_more"])
    return Texts(
        tuple(
            (re.compile(rf"{_pattern(text)}(?:{offered})?(?:\n[^\n]+[:：][\s\S]*)?"), name)
            for name, text in _all_texts()
        )
    )


def offers_of(reply: Reply) -> tuple[str, ...]:
    """The optional fields that a read-back offers to tell."""
    words = reply["text"].partition("\n")[0]
    return tuple(field for field in OPTIONAL if offer(field) in words)


def _pattern(text: str) -> str:
    """A child hears the same words with 你."""
    return FILLED_IN.sub(".+?", re.escape(text)).replace("您", "[您你]")


def _all_texts() -> Iterator[tuple[str, str]]:
    for file in sorted(DOMAIN.glob("*.yml")):
        responses = yaml.safe_load(file.read_text(encoding="utf-8")).get("responses") or {}
        for name, variants in responses.items():
            yield from ((name, str(one["text"]).strip()) for one in variants)
    yield from ((_name_of(key), text) for key, text in _citizen_texts().items())


def _name_of(key: str) -> str:
    """What is written for children counts as the text that it stands for."""
    own = key.removeprefix("child_")
    return own if own.startswith("utter_") else f"citizen.{own}"


def _citizen_texts() -> dict[str, str]:
    raw = yaml.safe_load((TEMPLATES / "citizen.yml").read_text(encoding="utf-8"))
    return {key: str(entry["zh"]).strip() for key, entry in raw.items()}
