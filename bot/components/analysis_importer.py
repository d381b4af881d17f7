"""Admits what the analysis proposes, as far as it fits what the message is and what was asked.

The worker sends proposals as entities: facts that `understanding` found, and the whole text as a
possible `story` and as a possible `answer`. Rasa fills slots from entities only; so what is
dropped here cannot become a fact. This is also where an intent is read in its context
(bot/components/meaning.py): "不" after "方便留个电话吗?" means "skip it", after the read-back it
means "that is wrong".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components.meaning import Heard, heard_text, tables

Entity = dict[str, Any]

# Not an entity of the domain: the worker's word that the message repeats a value of the draft.
RESTATED = "restated"
KNOWN = "known"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class AnalysisImporter(GraphComponent):
    """Stands behind the intent classifier and the fallback classifier."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            # entities that are facts of a case, each filling the slot of its name
            "facts": [
                "what",
                "where",
                "when",
                "contact",
                "name",
                "respondent",
                "amount",
                "people",
                "safe_contact",
                "on_behalf",
                "representatives",
                "demand",
                "lookup",
            ],
            # intent → the facts it is about: its word on them is newer than what is known
            "about": {},
            # open questions to which a long text is no answer, and what is long
            "brief": {"where": 40},
            # open questions to which a story is no answer, once it is this surely a story
            "no_story": {"where": 0.7, "demand": 0.7},
        }

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = {**self.get_default_config(), **config}
        self._tables = tables()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> AnalysisImporter:
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            self._read(message)
        return messages

    def _read(self, message: Message) -> None:
        known = message.get("metadata") or {}
        sent = [dict(each, extractor="analysis") for each in known.get("entities") or []]
        proposed = [each for each in sent if each["entity"] != RESTATED]
        heard = self._tables.meaning(self._heard(message, known, sent))
        admitted = self._admitted(proposed, heard, known)
        named = {"item": self._tables.item(heard.text), "service": self._tables.service(heard.text)}
        admitted += [
            {"entity": entity, "value": value, "start": 0, "end": 1}
            for entity, value in named.items()
            if value
        ]
        intent = {"name": heard.intent, "confidence": heard.confidence}
        message.set(INTENT, dict(message.get(INTENT) or {}) | intent, add_to_output=True)
        message.set(ENTITIES, admitted, add_to_output=True)

    def _heard(self, message: Message, known: Mapping[str, Any], sent: list[Entity]) -> Heard:
        intent = message.get(INTENT) or {"name": None, "confidence": 0.0}
        offered = frozenset(each["entity"] for each in sent) - {RESTATED}
        facts = offered & set(self._config["facts"])
        memory = known.get("memory") or {}
        return Heard(
            text=heard_text(message.get(TEXT) or ""),
            intent=intent["name"],
            confidence=intent["confidence"],
            asking=known.get("asking"),
            offered=offered,
            facts=facts,
            restates=not facts and any(each["entity"] == RESTATED for each in sent),
            remembered=frozenset(part for part, is_so in memory.items() if is_so),
        )

    def _admitted(
        self, proposed: list[Entity], heard: Heard, known: Mapping[str, Any]
    ) -> list[Entity]:
        """What is settled is overwritten only by a correction, or when it was asked anew."""
        draft = known.get("draft") or {}
        known_already = {slot for slot, mark in draft.items() if mark == KNOWN} - {heard.asking}
        about = set(self._config["about"].get(heard.intent, ()))
        settled = set() if heard.intent == "correct" else known_already - about
        return [
            each
            for each in proposed
            if (each["entity"] if each["entity"] != "story" else "what") not in settled
            and (each["entity"] != "answer" or self._may_answer(each, heard))
            and (
                each["entity"] != "story"
                or self._tables.has_story(heard, each["end"] - each["start"])
            )
        ]

    def _may_answer(self, answer: Entity, heard: Heard) -> bool:
        surely = self._config["no_story"].get(heard.asking, 2.0)
        if heard.intent == "tell_story" and heard.confidence >= surely:
            return False
        longest: int | None = self._config["brief"].get(heard.asking)
        return longest is None or answer["end"] - answer["start"] <= longest
