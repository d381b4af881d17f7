"""How often the intent is understood, and what a recognised intent is acted on as.

`python -m bot.judge --model FILE --sentences FILE.tsv` prints each confusion and the share that is
right. The table has the columns intent, asking, text.

`python -m bot.judge --meant` reads a JSON line {text, metadata, ranking} each from standard input
and prints the intent that the parts behind the classifier in bot/config.yml make of it. Their
verdict needs no trained model, so that `bench intents` can ask it of any classifier.
"""

import argparse
import asyncio
import csv
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.engine.preparation import prepare

if TYPE_CHECKING:
    from rasa.engine.graph import GraphComponent

_CONFIG = Path(__file__).parent / "config.yml"


def understood(model: Path, sentences: list[dict[str, str]]) -> Iterator[str]:
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage

    agent = Agent.load(str(model))
    for each in sentences:
        message = UserMessage(each["text"], metadata={"asking": each["asking"] or None})
        parsed = asyncio.run(agent.processor.parse_message(message))
        yield parsed["intent_ranking"][0]["name"]


def meant(lines: Iterable[str]) -> Iterator[str]:
    from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
    from rasa.shared.nlu.training_data.message import Message

    parts = list(_parts_behind_the_classifier())
    for line in lines:
        given = json.loads(line)
        message = Message({TEXT: given["text"], "metadata": given["metadata"]})
        message.set(INTENT, given["ranking"][0])
        message.set(INTENT_RANKING_KEY, given["ranking"])
        for part in parts:
            part.process([message])
        yield message.get(INTENT)["name"]


def _parts_behind_the_classifier() -> Iterator["GraphComponent"]:
    import yaml
    from rasa.nlu.classifiers.fallback_classifier import FallbackClassifier

    from bot.components.analysis_importer import AnalysisImporter

    pipeline = yaml.safe_load(_CONFIG.read_text("utf-8"))["pipeline"]
    options: dict[str, dict[str, Any]] = {each["name"].split(".")[-1]: each for each in pipeline}
    for kind in (FallbackClassifier, AnalysisImporter):
        yield kind({**kind.get_default_config(), **options[kind.__name__]})


def _judge(model: Path, table: Path) -> None:
    with table.open(encoding="utf-8") as file:
        sentences = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    wrong = [
        (each, found)
        for each, found in zip(sentences, understood(model, sentences), strict=True)
        if each["intent"] != found
    ]
    for each, found in wrong:
        sys.stdout.write(f"{each['intent']}\t{found}\t{each['asking']}\t{each['text'][:60]}\n")
    sys.stdout.write(f"right {len(sentences) - len(wrong)} of {len(sentences)}\n")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bot.judge")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--sentences", type=Path)
    parser.add_argument("--meant", action="store_true", help="of rankings on standard input")
    options = parser.parse_args()
    if not options.meant and not (options.model and options.sentences):
        parser.error("give --model and --sentences, or --meant")
    prepare()
    if options.meant:
        sys.stdout.writelines(f"{intent}\n" for intent in meant(sys.stdin))
        return
    _judge(options.model, options.sentences)


if __name__ == "__main__":
    main()
