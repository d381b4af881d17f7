"""Places without a name that tells: what follows 地点是… and 我住…."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from backend_api.understanding.places.spans import BUILDING, Piece
from backend_api.understanding.places.words import Leads
from backend_api.understanding.tagger import Token, token_index

_NOUNS = frozenset(
    {"n", "nz", "LOC", "ORG", "PER", "nw", "m", "nr", "ns", "nt", "s", "f", "vn", "u", "a", "q"}
)
_FURTHER = (_NOUNS | {"r", "p"}) - {"u"}
# 天河 + 里12栋: the name goes on to its building.
_TO_BUILDING = re.compile(rf"[\u4e00-\u9fff]{{1,5}}?{BUILDING.pattern}")
_LONGEST = 25
_SHORTEST = 2


def told_places(
    text: str, named: Sequence[Piece], tokens: Sequence[Token], words: Leads
) -> Iterator[Piece]:
    """What is led to as a place even if nothing else tells so; `named` are the places known."""
    for match in words.lead.finditer(text):
        at = match.end()
        if words.nowhere.match(text, at):
            continue
        stop = words.end.search(text, at + _SHORTEST, at + _LONGEST)
        limit = stop.start() if stop else min(len(text), at + _LONGEST)
        end = _end(text, (at, limit), named, tokens, weak=bool(match["weak"]))
        end = at + len(text[at:end].rstrip(" 的"))
        if end - at >= _SHORTEST:
            yield Piece(at, end)


def _end(
    text: str,
    clause: tuple[int, int],
    named: Sequence[Piece],
    tokens: Sequence[Token],
    *,
    weak: bool,
) -> int:
    """Where the place ends: behind what is named in it, or behind its nouns."""
    at, limit = clause
    inside = [one.end for one in named if at <= one.start < limit]
    known = (min if weak else max)(inside, default=at)
    if known == at:
        return _nouns_end(tokens, at, limit, _NOUNS) if weak else limit
    rest = _TO_BUILDING.match(text, known, limit)
    end = rest.end() if rest else known
    return end if weak else _nouns_end(tokens, end, limit, _FURTHER)


def _nouns_end(tokens: Sequence[Token], at: int, limit: int, tags: frozenset[str]) -> int:
    """How far the words behind `at` are nouns, numbers and directions."""
    last = at
    for token in islice(tokens, token_index(tokens, at), None):
        if token.tag not in tags or token.end > limit:
            break
        last = token.end
    return last
