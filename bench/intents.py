"""`./hualiao bench intents`: how often it is understood what a message is.

Trains the engine's classifier and a sentence encoder on the same sentences and judges them on the
same others, whose writers had not seen the training data. Settings are chosen by the
cross-validation alone. "As meant" is what the citizen meets, after the engine's rules behind the
classifier have had their word. Exit code 1 when the engine's classifier falls below its floor.
"""

import argparse
import csv
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

from backend_api.operations.folders import PROJECT
from bench import classifiers, meaning
from bench.classifiers import LIGHT, NAMES, Classifier, Encode, Trained
from bench.figures import percentile
from bench.meaning import Message, Ranking
from bot.components.character_model import expected, log_chances

TABLES = ("judged", "heldout")
FLOOR = 0.92  # of the judged sentences, by the engine's classifier alone
FOLDS = 5
CONFUSIONS = 15
RANKED = 5
NOTHING_ASKED = "nothing"
Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Sentence:
    """`asking`: the open question that it was written in answer to, empty for none."""

    intent: str
    asking: str
    text: str


@dataclass(slots=True)
class Report:
    """Each by the classifier's name; `judged` first by the table's."""

    training: dict[str, int]
    cross_validation: dict[str, Figures]
    judged: dict[str, dict[str, Figures]]
    cost: dict[str, Figures]
    confusions: dict[str, dict[str, list[str]]]


def training_sentences() -> list[Sentence]:
    return [
        Sentence(block["intent"], "", line.removeprefix("- ").strip())
        for file in sorted((PROJECT / "data" / "nlu").glob("*.yml"))
        for block in yaml.safe_load(file.read_text("utf-8"))["nlu"]
        for line in block["examples"].splitlines()
    ]


def sentences_of(table: str) -> list[Sentence]:
    path = PROJECT / "tests" / "engine" / f"{table}.tsv"
    with path.open(encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Sentence(row["intent"], row["asking"], row["text"]) for row in rows]


def expectations() -> dict[str, dict[str, float]]:
    config = yaml.safe_load((PROJECT / "bot" / "config.yml").read_text("utf-8"))
    found = (part["expectations"] for part in config["pipeline"] if "expectations" in part)
    named: dict[str, dict[str, float]] = next(found)
    return named


def measure() -> Report:
    encode = classifiers.encoder()
    remembered = classifiers.remembering(encode)
    known = training_sentences()
    models = Trained.of(_texts(known), _intents(known), remembered)
    report = Report(
        training={"sentences": len(known), "intents": len(set(_intents(known)))},
        cross_validation=cross_validation(known, remembered),
        judged={},
        cost=cost(models.encoding(encode), sentences_of(TABLES[0])),
        confusions={},
    )
    understanding = meaning.reader()
    for table in TABLES:
        sentences = sentences_of(table)
        messages = [meaning.message(s.text, s.asking or None, understanding) for s in sentences]
        judge(table, Judging(sentences, messages), models.named(), report)
    return report


def _texts(sentences: Sequence[Sentence]) -> list[str]:
    return [one.text for one in sentences]


def _intents(sentences: Sequence[Sentence]) -> list[str]:
    return [one.intent for one in sentences]


def cross_validation(known: Sequence[Sentence], encode: Encode) -> dict[str, Figures]:
    """A fold is a piece of each file: what was written in one breath is judged together."""
    texts, intents = _texts(known), _intents(known)
    taken = {name: np.empty(len(known), dtype=object) for name in NAMES}
    for learnt, judged in StratifiedKFold(FOLDS).split(texts, intents):
        models = Trained.of(
            [texts[place] for place in learnt], [intents[place] for place in learnt], encode
        )
        for name, model in models.named().items():
            for place in judged:
                taken[name][place] = model.classes[int(model.scores(texts[place]).argmax())]
    return {name: figures(intents, list(taken[name])) for name in NAMES}


def figures(intents: Sequence[str], taken: Sequence[str]) -> Figures:
    right = sum(one == other for one, other in zip(intents, taken, strict=True))
    labels = sorted(set(intents))
    macro = f1_score(intents, taken, labels=labels, average="macro", zero_division=0)
    return {
        "right": right,
        "of": len(intents),
        "accuracy": round(right / len(intents), 4),
        "macro_f1": round(float(macro), 4),
    }


def cost(models: Trained, sentences: Sequence[Sentence]) -> dict[str, Figures]:
    """Milliseconds of a message on one thread, and megabytes that a loaded model takes."""
    with tempfile.TemporaryDirectory() as folder:
        memory = classifiers.memory_mb(models.light, Path(folder))
        size = sum(file.stat().st_size for file in Path(folder).iterdir()) / 1e6
    costs = {name: _milliseconds(model, sentences) for name, model in models.named().items()}
    for name in NAMES:
        costs[name]["memory_mb"] = memory[name]
    costs[LIGHT]["file_mb"] = round(size, 1)
    return costs


def _milliseconds(model: Classifier, sentences: Sequence[Sentence]) -> Figures:
    taken = []
    for one in sentences:
        begun = time.perf_counter()
        model.scores(one.text)
        taken.append((time.perf_counter() - begun) * 1000)
    mean = sum(taken) / len(taken)
    return {"ms_mean": round(mean, 2), "ms_p95": round(percentile(sorted(taken), 95), 2)}


@dataclass(frozen=True, slots=True)
class Judging:
    """A table and what the engine gets of it."""

    sentences: list[Sentence]
    messages: list[Message]

    def rankings(self, model: Classifier) -> list[Ranking]:
        by_question = expected(expectations(), model.classes)
        return [
            _ranking(model, message.text, by_question.get(one.asking or NOTHING_ASKED, np.zeros(1)))
            for one, message in zip(self.sentences, self.messages, strict=True)
        ]


def _ranking(model: Classifier, text: str, expectation: np.ndarray) -> Ranking:
    chances = np.exp(log_chances(log_chances(model.scores(text)) + expectation))
    best = np.argsort(-chances)[:RANKED]
    return [{"name": model.classes[place], "confidence": float(chances[place])} for place in best]


def judge(table: str, judging: Judging, models: dict[str, Classifier], report: Report) -> None:
    """Alone, and as meant: right is what would be met if the intent had been told outright."""
    intents = _intents(judging.sentences)
    told: list[Ranking] = [[{"name": intent, "confidence": 1.0}] for intent in intents]
    wanted = meaning.meant(judging.messages, told)
    report.judged[table], report.confusions[table] = {}, {}
    for name, model in models.items():
        rankings = judging.rankings(model)
        taken = [str(ranking[0]["name"]) for ranking in rankings]
        met = figures(wanted, meaning.meant(judging.messages, rankings))
        outcome = figures(intents, taken) | {"as_meant": met["right"]}
        report.judged[table][name] = outcome
        report.confusions[table][name] = confusions(intents, taken)
    report.judged[table]["told outright"] = figures(intents, wanted)


def confusions(intents: Sequence[str], taken: Sequence[str]) -> list[str]:
    wrong = Counter(pair for pair in zip(intents, taken, strict=True) if pair[0] != pair[1])
    return [f"{intent} → {found}: {n}" for (intent, found), n in wrong.most_common(CONFUSIONS)]


def print_report(report: Report) -> None:
    print(f"\n== intents: {report.training}")
    for name, one in report.cross_validation.items():
        print(f"{'cross-validation':18}{name:18}{_line(one)}")
    for table, outcomes in report.judged.items():
        for name, one in outcomes.items():
            print(f"{table:18}{name:18}{_line(one)}")
    for name, one in report.cost.items():
        print(f"{'cost':18}{name:18}{_line(one)}")
    for table, by_name in report.confusions.items():
        for name, pairs in by_name.items():
            print(f"{table}, {name}: " + " · ".join(pairs))


def _line(one: Figures) -> str:
    return "  ".join(f"{key} {number:g}" for key, number in one.items())


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="hualiao bench intents")
    parser.add_argument("--json", type=Path, help="write the figures here")
    chosen = parser.parse_args(argv)
    # two threads on two shared cores trained the logistic regression in 20 times the time of one
    with threadpool_limits(1):
        report = measure()
    print_report(report)
    if chosen.json:
        written = {name: getattr(report, name) for name in Report.__slots__}
        chosen.json.write_text(json.dumps(written, ensure_ascii=False, indent=1), "utf-8")
    return int(report.judged[TABLES[0]][LIGHT]["accuracy"] < FLOOR)


if __name__ == "__main__":
    sys.exit(main())
