"""`./hualiao bench intake`: scripted citizens file cases through the HTTP channel.

`--personas`: cases and people of our own (`cases.yml`, `personas.yml`), judged against what they
know to be true. `--openings FILE`: real messages (a CSV with the columns title, detail, label that
the caller names; nothing of it is kept), and the citizen answers what is asked.
Exit code 1 when a conversation was stuck or silent, or a reply lost, doubled or out of order.
"""

import argparse
import asyncio
import contextlib
import csv
import json
import random
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bench import cast, phrases, report
from bench.channel import Conversation, open_http
from bench.citizen import write_script
from bench.dialogue import Dialogue
from bench.interview import Interview, Interviewee
from bench.player import Performance, Player, perform
from bench.stack import own_stack

CONCURRENT = 8
OPENINGS, CASES = 200, 220
# How many of each persona or matter are shown on the screen.
EXAMPLES = 3

Script = TypeVar("Script")
Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Story:
    """One real message."""

    number: int
    text: str
    label: str


def main(argv: Sequence[str] | None = None) -> int:
    chosen = parser().parse_args(argv)
    with service(chosen.base_url, chosen.token) as (url, token):
        begun = time.perf_counter()
        records = asyncio.run(talk_to_all(url, token, chosen))
        lasted = round(time.perf_counter() - begun, 1)
    figures = _figures(records) | {"seed": chosen.seed, "lasted_seconds": lasted}
    for one in report.worst_first(records)[: chosen.examples]:
        print(f"\n{report.transcript(one)}")
    report.print_figures(figures)
    if chosen.json:
        content = {"figures": figures, "conversations": [one.plain() for one in records]}
        text = json.dumps(content, ensure_ascii=False, indent=1)
        chosen.json.write_text(text, encoding="utf-8")
    if chosen.transcripts:
        report.write_transcripts(chosen.transcripts, records)
    return int(any(one.is_bad() for one in records))


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="hualiao bench intake")
    kind = made.add_mutually_exclusive_group(required=True)
    kind.add_argument("--personas", action="store_true", help="cases and people of our own")
    kind.add_argument("--openings", type=Path, help="CSV: title,detail,label")
    made.add_argument("--cases", type=int, default=CASES, help="conversations of the personas")
    made.add_argument("--persona", action="append", help="only this one; may come again")
    made.add_argument("--sample", type=int, default=OPENINGS, help="real openings")
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--concurrent", type=int, default=CONCURRENT, help="citizens at a time")
    made.add_argument("--examples", type=int, default=EXAMPLES, help="transcripts on the screen")
    made.add_argument("--json", type=Path, help="write everything here")
    made.add_argument("--transcripts", type=Path, help=f"write the {report.WORST} worst here")
    made.add_argument("--base-url", help="a running service; without it one is started")
    made.add_argument("--token", help="access token of role client, with --base-url")
    return made


@contextlib.contextmanager
def service(url: str | None, token: str | None) -> Iterator[tuple[str, str]]:
    """Address and token of the service to measure."""
    if url and token:
        yield url, token
        return
    if url or token:
        sys.exit("--base-url and --token belong together")
    with own_stack() as stack:
        yield stack.url, stack.token


def read_stories(file: Path) -> list[Story]:
    csv.field_size_limit(10_000_000)
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = csv.DictReader(opened)
        found = [(row.get("detail") or "", row.get("label") or "") for row in rows]
    return [Story(number, *one) for number, one in enumerate(found) if one[0].strip()]


def sample(stories: Sequence[Story], size: int, seed: int) -> list[Story]:
    return random.Random(seed).sample(list(stories), min(size, len(stories)))


def numbers_of(chosen: argparse.Namespace) -> list[int]:
    """The conversations to hold; with `--persona` only theirs, and as many."""
    names = [each.name for each in cast.personas()]
    if unknown := set(chosen.persona or ()) - set(names):
        sys.exit(f"no such persona: {', '.join(sorted(unknown))}")
    wanted = set(chosen.persona or names)
    rounds = range(chosen.cases * len(names))
    return [one for one in rounds if names[one % len(names)] in wanted][: chosen.cases]


async def talk_to_all(
    url: str, token: str, chosen: argparse.Namespace
) -> Sequence[report.Conversed]:
    async with open_http(url, token) as http:
        texts = phrases.load()

        def dialogue(name: str) -> Dialogue:
            return Dialogue(Conversation(http), texts, random.Random(f"{name}/pace"))

        if chosen.personas:
            numbers = numbers_of(chosen)
            return await _at_most(
                chosen.concurrent, numbers, lambda one: _play(chosen.seed, one, dialogue)
            )
        stories = sample(read_stories(chosen.openings), chosen.sample, chosen.seed)
        return await _at_most(
            chosen.concurrent, stories, lambda one: _interview(chosen.seed, one, dialogue)
        )


async def _at_most(
    size: int, scripts: Iterable[Script], hold: Callable[[Script], Awaitable[Kind]]
) -> list[Kind]:
    """Hold a conversation for each of the scripts, so many at a time."""
    free = asyncio.Semaphore(size)

    async def one(script: Script) -> Kind:
        async with free:
            return await hold(script)

    return await asyncio.gather(*map(one, scripts))


async def _play(seed: int, number: int, dialogue: Callable[[str], Dialogue]) -> Performance:
    part, name = cast.draw(number, seed), f"{seed}/{number}/play"
    return await Player(part, dialogue(name), perform(part, number), random.Random(name)).play()


async def _interview(seed: int, story: Story, dialogue: Callable[[str], Dialogue]) -> Interview:
    name = f"{seed}/{story.number}"
    chance = random.Random(name)
    script = write_script(story.text, chance)
    record = await Interviewee(script, dialogue(name), chance).play()
    record.label = story.label
    return record


def _figures(records: Sequence[report.Conversed]) -> dict[str, object]:
    performed = [one for one in records if isinstance(one, Performance)]
    if performed:
        return report.performance_figures(performed)
    return report.interview_figures([one for one in records if isinstance(one, Interview)])


if __name__ == "__main__":
    sys.exit(main())
