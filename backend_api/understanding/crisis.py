"""Danger in a message, by the word lists and the scenes of `data/crisis/`.

Recall first: a missed cry for help is the worst error. Idioms (跳楼价, 气死我了) are blanked
before looking; a danger that is over or denied counts as distress, not as risk.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend_api.understanding.analysis import Crisis, Span
from backend_api.understanding.scenes import Scene, scenes

_CLAUSE = re.compile(r"[。！？!?\n；;]")
_BREATH = re.compile(r"[，,。！？!?\n；;]")
_AROUND = 14
# As far as a scene looks for what speaks against it.
_AWAY = 40
_MOST_EVIDENCE = 8
DANGER = 2
_CHILD = "minor"
# What an adult hears who tells of a child.
_OF_A_CHILD = "crisis_child_told"


@dataclass(frozen=True, slots=True)
class Entry:
    """`unless`: words anywhere in the message that make it mean something else."""

    kind: str
    level: int
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Supposed:
    """What might happen one day, for the kinds that are complained of in advance."""

    kinds: frozenset[str]
    before: re.Pattern[str]
    inside: re.Pattern[str]
    after: re.Pattern[str]
    calling: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Settled:
    """What is over, for the kinds that call for help at once or not at all."""

    kinds: frozenset[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    calling: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class ShutIn:
    """Shut in by a lift or a door and let out again; who is held by somebody is none of these."""

    inside: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    still: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Script:
    """A text that fits some dangers of these kinds better than the text of the kind."""

    text: str
    kinds: frozenset[str]
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The word lists, compiled."""

    idioms: re.Pattern[str]
    past: re.Pattern[str]
    dead: re.Pattern[str]
    denied: re.Pattern[str]
    within: re.Pattern[str]
    still: re.Pattern[str]
    present: re.Pattern[str]
    mocked: re.Pattern[str]
    rhetoric: re.Pattern[str]
    hearsay: re.Pattern[str]
    calling: re.Pattern[str]
    supposed: Supposed
    settled: Settled
    shut_in: ShutIn
    entries: Sequence[Entry]
    bare: Sequence[Entry]
    short_message: int
    long_message: int
    order: Sequence[str]
    young: re.Pattern[str]
    scripts: Sequence[Script]
    scenes: Sequence[Scene]


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    kind: str
    level: int


def lexicon(raw: Mapping[str, Any], told: Mapping[str, Any]) -> Lexicon:
    """Compile the files lexicon.yml and scenes.yml; raises KeyError, re.error on a wrong one."""
    words: Mapping[str, str] = raw["words"]

    def compiled(pattern: str) -> re.Pattern[str]:
        for name, value in words.items():
            pattern = pattern.replace(f"<{name}>", value)
        return re.compile(pattern)

    def bare(one: Mapping[str, Any]) -> Entry:
        unless = compiled(one["unless"]) if "unless" in one else None
        return Entry(one["kind"], one.get("level", 2), any_of(one["patterns"]), unless)

    def any_of(patterns: Sequence[str]) -> re.Pattern[str]:
        return compiled("|".join(f"(?:{one})" for one in patterns))

    supposed, settled, shut_in = raw["supposed"], raw["settled"], raw["shut_in"]
    return Lexicon(
        idioms=any_of(raw["idioms"]),
        past=compiled(raw["past"]),
        dead=compiled(raw["dead"]),
        denied=compiled(raw["denied"]),
        within=compiled(raw["within"]),
        still=compiled(raw["still"]),
        present=compiled(raw["present"]),
        mocked=compiled(raw["mocked"]),
        rhetoric=any_of(raw["rhetoric"]),
        hearsay=any_of(raw["hearsay"]),
        calling=compiled(raw["supposed"]["calling"]),
        supposed=Supposed(
            kinds=frozenset(supposed["kinds"]),
            before=compiled(supposed["before"]),
            inside=compiled(supposed["inside"]),
            after=compiled(supposed["after"]),
            calling=compiled(supposed["calling"]),
        ),
        settled=Settled(
            kinds=frozenset(settled["kinds"]),
            before=any_of(settled["before"]),
            after=any_of(settled["after"]),
            calling=compiled(settled["calling"]),
        ),
        shut_in=ShutIn(**{name: any_of(shut_in[name]) for name in ShutIn.__slots__}),
        entries=[
            Entry(one["kind"], one["level"], compiled(pattern))
            for one in raw["entries"]
            for pattern in one["patterns"]
        ],
        bare=[bare(one) for one in raw["bare"]],
        short_message=raw["short_message"],
        long_message=raw["long_message"],
        order=raw["order"],
        young=any_of([*raw["young"], *raw["childlike"]]),
        scripts=[
            Script(one["text"], frozenset(one["kinds"]), any_of(one["patterns"]))
            for one in raw["scripts"]
        ],
        scenes=scenes(told, {"young": any_of(raw["young"])}),
    )


def find_crisis(text: str, words: Lexicon, around: str = "") -> Crisis:
    """The highest level found, the kinds at level ≥ 1 and the words that raised them.

    The kinds stand in the order in which the citizen is to be answered: by level, then by `order`
    of the word list. `around`: what else they said; it tells no danger, but may tell that a child
    speaks.
    """
    clear = words.idioms.sub(lambda match: "＿" * len(match.group()), text)
    hits = [_weighed(clear, hit, words) for hit in _hits(clear, words)]
    if not hits:
        return Crisis()
    level = max(hit.level for hit in hits)
    hits.sort(key=lambda hit: (-hit.level, hit.start))
    is_child = level >= DANGER and words.young.search(around or text)
    return Crisis(level, _kinds(hits, _CHILD if is_child else "", words), tuple(_evidence(hits)))


def script_of(kind: str, text: str, words: Lexicon) -> str:
    """The key of the text to say to a danger of this kind."""
    fitting = (one.text for one in words.scripts if kind in one.kinds and one.pattern.search(text))
    told = _OF_A_CHILD if kind == _CHILD and not words.young.search(text) else f"crisis_{kind}"
    return next(fitting, told)


def _kinds(hits: Sequence[_Hit], speaker: str, words: Lexicon) -> tuple[str, ...]:
    """`hits` are sorted by level. A child that speaks is in the danger they tell of."""
    levels = {hit.kind: hit.level for hit in reversed(hits)}
    if speaker:
        levels[speaker] = hits[0].level
    return tuple(sorted(levels, key=lambda kind: (-levels[kind], words.order.index(kind))))


def _hits(text: str, words: Lexicon) -> Iterator[_Hit]:
    for entry in words.entries:
        for match in entry.pattern.finditer(text):
            yield _Hit(match.start(), match.end(), entry.kind, entry.level)
    for scene in words.scenes:
        for start, end in scene.found_in(text):
            yield _Hit(start, end, scene.kind, _level_of_scene(text, start, scene.level, words))
    is_short = len(text) <= words.short_message
    for entry in words.bare:
        if entry.unless and entry.unless.search(text):
            continue
        for match in entry.pattern.finditer(text):
            level = entry.level if is_short else 1
            yield _Hit(match.start(), match.end(), entry.kind, level)


def _level_of_scene(text: str, at: int, level: int, words: Lexicon) -> int:
    """A long letter has every idea somewhere; what is told in it as going on now is a danger."""
    around = text[max(0, at - _AWAY) : at + _AWAY]
    is_plain = len(text) <= words.long_message or words.present.search(around)
    return level if is_plain or words.calling.search(around) else 1


def _weighed(text: str, hit: _Hit, words: Lexicon) -> _Hit:
    """Level 1 when it is over, somebody's death, denied, supposed or a way of speaking."""
    if hit.level < 2:
        return hit
    before = _CLAUSE.split(text[max(0, hit.start - _AROUND) : hit.start])[-1]
    after = _BREATH.split(text[hit.end : hit.end + 8])[0]
    milder = (
        words.denied.search(before)
        or words.mocked.search(after)
        or _is_over(text, hit, before, after, words)
        or _is_supposed(text, hit, before, after, words.supposed)
        or _is_settled(text, hit, words)
        or _is_rhetoric(text, hit, words)
        or _is_hearsay(text, words)
    )
    return _Hit(hit.start, hit.end, hit.kind, 1) if milder else hit


def _is_over(text: str, hit: _Hit, before: str, after: str, words: Lexicon) -> bool:
    lately = words.present.split(before)[-1]
    if words.past.search(lately) or words.past.match(after) or words.dead.search(after):
        return True
    around = text[max(0, hit.start - _AROUND) : hit.end + _AROUND]
    inside = text[hit.start : hit.end]
    return bool(words.within.search(inside) and not words.still.search(around))


def _is_supposed(text: str, hit: _Hit, before: str, after: str, supposed: Supposed) -> bool:
    if hit.kind not in supposed.kinds or supposed.calling.search(text):
        return False
    breath = _BREATH.split(before)[-1].split(" ")[-1]
    inside = text[hit.start : hit.end]
    return bool(
        supposed.before.search(breath)
        or supposed.inside.search(inside)
        or supposed.after.search(after)
    )


def _is_settled(text: str, hit: _Hit, words: Lexicon) -> bool:
    """上个月晕倒了, 送医院花了两万: it happened, and what is told is what came of it."""
    settled = words.settled
    is_shut_in = words.shut_in.inside.search(text[hit.start : hit.end]) is not None
    if settled.calling.search(text) or not (is_shut_in or hit.kind in settled.kinds):
        return False
    told = _CLAUSE.split(text[: hit.end])[-1]
    lately = words.present.split(told)[-1]
    after = text[hit.end :]
    if is_shut_in and words.shut_in.still.search(text):
        return False
    return bool(
        settled.before.search(lately)
        or settled.after.search(after)
        or (is_shut_in and _is_let_out(lately, after, words.shut_in))
    )


def _is_let_out(before: str, after: str, shut_in: ShutIn) -> bool:
    """昨天被关在里面四十分钟, and not 被关在里面四十分钟了."""
    return bool(shut_in.before.search(before) or shut_in.after.search(after))


def _is_rhetoric(text: str, hit: _Hit, words: Lexicon) -> bool:
    spoken = words.rhetoric.finditer(text)
    return any(one.start() <= hit.start and hit.end <= one.end() for one in spoken)


def _is_hearsay(text: str, words: Lexicon) -> bool:
    """What is read in the news or acted on a stage; nobody calls for help about it."""
    return bool(words.hearsay.search(text)) and not words.calling.search(text)


def _evidence(hits: Sequence[_Hit]) -> Iterator[Span]:
    taken: list[Span] = []
    for hit in hits:
        if all(hit.end <= span.start or span.end <= hit.start for span in taken):
            taken.append(Span(hit.start, hit.end))
            yield taken[-1]
        if len(taken) == _MOST_EVIDENCE:
            return
