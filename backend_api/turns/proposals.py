"""What a citizen's messages offer to the draft, before the engine has judged them. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from backend_api.drafts.rules import How, masked_value
from backend_api.turns.finders import (
    FINDERS,
    Found,
    Said,
    find,
    find_lookup,
    find_number,
    joined,
    joined_masked,
    whole_answer,
)
from backend_api.turns.words import turn_words
from backend_api.understanding.lead_ins import is_lead_in
from backend_api.understanding.split_numbers import find_split_number

# How much of a message another field must fill for it to be no answer to this question.
MOSTLY = 0.8
MIN_ANSWER = 2
# A place whose name tells nothing: 御景湾, 东方明珠.
LONGEST_NAME = 8
HAN = re.compile(r"[\u3400-\u9fff]")
RESTATED = "restated"


@dataclass(frozen=True, slots=True)
class Question:
    """The open question, and the seq up to which messages were written before it was put."""

    field: str | None = None
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """A value that the message offers for a slot; the engine sees `id` only."""

    id: str
    entity: str
    value: str
    masked: str
    how: How
    message: UUID
    seq: int
    explicit: bool = False
    corrects: bool = False
    instead_of: str = ""


def propose(said: Sequence[Said], question: Question, before: str = "") -> list[Proposal]:
    """Everything these messages might settle. The last message that says a thing wins.

    Only what was written after the question was put can answer it: people type on while we answer.
    `before`: the citizen's last words of the turn before; a number may have begun there.
    """
    answering = [one for one in said if one.seq > question.seq]
    asking = question.field if answering else None
    proposals: list[Proposal] = []

    def add(entity: str, found: Found, source: Said, how: How) -> None:
        name = f"p{len(proposals) + 1}"
        proposals.append(
            Proposal(
                name,
                entity,
                found.value,
                found.masked,
                how,
                source.id,
                source.seq,
                explicit=found.explicit,
                corrects=found.corrects,
                instead_of=found.instead_of,
            )
        )

    story = Found(joined(said), joined_masked(said))
    add("story", story, said[-1], How.SAID)
    saying = [one for one in answering if asking is not None and _may_answer(one, asking)]
    if asking is not None and saying and not _is_about_contact_only(saying, asking):
        answer = Found(joined(saying), joined_masked(saying))
        add("answer", answer, said[-1], How.TAKEN)
    if (lookup := find_lookup(joined(said), before)) is not None:
        add("lookup", Found(lookup, ""), said[-1], How.SAID)
    for entity in FINDERS:
        for one in reversed(said):
            asked = entity == asking and one.seq > question.seq
            if (found := _found(entity, one, asked=asked)) is not None:
                answers = asked and not found.corrects
                value = whole_answer(entity, one, found) if answers else found
                add(entity, value, one, How.ANSWERED if asked else How.SAID)
                break
    if (number := _split_phone(said, before)) is not None and not _has(proposals, "contact"):
        add("contact", number, said[-1], How.SAID)
    return proposals


def _found(entity: str, one: Said, *, asked: bool) -> Found | None:
    """Asked for a number, a name before it is the citizen's own."""
    found = find(entity, one)
    if found is None and asked and entity == "contact":
        return find_number(one)
    return found


def _has(proposals: Iterable[Proposal], entity: str) -> bool:
    return any(one.entity == entity for one in proposals)


def _split_phone(said: Sequence[Said], before: str) -> Found | None:
    """A phone number that was typed in two messages."""
    texts = [before, *(one.text for one in said)]
    for first, second in pairwise(texts):
        found = find_split_number(first, second)
        if found is not None and found.kind == "phone":
            return Found(found.value, masked_value("contact", found.value))
    return None


def entities(
    proposals: Iterable[Proposal], known: Mapping[str, str], length: int
) -> list[dict[str, str | int]]:
    """What the message offers; a value that the draft has already (`known`) is `restated`."""

    def name(one: Proposal) -> str:
        return RESTATED if known.get(one.entity) == one.value else one.entity

    return [{"entity": name(one), "value": one.id, "start": 0, "end": length} for one in proposals]


def _may_answer(one: Said, asking: str) -> bool:
    """Does the message say something that fits the question, as far as its words tell?"""
    text = one.text.strip()
    if is_lead_in(text) or len(text) < MIN_ANSWER:
        return False
    if asking in FITS and not find(asking, one):
        return FITS[asking](one, text)
    return not _is_filled(one, OTHERS_THAN.get(asking, ()))


def _may_be_place(one: Said, text: str) -> bool:
    """Nothing that is known as a place: a word that tells of one, or a bare name."""
    words = turn_words()
    told = [match.end() for match in words.place_word.finditer(text)]
    if told and not words.reported.search(text):
        # 13楼老人下不来 goes on with the account
        return words.no_name.search(text[told[-1] :].rstrip("的那边吧。")) is None
    return len(text) <= LONGEST_NAME and turn_words().no_name.search(text) is None


def _may_be_wish(one: Said, text: str) -> bool:
    """Nothing that is known as a demand, and nothing that answers another question."""
    if turn_words().wish.search(text):
        return not turn_words().reported.search(text)
    if turn_words().reported.search(text) or not HAN.search(text):
        return False
    return not (one.analysis.fields.places or turn_words().place_word.search(text))


def _is_filled(one: Said, names: Sequence[str]) -> bool:
    """Is the message little more than the facts that other questions ask for?"""
    spans = [span for name in names for span in getattr(one.analysis.fields, name)]
    filled: int = sum(span.end - span.start for span in spans)
    return filled >= MOSTLY * len(one.text)


# Open question → does a message in which nothing was found for it answer it all the same?
FITS: Mapping[str, Callable[[Said, str], bool]] = {
    "where": _may_be_place,
    "demand": _may_be_wish,
}
# Open question → facts that are no answer to it.
OTHERS_THAN = {
    "what": ("places", "times", "phones"),
    "where": ("demand",),
    "demand": ("places",),
}


def _is_about_contact_only(answering: Sequence[Said], asking: str) -> bool:
    """A number was given while something else is asked, and nothing that fits the question."""
    if asking not in FINDERS or asking == "contact":
        return False
    has_number = any(one.analysis.fields.phones for one in answering)
    return has_number and not any(find(asking, one) for one in answering)
