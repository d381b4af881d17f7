"""`./hualiao bench crisis`: how many dangers are seen, and how many false alarms that costs.

The word list alone, the classifier alone and both, in one run: on the held-out sentences of
`data/crisis/examples`, and with `--shared FOLDER` on the sets that may be measured on and never be
learnt from. The curve is of the classifier's threshold, with the word list beside it.
"""

import argparse
import csv
import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from backend_api.operations.folders import PROJECT
from backend_api.understanding import alarm
from backend_api.understanding.danger import Danger, load_danger, without_idioms
from backend_api.understanding.models import DATA, crisis_lexicon, read_concepts, simplifier
from backend_api.understanding.normal import normalise
from backend_api.understanding.train_danger import RISK_LEVEL, Told, examples, train_danger
from bench.figures import percentile

THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)
COMPLAINTS = 2000
LONGEST = 160  # what is longer the classifier leaves to the word list
# Labels of the posts, by ../shared/understanding.md.
GRAVE = frozenset(
    ("主动自杀意图", "自杀计划", "自杀准备行为", "自杀未遂", "自伤行为", "用户攻击行为")
)
NOTHING = frozenset(("与自杀/自伤/攻击行为无关",))
Levels = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class Table:
    """Texts that are a danger, and texts that are none."""

    name: str
    dangers: Sequence[str]
    others: Sequence[str]


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench.crisis", description=__doc__)
    parser.add_argument("--shared", type=Path, help="folder of categories/ and crisis/")
    parser.add_argument("--out", type=Path, help="write the report here as well")
    chosen = parser.parse_args(argv)
    report = measured(
        [*own_tables(), unseen_table(), *(shared_tables(chosen.shared) if chosen.shared else ())]
    )
    words = json.dumps(report, ensure_ascii=False, indent=1)
    if chosen.out:
        chosen.out.write_text(words, encoding="utf-8")
    print(words)
    return 0


def own_tables() -> list[Table]:
    """The held-out sentences: never trained on, no threshold chosen on them."""
    told = examples(DATA, simplifier(), held_out=True)
    dangers = [one.text for one in told if one.is_danger]
    return [
        Table("own, held out, none", dangers, _texts(told, 0)),
        Table("own, held out, distress", [], _texts(told, 1)),
    ]


def unseen_table() -> Table:
    """Written by somebody who knew neither the lists nor the examples."""
    raw = yaml.safe_load((PROJECT / "tests/understanding/held_out_dangers.yml").read_text("utf-8"))
    others = [one for name, listed in raw.items() if name != "danger" for one in listed]
    return Table("held out dangers", raw["danger"], others)


def _texts(told: Sequence[Told], level: int) -> list[str]:
    return [one.text for one in told if one.level == level]


def shared_tables(folder: Path) -> list[Table]:
    """Real posts and counselling turns, and real complaints."""
    lines = (folder / "crisis" / "posts_dev.jsonl").read_text("utf-8").splitlines()
    posts = [json.loads(line) for line in lines]
    grave = [one["text"] for one in posts if GRAVE & set(one["labels"])]
    nothing = [one["text"] for one in posts if set(one["labels"]) <= NOTHING]
    with (folder / "categories" / "messages_train.csv").open(encoding="utf-8-sig") as file:
        complaints = [row["detail"] for row in csv.DictReader(file)]
    drawn = random.Random(1).sample(complaints, COMPLAINTS)
    return [Table("posts and counselling", grave, nothing), Table("complaints", [], drawn)]


def measured(tables: Sequence[Table]) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        train_danger(DATA, Path(folder))
        seconds = time.perf_counter() - begun
        size = sum(file.stat().st_size for file in Path(folder).iterdir())
        danger = load_danger(Path(folder), read_concepts(DATA, simplifier()))
    if danger is None:
        raise RuntimeError("the classifier just trained cannot be read")
    return {
        "training": {"seconds": round(seconds, 1), "bytes": size},
        "tables": {one.name: judged(one, danger) for one in tables},
        "cost": cost(danger),
    }


def judged(table: Table, danger: Danger) -> dict[str, object]:
    """By each alone and by both, and the curve of both: threshold → recall and false alarms."""
    simplify = simplifier()
    sides = (table.dangers, table.others)
    listed = [[alarm.judge_crisis([one]).level for one in texts] for texts in sides]
    words = crisis_lexicon(DATA)
    read = [
        [without_idioms(normalise(one, simplify).text, words) for one in texts] for texts in sides
    ]

    def classified(risk: float) -> list[list[int]]:
        at = replace(danger, risk=risk)
        return [[at.judge(one).level for one in texts] for texts in read]

    learnt = classified(danger.risk)
    return {
        "texts": [len(texts) for texts in sides],
        "word list": shares(listed),
        "classifier": shares(learnt),
        "both": shares(_either(listed, learnt)),
        "curve": {str(risk): shares(_either(listed, classified(risk))) for risk in THRESHOLDS},
    }


def _either(one: Levels, other: Levels) -> Levels:
    return [list(map(max, *both)) for both in zip(one, other, strict=True)]


def shares(levels: Levels) -> list[float | None]:
    """Recall and false alarms; None where there is nothing to raise."""
    return [
        round(sum(one >= RISK_LEVEL for one in side) / len(side), 4) if side else None
        for side in levels
    ]


def cost(danger: Danger) -> dict[str, float]:
    """Milliseconds of the classifier for the longest text that it reads, one thread."""
    told = examples(DATA, simplifier(), held_out=True)
    text = "，".join(one.text for one in told)
    seconds: list[float] = []
    for at in range(200):
        begun = time.perf_counter()
        danger.judge(text[at * 7 : at * 7 + LONGEST])
        seconds.append(time.perf_counter() - begun)
    milliseconds = sorted(1000 * one for one in seconds)
    return {
        "p50": round(percentile(milliseconds, 50), 2),
        "p95": round(percentile(milliseconds, 95), 2),
    }


if __name__ == "__main__":
    sys.exit(main())
