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

# With fewer characters a part says too little; behind 还有 and 另外 it takes more.
MIN_LENGTH = 4
MIN_ADDED = 6
# How sure the matter of a part must be, and how unlikely that of the part before must be in it;
# measured on the messages of tests/understanding/test_parts.py: of the 60
# they were chosen on all are right, of 24 written later none of 12 is missed and 4 of 12 are split.
MIN_P = 0.35
MAX_OLD = 0.02
# Where the citizen says that it is another matter, less of both is asked.
MIN_ANNOUNCED_P = 0.15
MAX_ANNOUNCED_OLD = 0.1
MAX_PARTS = 4
# 其他咨询: 另外想问一下这该找谁 goes on with what is told.
NO_MATTER = "other"
# A longer text is a story with many turns, not a list.
MAX_LENGTH = 800
_CLAUSE_END = r"(?:^|(?<=[，,。！!？?；;：:、\n\s]))"
# Of a lead: 再反映一个, 另一件事.
_ANNOUNCED = re.compile(r"反映|投诉|举报|一[个件]")
_MARKS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class PartWords:
    """`lead` begins another matter, `first` may stand before the first of them; behind a lead,
    `hangs` goes on with the one before. `single`: one complaint, whatever it counts up."""

    first: re.Pattern[str]
    lead: re.Pattern[str]
    hangs: re.Pattern[str]
    single: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Piece:
    """`told`: what is said behind the lead, which ends at `at`. `sure`: the lead counts, or
    announces a matter (`announced`)."""

    start: int
    end: int
    at: int
    told: str
    sure: bool
    announced: bool = False


def part_words(raw: Mapping[str, Any]) -> PartWords:
    """Raises KeyError or re.error when a list is missing or wrong."""
    first = "|".join(raw["first"]).replace("<one>", raw["one"])
    adding, counting = "|".join(raw["adding"]), "|".join(raw["counting"])
    announced = f"(?P<announced>{'|'.join(raw['announced'])})"
    lead = rf"{_CLAUSE_END}(?:(?P<counting>{counting})|{adding}){announced}?[，,：: ]*"
    return PartWords(
        re.compile(first),
        re.compile(lead),
        re.compile("|".join(raw["hangs"])),
        re.compile(raw["one_complaint"]),
    )


def find_parts(
    text: str, words: PartWords, classifier: Classifier, known: Mapping[str, First]
) -> tuple[Part, ...]:
    """The matters of a message, in its order; empty when it is about one, or when nobody can tell
    what its beginning is about."""
    if len(text) > MAX_LENGTH or words.single.match(text):
        return ()
    first, *others = _pieces(text, words)
    if not others:
        return ()
    code, share, _ = _likeliest(first.told, classifier)
    if share < MIN_P:
        return ()
    parts = [Part(first.start, first.end, code, "", first.at)]
    for piece in others:
        own = _own_matter(piece, parts[-1].code, words, classifier)
        if own:
            parts.append(Part(piece.start, piece.end, own, "", piece.at))
        else:
            parts[-1] = replace(parts[-1], end=piece.end)
    named = tuple(replace(one, name=known[one.code].name) for one in parts if one.code in known)
    return named[:MAX_PARTS] if len(named) > 1 else ()


def _pieces(text: str, words: PartWords) -> Iterator[_Piece]:
    """From lead to lead; a lead at the very beginning is none."""
    first = words.first.match(text)
    start, told, sure, announced = 0, first.end() if first else 0, True, False
    for match in words.lead.finditer(text, told):
        said = len(_MARKS.sub("", text[told : match.start()]))
        if said >= MIN_LENGTH:
            yield _Piece(start, match.start(), told, text[told : match.start()], sure, announced)
            start, announced = match.start(), bool(_ANNOUNCED.search(match.group()))
            sure = bool(match["counting"] or match["announced"])
        if said >= MIN_LENGTH or not said:
            told = match.end()
    yield _Piece(start, len(text), told, text[told:], sure, announced)


def _own_matter(piece: _Piece, before: str, words: PartWords, classifier: Classifier) -> str | None:
    """The code of a matter that is another one than `before`."""
    said = piece.told.lstrip("，,。、；;：: \n")
    least = MIN_LENGTH if piece.sure else MIN_ADDED
    if len(_MARKS.sub("", said)) < least or words.hangs.search(said):
        return None
    code, share, old = _likeliest(said, classifier, before)
    least_p = MIN_ANNOUNCED_P if piece.announced else MIN_P
    most_old = MAX_ANNOUNCED_OLD if piece.announced else MAX_OLD
    is_own = code not in {before, NO_MATTER} and share >= least_p and old <= most_old
    return code if is_own else None


def _likeliest(told: str, classifier: Classifier, before: str = "") -> tuple[str, float, float]:
    """(the likeliest matter, its probability, that of `before`)."""
    shares = classifier.probabilities(told) * classifier.weight_of(told)
    best = int(shares.argmax())
    old = float(shares[classifier.codes.index(before)]) if before else 0.0
    return classifier.codes[best], float(shares[best]), old
