"""What a message is about: a linear classifier over character n-grams, several matters each with
a calibrated probability, and the second level by the words of `data/matters/matters.yml`."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from backend_api.understanding.analysis import Matter
from backend_api.understanding.features import grams, weight

_SHOWN = 3
_LEAST = 0.10
# With fewer characters that say something, a matter is as much less likely.
_ENOUGH = 2
_SHORT = 24
_SAID = re.compile(r"[\u4e00-\u9fffA-Za-z]")
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Second:
    code: str
    name: str
    words: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class First:
    code: str
    name: str
    second: Sequence[Second]


@dataclass(frozen=True, slots=True)
class Classifier:
    """`weights[gram, class]`; `idf[gram]`; the class of a column is `codes[column]`."""

    codes: Sequence[str]
    vocabulary: Mapping[str, int]
    idf: Floats
    weights: Floats
    bias: Floats
    temperature: float
    empty: re.Pattern[str]

    def probabilities(self, text: str) -> Floats:
        """One number per class, together 1."""
        rows, values = self.vector(text)
        scores = (values @ self.weights[rows] + self.bias) / self.temperature
        raised = np.exp(scores - scores.max())
        shares: Floats = (raised / raised.sum()).astype(np.float32)
        return shares

    def weight_of(self, text: str) -> float:
        """How much a text says, 0 to 1: without the words of `data/words/empty.yml` nothing is
        left of 他 and 我现在安全, which the training sentences have by chance."""
        if len(text) > _SHORT:
            return 1.0
        said = _SAID.findall(self.empty.sub("", text))
        return min(1.0, len(said) / _ENOUGH)

    def vector(self, text: str) -> tuple[npt.NDArray[np.int64], Floats]:
        found = [
            (self.vocabulary[gram], weight(count))
            for gram, count in grams(text).items()
            if gram in self.vocabulary
        ]
        rows = np.array([row for row, _ in found], dtype=np.int64)
        values = np.array([value for _, value in found], dtype=np.float32) * self.idf[rows]
        length = float(np.sqrt((values * values).sum()))
        return rows, values / length if length else values


def empty_words(raw: Mapping[str, Sequence[str]]) -> re.Pattern[str]:
    """Raises KeyError or re.error when the list is missing or wrong."""
    return re.compile("|".join(raw["words"]))


def load_classifier(folder: Path, empty: re.Pattern[str]) -> Classifier:
    """Reads `matters.json` and `matters.npz` as `train` wrote them; never a pickle."""
    words = json.loads((folder / "matters.json").read_text(encoding="utf-8"))
    with np.load(folder / "matters.npz", allow_pickle=False) as arrays:
        return Classifier(
            codes=words["codes"],
            vocabulary={gram: row for row, gram in enumerate(words["vocabulary"])},
            idf=arrays["idf"],
            weights=arrays["weights"].astype(np.float32),
            bias=arrays["bias"],
            temperature=float(words["temperature"]),
            empty=empty,
        )


def matter_list(raw: Mapping[str, Any]) -> dict[str, First]:
    """The first level by code; the order of the file is kept."""
    return {
        one["code"]: First(
            one["code"],
            one["zh"],
            [
                Second(two["code"], two["zh"], re.compile(two["words"]) if two["words"] else None)
                for two in one["second"]
            ],
        )
        for one in raw["matters"]
    }


def find_matters(
    text: str, classifier: Classifier, known: Mapping[str, First]
) -> tuple[Matter, ...]:
    """Up to three first-level matters, the likeliest first, each followed by its second level.

    The second level carries the probability of its first level: the words decide it. A text that
    says nothing has no matter.
    """
    says = classifier.weight_of(text)
    if not says:
        return ()
    shares = classifier.probabilities(text) * says
    order = np.argsort(-shares, kind="stable")[:_SHOWN]
    found: list[Matter] = []
    for rank, column in enumerate(order):
        share = float(round(float(shares[column]), 4))
        first = known.get(classifier.codes[column])
        if first is None or (rank and share < _LEAST):
            continue
        found.append(Matter(first.code, first.name, share))
        if second := _second(text, first):
            found.append(Matter(second.code, second.name, share))
    return tuple(found)


def _second(text: str, first: First) -> Second | None:
    """The one whose words are said most often, else the last, which stands for the rest."""
    if not first.second:
        return None
    said = [len(one.words.findall(text)) if one.words else 0 for one in first.second]
    best = max(said)
    return first.second[said.index(best)] if best else first.second[-1]
