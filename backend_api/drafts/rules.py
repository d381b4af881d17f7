"""What a case needs before it is filed, and which questions that leaves. Pure."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

ANONYMOUS = "anonymous"


class How(StrEnum):
    """How a fact came to be known."""

    SAID = "said"
    ANSWERED = "answered"
    # The words given as the answer, in which understanding found nothing that fits the question.
    TAKEN = "taken"
    SITE = "site"
    GUESSED = "guessed"
    STAFF = "staff"


class DraftStatus(StrEnum):
    OPEN = "open"
    FILED = "filed"
    CANCELLED = "cancelled"


# domain.md: the demand is required for these types only.
TYPES_WITH_DEMAND = frozenset({"求决", "投诉", "求助"})
ALWAYS_REQUIRED = ("what", "where", "contact")
ASKED = ("what", "where", "demand", "contact")
# What a mask hides in a list; free text has its own masks.
PERSONAL_FIELDS = frozenset({"name", "contact"})
# In the order they are read back.
SHOWN = ("what", "where", "when", "respondent", "demand", "amount", "people", "name", "contact")


def required_fields(case_type: str | None) -> tuple[str, ...]:
    """Unknown type: the demand is asked, since it is what most citizens came for."""
    if case_type is None or case_type in TYPES_WITH_DEMAND:
        return ASKED
    return ALWAYS_REQUIRED


def missing_fields(known: Iterable[str], case_type: str | None) -> tuple[str, ...]:
    have = set(known)
    return tuple(field for field in required_fields(case_type) if field not in have)


def settled_slots(
    facts: Mapping[str, str], case_type: str | None, asking: str | None
) -> dict[str, str]:
    """What the dialogue need not ask. The open question itself is never settled."""
    settled = dict.fromkeys((field for field in facts if field in SHOWN), "known")
    settled.update(
        dict.fromkeys((f for f in ASKED if f not in required_fields(case_type)), "not_needed")
    )
    return {slot: mark for slot, mark in settled.items() if slot != asking}


def masked_value(field: str, value: str) -> str:
    """A short fact as staff see it before they ask to unmask: 138****5678, 王**."""
    if field == "contact" and value != ANONYMOUS:
        return value[:3] + "*" * max(len(value) - 7, 4) + value[-4:]
    if field == "name":
        return value[:1] + "*" * max(len(value) - 1, 1)
    return value
