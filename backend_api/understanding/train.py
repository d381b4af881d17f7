"""`python -m backend_api.understanding.train --out FOLDER`: the classifiers of matters and of
danger from the project's own sentences. Deterministic; writes arrays (npz) and words (json), never
a pickle.

scikit-learn and scipy are needed here only, not where messages are read.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from backend_api.understanding.features import grams
from backend_api.understanding.models import DATA, simplifier
from backend_api.understanding.normal import normalise
from backend_api.understanding.train_danger import train_danger
from backend_api.understanding.training_rows import matrix

STRENGTH = 10.0  # inverse regularisation: 5 to 20 differ by less than 0.01 (5-fold)
USUAL_TEMPERATURE = 0.5
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Example:
    text: str
    code: str


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="backend_api.understanding.train")
    parser.add_argument("--out", type=Path, required=True, help="folder for the models")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of matters/*.yml")
    parser.add_argument("--quick", action="store_true", help="without the 5-fold report")
    chosen = parser.parse_args(argv)
    report = train(read_examples(chosen.data / "matters"), chosen.out, quick=chosen.quick)
    report["danger"] = train_danger(chosen.data, chosen.out, quick=chosen.quick)
    sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n")
    return 0


def read_examples(folder: Path) -> list[Example]:
    """`sentences/*.yml`: a mapping of a matter's code (either level) to its sentences."""
    simplify = simplifier()
    examples: list[Example] = []
    for path in sorted((folder / "sentences").glob("*.yml")):
        for code, sentences in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            first = code.partition(".")[0]
            examples += [Example(normalise(str(one), simplify).text, first) for one in sentences]
    return examples


def train(examples: Sequence[Example], out: Path, *, quick: bool = False) -> dict[str, Any]:
    """Fit on everything, calibrate on 5 folds, write; returns the report it also writes.

    `quick` leaves the folds out and takes the temperature they last gave.
    """
    vocabulary, idf, weights, bias, codes = fit(examples, STRENGTH)
    truth = np.array([codes.index(one.code) for one in examples])
    folds = None if quick else _out_of_fold(examples, STRENGTH)
    temperature = USUAL_TEMPERATURE if folds is None else _temperature(folds, truth)
    report: dict[str, Any] = {
        "examples": len(examples),
        "per_matter": dict(Counter(one.code for one in examples)),
        "grams": len(vocabulary),
        "temperature": temperature,
    }
    if folds is not None:
        report["accuracy_5_fold"] = round(_top(folds, truth, 1), 4)
        report["top3_5_fold"] = round(_top(folds, truth, 3), 4)
    _write(out, vocabulary, idf, weights, bias, codes, temperature)
    (out / "matters.report.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    return report


def fit(examples: Sequence[Example], strength: float) -> tuple[Any, Any, Any, Any, list[str]]:
    """(vocabulary, idf, weights[gram, class], bias, codes)."""
    from sklearn.linear_model import LogisticRegression

    counts = [grams(one.text) for one in examples]
    spread = Counter(gram for one in counts for gram in one)
    vocabulary = {gram: row for row, gram in enumerate(sorted(spread)) if spread[gram] >= 1}
    idf = np.array(
        [np.log((1 + len(examples)) / (1 + spread[gram])) + 1 for gram in vocabulary], np.float32
    )
    rows = matrix(counts, vocabulary, idf)
    model = LogisticRegression(C=strength, max_iter=200, tol=1e-3, class_weight="balanced")
    model.fit(rows, [one.code for one in examples])
    codes = [str(code) for code in model.classes_]
    return vocabulary, idf, model.coef_.T.astype(np.float32), model.intercept_, codes


def _out_of_fold(examples: Sequence[Example], strength: float) -> Any:
    """Scores of each example by a model that has not seen it; folds go round by order."""
    codes = sorted({one.code for one in examples})
    scores = np.zeros((len(examples), len(codes)), np.float32)
    for fold in range(_FOLDS):
        kept = [one for at, one in enumerate(examples) if at % _FOLDS != fold]
        left = [at for at in range(len(examples)) if at % _FOLDS == fold]
        vocabulary, idf, weights, bias, names = fit(kept, strength)
        rows = matrix([grams(examples[at].text) for at in left], vocabulary, idf)
        columns = [codes.index(name) for name in names]
        scores[np.ix_(left, columns)] = rows @ weights + bias
    return scores


def _temperature(scores: Any, truth: Any) -> float:
    """The divisor of the scores under which the right class is likeliest (log loss)."""
    choices = [round(0.2 + 0.05 * step, 2) for step in range(40)]
    return min(choices, key=lambda one: _loss(scores / one, truth))


def _loss(scores: Any, truth: Any) -> float:
    shifted = scores - scores.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return float(-logs[np.arange(len(truth)), truth].mean())


def _top(scores: Any, truth: Any, count: int) -> float:
    best = np.argsort(-scores, axis=1)[:, :count]
    return float((best == truth[:, None]).any(axis=1).mean())


def _write(  # noqa: PLR0913 -- the parts of one model
    out: Path, vocabulary: Any, idf: Any, weights: Any, bias: Any, codes: list[str], heat: float
) -> None:
    out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        out / "matters.npz",
        idf=idf,
        weights=weights.astype(np.float16),
        bias=bias.astype(np.float32),
    )
    words = {"codes": codes, "vocabulary": list(vocabulary), "temperature": heat}
    (out / "matters.json").write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
