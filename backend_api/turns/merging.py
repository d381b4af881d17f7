"""What becomes of the proposals that the engine accepted: which facts the draft takes. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from backend_api.drafts.rules import ANONYMOUS, How
from backend_api.turns.finders import Found, Said
from backend_api.turns.proposals import Proposal, Question

FACT_FIELDS = frozenset(
    {"what", "where", "when", "respondent", "demand", "amount", "people", "name", "contact"}
)
# Intents by which a citizen means to put another value in place of the old one.
CORRECTIONS = frozenset({"correct", "deny", "choose_field"})
# A bare fact ("南山区的") is the newer word on it; a story that mentions one in passing is not.
BARE_FACT = "inform"
STORY = "tell_story"
# What may be a piece of a story: people send it in parts.
PIECES = frozenset({STORY, BARE_FACT, "nlu_fallback"})
GROWING_FIELDS = frozenset({"what", "demand"})
# Values nobody said: a said one takes their place.
REPLACEABLE = frozenset({How.SITE, How.GUESSED})
# How far apart, in messages of both sides, two pieces of one answer may be.
PIECE_DISTANCE = 6


@dataclass(frozen=True, slots=True)
class Known:
    """A fact as the draft has it when a new value arrives."""

    value: str
    masked: str
    how: How
    seq: int = 0


def reopened(sent: Iterable[str], slots: Mapping[str, object], form: str | None) -> tuple[str, ...]:
    """Facts to be stated anew: the engine dropped them while the form goes on."""
    return tuple(sorted(set(sent) - set(slots))) if form else ()


def accepted(slots: Mapping[str, object], proposals: Iterable[Proposal]) -> dict[str, Proposal]:
    """Field → proposal, for every slot that the engine filled from this turn's proposals."""
    by_id = {one.id: one for one in proposals}
    return {
        field: by_id[value]
        for field, value in slots.items()
        if field in FACT_FIELDS and isinstance(value, str) and value in by_id
    }


def restated(proposals: Iterable[Proposal], known: Mapping[str, Known]) -> frozenset[str]:
    """Fields that these messages state better than the draft has them: the engine takes them anew.

    Named outright ("地点是…"); or the answer came in pieces, and only this one says something.
    """
    return frozenset(
        one.entity
        for one in proposals
        if one.explicit or (one.entity in known and _completes(known[one.entity], one))
    )


def _completes(known: Known, one: Proposal) -> bool:
    return known.how is How.TAKEN and 0 < one.seq - known.seq <= PIECE_DISTANCE


def is_typing_on(said: Sequence[Said], question: Question) -> bool:
    """Everything was written before the open question was put: it goes on where it was."""
    return question.field is not None and all(one.seq <= question.seq for one in said)


def with_more_story(
    taken: Mapping[str, Proposal], proposals: Iterable[Proposal], *, goes_on: bool
) -> dict[str, Proposal]:
    """A story that goes on while something else is asked is part of the account."""
    answered = any(one.entity == "answer" for one in taken.values())
    story = next((one for one in proposals if one.entity == "story"), None)
    if story is None or not goes_on or answered or "what" in taken:
        return dict(taken)
    return {**taken, "what": story}


def replaces(field: str, intent: str | None, asking: str | None) -> bool:
    """Does a new value take the old one's place? An account only grows, unless it is asked anew."""
    if field == asking or (intent in CORRECTIONS and field != "what"):
        return True
    return intent == BARE_FACT and field not in GROWING_FIELDS


def merge(known: Known | None, one: Proposal, *, replacing: bool) -> Found | None:
    """What a field holds after a new value; None: it stays as it is.

    A story goes on: what is told later is added to account and demand. The other fields keep what
    was said first, until the citizen answers that very question or corrects it (`replacing`).
    """
    if known is None or replacing or known.how in REPLACEABLE:
        return Found(one.value, one.masked)
    if (one.explicit and known.how is How.SAID) or (
        one.entity != "answer" and one.entity != "story" and _completes(known, one)
    ):
        return Found(one.value, one.masked)
    if one.entity in {"story", "demand", "answer"}:
        return _added(known, one)
    return None


def _added(known: Known, one: Proposal) -> Found | None:
    if one.value in known.value:
        return None
    if known.value in one.value:
        return Found(one.value, one.masked)
    return Found(f"{known.value}\n{one.value}", f"{known.masked}\n{one.masked}")


def stays_anonymous(slots: Mapping[str, object], settled: Mapping[str, str]) -> bool:
    return slots.get("contact") == ANONYMOUS and settled.get("contact") != ANONYMOUS
