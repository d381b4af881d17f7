"""Danger in a message, by the word lists of `data/crisis/lexicon.yml`.

Recall first: a missed cry for help is the worst error. Idioms (跳楼价, 气死我了) are blanked
before looking; a danger that is over or denied counts as distress, not as risk.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend_api.understanding.analysis import Crisis, Span

_CLAUSE = re.compile(r"[。！？!?\n；;]")
_BREATH = re.compile(r"[，,。！？!?\n；;]")
_AROUND = 14
_MOST_EVIDENCE = 8


@dataclass(frozen=True, slots=True)
class Entry:
    kind: str
    level: int
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The word lists, compiled."""

    idioms: re.Pattern[str]
    past: re.Pattern[str]
    dead: re.Pattern[str]
    denied: re.Pattern[str]
    entries: Sequence[Entry]
    bare: Sequence[Entry]
    short_message: int


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    kind: str
    level: int


def lexicon(raw: Mapping[str, Any]) -> Lexicon:
    """Compile the file; raises KeyError, re.error on a wrong one."""
    words: Mapping[str, str] = raw["words"]

    def compiled(pattern: str) -> re.Pattern[str]:
        for name, value in words.items():
            pattern = pattern.replace(f"<{name}>", value)
        return re.compile(pattern)

    return Lexicon(
        idioms=compiled("|".join(f"(?:{one})" for one in raw["idioms"])),
        past=compiled(raw["past"]),
        dead=compiled(raw["dead"]),
        denied=compiled(raw["denied"]),
        entries=[
            Entry(one["kind"], one["level"], compiled(pattern))
            for one in raw["entries"]
            for pattern in one["patterns"]
        ],
        bare=[Entry(one["kind"], 2, compiled(one["pattern"])) for one in raw["bare"]],
        short_message=raw["short_message"],
    )


def find_crisis(text: str, words: Lexicon) -> Crisis:
    """The highest level found, the kinds at level ≥ 1 and the words that raised them."""
    clear = words.idioms.sub(lambda match: "＿" * len(match.group()), text)
    hits = [_weighed(clear, hit, words) for hit in _hits(clear, words)]
    if not hits:
        return Crisis()
    level = max(hit.level for hit in hits)
    hits.sort(key=lambda hit: (-hit.level, hit.start))
    kinds = dict.fromkeys(hit.kind for hit in hits)
    return Crisis(level, tuple(kinds), tuple(_evidence(hits)))


def _hits(text: str, words: Lexicon) -> Iterator[_Hit]:
    for entry in words.entries:
        for match in entry.pattern.finditer(text):
            yield _Hit(match.start(), match.end(), entry.kind, entry.level)
    level = 2 if len(text) <= words.short_message else 1
    for entry in words.bare:
        for match in entry.pattern.finditer(text):
            yield _Hit(match.start(), match.end(), entry.kind, level)


def _weighed(text: str, hit: _Hit, words: Lexicon) -> _Hit:
    """Level 1 when it is over, somebody's death, or denied."""
    if hit.level < 2:
        return hit
    before = text[max(0, hit.start - _AROUND) : hit.start]
    before = _CLAUSE.split(before)[-1]
    after = _BREATH.split(text[hit.end : hit.end + 8])[0]
    over = words.past.search(before) or words.past.match(after) or words.dead.search(after)
    if over or words.denied.search(before):
        return _Hit(hit.start, hit.end, hit.kind, 1)
    return hit


def _evidence(hits: Sequence[_Hit]) -> Iterator[Span]:
    taken: list[Span] = []
    for hit in hits:
        if all(hit.end <= span.start or span.end <= hit.start for span in taken):
            taken.append(Span(hit.start, hit.end))
            yield taken[-1]
        if len(taken) == _MOST_EVIDENCE:
            return
