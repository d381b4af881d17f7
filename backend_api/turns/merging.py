"""What becomes of the proposals that the engine accepted: which facts the draft takes. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from backend_api.drafts.rules import ANONYMOUS, REPORT, SERVICES, TYPE_OF_SERVICE, UNKNOWN, How
from backend_api.turns.finders import Found, Said
from backend_api.turns.mending import ACCOUNT, IN_PARTS, is_part, same_part
from backend_api.turns.proposals import Proposal, Question
from backend_api.turns.words import turn_words

FACT_FIELDS = frozenset(
    {
        "what",
        "where",
        "when",
        "respondent",
        "demand",
        "amount",
        "people",
        "name",
        "contact",
        "safe_contact",
        "on_behalf",
        "representatives",
    }
)
# Intents by which a citizen means to put another value in place of the old one.
CORRECTIONS = frozenset({"correct", "deny", "choose_field"})
# A bare fact ("南山区的") is the newer word on it; a story that mentions one in passing is not.
BARE_FACT = "inform"
STORY = "tell_story"
# What may be a piece of a story: people send it in parts.
PIECES = frozenset({STORY, BARE_FACT, "nlu_fallback"})
# What an intent is about: its newer word holds.
OWN_FIELDS = {
    "contact_preference": {"safe_contact"},
    "for_other": {"on_behalf"},
    "represent_group": {"people", "representatives"},
}
# Asked twice and not known, the case is filed without.
MAY_STAY_OPEN = ("where", "demand", "safe_contact")
GROWING_FIELDS = frozenset({"what", "demand"})
# Values nobody said: a said one takes their place.
REPLACEABLE = frozenset({How.SITE, How.GUESSED})
# How far apart, in messages of both sides, two pieces of one answer may be.
PIECE_DISTANCE = 6
# 深圳市福田区, 公明街道: what an address begins with.
REGION = re.compile(r"(?:[\u4e00-\u9fff]{2,7}?(?:省|市|自治区|(?<!社)(?<!小)区|县|街道|镇|乡))+")


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
        if (one.explicit and one.entity != ACCOUNT)
        or (one.entity in known and _completes(known[one.entity], one))
        or (one.entity == "where" and "where" in known and _is_finer(known["where"], one))
    )


def _completes(known: Known, one: Proposal) -> bool:
    """Words in which nothing fitted give way: of a place to whatever is found, else to the next
    piece of the same answer."""
    if known.how is not How.TAKEN or one.entity in {"answer", "story"}:
        return False
    distance = one.seq - known.seq
    return distance > 0 if one.entity == "where" else 0 < distance <= PIECE_DISTANCE


def _is_finer(known: Known, one: Proposal) -> bool:
    """坂田, and later 坂田雪岗路的华兴五金厂."""
    contains = known.value in one.value and known.value != one.value
    return contains or _with_region(known, one) is not None


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
    if field in OWN_FIELDS.get(intent or "", ()):
        return True
    return intent == BARE_FACT and field not in GROWING_FIELDS


def merge(known: Known | None, one: Proposal, *, replacing: bool) -> Found | None:
    """What a field holds after a new value; None: it stays as it is.

    A story goes on: what is told later is added to account and demand. The other fields keep what
    was said first, until the citizen answers that very question or corrects it (`replacing`).
    """
    if known is None or known.value == UNKNOWN or known.how in REPLACEABLE:
        return Found(one.value, one.masked)
    if (mended := _mended(known, one, replacing=replacing)) is not None:
        return mended
    if one.entity == "where" and (whole := _with_region(known, one)) is not None:
        return whole
    if one.entity == "where" and _is_finer(known, one):
        return Found(one.value, one.masked)
    if replacing or one.corrects or _gives_way(known, one):
        return Found(one.value, one.masked)
    return _added(known, one) if one.entity in {"story", "demand", "answer"} else None


def _gives_way(known: Known, one: Proposal) -> bool:
    """Words in which nothing fitted, to what fits; a mention, to what is named as such."""
    return _completes(known, one) or (one.explicit and known.how is How.SAID)


def _with_region(known: Known, one: Proposal) -> Found | None:
    """The region that was said before still holds: 宝安区, and then 固戍地铁站旁; and where only
    the end of an address is put right; all of it, where it had no such part."""
    if one.corrects and is_part(one.value):
        return Found(known.value + one.value, known.masked + one.masked)
    region = REGION.match(known.value)
    if region is None or REGION.match(one.value) or region[0] in one.value:
        return None
    if known.value != region[0] and not one.corrects:
        return None
    return Found(region[0] + one.value, region[0] + one.masked)


def _mended(known: Known, one: Proposal, *, replacing: bool) -> Found | None:
    """Only what is wrong is put right: of an address often one part, of a date the day."""
    wrong = one.instead_of if one.instead_of in known.value else ""
    if not wrong and (replacing or one.corrects) and one.entity in IN_PARTS:
        wrong = same_part(known.value, one.value)
    if not wrong or wrong == known.value:
        return None
    return Found(
        known.value.replace(wrong, one.value),
        known.masked.replace(wrong, one.masked),
    )


def is_added(text: str) -> bool:
    """要求加一条，…; 还要赔我地板钱: a wish more, not another one in place of the first."""
    return turn_words().wish_added.match(text) is not None


def without_lead(one: Proposal) -> Proposal:
    """The wish that is added, as one that puts nothing right."""
    value, masked = (turn_words().wish_added.sub("", said, 1) for said in (one.value, one.masked))
    return replace(one, value=value, masked=masked, corrects=False, explicit=False)


def _added(known: Known, one: Proposal) -> Found | None:
    if one.value in known.value:
        return None
    if known.value in one.value:
        return Found(one.value, one.masked)
    return Found(f"{known.value}\n{one.value}", f"{known.masked}\n{one.masked}")


def stated_codes(slots: Mapping[str, object]) -> dict[str, str]:
    """Field → code, for what an intent says by itself."""
    codes: dict[str, str] = {}
    service = str(slots.get("service"))
    if service in SERVICES:
        codes["service"] = service
    if service in TYPE_OF_SERVICE:
        codes["type"] = TYPE_OF_SERVICE[service]
    if is_report(slots):
        codes["type"] = REPORT
    wish = slots.get("safe_contact")
    if wish in {"yes", "no"}:
        codes["safe_contact"] = str(wish)
    left_open = (field for field in MAY_STAY_OPEN if slots.get(field) == UNKNOWN)
    return codes | dict.fromkeys(left_open, UNKNOWN)


def is_report(slots: Mapping[str, object]) -> bool:
    """On an official: the slot is filled by the intent alone."""
    return slots.get("report") == "yes"


def stays_anonymous(slots: Mapping[str, object], settled: Mapping[str, str]) -> bool:
    return slots.get("contact") == ANONYMOUS and settled.get("contact") != ANONYMOUS
