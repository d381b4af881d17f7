"""Says what a message is: logistic regression over character n-grams, and what was asked.

A long story holds every question a citizen may ask (请问, 收费, 怎么办), so a message is not one
bag of n-grams: its beginning and its end count separately, and so does its length.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
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
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

NOTHING_ASKED = "nothing"
_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)|〔电话〕")
_NUMBER = re.compile(r"\d+")
_CHINESE = re.compile(r"[\u3400-\u9fff\d☎]")
_PLACEHOLDER = re.compile(r"\[[^\]]*\]")  # [图片], [语音]: a channel's word, not the citizen's
_SPACE = re.compile(r"\s+")


def plain(text: str) -> str:
    """Width, case, digits and spaces carry no intent; that there is a phone number does."""
    text = unicodedata.normalize("NFKC", text).lower()
    text = _PHONE.sub("☎", text)
    text = _NUMBER.sub(lambda found: "0" * min(len(found[0]), 3), text)
    return _SPACE.sub(" ", text).strip()


def grams(text: str, longest: int) -> Iterator[str]:
    for size in range(1, longest + 1):
        for start in range(len(text) - size + 1):
            yield text[start : start + size]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentOfMessage(IntentClassifier, GraphComponent):
    """Trained on (text, intent) pairs; `process` sets intent and ranking."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "longest_gram": 2,  # characters; 3 gains nothing on held-out text, at twice the size
            "edge": 30,  # characters at the beginning and at the end that count separately
            "max_chars": 2000,  # a text is read up to here; its end is still its own end
            "lengths": [4, 8, 14, 22, 35, 60, 100, 200],  # bounds of the length classes
            "length_weight": 0.3,  # of the length feature beside a text vector of length 1
            "C": 20.0,  # inverse strength of regularisation
            "max_iterations": 30,  # more change no answer on held-out text
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
        trained: tuple[dict[str, list[str]], np.ndarray, np.ndarray, np.ndarray] | None = None,
    ) -> None:
        self._config = {**self.get_default_config(), **config}
        self._storage, self._resource = storage, resource
        if trained:
            self._hold(*trained)

    def _hold(
        self, names: dict[str, list[str]], rarity: np.ndarray, weights: np.ndarray, bias: np.ndarray
    ) -> None:
        intents = self._intents = names["intents"]
        self._index = {feature: place for place, feature in enumerate(names["features"])}
        self._foreign = set(names["foreign"])
        self._rarity, self._weights, self._bias = rarity, weights, bias
        expectations: Mapping[str, Mapping[str, float]] = self._config["expectations"]
        self._expected = {
            asked: np.log([factors.get(intent, 1.0) for intent in intents])
            for asked, factors in expectations.items()
        }

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
            names = json.loads((folder / "names.json").read_text("utf-8"))
            numbers = np.load(folder / "numbers.npz", allow_pickle=False)
            weights = numbers["weights"].astype(np.float32)
            trained = names, numbers["rarity"], weights, numbers["bias"]
        return cls(config, model_storage, resource, trained)

    def train(self, training_data: TrainingData) -> Resource:
        texts = [each.get(TEXT) for each in training_data.intent_examples]
        labels = [each.get(INTENT) for each in training_data.intent_examples]
        counted = [self._features(text) for text in texts]
        seen = Counter(feature for each in counted for feature in each)
        features = sorted(seen)
        rarity = np.log((1 + len(texts)) / (1 + np.array([seen[each] for each in features]))) + 1
        self._index = {feature: place for place, feature in enumerate(features)}
        self._rarity = rarity
        model = LogisticRegression(
            C=self._config["C"], max_iter=self._config["max_iterations"], class_weight="balanced"
        ).fit(self._matrix(counted).astype(np.float32), labels)
        names = {
            "intents": [str(intent) for intent in model.classes_],
            "features": features,
            "foreign": sorted({plain(text) for text in texts if not _CHINESE.search(plain(text))}),
        }
        self._save(names, model.coef_.T.astype(np.float16), model.intercept_)
        return self._resource

    def _save(self, names: dict[str, list[str]], weights: np.ndarray, bias: np.ndarray) -> None:
        self._hold(names, self._rarity, weights, bias)
        with self._storage.write_to(self._resource) as folder:
            text = json.dumps(names, ensure_ascii=False)
            (folder / "names.json").write_text(text, "utf-8")
            np.savez_compressed(
                folder / "numbers.npz", rarity=self._rarity, weights=weights, bias=bias
            )

    def _features(self, text: str) -> Counter[str]:
        longest, edge = self._config["longest_gram"], self._config["edge"]
        text = plain(text)
        first, last = text[:edge], text[-edge:]
        counted = Counter(grams(text[: self._config["max_chars"]], longest))
        counted.update(f"^{gram}" for gram in grams(first, longest))
        counted.update(f"{gram}$" for gram in grams(last, longest))
        # the edges themselves: "好" alone is another thing than "好" in a sentence
        counted.update([f"^^{text[:size]}" for size in (1, 2, 3)])
        counted.update([f"{text[-size:]}$$" for size in (1, 2, 3)])
        counted[self._length_feature(len(text))] = 1
        return counted

    def _length_feature(self, length: int) -> str:
        return f"length {sum(length > bound for bound in self._config['lengths'])}"

    def _vector(self, counted: Counter[str]) -> tuple[np.ndarray, np.ndarray]:
        known = [(self._index[each], n, each) for each, n in counted.items() if each in self._index]
        places = np.array([place for place, _, _ in known], dtype=np.int64)
        values = (1 + np.log([n for _, n, _ in known])) * self._rarity[places]
        values[[each.startswith("length ") for _, _, each in known]] = 0
        values = values / (np.linalg.norm(values) or 1.0)
        values[[each.startswith("length ") for _, _, each in known]] = self._config["length_weight"]
        return places, values

    def _matrix(self, texts: Iterable[Counter[str]]) -> csr_matrix:
        ends, places, values = [0], [], []
        for counted in texts:
            place, value = self._vector(counted)
            places.append(place)
            values.append(value)
            ends.append(ends[-1] + len(place))
        shape = (len(ends) - 1, len(self._index))
        return csr_matrix((np.concatenate(values), np.concatenate(places), ends), shape=shape)

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
        places, values = self._vector(self._features(text))
        scores = self._bias + values @ self._weights[places]
        scores = scores + self._expected.get(asked, 0.0)
        chances = np.exp(scores - scores.max())
        chances /= chances.sum() if self._is_readable(text) else np.inf
        best = np.argsort(-chances)[: self._config["ranking_length"]]
        ranking = [
            {"name": self._intents[place], "confidence": float(chances[place])} for place in best
        ]
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
