"""Admits what the analysis proposes, as far as it fits what the message is and what was asked.

The worker sends proposals as entities: facts that `understanding` found, and the whole text as a
possible `story` and as a possible `answer`. Rasa fills slots from entities only; so what is
dropped here cannot become a fact. This is also where an intent is read in its context: "不" after
"方便留个电话吗?" means "skip it", after the read-back it means "that is wrong".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components.intent_classifier import NOTHING_ASKED

Entity = dict[str, Any]

# Not an entity of the domain: the worker's word that the message repeats a value of the draft.
RESTATED = "restated"
_FACTS = ["where", "when", "contact", "name", "respondent", "amount", "people"]


def _fits(
    cue: Mapping[str, Any], text: str, intent: str | None, asking: str, found: set[str]
) -> bool:
    return (
        intent in cue.get("sounds", [intent])
        and asking in cue.get("asking", [asking])
        and len(text) <= cue.get("longest", len(text))
        and bool(re.search(cue.get("says", ""), text))
        and not ("says_not" in cue and re.search(cue["says_not"], text))
        and cue.get("fact") in {None, *found}
        and cue.get("no_fact") not in found
    )


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class AnalysisImporter(GraphComponent):
    """Stands behind the intent classifier and the fallback classifier."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            # entities that are facts of a case, each filling the slot of its name
            "facts": [*_FACTS, "demand"],
            # facts that turn "对" after the read-back into a correction. Not the demand: "对,尽快
            # 处理" is an affirmation, and understanding finds a demand in it.
            "correcting": _FACTS,
            # open question → intent as it sounds → intent as it is meant
            "meant": {},
            # What words decide, first fit: {sounds, asking, says, says_not, fact, no_fact, longest,
            # means}. `asking` holds open questions ("nothing": none); `says` and `says_not` are
            # regular expressions; `fact` must be found in the message, `no_fact` must not. A key
            # that is left out admits everything.
            "cues": [],
            # no short fact but the account itself, while nothing is known of what happened: so
            # many characters, or fewer with a fact among them
            "account": {"sounds": ["inform", "nlu_fallback"], "length": 40, "with_fact": 25},
            # an item of the draft → words by which a citizen calls it
            "items": {},
            # open questions to which a long text is no answer, and what is long
            "brief": {"where": 40},
            # open questions to which a story is no answer, once it is this surely a story
            "no_story": {"where": 0.6, "demand": 0.6},
            # intent as it sounds → as it is meant, when a message after the read-back only repeats
            # what is known: "电话就是138…" affirms, "不对,电话是138…" has it read back again
            "restating": {
                "inform": "affirm",
                "choose_field": "affirm",
                "correct": "repeat_question",
                "deny": "repeat_question",
            },
            # what cannot be undone is done only when it is this surely meant; else it is a "skip"
            "sure": {"cancel": 0.5, "start_over": 0.5},
        }

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = {**self.get_default_config(), **config}

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
        item = self._item_named(message.get(TEXT) or "")
        found = {each["entity"] for each in proposed} & set(self._config["facts"])
        intent = dict(message.get(INTENT) or {"name": None, "confidence": 0.0})
        cue = self._cue(message.get(TEXT) or "", intent["name"], known, found)
        if cue is not None:
            intent["name"] = cue
        elif intent["confidence"] < self._config["sure"].get(intent["name"], 0.0):
            intent["name"] = "skip"
        if len(proposed) < len(sent) and not found and known.get("asking") == "confirmed":
            intent["name"] = self._config["restating"].get(intent["name"], intent["name"])
        intent["name"] = self._meant(intent["name"], known.get("asking"), found, item)
        admitted = self._admitted(proposed, intent, known)
        if item:
            admitted.append({"entity": "item", "value": item, "start": 0, "end": 1})
        message.set(INTENT, intent, add_to_output=True)
        message.set(ENTITIES, admitted, add_to_output=True)

    def _cue(
        self, text: str, intent: str | None, known: Mapping[str, Any], found: set[str]
    ) -> str | None:
        """The intent that the words themselves decide; None: they decide nothing."""
        asking = known.get("asking") or NOTHING_ASKED
        text = text.strip()
        for cue in self._config["cues"]:
            if _fits(cue, text, intent, asking, found):
                return str(cue["means"])
        account = self._config["account"]
        length = account["with_fact" if found else "length"]
        told = intent in account["sounds"] and len(text) >= length
        return "tell_story" if told and asking in {NOTHING_ASKED, "what"} else None

    def _item_named(self, text: str) -> str | None:
        """The item of the draft that is named first: "地点和电话都错了" begins with the place."""
        items: Mapping[str, Sequence[str]] = self._config["items"]
        places = [(text.find(word), item) for item, words in items.items() for word in words]
        return min((each for each in places if each[0] >= 0), default=(0, None))[1]

    def _meant(
        self, intent: str | None, asking: str | None, found: set[str], item: str | None
    ) -> str | None:
        if asking in {"confirmed", "change"}:
            intent = self._meant_of_read_back(intent, found, item)
        if intent == "correct" and not found:
            intent = "choose_field" if item else "deny" if asking else "correct"
        if intent == "choose_field" and item in {None, asking}:
            intent = "deny" if item is None else "inform"
        meant: Mapping[str, Mapping[str, str]] = self._config["meant"]
        return meant.get(asking or "", {}).get(intent or "", intent)

    def _meant_of_read_back(
        self, intent: str | None, found: set[str], item: str | None
    ) -> str | None:
        if intent == "affirm" and found & set(self._config["correcting"]):
            return "correct"
        if intent in {"deny", "inform", "nlu_fallback", "choose_field", "skip"} and found:
            return "correct"
        if intent in {"deny", "skip"} and item:
            return "choose_field"
        return intent

    def _admitted(
        self, proposed: list[Entity], intent: Mapping[str, Any], known: Mapping[str, Any]
    ) -> list[Entity]:
        """What is settled is overwritten only by a correction, or when it was asked anew."""
        asking, draft = known.get("asking"), known.get("draft") or {}
        settled = set() if intent["name"] == "correct" else {*draft} - {asking}
        return [
            each
            for each in proposed
            if (each["entity"] if each["entity"] != "story" else "what") not in settled
            and (each["entity"] != "answer" or self._may_answer(each, intent, asking))
        ]

    def _may_answer(self, answer: Entity, intent: Mapping[str, Any], asking: str | None) -> bool:
        if intent["name"] == "tell_story":
            surely = self._config["no_story"].get(asking, 2.0)
            return bool(intent["confidence"] < surely) and self._is_brief(answer, asking)
        return self._is_brief(answer, asking)

    def _is_brief(self, answer: Entity, asking: str | None) -> bool:
        longest: int | None = self._config["brief"].get(asking)
        return longest is None or answer["end"] - answer["start"] <= longest
