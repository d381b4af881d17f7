"""Which class a short Chinese text belongs to: a linear model over character n-grams.

Knows nothing of Rasa, so that `bench intents` trains and judges the very model that the engine
uses. A long story holds every question a citizen may ask (请问, 收费, 怎么办), so a text is not one
bag of n-grams: its beginning and its end count separately, and so does its length.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.svm import LinearSVC

Vector = tuple[np.ndarray, np.ndarray]  # places of the features, their values

_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)|〔电话〕")
_NUMBER = re.compile(r"\d+")
_SPACE = re.compile(r"\s+")
_LENGTH = "length "  # begins the names of the length features
_FOLDS = 5
_STEEPNESS = (0.1, 30.0)  # bounds within which the calibration looks


@dataclass(frozen=True, slots=True)
class Settings:
    """Chosen by 5-fold cross-validation on the training data alone (docs/reference/intents.md)."""

    longest_gram: int = 2  # characters; 3 gains nothing
    edge: int = 30  # characters at the beginning and at the end that count separately
    max_chars: int = 2000  # a text is read up to here; its end is still its own end
    lengths: tuple[int, ...] = (4, 8, 14, 22, 35, 60, 100, 200)  # bounds of the length classes
    length_weight: float = 0.3  # of the length feature beside a text vector of length 1
    C: float = 4.0  # inverse strength of regularisation


@cache
def _simplifier() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


def simplified(text: str) -> str:
    """Simplified characters and half-width forms."""
    converted: str = _simplifier().convert(unicodedata.normalize("NFKC", text))
    return converted


def plain(text: str) -> str:
    """Width, case, script, digits and spaces carry no intent; that there is a phone number does."""
    text = simplified(text).lower()
    text = _PHONE.sub("☎", text)
    text = _NUMBER.sub(lambda found: "0" * min(len(found[0]), 3), text)
    return _SPACE.sub(" ", text).strip()


def grams(text: str, longest: int) -> Iterator[str]:
    for size in range(1, longest + 1):
        for start in range(len(text) - size + 1):
            yield text[start : start + size]


def features(text: str, settings: Settings) -> Counter[str]:
    """`text` is plain. Each feature with how often it occurs."""
    longest, edge = settings.longest_gram, settings.edge
    counted = Counter(grams(text[: settings.max_chars], longest))
    counted.update(f"^{gram}" for gram in grams(text[:edge], longest))
    counted.update(f"{gram}$" for gram in grams(text[-edge:], longest))
    # the edges themselves: "好" alone is another thing than "好" in a sentence
    counted.update([f"^^{text[:size]}" for size in (1, 2, 3)])
    counted.update([f"{text[-size:]}$$" for size in (1, 2, 3)])
    counted[f"{_LENGTH}{sum(len(text) > bound for bound in settings.lengths)}"] = 1
    return counted


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Feature → its place and how rare it is."""

    places: dict[str, int]
    rarity: np.ndarray
    settings: Settings

    @classmethod
    def of(cls, texts: Sequence[Counter[str]], settings: Settings) -> Vocabulary:
        seen = Counter(feature for counted in texts for feature in counted)
        names = sorted(seen)
        rarity = np.log((1 + len(texts)) / (1 + np.array([seen[name] for name in names]))) + 1
        return cls({name: place for place, name in enumerate(names)}, rarity, settings)

    def vector(self, counted: Counter[str]) -> Vector:
        known = [(self.places[name], n, name) for name, n in counted.items() if name in self.places]
        places = np.array([place for place, _, _ in known], dtype=np.int64)
        is_length = np.array([name.startswith(_LENGTH) for _, _, name in known], dtype=bool)
        values = (1 + np.log([n for _, n, _ in known])) * self.rarity[places]
        values[is_length] = 0
        values = values / (np.linalg.norm(values) or 1.0)
        values[is_length] = self.settings.length_weight
        return places, values

    def matrix(self, texts: Iterable[Counter[str]]) -> csr_matrix:
        vectors = [self.vector(counted) for counted in texts]
        ends = np.cumsum([0, *(len(places) for places, _ in vectors)])
        places, values = (np.concatenate(each) for each in zip(*vectors, strict=True))
        return csr_matrix((values, places, ends), shape=(len(vectors), len(self.places)))


@dataclass(frozen=True, slots=True)
class CharacterModel:
    """At least three classes. `scores` are logarithms of chances, but for a constant."""

    vocabulary: Vocabulary
    classes: list[str]
    weights: np.ndarray
    bias: np.ndarray

    @classmethod
    def trained(
        cls, texts: Sequence[str], labels: Sequence[str], settings: Settings | None = None
    ) -> CharacterModel:
        settings = settings or Settings()
        counted = [features(plain(text), settings) for text in texts]
        vocabulary = Vocabulary.of(counted, settings)
        matrix = vocabulary.matrix(counted)
        # how many examples a class has says nothing about how often a citizen says it
        machine = LinearSVC(C=settings.C, class_weight="balanced", random_state=0)
        steep = _steepness(machine, matrix, labels)
        machine.fit(matrix, labels)
        weights = (steep * machine.coef_.T).astype(np.float16)
        classes = [str(name) for name in machine.classes_]
        return cls(vocabulary, classes, weights.astype(np.float32), steep * machine.intercept_)

    def scores(self, text: str) -> np.ndarray:
        places, values = self.vocabulary.vector(features(plain(text), self.vocabulary.settings))
        scores: np.ndarray = self.bias + values @ self.weights[places]
        return scores

    def save(self, folder: Path) -> None:
        names = {"classes": self.classes, "features": list(self.vocabulary.places)}
        (folder / "names.json").write_text(json.dumps(names, ensure_ascii=False), "utf-8")
        np.savez_compressed(
            folder / "numbers.npz",
            rarity=self.vocabulary.rarity,
            weights=self.weights.astype(np.float16),
            bias=self.bias,
        )

    @classmethod
    def load(cls, folder: Path, settings: Settings) -> CharacterModel:
        """`settings` must be those it was trained with."""
        names = json.loads((folder / "names.json").read_text("utf-8"))
        numbers = np.load(folder / "numbers.npz", allow_pickle=False)
        places = {name: place for place, name in enumerate(names["features"])}
        vocabulary = Vocabulary(places, numbers["rarity"], settings)
        weights = numbers["weights"].astype(np.float32)
        return cls(vocabulary, names["classes"], weights, numbers["bias"])


def _steepness(machine: LinearSVC, matrix: csr_matrix, labels: Sequence[str]) -> float:
    """By what to multiply the margins, so that their softmax says how often it is right.

    Found on texts that the machine did not learn from, each a fifth of its class as it stands in
    the files: neighbours there are written in one breath.
    """
    margins = cross_val_predict(
        machine, matrix, labels, cv=StratifiedKFold(_FOLDS), method="decision_function"
    )
    right = np.searchsorted(sorted(set(labels)), labels)

    def loss(steep: float) -> float:
        return -float(log_chances(steep * margins)[np.arange(len(right)), right].mean())

    return float(minimize_scalar(loss, bounds=_STEEPNESS, method="bounded").x)


def log_chances(scores: np.ndarray) -> np.ndarray:
    """Of each class, in the last axis."""
    scores = scores - scores.max(axis=-1, keepdims=True)
    chances: np.ndarray = scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))
    return chances


def expected(
    expectations: Mapping[str, Mapping[str, float]], classes: Sequence[str]
) -> dict[str, np.ndarray]:
    """Open question → what to add to the scores. A class that is not named has factor 1."""
    return {
        asked: np.log([factors.get(name, 1.0) for name in classes])
        for asked, factors in expectations.items()
    }
