"""What a first account is about, and the several matters that one message may hold. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from backend_api.drafts.rules import DELICATE, How
from backend_api.drafts.service import OF_THE_CITIZEN, Finding
from backend_api.turns.finders import FINDERS, Found, Said, find, part_of_message, trimmed
from backend_api.turns.merging import Known
from backend_api.turns.proposals import Proposal
from backend_api.turns.words import turn_words
from backend_api.understanding.analysis import Matter, Part

# A chance at which a delicate matter is taken for one, and the question it brings is put.
LIKELY = 0.7
# Missed, this one costs more than a needless question.
VIOLENCE, SUSPECTED = "家庭暴力", 0.4
# A chance at which hardly any small talk is among the texts: a few words are an account.
PLAIN = 0.8
SHORTEST_ACCOUNT = 4
# Who suggests something has said what is wished.
TYPE_OF_MATTER = {"意见建议": "建议"}
# What is no fact of one matter alone.
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
    fit = [one for one in matters if one.name not in DELICATE or one.p >= _least(one.name)]
    return (fit or matters)[0].name if matters else ""


def _least(delicate: str) -> float:
    return SUSPECTED if delicate == VIOLENCE else LIKELY


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
    one = _in_itself(part_of_message(told, part))
    found = {field: value for field in FINDERS if (value := find(field, one)) is not None}
    return {"what": trimmed(one, max(part.told - part.start, 0), len(one.text)), **found}


def another_told(said: Sequence[Said]) -> dict[str, Finding]:
    """再登记一个，工资没发，龙岗: what is told of another matter while one is being filed; empty
    where it is only announced."""
    told = longest_of(said)
    lead = turn_words().another_lead.match(told.text)
    at = lead.end() if lead else 0
    if len(told.text) - at < SHORTEST_ACCOUNT:
        return {}
    name = _matter(told.analysis.matters)
    findings = findings_of_part(told, Part(0, len(told.text), "", name, told=at))
    is_told = is_matter_plain(said) or len(findings) > len({"what", "matter"})
    return findings if is_told else {}


def _in_itself(part: Said) -> Said:
    """Beside the first matter's place that of another one is a mere mention; in its own part it is
    the scene."""
    fields = part.analysis.fields
    if any(place.role == "scene" for place in fields.places):
        return part
    scenes = [
        replace(place, role="scene") if place.role == "mention" else place
        for place in fields.places
    ]
    fields = replace(fields, places=tuple(scenes))
    return replace(part, analysis=replace(part.analysis, fields=fields))


def findings_of_part(told: Said, part: Part) -> dict[str, Finding]:
    """All that one matter of several says, as its draft keeps it."""
    said = {
        field: Finding(value.value, value.masked, How.SAID, told.id, told.seq)
        for field, value in facts_of_part(told, part).items()
    }
    guessed = {"matter": part.name, "type": TYPE_OF_MATTER.get(part.name, "")}
    return said | {
        field: Finding(value, value, How.GUESSED, told.id, told.seq)
        for field, value in guessed.items()
        if value
    }
