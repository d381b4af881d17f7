"""The classifier of danger from the project's own sentences; part of `train`, as deterministic.

`data/crisis/examples/KIND.yml` maps a level to its sentences. Every fifth of a list is held out:
it is for judging and is never trained on. What else the project has written, of everyday matters
and everyday talk, is none.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from backend_api.understanding.danger import Concepts, features
from backend_api.understanding.models import read_concepts, simplifier
from backend_api.understanding.normal import normalise
from backend_api.understanding.training_rows import matrix

STRENGTH = 30.0  # inverse regularisation; by 4 folds, against 3 and 10
KIND_STRENGTH = 10.0
# Of the logistic function over the scores, as the last 5 folds gave it.
USUAL = (0.983, 1.002)
HELD_OUT = 5
RISK_LEVEL = 2
_FOLDS = 5
# A meaning said in one sentence only teaches nothing of others.
_LEAST_SPREAD = 2
# Matters that are dangers themselves, and answers of a word or two.
_GRAVE_MATTERS = frozenset(
    ("domestic_violence", "minors", "crime", "counselling", "injury", "medical", "short")
)
_LEAST_CHARACTERS = 5
Simplify = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Told:
    """`kind`: the file it stands in; a sentence of level 0 or 1 may stand in any."""

    text: str
    level: int
    kind: str

    @property
    def is_danger(self) -> bool:
        return self.level >= RISK_LEVEL


def examples(data: Path, simplify: Simplify, *, held_out: bool = False) -> list[Told]:
    """Those to learn from, or those set aside."""
    found: list[Told] = []
    for path in sorted((data / "crisis" / "examples").glob("*.yml")):
        for level, sentences in _yaml(path).items():
            found += [
                Told(normalise(one, simplify).text, level, path.stem)
                for at, one in enumerate(sentences, start=1)
                if (at % HELD_OUT == 0) == held_out
            ]
    return found


def ordinary(data: Path, simplify: Simplify) -> list[Told]:
    """What the other lists of the project hold, but for what is a danger there too."""
    grave = set(_yaml(data / "crisis" / "grave.yml")["sentences"])
    texts = sorted({*_of_matters(data), *_of_talk(data)} - grave)
    return [
        Told(normalise(text, simplify).text, 0, "ordinary")
        for text in texts
        if len(text) >= _LEAST_CHARACTERS
    ]


def _of_matters(data: Path) -> Iterator[str]:
    for path in sorted((data / "matters" / "sentences").glob("*.yml")):
        if path.stem not in _GRAVE_MATTERS:
            yield from (str(one) for listed in _yaml(path).values() for one in listed)


def _of_talk(data: Path) -> Iterator[str]:
    for path in sorted((data / "nlu").glob("*.yml")):
        for block in _yaml(path)["nlu"]:
            lines = block.get("examples", "").splitlines()
            yield from (line.removeprefix("- ").strip() for line in lines)


def train_danger(data: Path, out: Path, *, quick: bool = False) -> dict[str, Any]:
    """Fit on everything that is not held out, calibrate on 5 folds, write; returns its report."""
    simplify = simplifier()
    told = [*examples(data, simplify), *ordinary(data, simplify)]
    counts = counted(told, read_concepts(data, simplify))
    model = fit(told, counts)
    slope, offset = USUAL if quick else calibration(told, out_of_fold(told, counts))
    out.mkdir(parents=True, exist_ok=True)
    _write(out, model, slope, offset)
    return {
        "examples": len(told),
        "per_level": dict(Counter(str(one.level) for one in told)),
        "features": len(model.vocabulary),
        "slope": slope,
        "offset": offset,
    }


def counted(told: Sequence[Told], known: Concepts) -> list[Counter[str]]:
    return [features(one.text, known) for one in told]


@dataclass(frozen=True, slots=True)
class Fitted:
    vocabulary: dict[str, int]
    idf: Any
    danger: Any
    kind: Any

    def rows(self, counts: Sequence[Counter[str]]) -> Any:
        return matrix(counts, self.vocabulary, self.idf)


def fit(told: Sequence[Told], counts: Sequence[Counter[str]]) -> Fitted:
    """Danger or none of all; which danger of those that are one."""
    from sklearn.linear_model import LogisticRegression

    spread = Counter(feature for one in counts for feature in one)
    kept = sorted(one for one, times in spread.items() if times >= _least_spread(one))
    vocabulary = {feature: row for row, feature in enumerate(kept)}
    times = np.array([spread[feature] for feature in kept])
    idf = (np.log((1 + len(told)) / (1 + times)) + 1).astype(np.float32)
    rows = matrix(counts, vocabulary, idf)
    truth = np.array([one.is_danger for one in told])
    danger = LogisticRegression(C=STRENGTH, max_iter=300, tol=1e-3, class_weight="balanced")
    danger.fit(rows, truth)
    kind = LogisticRegression(C=KIND_STRENGTH, max_iter=300, tol=1e-3, class_weight="balanced")
    kind.fit(rows[truth], [one.kind for one in told if one.is_danger])
    return Fitted(vocabulary, idf, danger, kind)


def _least_spread(feature: str) -> int:
    return _LEAST_SPREAD if feature[0] in "<~" else 1


def out_of_fold(told: Sequence[Told], counts: Sequence[Counter[str]]) -> Any:
    """Scores of each sentence by a model that has not seen it; folds go round by order."""
    scores = np.zeros(len(told))
    for fold in range(_FOLDS):
        kept = [at for at in range(len(told)) if at % _FOLDS != fold]
        left = [at for at in range(len(told)) if at % _FOLDS == fold]
        model = fit([told[at] for at in kept], [counts[at] for at in kept])
        scores[left] = model.danger.decision_function(model.rows([counts[at] for at in left]))
    return scores


def calibration(told: Sequence[Told], scores: Any) -> tuple[float, float]:
    """Slope and offset under which the chances are the likeliest, both classes weighing alike."""
    from sklearn.linear_model import LogisticRegression

    platt = LogisticRegression(C=1e6, class_weight="balanced")
    platt.fit(scores[:, None], [one.is_danger for one in told])
    return round(float(platt.coef_[0, 0]), 3), round(float(platt.intercept_[0]), 3)


def _write(out: Path, model: Fitted, slope: float, offset: float) -> None:
    np.savez_compressed(
        out / "danger.npz",
        idf=model.idf.astype(np.float16),
        weights=model.danger.coef_[0].astype(np.float16),
        kind_weights=model.kind.coef_.T.astype(np.float16),
        kind_bias=model.kind.intercept_.astype(np.float32),
    )
    words = {
        "vocabulary": list(model.vocabulary),
        "bias": float(model.danger.intercept_[0]),
        "kinds": [str(kind) for kind in model.kind.classes_],
        "slope": slope,
        "offset": offset,
    }
    (out / "danger.json").write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")


def _yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
