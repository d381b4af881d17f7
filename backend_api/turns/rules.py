"""What a turn may propose, and what its result means. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from backend_api.drafts.rules import ANONYMOUS, How, masked_value
from backend_api.understanding.analysis import Analysis, Pii, Place
from backend_api.understanding.lead_ins import is_lead_in
from backend_api.understanding.masking import mask

MAX_ENGINE_CHARACTERS = 4000
# An answer longer than this is an account of its own, in which the found span is the better value.
MAX_ANSWER = {"where": 60, "demand": 200}
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
# "地址是…", "就发生在…", "我住在…": the place that follows is where it happened.
PLACE_LEAD = re.compile(
    r"(?:地址|地点|位置|地方|发生在|出在|就在|住在|位于|家在|我住|我家)[是为就在:：,，\s]*$"
)
# "我的诉求就是…", "只求…"
DEMAND_LEAD = re.compile(
    r"(?:诉求|要求|请求|想法)(?:就|只有一个|很简单)?(?:是|为|[:：])|只求|只要求"
)
PHONE_LEAD = re.compile(r"(?:电话|手机|号码|联系|打我|微信)[^\d]{0,6}$")
# Whose number it is, when it is not the citizen's: an officer who called it would tell the other
# side. Family is not among them: many leave a daughter's number.
_OTHERS = (
    "他|她|对方|老板|房东|房主|包工头|工头|骗子|中介|物业|经理|店家|商家|卖家|邻居|司机|负责人"
    "|业务员|客服|老师|医生|领导|村长|书记|主任|公司|店里|工地|那边|人家"
)
_NUMBER = "(?:的)?(?:联系)?(?:电话|手机|号码|微信|联系方式)(?:号|号码)?"
OTHERS_BEFORE = re.compile(rf"(?:{_OTHERS})(?:们|本人)?{_NUMBER}(?:是|为|[:：])?\s*$")
OTHERS_AFTER = re.compile(rf"^\s*(?:这|就)?是(?:那个)?(?:{_OTHERS})(?:们)?{_NUMBER}")
NUMBER_OF = re.compile(rf"^{_NUMBER}(?:是|为|[:：])?\s*$")
# How much of a message another field must fill for it to be no answer to this question.
MOSTLY = 0.8
LEAD_LENGTH = 12
MIN_ANSWER = 2
# How far apart, in messages of both sides, two pieces of one answer may be.
PIECE_DISTANCE = 6
# 00000000000 stands for a number somebody blanked out.
MIN_DISTINCT_DIGITS = 3
SAFE = re.compile(
    r"(?<![不没])(?:很|挺|是)?安全(?:了|的|着)?[。！!，, ]*$|没事了|没有?危险"
    r"|(?:继续|接着|还是)(?:说|登记)"
)
SENTENCE_END = re.compile(r"[。！？!?；;\n]+")
# "我叫…", "本人…": up to the end of the clause the citizen speaks of themselves.
SELF_NAMED = re.compile(r"(?:我叫|我姓|我是|本人|姓名|联系人)[^,，。；;\n]*")
# What may hang on an answer's edge once the next field is cut off: ", 电话" before a number.
CLAUSE_REST = re.compile(
    r"[,，、 ]*(?:我的?)?(?:联系)?(?:电话|手机|号码|微信)(?:号|号码)?(?:是|为)?[:：]?$"
)
EDGES = " ,，、;；:：。"
RESTATED = "restated"
LOST_AFTER = 2
CRISIS_LEVEL = 2
RETRY_WAITS = (0.5, 1.0, 2.0, 3.0)
RETRY_AFTER_THAT = 5.0
TELL_DELAY_AT = 4
GIVE_UP_AT = 25


class Outcome(StrEnum):
    ANSWERED = "answered"
    CRISIS = "crisis"
    SUPERSEDED = "superseded"
    HELD = "held"
    GIVEN_UP = "given_up"


class Located(Protocol):
    """Anything with a place in the text."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Said:
    """A citizen's message that waits for its turn, with what was understood."""

    id: UUID
    seq: int
    text: str
    analysis: Analysis


@dataclass(frozen=True, slots=True)
class Question:
    """The open question, and the seq up to which messages were written before it was put."""

    field: str | None = None
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """A fact as the draft has it when a new value arrives."""

    value: str
    masked: str
    how: How
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


@dataclass(frozen=True, slots=True)
class Found:
    """A value with its masked form. `explicit`: the words before it say which field it is for."""

    value: str
    masked: str
    explicit: bool = False


def wait_before_retry(attempts: int) -> timedelta | None:
    """None: give up. `attempts` counts the failed ones; two minutes in all."""
    if attempts >= GIVE_UP_AT:
        return None
    seconds = RETRY_WAITS[attempts] if attempts < len(RETRY_WAITS) else RETRY_AFTER_THAT
    return timedelta(seconds=seconds)


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
                value = _whole_answer(entity, one, found) if asked else found
                add(entity, value, one, How.ANSWERED if asked else How.SAID)
                break
    return proposals


def entities(
    proposals: Iterable[Proposal], known: Mapping[str, Known], length: int
) -> list[dict[str, str | int]]:
    """What the message offers; a value that the draft has already is sent as `restated`."""

    def name(one: Proposal) -> str:
        fact = known.get(one.entity)
        return RESTATED if fact is not None and fact.value == one.value else one.entity

    return [{"entity": name(one), "value": one.id, "start": 0, "end": length} for one in proposals]


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


def is_out_of_danger(text: str) -> bool:
    """After a crisis: the citizen says so, or wants to go on with the matter."""
    return SAFE.search(text.strip()) is not None


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


def next_misunderstood(before: int, intent: str, responses: Iterable[str]) -> int:
    """How many times in a row the engine did not know what to make of it."""
    lost = intent == "nlu_fallback" or any(one.startswith("utter_default") for one in responses)
    return before + 1 if lost else 0


def shortened(text: str) -> str:
    """What the engine reads of a very long text: how it begins and how it ends."""
    if len(text) <= MAX_ENGINE_CHARACTERS:
        return text
    half = MAX_ENGINE_CHARACTERS // 2
    return text[: half - 1] + "\n" + text[-half:]


def joined(said: Sequence[Said]) -> str:
    """People type in pieces: one text, a line each."""
    return "\n".join(one.text for one in said)


def joined_masked(said: Sequence[Said]) -> str:
    return "\n".join(mask(one.text, one.analysis.pii) for one in said)


def _whole_answer(entity: str, one: Said, found: Found) -> Found:
    """A short answer counts as a whole: "水贝村3栋，超市楼上", not just its street.

    What else is in the message (a demand, a phone number, the next sentence) is not part of it.
    """
    if len(one.text) > MAX_ANSWER.get(entity, 0):
        return found
    start = one.text.find(found.value)
    if start < 0:
        return found
    end = start + len(found.value)
    borders = _borders(one, entity)
    left = max((at for _, at in borders if at <= start), default=0)
    right = min((at for at, _ in borders if at >= end), default=len(one.text))
    return _trimmed(one, left, right)


def _borders(one: Said, entity: str) -> list[tuple[int, int]]:
    """Where something else begins and ends, as (start, end)."""
    fields = one.analysis.fields
    spans = [(phone.start, phone.end) for phone in fields.phones]
    spans += [(card.start, card.end) for card in fields.idcards]
    if entity == "demand":
        spans += [(place.start, place.end) for place in fields.places]
    else:
        spans += [(demand.start, demand.end) for demand in fields.demand]
    spans += [match.span() for match in SENTENCE_END.finditer(one.text)]
    return spans + [match.span() for match in SELF_NAMED.finditer(one.text)]


def _trimmed(one: Said, start: int, end: int) -> Found:
    text = one.text[start:end]
    kept = CLAUSE_REST.sub("", text.rstrip(EDGES)).rstrip(EDGES)
    start += len(text) - len(text.lstrip(EDGES))
    return _cut(one, start, max(start, start + len(kept.lstrip(EDGES))))


def _where(one: Said) -> Found | None:
    places = one.analysis.fields.places
    if not places:
        return None
    best = max(places, key=lambda place: _precision(one, place))
    return replace(_cut(one, best.start, best.end), explicit=_is_named(one, best, PLACE_LEAD))


def _precision(one: Said, place: Place) -> tuple[bool, int, int]:
    """How well a place says where it happened: named as such, then exact, then long."""
    named = _is_named(one, place, PLACE_LEAD)
    exact = sum(map(bool, (place.county, place.street, place.community, place.poi, place.poi)))
    return named, exact, place.end - place.start


def _when(one: Said) -> Found | None:
    times = one.analysis.fields.times
    return _cut(one, times[0].start, times[0].end) if times else None


def _demand(one: Said) -> Found | None:
    spans = one.analysis.fields.demand
    if not spans:
        return None
    parts = [_without_number(one, span) for span in spans]
    lead = any(
        _is_named(one, span, DEMAND_LEAD) or DEMAND_LEAD.match(span.text) is not None
        for span in spans
    )
    return Found(
        "；".join(part.value for part in parts),
        "；".join(part.masked for part in parts),
        explicit=lead,
    )


def _without_number(one: Said, span: Located) -> Found:
    """A demand ends before the number that follows it without a comma."""
    inside = [phone.start for phone in one.analysis.fields.phones if phone.start > span.start]
    return _trimmed(one, span.start, min([span.end, *inside]))


def _contact(one: Said) -> Found | None:
    """The last number that is called the citizen's own, else the last one."""
    phones = [
        phone
        for phone in one.analysis.fields.phones
        if len(set(phone.value)) >= MIN_DISTINCT_DIGITS and not _is_anothers(one, phone)
    ]
    if not phones:
        return None
    own = [phone for phone in phones if _is_named(one, phone, PHONE_LEAD)]
    number = (own or phones)[-1].value
    return Found(number, masked_value("contact", number))


def _is_anothers(one: Said, phone: Located) -> bool:
    """The number of the person or firm complained of, by the words around it."""
    before, after = one.text[: phone.start], one.text[phone.end : phone.end + LEAD_LENGTH]
    if OTHERS_BEFORE.search(before[-2 * LEAD_LENGTH :]) or OTHERS_AFTER.match(after):
        return True
    return any(
        person.role != "applicant" and NUMBER_OF.match(before[person.end :])
        for person in one.analysis.fields.persons
        if person.end <= phone.start
    )


def _is_named(one: Said, span: Located, lead: re.Pattern[str]) -> bool:
    """Do the words just before the span say what it is?"""
    return lead.search(one.text[max(span.start - LEAD_LENGTH, 0) : span.start]) is not None


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


def _name(one: Said) -> Found | None:
    names = [person for person in one.analysis.fields.persons if person.role == "applicant"]
    return Found(names[0].text, masked_value("name", names[0].text)) if names else None


def _respondent(one: Said) -> Found | None:
    fields = one.analysis.fields
    found = [org for org in fields.orgs if org.role == "respondent"]
    named = [person for person in fields.persons if person.role == "respondent"]
    best = sorted(found, key=lambda org: org.kind != "named") or named
    return _cut(one, best[0].start, best[0].end) if best else None


def _amount(one: Said) -> Found | None:
    money = one.analysis.fields.money
    if not money:
        return None
    largest = max(money, key=lambda amount: amount.max or amount.min or 0)
    return _cut(one, largest.start, largest.end)


def _people(one: Said) -> Found | None:
    counts = one.analysis.fields.counts
    return _cut(one, counts[0].start, counts[0].end) if counts else None


def _cut(one: Said, start: int, end: int) -> Found:
    inside = [
        Pii(max(span.start, start) - start, min(span.end, end) - start, span.type)
        for span in one.analysis.pii
        if span.start < end and span.end > start
    ]
    text = one.text[start:end]
    return Found(text, mask(text, inside))


FINDERS = {
    "where": _where,
    "when": _when,
    "demand": _demand,
    "contact": _contact,
    "name": _name,
    "respondent": _respondent,
    "amount": _amount,
    "people": _people,
}
