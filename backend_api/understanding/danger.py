"""Danger that no word list foresaw: a linear classifier over characters and over what words mean.

Stands beside the lexicon, either may raise; costs about a millisecond and needs numpy alone. The
sentences it learnt from are in `data/crisis/examples`, the meanings in `data/crisis/concepts.yml`.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from backend_api.understanding.analysis import Crisis, Span
from backend_api.understanding.crisis import Lexicon, find_crisis
from backend_api.understanding.features import grams, weight

# Chances of danger, calibrated; chosen on the cross-validation of the training sentences.
RISK = 0.93
# In the middle of a conversation words are about what was told: so sure it must be there.
RISK_WITHIN = 0.985
# Of these a complaint speaks as well (油烟, 摔断了腿), and the lists know them best.
RISK_OF_THINGS = 0.97
_THINGS = frozenset({"fire_or_accident", "medical"})
DISTRESS = 0.50
# A few characters say little: 就在我们厂门口 answers a question.
RISK_IN_BRIEF = 0.97
_BRIEF = 10
# Several clauses are several chances to be mistaken. In a letter every word stands somewhere: that
# is left to the word list.
RISK_IN_CLAUSES = 0.98
_LETTER = 160
# A second kind about as likely as the first is told as well.
_ALSO = 0.35
_LEAST_CHARACTERS = 5
_WHOLE = 80
_WINDOW = 60
# Meanings so far apart have nothing to do with each other.
_REACH = 8
_CLAUSE = re.compile(r"[^，,。！？!?\n；;、 ]+[，,。！？!?\n；;、 ]*")
_SAID = re.compile(r"[\u4e00-\u9fffA-Za-z]")
_YOUNG = "young"
_AGE = r"(?<!\d)(?:[3-9]|1[0-7])(?=岁|周岁)"
_CHILD = "minor"
_ANY = "violence"
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Concepts:
    """`meaning` of each word that `pattern` finds; the longest word first."""

    meaning: Mapping[str, str]
    pattern: re.Pattern[str]

    def found(self, text: str) -> Iterator[tuple[int, int, str]]:
        for match in self.pattern.finditer(text):
            yield match.start(), match.end(), self.meaning.get(match.group(), _YOUNG)


def concepts(raw: Mapping[str, str], simplify: Callable[[str], str]) -> Concepts:
    """Of `data/crisis/concepts.yml`: a meaning and its words."""
    meaning: dict[str, str] = {}
    for name, words in raw.items():
        for word in str(words).split():
            meaning.setdefault(simplify(word), name)
    longest = sorted(meaning, key=lambda word: (-len(word), word))
    return Concepts(meaning, re.compile("|".join([_AGE, *map(re.escape, longest)])))


def features(text: str, known: Concepts) -> Counter[str]:
    """Characters as `grams` counts them; `<a` a meaning, `<a+b` one before another, `~` two
    neighbours of which one is a meaning."""
    counts = grams(text)
    found = list(known.found(text))
    names = [name for _, _, name in found]
    counts.update(f"<{name}" for name in names)
    counts.update(
        f"<{one}+{two}"
        for at, one in enumerate(names)
        for two in names[at + 1 : at + 1 + _REACH]
        if one != two
    )
    counts.update(
        f"~{one}{two}"
        for one, two in pairwise(_tokens(text, found))
        if len(one) > 1 or len(two) > 1
    )
    return counts


def _tokens(text: str, found: Sequence[tuple[int, int, str]]) -> Iterator[str]:
    at = 0
    for start, end, name in (*found, (len(text), len(text), "")):
        yield from (char for char in text[at:start] if _SAID.match(char))
        if name:
            yield f"<{name}>"
        at = end


@dataclass(frozen=True, slots=True)
class Danger:
    """`weights[feature]` of danger or none, `kind_weights[feature, kind]` of its kind; the chance
    of danger is the logistic function of `slope * score + offset`."""

    concepts: Concepts
    vocabulary: Mapping[str, int]
    idf: Floats
    weights: Floats
    bias: float
    kinds: Sequence[str]
    kind_weights: Floats
    kind_bias: Floats
    slope: float
    offset: float
    risk: float = RISK

    def judge(self, text: str) -> Crisis:
        """Of a normalised text. Never raises on any text."""
        if len(text) > _LETTER or len(_SAID.findall(text)) < _LEAST_CHARACTERS:
            return Crisis()
        chance, start, said = max((self.chance(part), -at, part) for at, part in _windows(text))
        level = self._level(chance, text, is_whole=said == text)
        if not level:
            return Crisis()
        kinds = self._kinds(said)
        if kinds[0] in _THINGS and (chance < RISK_OF_THINGS or self.risk >= RISK_WITHIN):
            level = 1
        return Crisis(level, kinds, (self._evidence(said, -start),))

    def within(self) -> "Danger":
        """For what is said in the middle of a conversation."""
        return replace(self, risk=RISK_WITHIN)

    def chance(self, text: str) -> float:
        """How likely somebody is in danger, 0 to 1."""
        rows, values = self._vector(text)
        score = float(values @ self.weights[rows]) + self.bias
        return float(1 / (1 + np.exp(-(self.slope * score + self.offset))))

    def _level(self, chance: float, text: str, *, is_whole: bool) -> int:
        risk = self.risk
        if not is_whole:
            risk = max(risk, RISK_IN_CLAUSES)
        elif len(text) < _BRIEF:
            risk = max(risk, RISK_IN_BRIEF)
        if chance >= risk:
            return 2
        return 1 if is_whole and chance >= DISTRESS else 0

    def _vector(self, text: str) -> tuple[npt.NDArray[np.int64], Floats]:
        found = [
            (self.vocabulary[feature], weight(count))
            for feature, count in features(text, self.concepts).items()
            if feature in self.vocabulary
        ]
        rows = np.array([row for row, _ in found], dtype=np.int64)
        values = np.array([value for _, value in found], dtype=np.float32) * self.idf[rows]
        length = float(np.sqrt((values * values).sum()))
        return rows, values / length if length else values

    def _kinds(self, text: str) -> tuple[str, ...]:
        rows, values = self._vector(text)
        scores = values @ self.kind_weights[rows] + self.kind_bias
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        order = np.argsort(-shares, kind="stable")[:2]
        return tuple(
            self.kinds[at] for rank, at in enumerate(order) if not rank or shares[at] >= _ALSO
        )

    def _evidence(self, text: str, start: int) -> Span:
        """The clause that weighs most."""
        clauses = list(_CLAUSE.finditer(text))
        if not clauses:
            return Span(start, start + len(text))
        best = max(clauses, key=lambda one: (self.chance(one.group()), -one.start()))
        said = best.group().rstrip("，,。！？!?\n；;、 ")
        return Span(start + best.start(), start + best.start() + len(said))


def find_danger(text: str, words: Lexicon, learnt: Danger | None, around: str = "") -> Crisis:
    """By the lists and, where it is trained, by the classifier; either may raise. `around`: what
    else they said, as `find_crisis` takes it."""
    found = find_crisis(text, words, around)
    if learnt is None:
        return found
    is_child = words.young.search(around or text) is not None
    return higher(found, learnt.judge(without_idioms(text, words)), is_child=is_child)


def without_idioms(text: str, words: Lexicon) -> str:
    """Blanked, each for as long as it is: 鱼都死了 is no danger to the classifier either."""
    return words.idioms.sub(lambda match: " " * len(match.group()), text)


def higher(found: Crisis, judged: Crisis, *, is_child: bool) -> Crisis:
    """The lexicon's finding unless the classifier raises more. A child that speaks is in the
    danger they tell of."""
    if judged.level <= found.level:
        return found
    speaker = (_CHILD,) if is_child else ()
    # A list that has the very word names the kind best, but for that which fits everything.
    named = tuple(kind for kind in found.kinds if kind != _ANY)
    kinds = tuple(dict.fromkeys((*named, *judged.kinds, *speaker, *found.kinds)))
    spans = [one for one in found.evidence if not _overlap(one, judged.evidence[0])]
    return Crisis(judged.level, kinds, (*judged.evidence, *spans))


def _overlap(one: Span, two: Span) -> bool:
    return one.start < two.end and two.start < one.end


def _windows(text: str) -> list[tuple[int, str]]:
    """The whole of a short message; of a longer one whole clauses together."""
    return [(0, text)] if len(text) <= _WHOLE else list(_joined(text))


def _joined(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for clause in _CLAUSE.finditer(text):
        if clause.end() - start > _WINDOW and clause.start() > start:
            yield start, text[start : clause.start()]
            start = clause.start()
        while clause.end() - start > _WHOLE:
            yield start, text[start : start + _WINDOW]
            start += _WINDOW
    if start < len(text):
        yield start, text[start:]


def load_danger(folder: Path, known: Concepts) -> Danger | None:
    """Reads `danger.json` and `danger.npz` as `train` wrote them; None where they are missing or
    broken, for the word list must go on without."""
    try:
        words = json.loads((folder / "danger.json").read_text(encoding="utf-8"))
        with (
            (folder / "danger.npz").open("rb") as file,
            np.load(file, allow_pickle=False) as arrays,
        ):
            return Danger(
                concepts=known,
                vocabulary={one: row for row, one in enumerate(words["vocabulary"])},
                idf=arrays["idf"].astype(np.float32),
                weights=arrays["weights"].astype(np.float32),
                bias=float(words["bias"]),
                kinds=words["kinds"],
                kind_weights=arrays["kind_weights"].astype(np.float32),
                kind_bias=arrays["kind_bias"].astype(np.float32),
                slope=float(words["slope"]),
                offset=float(words["offset"]),
            )
    except (OSError, ValueError, KeyError, BadZipFile):
        return None
