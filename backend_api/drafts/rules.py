"""What a case needs before it is filed, and which questions that leaves. Pure."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

ANONYMOUS = "anonymous"
# Asked twice, and the citizen could not say.
UNKNOWN = "unknown"


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
    # Told beside another matter: waits until that one is filed.
    PARKED = "parked"
    # Told after filing: part of a case that exists already.
    ADDED = "added"
    FILED = "filed"
    # Filed, and taken back by the citizen: what is told next is another matter.
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


# domain.md: the demand is required for these types only.
TYPES_WITH_DEMAND = frozenset({"求决", "投诉", "求助"})
ALWAYS_REQUIRED = ("what", "where", "contact")
ASKED = ("what", "where", "demand", "contact")
# What a mask hides in a list; free text has its own masks.
PERSONAL_FIELDS = frozenset({"name", "contact", "representatives"})
# In the order they are read back.
SHOWN = (
    "service",
    "what",
    "where",
    "when",
    "respondent",
    "demand",
    "amount",
    "people",
    "on_behalf",
    "representatives",
    "name",
    "contact",
    "safe_contact",
)
# Worth a word at the read-back when they are not known: required of nobody, offered once.
OPTIONAL = ("when", "respondent", "name")
# Fields that an intent states by itself: the dialogue does not ask for them.
CODES = frozenset({"service"})
# Matters where a call at the wrong moment may do harm: how to reach the citizen is asked.
DELICATE = frozenset({"家庭暴力", "婚姻家庭", "未成年人保护", "心理求助"})
NOTHING_GUESSED: Mapping[str, str] = MappingProxyType({})
REPORT = "举报"
SERVICES = frozenset(
    {"petition", "mediation", "law", "security", "counsel", "hazard", "suggestion"}
)
# What a service says of the type of the case, where it does.
TYPE_OF_SERVICE = {"law": "咨询", "hazard": "隐患", "suggestion": "建议", "counsel": "求助"}


def required_fields(case_type: str | None) -> tuple[str, ...]:
    """Unknown type: the demand is asked, since it is what most citizens came for."""
    if case_type is None or case_type in TYPES_WITH_DEMAND:
        return ASKED
    return ALWAYS_REQUIRED


def missing_fields(known: Iterable[str], case_type: str | None) -> tuple[str, ...]:
    have = set(known)
    return tuple(field for field in required_fields(case_type) if field not in have)


def settled_slots(
    facts: Mapping[str, str],
    asking: str | None = None,
    *,
    guesses: Mapping[str, str] = NOTHING_GUESSED,
) -> dict[str, str]:
    """What the dialogue need not ask. The open question itself is never settled.

    `guesses`: type and matter, where the facts do not know them yet.
    """
    known_or_guessed = {**guesses, **facts}
    required = required_fields(known_or_guessed.get("type") or None)
    settled = dict.fromkeys((f for f in ASKED if f not in required), "not_needed")
    delicate = known_or_guessed.get("matter") in DELICATE
    if not delicate or facts.get("contact") == ANONYMOUS:
        settled["safe_contact"] = "not_needed"
    known = (field for field in facts if field in SHOWN and field not in CODES)
    settled.update(dict.fromkeys(known, "known"))
    return {slot: mark for slot, mark in settled.items() if slot != asking}


def optional_fields(known: Iterable[str], case_type: str | None) -> tuple[str, ...]:
    """What may still be told. Of a report on an official nobody is asked who they are."""
    have = set(known)
    if have & {"contact"} and case_type == REPORT:
        have.add("name")
    return tuple(field for field in OPTIONAL if field not in have)


def masked_value(field: str, value: str) -> str:
    """A short fact as staff see it before they ask to unmask: 138****5678, 王**."""
    if field == "contact" and value != ANONYMOUS:
        return value[:3] + "*" * max(len(value) - 7, 4) + value[-4:]
    if field == "name":
        return value[:1] + "*" * max(len(value) - 1, 1)
    return value
