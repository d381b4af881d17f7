"""`./hualiao bench turns`: end to end through the HTTP channel, at 1, 8 and 32 conversations.

Percentiles, turns a second, CPU a turn and memory of each process; nothing lost, doubled, empty
or out of order (else exit code 1); turn 500 beside turn 5; the engine's patches off beside on.
Always a stack of its own on this machine, or a running one whose data folder is given.
"""

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

from backend_api.operations import state
from backend_api.operations.folders import DataFolder
from bench import stack as stacks
from bench.channel import Conversation, open_http, troubles
from bench.figures import percentile
from bench.stack import Stack, Usage, own_stack, usage_of

LEVELS = (1, 8, 32)
SECONDS, QUICK_SECONDS = 20.0, 5.0
LONG, QUICK_LONG = 500, 60
LONG_CONVERSATIONS = 4
EARLY = 5
COMPARED = 8
# The flood limit is 20 messages in 10 seconds of one conversation.
PACE_SECONDS = 0.55


@dataclass(slots=True)
class Measured:
    """One load: milliseconds of each turn, and what each process used."""

    name: str
    milliseconds: list[float] = field(default_factory=list)
    lasted: float = 0.0
    cpu_ms: dict[str, float] = field(default_factory=dict)
    memory_mb: dict[str, float] = field(default_factory=dict)
    troubles: Counter[str] = field(default_factory=Counter)

    def figures(self) -> dict[str, float]:
        ordered = sorted(self.milliseconds)
        return {
            "turns": len(ordered),
            "p50": round(percentile(ordered, 50), 1),
            "p95": round(percentile(ordered, 95), 1),
            "p99": round(percentile(ordered, 99), 1),
            "turns_per_second": round(len(ordered) / self.lasted, 1) if self.lasted else 0.0,
        }


@cache
def texts() -> dict[str, list[str]]:
    loaded: dict[str, list[str]] = yaml.safe_load(
        Path(__file__).with_name("turns.yml").read_text(encoding="utf-8")
    )
    return loaded


def small_talk(number: int) -> str:
    said = texts()["small_talk"]
    return said[number % len(said)]


def main(argv: Sequence[str] | None = None) -> int:
    chosen = parser().parse_args(argv)
    with service(chosen) as stack:
        report = asyncio.run(measure(stack, chosen))
    print_report(report)
    if chosen.json:
        chosen.json.write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")
    return int(bool(report["troubles"]))


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="hualiao bench turns")
    made.add_argument("--quick", action="store_true", help="a short run")
    made.add_argument("--seconds", type=float, help="of each load")
    made.add_argument("--levels", type=int, nargs="+", default=LEVELS, help="conversations")
    made.add_argument("--without-long", action="store_true", help="no conversation of 500 turns")
    made.add_argument("--without-patches-off", action="store_true")
    made.add_argument("--data", type=Path, help="data folder of a running service of yours")
    made.add_argument("--json", type=Path, help="write the figures here")
    return made


@contextlib.contextmanager
def service(chosen: argparse.Namespace) -> Iterator[Stack]:
    if chosen.data is None:
        with own_stack() as stack:
            yield stack
        return
    data = DataFolder(chosen.data.absolute())
    running = state.read(data)
    if running is None:
        sys.exit(f"nothing runs in {data.root}")
    words = ("token", "create", "--role", "client", "--quiet", "--data", str(data.root))
    yield Stack(data, running.port, stacks.run(*words).strip())


async def measure(stack: Stack, chosen: argparse.Namespace) -> dict[str, object]:
    seconds = chosen.seconds or (QUICK_SECONDS if chosen.quick else SECONDS)
    await load(stack, 4, min(3.0, seconds))  # warm: connections, caches, first parses
    measured = [await load(stack, level, seconds) for level in chosen.levels]
    report: dict[str, object] = {
        "cores": os.cpu_count(),
        "machine_load": round(os.getloadavg()[0], 1),
        "loads": {one.name: one.figures() for one in measured},
        "cpu_ms_per_turn": {one.name: one.cpu_ms for one in measured},
        "memory_mb": measured[-1].memory_mb,
    }
    found = sum((one.troubles for one in measured), Counter[str]())
    if not chosen.without_long:
        length = QUICK_LONG if chosen.quick else LONG
        report["long"], more = await long_conversations(stack, length)
        found += more
    if not chosen.without_patches_off:
        report["patches"], more = await patches(stack, seconds)
        found += more
    report["troubles"] = dict(found)
    return report


async def load(stack: Stack, conversations: int, seconds: float) -> Measured:
    """So many citizens at a time, each one case after the other, for so long."""
    measured = Measured(f"{conversations} conversations")
    async with open_http(stack.url, stack.token, conversations + 10) as http:
        before, own = stack.usage(), usage_of(os.getpid())
        begun = time.perf_counter()
        until = begun + seconds

        async def citizen() -> None:
            while time.perf_counter() < until:
                await file_case(Conversation(http), measured, until)

        await asyncio.gather(*(citizen() for _ in range(conversations)))
        measured.lasted = time.perf_counter() - begun
        _note_usage(measured, before | {"bench": own}, stack)
    return measured


async def file_case(talk: Conversation, measured: Measured, until: float) -> None:
    for text in texts()["case"]:
        if time.perf_counter() >= until:
            break
        measured.milliseconds.append(await turn(talk, text, measured.troubles))
    measured.troubles.update(troubles(talk))


async def turn(talk: Conversation, text: str, found: Counter[str]) -> float:
    """Milliseconds from sending the message to having its replies."""
    begun = time.perf_counter()
    seq = await talk.say(text)
    replies = await talk.listen_for_bot()
    taken = (time.perf_counter() - begun) * 1000
    if not replies:
        found["silent"] += 1
    elif replies[0]["seq"] != seq + 1:
        found["out of order"] += 1
    if any(reply["kind"] == "system" for reply in replies):
        found["system notice"] += 1
    return taken


def _note_usage(measured: Measured, before: dict[str, Usage], stack: Stack) -> None:
    after = stack.usage() | {"bench": usage_of(os.getpid())}
    turns = max(len(measured.milliseconds), 1)
    for name, usage in sorted(after.items()):
        used = usage.cpu - before[name].cpu if name in before else usage.cpu
        measured.cpu_ms[name] = round(used * 1000 / turns, 1)
        measured.memory_mb[name] = round(usage.memory / 1e6)
    measured.cpu_ms["all but bench"] = round(
        sum(used for name, used in measured.cpu_ms.items() if name != "bench"), 1
    )


async def long_conversations(stack: Stack, length: int) -> tuple[dict[str, float], Counter[str]]:
    """Their last turns, taken in turns with those of fresh conversations at the same moment."""
    found: Counter[str] = Counter()
    async with open_http(stack.url, stack.token) as http:
        old = [Conversation(http) for _ in range(LONG_CONVERSATIONS)]
        await asyncio.gather(*(_grow(talk, length - COMPARED, found) for talk in old))
        fresh = [Conversation(http) for _ in range(LONG_CONVERSATIONS)]
        await asyncio.gather(*(_grow(talk, EARLY - 1, found) for talk in fresh))
        late, early = await _side_by_side(old, fresh, found)
        for talk in (*old, *fresh):
            found.update(troubles(talk))
    medians = statistics.median(late), statistics.median(early)
    return {
        f"turn {length} ms": round(medians[0], 1),
        f"turn {EARLY} ms": round(medians[1], 1),
        "ratio": round(medians[0] / medians[1], 2),
    }, found


async def _side_by_side(
    old: Sequence[Conversation], fresh: Sequence[Conversation], found: Counter[str]
) -> tuple[list[float], list[float]]:
    late, early = [], []
    for number in range(COMPARED):
        text = small_talk(number)
        for one, other in zip(old, fresh, strict=True):
            late.append(await turn(one, text, found))
            early.append(await turn(other, text, found))
        await asyncio.sleep(PACE_SECONDS)
    return late, early


async def _grow(talk: Conversation, turns: int, found: Counter[str]) -> None:
    for number in range(turns):
        begun = time.perf_counter()
        text = texts()["case"][1] if number == 0 else small_talk(number)
        await turn(talk, text, found)
        await asyncio.sleep(max(PACE_SECONDS - (time.perf_counter() - begun), 0))


async def patches(stack: Stack, seconds: float) -> tuple[dict[str, object], Counter[str]]:
    """The three patches that only save time: with and without, at one and at eight."""
    report: dict[str, object] = {}
    found: Counter[str] = Counter()
    for setting in ("on", "off", "on"):
        stack.set_environment("engine", HUALIAO_ENGINE_PATCHES=setting)
        await asyncio.to_thread(_until_ready, stack)
        await load(stack, 4, min(3.0, seconds))
        for level in (1, 8):
            one = await load(stack, level, seconds / 2)
            engine = {"engine_cpu_ms": one.cpu_ms["engine"]}
            report[f"{setting}, {one.name}"] = one.figures() | engine
            found += one.troubles
    return report, found


def _until_ready(stack: Stack) -> None:
    time.sleep(1.0)  # the old process still answers for a moment
    stack.wait_until_ready()


def print_report(report: dict[str, object]) -> None:
    print("\n== turns")
    for name, value in report.items():
        if not isinstance(value, dict):
            print(f"{name:20} {value}")
            continue
        print(f"{name}:" + ("" if value else " none"))
        for part, figures in value.items():
            if isinstance(figures, dict):
                figures = "  ".join(f"{key} {number}" for key, number in figures.items())
            print(f"  {part:22} {figures}")


if __name__ == "__main__":
    sys.exit(main())
