"""Which of the service's texts a reply is: the dialogue's responses and the backend's own."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from backend_api.drafts.labels import offer
from backend_api.drafts.rules import OPTIONAL
from backend_api.notifications.texts import TEMPLATES
from backend_api.operations.folders import PROJECT
from bench.channel import Reply

ASK = "utter_ask_"
# Says more about a question, which is the open one though it is not put again.
ABOUT = ("utter_hint_", "utter_why_", "utter_explain_")
# Questions that are not called so.
OTHER_QUESTIONS = {"utter_offer_parked": "parked"}


@dataclass(frozen=True, slots=True)
class Phrases:
    """Text → name of the response that holds it; the texts that are filled in, as patterns."""

    names: dict[str, str]
    patterns: tuple[tuple[re.Pattern[str], str], ...] = ()

    def name_of(self, reply: Reply) -> str:
        """Empty for a text that none of the files holds. A card's rows follow the text, and an
        offer may follow its sentence."""
        text = reply["text"]
        first = text.partition("\n")[0]
        known = self.names.get(text) or self.names.get(first)
        if known:
            return known
        return next((name for pattern, name in self.patterns if pattern.match(text)), "")

    def names_of(self, replies: Iterable[Reply]) -> list[str]:
        return [self.name_of(reply) for reply in replies]

    def question(self, replies: list[Reply]) -> str | None:
        """The field, `confirmed`, `change` or other thing that is asked last."""
        names = self.names_of(replies)
        asked = [found for name in names if (found := _asked(name))]
        return asked[-1] if asked else None

    def spoken_of(self, replies: list[Reply]) -> str | None:
        """The question that is explained: it is open though it is not put again."""
        for name in reversed(self.names_of(replies)):
            for start in ABOUT:
                if name.startswith(start):
                    return name.removeprefix(start)
        return None


def _asked(name: str) -> str:
    return name.removeprefix(ASK) if name.startswith(ASK) else OTHER_QUESTIONS.get(name, "")


def offered(replies: Iterable[Reply]) -> list[str]:
    """The optional fields that the read-back offers to tell."""
    cards = [reply for reply in replies if reply["card"] and reply["card"]["kind"] == "read_back"]
    first = "".join(card["text"].partition("\n")[0] for card in cards)
    return [field for field in OPTIONAL if offer(field) in first]


def load() -> Phrases:
    texts = list(_texts())
    longest_first = sorted(texts, key=lambda one: len(one[1]), reverse=True)
    patterns = tuple((_pattern(text), name) for name, text in longest_first if text)
    return Phrases({text: name for name, text in texts}, patterns)


def _pattern(text: str) -> re.Pattern[str]:
    """The text's beginning, with anything where it is filled in."""
    return re.compile(".+?".join(map(re.escape, re.split(r"\{\w+\}", text))), re.DOTALL)


def _texts() -> Iterator[tuple[str, str]]:
    for file in sorted((PROJECT / "bot" / "domain").glob("*.yml")):
        content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
        for name, variants in (content.get("responses") or {}).items():
            for variant in variants:
                yield name, str(variant.get("text", "")).strip()
    own = yaml.safe_load((TEMPLATES / "citizen.yml").read_text(encoding="utf-8"))
    for name, entry in own.items():
        yield name, entry["zh"].strip()
