"""What one message says for each field of a draft: the span, readable and masked. Pure."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from uuid import UUID

from backend_api.cases.rules import is_query_code, is_registration_number
from backend_api.drafts.rules import masked_value
from backend_api.turns.representatives import find_representatives
from backend_api.turns.words import turn_words
from backend_api.understanding.analysis import Analysis, Pii, Place, Time, part_of
from backend_api.understanding.corrections import Correction
from backend_api.understanding.masking import mask
from backend_api.understanding.safe_contact import find_safe_contact

# An answer longer than this is an account of its own, in which the found span is the better value.
MAX_ANSWER = {"where": 60, "demand": 200}
LEAD_LENGTH = 12
# Fields whose right value may be words in which nothing is recognised: 公司名字错了，叫金碧.
NAMED_OUTRIGHT = frozenset({"where", "when", "respondent", "name", "amount", "people"})
# Those in which all of the words count: 地址错了，是城北区和顺里.
NAMED_WHOLE = frozenset({"where", "respondent"})
# 00000000000 stands for a number somebody blanked out.
MIN_DISTINCT_DIGITS = 3
# What no name of a place has in it.
DEED = re.compile("[了着过吗呢不没被把给让叫要想死]")
SENTENCE_END = re.compile(r"[。！？!?；;\n]+")
CLAUSE_END = re.compile(r"[。！？!?；;，,、\s]|$")
WORDS = re.compile(r"[^。！？!?；;，,、\s]+")
CLAUSE_EDGE = re.compile(r"[，,、\s]+")
CLAUSE = re.compile(r"[^。！？!?；;，,、\n]+")
# 302, 东门, 酒店后面: a clause that goes on with the address
PLACE_NUMBER = re.compile(r"^\s*[A-Za-z]?\d{1,4}(?:[-—]\d{1,4})*\s*$|[东南西北]|[前后侧里外]面")
# Before a name: 机构叫…, 公司名叫….
CALLED = ("叫", "叫做", "名为")
# 我儿子, 刘宝山: whose number it is, right before it
LONGEST_OWNER = 4
EDGES = " ,，、;；:：。"
LONG_NUMBER = re.compile(r"(?<!\d)\d{13}(?!\d)")
# Digits, or digits and letters mixed, with what people put between them: 2611-2200, ab-12-cd.
TRIED = re.compile(r"(?=[a-z-]*\d)[a-z0-9]+(?:-[a-z0-9]+)*")
MIN_TRIED = 5
CODE = re.compile(r"(?<![a-z0-9])[a-z0-9]{8}(?![a-z0-9])")


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
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A value with its masked form. `explicit`: the words before it say which field it is for;
    `instead_of`: the wrong words that it takes the place of, empty where they are not said."""

    value: str
    masked: str
    explicit: bool = False
    corrects: bool = False
    instead_of: str = ""


def joined(said: Sequence[Said]) -> str:
    """People type in pieces: one text, a line each."""
    return "\n".join(one.text for one in said)


def joined_masked(said: Sequence[Said]) -> str:
    return "\n".join(mask(one.text, one.analysis.pii) for one in said)


def find(entity: str, one: Said) -> Found | None:
    """What the message says for a field; what it corrects comes before what it mentions."""
    for correction in reversed(one.corrections):
        if (found := _corrected(entity, one, correction)) is not None:
            return found
    return FINDERS[entity](one)


def _corrected(entity: str, one: Said, correction: Correction) -> Found | None:
    """The right value of a correction: what stands in its right part, or all of it where the
    words name the field."""
    right = correction.right
    if right is None or correction.field not in {"", entity}:
        return None
    part = part_of_message(one, right)
    found = FINDERS[entity](part)
    if correction.field == entity and (found is None or entity in NAMED_WHOLE):
        found = trimmed(part, 0, len(part.text)) if entity in NAMED_OUTRIGHT else found
    if found is None:
        return None
    wrong = correction.wrong
    instead_of = one.text[wrong.start : wrong.end].strip(EDGES) if wrong is not None else ""
    if entity == "name":
        found = replace(found, masked=masked_value("name", found.value))
    return replace(found, explicit=True, corrects=True, instead_of=instead_of)


def part_of_message(one: Said, span: Located) -> Said:
    """A part of a message as a message of its own."""
    analysis = part_of(one.analysis, span.start, span.end)
    return replace(one, text=one.text[span.start : span.end], analysis=analysis, corrections=())


def whole_answer(entity: str, one: Said, found: Found) -> Found:
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
    if entity == "where" and (lead := turn_words().place_answer.match(one.text[left:start])):
        left += lead.end()
    if entity != "where":
        return trimmed(one, left, right)
    return _without_particles(trimmed(one, left, _before_deed(one.text, end, right)))


def _before_deed(text: str, end: int, right: int) -> int:
    """龙岗布吉垃圾站臭死了: what hangs on a place ends before what is told of it."""
    deed = DEED.search(text, end, right)
    if deed is None:
        return right
    words = turn_words().place_word.finditer(text, end, deed.start())
    return max((word.end() for word in words), default=end)


def _without_particles(found: Found) -> Found:
    """龙岗南联嘛 is 龙岗南联."""
    rest = len(found.value) - len(turn_words().tone.sub("", found.value))
    if not rest:
        return found
    return replace(found, value=found.value[:-rest], masked=found.masked[:-rest])


def whole_clause(one: Said, found: Found) -> Found:
    """A place that the citizen puts right: up to the end of its clause, 和顺里 at its end too."""
    start = one.text.find(found.value)
    if start < 0 or len(one.text) > MAX_ANSWER["where"]:
        return found
    end = CLAUSE_END.search(one.text, start + len(found.value))
    whole = trimmed(one, start, end.start() if end else len(one.text))
    return replace(found, value=whole.value, masked=whole.masked)


def _borders(one: Said, entity: str) -> list[tuple[int, int]]:
    """Where something else begins and ends, as (start, end)."""
    fields = one.analysis.fields
    spans = [(phone.start, phone.end) for phone in fields.phones]
    spans += [(card.start, card.end) for card in fields.idcards]
    if entity == "demand":
        spans += [(place.start, place.end) for place in fields.places]
    else:
        spans += [(demand.start, demand.end) for demand in fields.demand]
        spans += [match.span() for match in CLAUSE.finditer(one.text) if _is_no_place(match[0])]
        spans += [match.span() for match in WORDS.finditer(one.text) if _is_told(one, match)]
    spans += [match.span() for match in SENTENCE_END.finditer(one.text)]
    return spans + [match.span() for match in turn_words().self_named.finditer(one.text)]


def _is_no_place(clause: str) -> bool:
    """A courtesy, an insult or another field beside the place: 好的; 老板姓钱; 你问这么多干嘛."""
    words = turn_words()
    tells = words.place_word.search(clause) or PLACE_NUMBER.search(clause)
    return tells is None or words.reported.search(clause) is not None


def _is_told(one: Said, words: re.Match[str]) -> bool:
    """A sum or a deed between blanks, beside the place: 工资八千 龙岗; 工资被拖了半年 龙岗."""
    if not _is_no_place(words[0]):
        return False
    fields = one.analysis.fields
    told: list[Located] = [*fields.money, *fields.times]
    inside = any(words.start() <= span.start < words.end() for span in told)
    return inside or turn_words().no_name.search(words[0]) is not None


def trimmed(one: Said, start: int, end: int) -> Found:
    text = one.text[start:end]
    kept = turn_words().clause_rest.sub("", text.rstrip(EDGES)).rstrip(EDGES)
    start += len(text) - len(text.lstrip(EDGES))
    return _cut(one, start, max(start, start + len(kept.lstrip(EDGES))))


def _where(one: Said) -> Found | None:
    places = [place for place in one.analysis.fields.places if place.role == "scene"]
    if not places:
        return _institution(one)
    best = max(places, key=lambda place: _precision(one, place))
    return replace(
        trimmed(one, best.start, _end_of(one, best)),
        explicit=_is_named(one, best, turn_words().place_lead),
    )


def _institution(one: Said) -> Found | None:
    """平安里学校乱收费: what is named and stands somewhere, where no other place is told."""
    named = {org.text: org for org in one.analysis.fields.orgs if org.kind == "named"}
    standing = [org for org in named.values() if turn_words().institution.search(org.text)]
    return _cut(one, standing[0].start, standing[0].end) if len(standing) == 1 else None


def _end_of(one: Said, place: Place) -> int:
    """A place ends where the citizen's name or wish follows it without a comma."""
    others = [match.start() for match in turn_words().self_named.finditer(one.text)]
    others += [demand.start for demand in one.analysis.fields.demand]
    return min([at for at in others if place.start < at < place.end], default=place.end)


def _precision(one: Said, place: Place) -> tuple[bool, int, int]:
    """How well a place says where it happened: named as such, then exact, then long."""
    named = _is_named(one, place, turn_words().place_lead)
    exact = sum(map(bool, (place.county, place.street, place.community, place.poi, place.poi)))
    return named, exact, place.end - place.start


def _when(one: Said) -> Found | None:
    wishes = find_safe_contact(one.text).wishes
    times = [
        time
        for time in one.analysis.fields.times
        if not _is_habit(one, time) and not _is_within(time, wishes)
    ]
    if not times:
        return None
    best = next((time for time in times if _is_finer(time, times[0])), times[0])
    return _cut(one, best.start, best.end)


def _is_finer(time: Time, first: Time) -> bool:
    """去年吧，好像是去年三月: within the year that was told first."""
    is_of_it = first.begin <= time.begin and time.until[:4] <= first.until[:4]
    return first.precision == "year" != time.precision and is_of_it


def _is_habit(one: Said, time: Time) -> bool:
    """An hour of every day, which names no day."""
    words = turn_words()
    if not time.begin.startswith("T"):
        return False
    before = words.habit_before.search(one.text[max(time.start - LEAD_LENGTH, 0) : time.start])
    return before is not None or words.habit_after.match(one.text[time.end :]) is not None


def _is_within(span: Located, others: Sequence[Located]) -> bool:
    return any(one.start <= span.start and span.end <= one.end for one in others)


def _demand(one: Said) -> Found | None:
    spans = [
        span
        for span in one.analysis.fields.demand
        if not turn_words().courtesy.fullmatch(span.text)
        and not turn_words().of_form.search(span.text)
    ]
    if not spans:
        return None
    parts = [_wish_alone(one, span) for span in spans]
    lead = any(
        _is_named(one, span, turn_words().demand_lead)
        or turn_words().demand_lead.match(span.text) is not None
        for span in spans
    )
    return replace(_listed(parts), explicit=lead)


def _wish_alone(one: Said, span: Located) -> Found:
    """A demand ends before the number, the name or the place that follows it as a clause."""
    inside = [phone.start for phone in one.analysis.fields.phones if phone.start > span.start]
    whole = trimmed(one, span.start, min([span.end, *inside]))
    start = one.text.find(whole.value, span.start)
    end = start + len(whole.value)
    for edge in reversed(list(CLAUSE_EDGE.finditer(one.text, start, end))):
        if not _is_of_another(one, edge.end(), end, is_named=bool(inside)):
            break
        end = edge.start()
    return trimmed(one, start, end)


def _is_of_another(one: Said, start: int, end: int, *, is_named: bool) -> bool:
    """A place, or, with a number behind it, whose number it is: 刘宝山; 我儿子."""
    fields = one.analysis.fields
    spans: list[Located] = [*fields.places, *fields.persons]
    if any(span.start <= start and end <= span.end for span in spans):
        return True
    is_short = is_named and end - start <= LONGEST_OWNER
    return is_short and turn_words().wish.search(one.text[start:end]) is None


def _contact(one: Said) -> Found | None:
    """The last number that is called the citizen's own, else the last one."""
    phones = [
        phone
        for phone in one.analysis.fields.phones
        if len(set(phone.value)) >= MIN_DISTINCT_DIGITS and not _is_anothers(one, phone)
    ]
    if not phones:
        return None
    own = [phone for phone in phones if _is_named(one, phone, turn_words().phone_lead)]
    number = (own or phones)[-1].value
    return Found(number, masked_value("contact", number))


def find_number(one: Said) -> Found | None:
    """A number that no word calls another's: for who was asked for theirs."""
    phones = [phone for phone in one.analysis.fields.phones if not _is_called_anothers(one, phone)]
    if not phones:
        return None
    return Found(phones[-1].value, masked_value("contact", phones[-1].value))


def _is_called_anothers(one: Said, phone: Located) -> bool:
    before, after = one.text[: phone.start], one.text[phone.end : phone.end + LEAD_LENGTH]
    return bool(
        turn_words().others_before.search(before[-2 * LEAD_LENGTH :])
        or turn_words().others_after.match(after)
    )


def _is_anothers(one: Said, phone: Located) -> bool:
    """The number of the person or firm complained of, by the words around it."""
    before = one.text[: phone.start]
    return _is_called_anothers(one, phone) or any(
        person.role != "applicant" and turn_words().number_of.match(before[person.end :])
        for person in one.analysis.fields.persons
        if person.end <= phone.start
    )


def _is_named(one: Said, span: Located, lead: re.Pattern[str]) -> bool:
    """Do the words just before the span say what it is?"""
    return lead.search(one.text[max(span.start - LEAD_LENGTH, 0) : span.start]) is not None


def _name(one: Said) -> Found | None:
    names = [person for person in one.analysis.fields.persons if person.role == "applicant"]
    return Found(names[0].text, masked_value("name", names[0].text)) if names else None


def _respondent(one: Said) -> Found | None:
    fields = one.analysis.fields
    found = [org for org in fields.orgs if org.role == "respondent"]
    persons = [person for person in fields.persons if person.role == "respondent"]
    named = [org for org in found if org.kind == "named"]
    named.sort(key=lambda org: not one.text.endswith(CALLED, 0, org.start))
    best: list[Located] = [*named, *persons, *found]
    return _cut(one, best[0].start, best[0].end) if best else None


def _amount(one: Said) -> Found | None:
    other = turn_words().another.search(one.text)
    end = other.start() if other is not None else len(one.text)
    money = [amount for amount in one.analysis.fields.money if amount.start < end]
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


def _safe_contact(one: Said) -> Found | None:
    """Whether, when and with what words the citizen may be reached, as it was said."""
    return find_contact_wishes(one)


def find_contact_wishes(one: Said, *, asked: bool = False) -> Found | None:
    """All of them; `asked`: for who was asked, fewer words say it."""
    wishes = find_safe_contact(one.text, asked=asked).wishes
    spans = dict.fromkeys((wish.start, wish.end) for wish in wishes)
    parts = [
        _cut(one, start, end)
        for start, end in spans
        if not any(
            low <= start and end <= high for low, high in spans if (low, high) != (start, end)
        )
    ]
    return _listed(parts) if parts else None


def _on_behalf(one: Said) -> Found | None:
    """For whom it is filed: 我妈, 邻居."""
    match = turn_words().on_behalf.search(one.text)
    if match is None:
        return None
    start, end = next(span for span in map(match.span, range(1, len(match.regs))) if span[0] >= 0)
    return _cut(one, start, end)


def _representatives(one: Said) -> Found | None:
    named = find_representatives(one.text)
    return _listed([trimmed(one, *span) for span in named.kept]) if named is not None else None


def find_lookup(text: str, before: str = "") -> str | None:
    """Registration number and query code, the last ones, with a blank between.

    One of the two may stand in the words `before`; None unless both are there.
    """
    said_now = _numbers_and_codes(text)
    if not said_now[0] and all(one.isdigit() for one in said_now[1]):
        return None
    numbers, codes = _numbers_and_codes(f"{before}\n{text}")
    # Eight digits may be a landline or a day as well.
    best = [one for one in codes if not one.isdigit()] or codes
    return f"{numbers[-1]} {best[-1]}" if numbers and best else None


def is_code_tried(text: str) -> bool:
    """Something that is meant for a registration number or a query code, and need not be one."""
    plain = unicodedata.normalize("NFKC", text).lower()
    if turn_words().code_lost.search(text):
        return False
    shortest = 2 if turn_words().code_named.search(text) else MIN_TRIED
    rest = turn_words().no_code.sub(" ", plain)
    return any(len(one) >= shortest for one in TRIED.findall(rest))


def _numbers_and_codes(text: str) -> tuple[list[str], list[str]]:
    plain = unicodedata.normalize("NFKC", text).lower()
    numbers = [one for one in LONG_NUMBER.findall(plain) if is_registration_number(one)]
    return numbers, [one for one in CODE.findall(plain) if is_query_code(one)]


def _listed(parts: Sequence[Found]) -> Found:
    values, masked = zip(*((part.value, part.masked) for part in parts), strict=True)
    return Found("；".join(values), "；".join(masked))


FINDERS: Mapping[str, Callable[[Said], Found | None]] = {
    "where": _where,
    "when": _when,
    "demand": _demand,
    "contact": _contact,
    "name": _name,
    "respondent": _respondent,
    "amount": _amount,
    "people": _people,
    "safe_contact": _safe_contact,
    "on_behalf": _on_behalf,
    "representatives": _representatives,
}
