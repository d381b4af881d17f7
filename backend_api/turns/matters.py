"""What a first account is about, and the several matters that one message may hold. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from backend_api.drafts.rules import DELICATE, How
from backend_api.drafts.service import OF_THE_CITIZEN, Finding
from backend_api.turns.finders import FINDERS, Found, Said, find, part_of_message, trimmed
from backend_api.turns.merging import Known
from backend_api.turns.proposals import Proposal
from backend_api.understanding.analysis import Matter, Part

# What is no fact of one matter alone.
LIKELY = 0.5
# A chance at which hardly any small talk is among the texts: a few words are an account.
PLAIN = 0.8
OF_ALL = frozenset({*OF_THE_CITIZEN, "answer", "lookup"})


def guesses(said: Sequence[Said], before: Known | None) -> dict[str, str]:
    """Type and matter as understanding guesses them; a clerk may correct them later.

    A piece that is shorter than what was told `before` says less about the matter than that did.
    """
    longest = longest_of(said)
    if before is not None and len(longest.text) <= len(before.value):
        return {}
    analysis = longest.analysis
    matter = analysis.parts[0].name if analysis.parts else _matter(analysis.matters)
    guessed = {"type": analysis.case_type, "matter": matter}
    return {name: value for name, value in guessed.items() if value}


def _matter(matters: Sequence[Matter]) -> str:
    """The likeliest, but a delicate one only when it is likely: it brings a question with it."""
    fit = [one for one in matters if one.p >= LIKELY or one.name not in DELICATE]
    return (fit or matters)[0].name if matters else ""


def is_matter_plain(said: Sequence[Said]) -> bool:
    return any(one.analysis.matters and one.analysis.matters[0].p >= PLAIN for one in said)


def longest_of(said: Sequence[Said]) -> Said:
    return max(said, key=lambda one: len(one.text))


def parts_of(said: Sequence[Said]) -> tuple[Part, ...]:
    """The matters of an account that holds several; empty where it holds one."""
    return max((one.analysis.parts for one in said), key=len)


def told_with(said: Iterable[Said], part: Part) -> Said:
    """The message that the part is of."""
    return next(one for one in said if part in one.analysis.parts)


def of_first_part(
    proposals: Iterable[Proposal], said: Sequence[Said], parts: Sequence[Part]
) -> list[Proposal]:
    """Of several matters only the first: its account, the facts that are told with it, and what
    belongs to no other."""
    told = told_with(said, parts[0])
    facts = facts_of_part(told, parts[0])
    kept = []
    for one in proposals:
        field = "what" if one.entity == "story" else one.entity
        if field in facts and field not in OF_THE_CITIZEN:
            kept.append(replace(one, value=facts[field].value, masked=facts[field].masked))
        elif field in OF_ALL or (field == "where" and not _is_within(told, one, parts)):
            kept.append(one)
    return kept


def _is_within(told: Said, one: Proposal, parts: Iterable[Part]) -> bool:
    at = told.text.find(one.value)
    return any(part.start <= at < part.end for part in parts)


def facts_of_part(told: Said, part: Part) -> Mapping[str, Found]:
    one = part_of_message(told, part)
    found = {field: value for field in FINDERS if (value := find(field, one)) is not None}
    return {"what": trimmed(one, max(part.told - part.start, 0), len(one.text)), **found}


def findings_of_part(told: Said, part: Part) -> dict[str, Finding]:
    """All that one matter of several says, as its draft keeps it."""
    said = {
        field: Finding(value.value, value.masked, How.SAID, told.id, told.seq)
        for field, value in facts_of_part(told, part).items()
    }
    return said | {"matter": Finding(part.name, part.name, How.GUESSED, told.id, told.seq)}
