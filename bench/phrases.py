"""Which of the service's texts a reply is: the dialogue's responses and the backend's own."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from backend_api.notifications.texts import TEMPLATES
from backend_api.operations.folders import PROJECT
from bench.channel import Reply

ASK = "utter_ask_"


@dataclass(frozen=True, slots=True)
class Phrases:
    """Text → name of the response that holds it."""

    names: dict[str, str]

    def name_of(self, reply: Reply) -> str:
        """Empty for a text that none of the files holds. A card's rows follow the text."""
        text = reply["text"]
        if text in self.names:
            return self.names[text]
        return self.names.get(text.partition("\n")[0], "")

    def question(self, replies: list[Reply]) -> str | None:
        """The field, `confirmed` or `change` that is asked last."""
        names = [self.name_of(reply) for reply in replies]
        asked = [name.removeprefix(ASK) for name in names if name.startswith(ASK)]
        return asked[-1] if asked else None


def load() -> Phrases:
    return Phrases({text: name for name, text in _texts()})


def _texts() -> Iterator[tuple[str, str]]:
    for file in sorted((PROJECT / "bot" / "domain").glob("*.yml")):
        content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
        for name, variants in (content.get("responses") or {}).items():
            for variant in variants:
                yield name, str(variant.get("text", "")).strip()
    own = yaml.safe_load((TEMPLATES / "citizen.yml").read_text(encoding="utf-8"))
    for name, entry in own.items():
        yield name, entry["zh"].strip()
