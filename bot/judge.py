"""`python -m bot.judge --model FILE --sentences FILE.tsv`: how often the intent is understood.

The table has the columns intent, asking, text. Prints the share that is right and each confusion.
"""

import argparse
import asyncio
import csv
import sys
from collections.abc import Iterator
from pathlib import Path

from bot.engine.preparation import prepare


def understood(model: Path, sentences: list[dict[str, str]]) -> Iterator[str]:
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage

    agent = Agent.load(str(model))
    for each in sentences:
        message = UserMessage(each["text"], metadata={"asking": each["asking"] or None})
        parsed = asyncio.run(agent.processor.parse_message(message))
        yield parsed["intent_ranking"][0]["name"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bot.judge")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--sentences", type=Path, required=True)
    options = parser.parse_args()
    prepare()
    with options.sentences.open(encoding="utf-8") as table:
        sentences = list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))
    wrong = [
        (each, found)
        for each, found in zip(sentences, understood(options.model, sentences), strict=True)
        if each["intent"] != found
    ]
    for each, found in wrong:
        sys.stdout.write(f"{each['intent']}\t{found}\t{each['asking']}\t{each['text'][:60]}\n")
    sys.stdout.write(f"right {len(sentences) - len(wrong)} of {len(sentences)}\n")


if __name__ == "__main__":
    main()
