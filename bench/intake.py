"""`./hualiao bench intake --openings FILE --sample N --seed S`: scripted citizens file cases.

They open with real messages (a CSV with the columns title, detail, label that the caller names;
nothing of it is kept) and answer what is asked, in varied ways. Exit code 1 when a conversation
was stuck or silent.
"""

import argparse
import asyncio
import contextlib
import csv
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import phrases
from bench.channel import Conversation, open_http
from bench.citizen import write_script
from bench.figures import percentile
from bench.interview import Ending, Interview, Interviewee
from bench.stack import own_stack

CONCURRENT = 8
BAD = (Ending.STUCK, Ending.SILENT)


@dataclass(frozen=True, slots=True)
class Story:
    """One real message."""

    number: int
    text: str
    label: str


def main(argv: Sequence[str] | None = None) -> int:
    chosen = parser().parse_args(argv)
    stories = sample(read_stories(chosen.openings), chosen.sample, chosen.seed)
    with service(chosen.base_url, chosen.token) as (url, token):
        begun = time.perf_counter()
        records = asyncio.run(interview_all(url, token, stories, chosen))
        lasted = time.perf_counter() - begun
    figures = summary(records) | {"seed": chosen.seed, "lasted_seconds": round(lasted, 1)}
    print_report(figures, records, examples=chosen.examples)
    if chosen.json:
        content = {"figures": figures, "conversations": [one.plain() for one in records]}
        text = json.dumps(content, ensure_ascii=False, indent=1)
        chosen.json.write_text(text, encoding="utf-8")
    return int(any(one.ending in BAD for one in records))


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="hualiao bench intake")
    made.add_argument("--openings", type=Path, required=True, help="CSV: title,detail,label")
    made.add_argument("--sample", type=int, default=200)
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--concurrent", type=int, default=CONCURRENT, help="citizens at a time")
    made.add_argument("--examples", type=int, default=3, help="transcripts shown of each flaw")
    made.add_argument("--json", type=Path, help="write everything here")
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


async def interview_all(
    url: str, token: str, stories: Sequence[Story], chosen: argparse.Namespace
) -> list[Interview]:
    texts, free = phrases.load(), asyncio.Semaphore(chosen.concurrent)
    async with open_http(url, token) as http:

        async def one(story: Story) -> Interview:
            chance = random.Random(f"{chosen.seed}/{story.number}")
            script = write_script(story.text, chance)
            async with free:
                person = Interviewee(script, Conversation(http), texts, chance)
                record = await person.play()
            record.label = story.label
            return record

        return await asyncio.gather(*(one(story) for story in stories))


def summary(records: Sequence[Interview]) -> dict[str, object]:
    """The report's figures."""
    seconds = sorted(second for one in records for second in one.seconds)
    filed = [one for one in records if one.ending is Ending.FILED]
    compared = Counter(f"{name} {result}" for one in filed for name, result in one.compared.items())
    return {
        "conversations": len(records),
        "endings": dict(Counter(one.ending.value for one in records)),
        "reasons": dict(Counter(one.why for one in records if one.why)),
        "questions_per_case": _mean(one.asked.total() for one in filed),
        "turns_per_case": _mean(len(one.seconds) for one in filed),
        "needless_questions": dict(_total(one.needless for one in records)),
        "asked_again_after_answer": dict(_total(one.again for one in records)),
        "facts": dict(sorted(compared.items())),
        "seconds_per_turn": {
            "p50": round(percentile(seconds, 50), 3),
            "p95": round(percentile(seconds, 95), 3),
            "max": round(seconds[-1], 3) if seconds else 0.0,
        },
        "by_label": _by(records, lambda one: one.label),
        "by_opening": _by(records, lambda one: one.mode),
    }


def _mean(values: Iterable[int]) -> float:
    found = list(values)
    return round(sum(found) / len(found), 2) if found else 0.0


def _total(counts: Iterable[Counter[str]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return total


def _by(records: Sequence[Interview], key: Callable[[Interview], str]) -> dict[str, dict[str, int]]:
    groups = sorted({key(one) for one in records})
    return {
        group: dict(Counter(one.ending.value for one in records if key(one) == group))
        for group in groups
    }


def print_report(
    figures: dict[str, object], records: Sequence[Interview], *, examples: int
) -> None:
    for ending in BAD:
        _transcripts(ending.value, [one for one in records if one.ending is ending], len(records))
    _transcripts("wrong fact", [one for one in records if one.has_wrong_fact()], examples)
    _transcripts("needless question", [one for one in records if one.needless], examples)
    _transcripts("asked again", [one for one in records if one.again], examples)
    print("\n== intake")
    for name, value in figures.items():
        if isinstance(value, dict):
            print(f"{name}:")
            for part, number in value.items():
                print(f"  {part:28} {number}")
        else:
            print(f"{name:30} {value}")


def _transcripts(title: str, records: Sequence[Interview], limit: int) -> None:
    for one in records[:limit]:
        print(f"\n-- {title}: {one.why or dict(one.needless) or ''} [{one.label}; {one.mode}]")
        if one.compared:
            print(f"   said {one.expected}\n   stored {one.stored}\n   {one.compared}")
        print("\n".join(f"   {line}" for line in one.lines))
    if len(records) > limit:
        print(f"   … and {len(records) - limit} more: {title}")


if __name__ == "__main__":
    sys.exit(main())
