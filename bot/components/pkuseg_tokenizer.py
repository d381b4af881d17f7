"""Cuts Chinese text into words with a spacy-pkuseg model of our own.

The model is trained here, with the rest of the Rasa model, on our own sentences; word boundaries
come from rjieba. Nothing is downloaded: spacy-pkuseg downloads a model when it is given a name,
so it is only ever given a folder. No decision hangs on these words; they serve search and lists.
"""

from __future__ import annotations

import contextlib
import io
import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import rjieba
import spacy_pkuseg
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

_BOT = Path(__file__).parents[1]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=True)
class PkusegTokenizer(Tokenizer):
    """Token offsets are code points of the text as received."""

    @staticmethod
    def supported_languages() -> list[str]:
        return ["zh"]

    @staticmethod
    def required_packages() -> list[str]:
        return ["spacy_pkuseg", "rjieba"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "intent_tokenization_flag": False,  # Rasa's: intents are single names here
            "intent_split_symbol": "_",  # Rasa's: unused with the flag off
            "token_pattern": None,  # Rasa's: words are not split further
            "prefix_separator_symbol": None,  # Rasa's: intents have no prefix
            "words": "segmenter_words.txt",  # user dictionary, a path inside bot/
            "max_chars": 2000,  # the rest of a text is not cut into words
            "training_rounds": 4,  # F1 no longer grows after the fourth
        }

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage | None = None,
        resource: Resource | None = None,
        segmenter: spacy_pkuseg.pkuseg | None = None,
    ) -> None:
        super().__init__({**self.get_default_config(), **config})
        self._storage, self._resource, self._segmenter = storage, resource, segmenter

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PkusegTokenizer:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> PkusegTokenizer:
        config = {**cls.get_default_config(), **config}
        with model_storage.read_from(resource) as folder:
            segmenter = spacy_pkuseg.pkuseg(str(folder), user_dict=str(_BOT / config["words"]))
        return cls(config, model_storage, resource, segmenter)

    def train(self, training_data: TrainingData) -> Resource:
        sentences = sorted({each.get(TEXT) for each in training_data.intent_examples} - {None})
        assert self._storage is not None  # noqa: S101 - `create` gave it
        with self._storage.write_to(self._resource) as folder:
            train_segmenter(sentences, folder, rounds=self._config["training_rounds"])
        return self._resource

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        text: str = message.get(attribute)
        return list(self._tokens(text[: self._config["max_chars"]])) or [Token(text or " ", 0)]

    def _tokens(self, text: str) -> Iterator[Token]:
        end = 0
        for word in self._segmenter.cut(text):
            start = text.find(word, end)
            if start >= 0:
                end = start + len(word)
                yield Token(word, start)


def train_segmenter(sentences: list[str], folder: Path, *, rounds: int) -> None:
    """Write a spacy-pkuseg model learnt from `sentences`, words marked by rjieba, into `folder`."""
    lines = [" ".join(word for word in rjieba.cut(each) if word.strip()) for each in sentences]
    random.Random(7).shuffle(lines)  # noqa: S311 - an order, not a secret
    with tempfile.TemporaryDirectory() as scratch, contextlib.redirect_stdout(io.StringIO()):
        learnt, judged = Path(scratch, "train.utf8"), Path(scratch, "test.utf8")
        learnt.write_text("\n".join(lines) + "\n", "utf-8")
        judged.write_text("\n".join(lines[:5]) + "\n", "utf-8")  # pkuseg insists on a test file
        made = Path(scratch, "model")
        spacy_pkuseg.train(str(learnt), str(judged), str(made), train_iter=rounds)
        for each in made.iterdir():
            if each.is_file():
                shutil.copy(each, folder / each.name)
