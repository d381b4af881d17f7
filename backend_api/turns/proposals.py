"""What a citizen's messages offer to the draft, before the engine has judged them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from backend_api.drafts.rules import How
from backend_api.turns.finders import (
    FINDERS,
    Found,
    Located,
    Said,
    joined,
    joined_masked,
    whole_answer,
)
from backend_api.understanding.lead_ins import is_lead_in

# How much of a message another field must fill for it to be no answer to this question.
MOSTLY = 0.8
MIN_ANSWER = 2
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


def propose(said: Sequence[Said], question: Question) -> list[Proposal]:
    """Everything these messages might settle. The last message that says a thing wins.

    Only what was written after the question was put can answer it: people type on while we answer.
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
            )
        )

    whole = Found(joined(said), joined_masked(said))
    add("story", whole, said[-1], How.SAID)
    saying = [one for one in answering if _may_answer(one, asking)]
    if asking is not None and saying and not _is_about_contact_only(saying, asking):
        answer = Found(joined(saying), joined_masked(saying))
        add("answer", answer, said[-1], How.TAKEN)
    for entity, find in FINDERS.items():
        for one in reversed(said):
            if (found := find(one)) is not None:
                asked = entity == asking and one.seq > question.seq
                value = whole_answer(entity, one, found) if asked else found
                add(entity, value, one, How.ANSWERED if asked else How.SAID)
                break
    return proposals


def entities(
    proposals: Iterable[Proposal], known: Mapping[str, str], length: int
) -> list[dict[str, str | int]]:
    """What the message offers; a value that the draft has already (`known`) is `restated`."""

    def name(one: Proposal) -> str:
        return RESTATED if known.get(one.entity) == one.value else one.entity

    return [{"entity": name(one), "value": one.id, "start": 0, "end": length} for one in proposals]


def _may_answer(one: Said, asking: str | None) -> bool:
    """Does the message say something, and not only what another field asks for?"""
    if is_lead_in(one.text) or len(one.text.strip()) < MIN_ANSWER:
        return False
    fields = one.analysis.fields
    other: Sequence[Located] = ()
    if asking == "demand":
        other = fields.places
    elif asking == "where":
        other = fields.demand
    filled = sum(span.end - span.start for span in other)
    return filled < MOSTLY * len(one.text)


def _is_about_contact_only(answering: Sequence[Said], asking: str) -> bool:
    """A number was given while something else is asked, and nothing that fits the question."""
    if asking not in FINDERS or asking == "contact":
        return False
    has_number = any(one.analysis.fields.phones for one in answering)
    return has_number and not any(FINDERS[asking](one) for one in answering)
