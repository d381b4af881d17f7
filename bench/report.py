"""The reports of `bench intake`: figures, tables and transcripts."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from bench.dialogue import Ending
from bench.figures import percentile
from bench.interview import Interview
from bench.judging import Verdict
from bench.player import Performance

WORST = 50
Conversed = Interview | Performance


class Record(Protocol):
    """What both kinds of conversations leave behind."""

    ending: Ending
    why: str
    lines: list[str]
    seconds: list[float]
    asked: Counter[str]
    needless: Counter[str]
    again: Counter[str]
    troubles: Counter[str]

    def is_bad(self) -> bool: ...
    def badness(self) -> float: ...


Kind = TypeVar("Kind", bound=Record)


def shared_figures(records: Sequence[Record]) -> dict[str, object]:
    """Of all conversations; the questions of those that were filed."""
    seconds = sorted(second for one in records for second in one.seconds)
    filed = [one for one in records if one.ending is Ending.FILED]
    questions = sorted(float(one.asked.total()) for one in filed)
    turns = sorted(float(len(one.seconds)) for one in filed)
    return {
        "conversations": len(records),
        "endings": dict(Counter(one.ending.value for one in records)),
        "reasons": dict(Counter(one.why for one in records if one.why)),
        "troubles": dict(total(one.troubles for one in records)),
        "questions_per_case": spread(questions),
        "turns_per_case": spread(turns),
        "needless_questions": dict(total(one.needless for one in records)),
        "asked_again_after_answer": dict(total(one.again for one in records)),
        "seconds_per_turn": {
            "p50": round(percentile(seconds, 50), 3),
            "p95": round(percentile(seconds, 95), 3),
            "max": round(seconds[-1], 3) if seconds else 0.0,
        },
    }


def interview_figures(records: Sequence[Interview]) -> dict[str, object]:
    """Of the real openings."""
    filed = [one for one in records if one.ending is Ending.FILED]
    compared = Counter(f"{name} {result}" for one in filed for name, result in one.compared.items())
    return shared_figures(records) | {
        "facts": dict(sorted(compared.items())),
        "by_matter": _by(records, lambda one: [one.label], _outcomes),
        "by_opening": _by(records, lambda one: [one.mode], _outcomes),
    }


def performance_figures(records: Sequence[Performance]) -> dict[str, object]:
    """Of the personas."""
    return shared_figures(records) | {
        "right_outcomes": share(one.right for one in records),
        "fields_right": field_share(one.fields for one in records),
        "fields_right_at_the_first_read_back": field_share(one.first for one in records),
        "by_field": _by_field(records),
        "rows_beyond_the_script": dict(total(_names(one.unscripted) for one in records)),
        "not_understood": sum(len(one.misunderstood) for one in records),
        "not_resumed": sum(len(one.unresumed) for one in records),
        "false_alarms": sum(one.alarms for one in records),
        "corrections_of_its_mistakes": sum(one.corrections for one in records),
        "by_persona": _by(records, lambda one: [one.persona], _performed),
        "by_matter": _by(records, lambda one: one.matters, _performed),
    }


def total(counts: Iterable[Counter[str]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in counts:
        found.update(one)
    return found


def share(values: Iterable[bool]) -> float | None:
    """None of nothing."""
    found = list(values)
    return round(sum(found) / len(found), 3) if found else None


def spread(ordered: Sequence[float]) -> dict[str, float]:
    mean = round(sum(ordered) / len(ordered), 2) if ordered else 0.0
    return {
        "mean": mean,
        "median": percentile(ordered, 50),
        "p90": percentile(ordered, 90),
    }


def field_share(each: Iterable[Mapping[str, Verdict]]) -> float | None:
    return share(verdict is Verdict.RIGHT for found in each for verdict in found.values())


def _names(rows: Mapping[str, str]) -> Counter[str]:
    return Counter(name.split(".")[-1] for name in rows)


def _by_field(records: Sequence[Performance]) -> dict[str, dict[str, int]]:
    """Field → how often it was right, wrong and missing at the end."""
    found: dict[str, Counter[str]] = {}
    for record in records:
        for name, verdict in record.fields.items():
            found.setdefault(name.split(".")[-1], Counter())[verdict.value] += 1
    return {name: dict(counts) for name, counts in sorted(found.items())}


def _by(
    records: Sequence[Kind],
    keys: Callable[[Kind], Sequence[str]],
    figures: Callable[[Sequence[Kind]], dict[str, object]],
) -> dict[str, dict[str, object]]:
    groups = sorted({key for one in records for key in keys(one)})
    return {group: figures([one for one in records if group in keys(one)]) for group in groups}


def _outcomes(records: Sequence[Interview]) -> dict[str, object]:
    compared = [result for one in records for result in one.compared.values()]
    return {
        "of": len(records),
        **Counter(one.ending.value for one in records),
        "facts kept": share(result not in {"wrong", "missing"} for result in compared),
        **_questions(records),
    }


def _performed(records: Sequence[Performance]) -> dict[str, object]:
    return {
        "of": len(records),
        "right": share(one.right for one in records),
        "fields": field_share(one.fields for one in records),
        **_questions(records),
        "lost": sum(len(one.misunderstood) for one in records),
        "fixed": sum(one.corrections for one in records),
        "alarms": sum(one.alarms for one in records),
    }


def _questions(records: Sequence[Record]) -> dict[str, object]:
    filed = [one for one in records if one.ending is Ending.FILED]
    return {
        "asked": spread(sorted(float(one.asked.total()) for one in filed))["median"],
        "needless": total(one.needless for one in records).total(),
        "again": total(one.again for one in records).total(),
    }


def print_figures(figures: Mapping[str, object]) -> None:
    print("\n== intake")
    for name, value in figures.items():
        if not isinstance(value, dict):
            print(f"{name:36} {value}")
            continue
        print(f"{name}:")
        for part, number in value.items():
            row = number if not isinstance(number, dict) else _row(number)
            print(f"  {part:28} {row}")


def _row(figures: Mapping[str, object]) -> str:
    shown = {name: "–" if number is None else number for name, number in figures.items()}
    return "  ".join(f"{name} {number}" for name, number in shown.items())


def worst_first(records: Iterable[Conversed]) -> list[Conversed]:
    return sorted(records, key=lambda one: one.badness(), reverse=True)


def write_transcripts(file: Path, records: Iterable[Conversed]) -> None:
    """The worst conversations in full. They hold what citizens said: keep the file private."""
    texts = [transcript(one) for one in worst_first(records)[:WORST]]
    file.write_text("\n\n".join(texts) + "\n", encoding="utf-8")


def transcript(one: Conversed) -> str:
    match one:
        case Performance():
            head = f"{one.number} {one.persona} · {' + '.join(one.cases)}"
            compared: Mapping[str, str] = one.fields
        case Interview():
            head, compared = f"{one.label} · {one.mode}", one.compared
    lines = [f"-- {head} · {one.ending.value} · {one.badness():.0f} {one.why}".rstrip()]
    lines += _flaws(one)
    for name, result in compared.items():
        if result not in {"right", "same", "partial", "other"}:
            said, kept = one.expected.get(name), one.stored.get(name)
            lines.append(f"   {result}: {name}: said {said!r}, stored {kept!r}")
    return "\n".join([*lines, *(f"   {line}" for line in one.lines)])


def _flaws(one: Conversed) -> list[str]:
    flaws: dict[str, object] = {
        "troubles": dict(one.troubles),
        "needless": dict(one.needless),
        "again": dict(one.again),
    }
    if isinstance(one, Performance):
        flaws |= {
            "not understood": one.misunderstood,
            "not resumed after": one.unresumed,
            "false alarms": one.alarms,
            "beyond the script": one.unscripted,
        }
    return [f"   {name}: {value}" for name, value in flaws.items() if value]
