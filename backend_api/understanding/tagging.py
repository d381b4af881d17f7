"""Which parts of a text the tagger reads: all of a short one; of a long one the beginning, the
end and the clauses in which somebody is named."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from backend_api.understanding.tagger import Tagger, Token

HEAD, TAIL = 1200, 400
# A clause begins a little before its naming word, so that the tagger sees where words begin.
_BEFORE, _BEHIND = 4, 28
# The tagger takes 20 ms for 1,000 characters: no text may cost more than a fifth of a second.
_MOST_CLAUSES = 60
_SEAM = "\n"


def read_tokens(text: str, tagger: Tagger, naming: re.Pattern[str]) -> list[Token]:
    """The words in the order of the text; offsets are those of the whole."""
    if len(text) <= HEAD + TAIL:
        return tagger.tag(text)
    end = len(text) - TAIL
    middle = tag_clauses(text, (HEAD, end), tagger, naming)
    ending = (_moved(one, end) for one in tagger.tag(text[end:]))
    return [*tagger.tag(text[:HEAD]), *middle, *ending]


def tag_clauses(
    text: str, part: tuple[int, int], tagger: Tagger, naming: re.Pattern[str]
) -> list[Token]:
    """The words of the naming clauses within a part of the text, read in one go."""
    clauses = list(islice(_clauses(text, part, naming), _MOST_CLAUSES))
    if not clauses:
        return []
    joined = _SEAM.join(text[start:end] for start, end in clauses)
    return list(_placed(tagger.tag(joined), clauses))


def _clauses(
    text: str, part: tuple[int, int], naming: re.Pattern[str]
) -> Iterator[tuple[int, int]]:
    low, high = part
    at = low
    while match := naming.search(text, at, high):
        start = max(at, match.start() - _BEFORE)
        at = min(high, match.end() + _BEHIND)
        yield start, at


def _placed(tokens: Sequence[Token], clauses: Sequence[tuple[int, int]]) -> Iterator[Token]:
    """Each word at its place in the text; what lies across a seam is dropped."""
    rest = iter(tokens)
    token = next(rest, None)
    begin = 0
    for start, end in clauses:
        until = begin + end - start
        while token and token.start < until:
            if token.start >= begin and token.end <= until:
                yield _moved(token, start - begin)
            token = next(rest, None)
        begin = until + len(_SEAM)


def _moved(token: Token, by: int) -> Token:
    return Token(token.start + by, token.end + by, token.text, token.tag)
