"""Several matters in one message: where one ends and the next begins. Pure.

The words that begin another one are `data/words/parts.yml`. A part is a matter of its own only
where the classifier reads another first-level matter in it: 另外楼道灯也坏了 after a broken lift is
told to the same people. What hangs on the part before (社保也没交, 他还骂人) is none either.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from backend_api.understanding.analysis import Part
from backend_api.understanding.matters import Classifier, First

# With fewer characters a part says too little.
MIN_LENGTH = 6
# How sure the matter of a part must be, and how unlikely that of the part before must be in it;
# measured on the messages of tests/understanding/test_parts.py: of the 60
# they were chosen on all are right, of 24 written later none of 12 is missed and 4 of 12 are split.
MIN_P = 0.35
MAX_OLD = 0.02
MAX_PARTS = 4
# A longer text is a story with many turns, not a list.
MAX_LENGTH = 800
_CLAUSE_END = r"(?:^|(?<=[，,。！!？?；;：:、\n\s]))"
_MARKS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class PartWords:
    """`lead` begins another matter; behind a lead, `hangs` goes on with the one before."""

    lead: re.Pattern[str]
    hangs: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Piece:
    """`told`: what is said behind the lead."""

    start: int
    end: int
    told: str


def part_words(raw: Mapping[str, Any]) -> PartWords:
    """Raises KeyError or re.error when a list is missing or wrong."""
    return PartWords(
        re.compile(f"{_CLAUSE_END}(?:{'|'.join(raw['leads'])})(?:{raw['announced']})?"),
        re.compile("|".join(raw["hangs"])),
    )


def find_parts(
    text: str, words: PartWords, classifier: Classifier, known: Mapping[str, First]
) -> tuple[Part, ...]:
    """The matters of a message, in its order; empty when it is about one, or when nobody can tell
    what its beginning is about."""
    if len(text) > MAX_LENGTH:
        return ()
    first, *others = _pieces(text, words.lead)
    if not others:
        return ()
    code, share, _ = _likeliest(first.told, classifier)
    if share < MIN_P:
        return ()
    parts = [Part(first.start, first.end, code, "")]
    for piece in others:
        own = _own_matter(piece.told, parts[-1].code, words, classifier)
        if own:
            parts.append(Part(piece.start, piece.end, own, ""))
        else:
            parts[-1] = replace(parts[-1], end=piece.end)
    named = tuple(replace(one, name=known[one.code].name) for one in parts if one.code in known)
    return named[:MAX_PARTS] if len(named) > 1 else ()


def _pieces(text: str, lead: re.Pattern[str]) -> Iterator[_Piece]:
    """From lead to lead; a lead at the very beginning is none."""
    start, told = 0, 0
    for match in lead.finditer(text):
        said = len(_MARKS.sub("", text[told : match.start()]))
        if said >= MIN_LENGTH:
            yield _Piece(start, match.start(), text[told : match.start()])
            start = match.start()
        if said >= MIN_LENGTH or not said:
            told = match.end()
    yield _Piece(start, len(text), text[told:])


def _own_matter(told: str, before: str, words: PartWords, classifier: Classifier) -> str | None:
    """The code of a matter that is another one than `before`."""
    said = told.lstrip("，,。、；;：: \n")
    if len(_MARKS.sub("", said)) < MIN_LENGTH or words.hangs.search(said):
        return None
    code, share, old = _likeliest(said, classifier, before)
    return code if code != before and share >= MIN_P and old <= MAX_OLD else None


def _likeliest(told: str, classifier: Classifier, before: str = "") -> tuple[str, float, float]:
    """(the likeliest matter, its probability, that of `before`)."""
    shares = classifier.probabilities(told) * classifier.weight_of(told)
    best = int(shares.argmax())
    old = float(shares[classifier.codes.index(before)]) if before else 0.0
    return classifier.codes[best], float(shares[best]), old
