"""Says what a message is: the character model, and what was asked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.character_model import CharacterModel, Settings, expected, log_chances, plain
from bot.components.meaning import NOTHING_ASKED

_CHINESE = re.compile(r"[\u3400-\u9fff\d☎]")
_PLACEHOLDER = re.compile(r"\[[^\]]*\]")  # [图片], [语音]: a channel's word, not the citizen's


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentOfMessage(IntentClassifier, GraphComponent):
    """Trained on (text, intent) pairs; `process` sets intent and ranking."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            **asdict(Settings()),  # of the model; each is explained there
            "ranking_length": 5,
            # what was asked → intent → factor on its probability: a short answer to "在哪里?" is
            # seldom a new story. Intents that are not named have factor 1.
            "expectations": {},
        }

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        model: CharacterModel | None = None,
        foreign: frozenset[str] = frozenset(),
    ) -> None:
        self._config = {**self.get_default_config(), **config}
        self._storage, self._resource = storage, resource
        if model:
            self._hold(model, foreign)

    def _hold(self, model: CharacterModel, foreign: frozenset[str]) -> None:
        self._model, self._foreign = model, foreign
        self._expected = expected(self._config["expectations"], model.classes)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentOfMessage:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> IntentOfMessage:
        with model_storage.read_from(resource) as folder:
            model = CharacterModel.load(folder, _settings(config))
            foreign = json.loads((folder / "foreign.json").read_text("utf-8"))
        return cls(config, model_storage, resource, model, frozenset(foreign))

    def train(self, training_data: TrainingData) -> Resource:
        texts = [each.get(TEXT) for each in training_data.intent_examples]
        labels = [each.get(INTENT) for each in training_data.intent_examples]
        model = CharacterModel.trained(texts, labels, _settings(self._config))
        foreign = sorted({plain(text) for text in texts if not _CHINESE.search(plain(text))})
        self._hold(model, frozenset(foreign))
        with self._storage.write_to(self._resource) as folder:
            model.save(folder)
            (folder / "foreign.json").write_text(json.dumps(foreign, ensure_ascii=False), "utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT)
            if text:
                asked = (message.get("metadata") or {}).get("asking") or NOTHING_ASKED
                self._judge(message, text, asked)
        return messages

    def _is_readable(self, text: str) -> bool:
        """Without a Chinese character or a digit only what was taught word for word: hello, ok."""
        text = plain(text)
        return bool(_CHINESE.search(_PLACEHOLDER.sub("", text))) or text in self._foreign

    def _judge(self, message: Message, text: str, asked: str) -> None:
        scores = self._model.scores(text) + self._expected.get(asked, 0.0)
        chances = np.exp(log_chances(scores)) if self._is_readable(text) else np.zeros_like(scores)
        best = np.argsort(-scores)[: self._config["ranking_length"]]
        ranking = [
            {"name": self._model.classes[place], "confidence": float(chances[place])}
            for place in best
        ]
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)


def _settings(config: Mapping[str, Any]) -> Settings:
    return Settings(
        **{each.name: config[each.name] for each in fields(Settings) if each.name in config}
    )
