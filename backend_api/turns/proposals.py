"""What a citizen's messages offer to the draft, before the engine has judged them. Pure."""

import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from uuid import UUID

from backend_api.drafts.rules import How, masked_value
from backend_api.turns.finders import (
    FINDERS,
    Found,
    Said,
    find,
    find_contact_wishes,
    find_lookup,
    find_number,
    joined,
    joined_masked,
    trimmed,
    whole_answer,
    whole_clause,
)
from backend_api.turns.mending import (
    ACCOUNT,
    last_digits_put_right,
    named_right,
    parts_put_right,
    right_value,
    swapped,
)
from backend_api.turns.representatives import (
    Representatives,
    find_representatives,
    number_of_named,
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
# Open questions at which a fact puts the draft right.
READ_BACK = frozenset({"confirmed", "change"})
# What may be found in a representative's name and number.
OF_ONE_PERSON = frozenset({"name", "contact", "when", "amount", "people", "respondent"})
# Questions to which a wish may come as the answer before it is asked for.
EARLIER = frozenset({"where", "contact"})
LONGEST_WISH, LONGEST_PLACE = 60, 20
QUESTION = re.compile("[?？]|[吗么呢][。！\\s]*$")
# 老板跑了, 我们找过: what happened.
TOLD = re.compile("(?<![就算])[了过]")
# Behind what an item is called by: its value.
IS = ("是", "为", ":", "：")
# The number in a street is no day.
HOUSE = re.compile(r"(?<=[路街道巷弄])\d+号")
NOTHING_KNOWN: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Question:
    """The open question, and the seq up to which messages were written before it was put."""

    field: str | None = None
    seq: int = 0
    # the item whose right value was asked for
    changing: str = ""


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


@dataclass(frozen=True, slots=True)
class _Offer:
    """A value for a field, before it has its id."""

    entity: str
    found: Found
    source: Said
    how: How


def propose(
    said: Sequence[Said],
    question: Question,
    before: str = "",
    known: Mapping[str, str] = NOTHING_KNOWN,
) -> list[Proposal]:
    """Everything these messages might settle. The last message that says a thing wins.

    Only what was written after the question was put can answer it: people type on while we answer.
    `before`: the citizen's last words of the turn before; a number may have begun there.
    `known`: the draft, of which a message may put a part right.
    """
    taps, said = said, [one for one in said if one.text.strip() not in turn_words().choices]
    if not said:
        return _tapped(taps[-1], question)
    answering = [one for one in said if one.seq > question.seq]
    asking = question.field if answering else None
    offers = [_Offer("story", Found(joined(said), joined_masked(said)), said[-1], How.SAID)]
    saying = [one for one in answering if asking and _answers(one, asking, before)]
    if asking is not None and saying and not _is_about_contact_only(saying, asking):
        answer = Found(joined(saying), joined_masked(saying))
        offers.append(_Offer("answer", answer, said[-1], How.TAKEN))
    if (lookup := find_lookup(joined(said), before)) is not None:
        offers.append(_Offer("lookup", Found(lookup, ""), said[-1], How.SAID))
    offers += [one for entity in FINDERS if (one := _offer(entity, said, question)) is not None]
    outright = _put_right_outright(said[-1], question, known)
    offers = [*(one for one in offers if not _is_covered(one, outright)), *outright]
    offers += _put_right(said, question, known, {one.entity for one in offers})
    offers = _without_corrected(offers, asking)
    if (number := _split_phone(said, before)) is not None and not _has(offers, "contact"):
        offers.append(_Offer("contact", number, said[-1], How.SAID))
    if asking is not None:
        given = [
            _wish(answering, asking, known),
            _place(answering, asking),
            _number_of_theirs(answering, asking, known),
        ]
        offers += [one for one in given if one is not None and not _has(offers, one.entity)]
    own = _own(offers, said)
    return [_proposal(f"p{number}", one) for number, one in enumerate(own, start=1)]


def _tapped(tap: Said, question: Question) -> list[Proposal]:
    """A choice of ours: no account and no fact, but how the citizen may be reached, and what
    answers the question it stands under."""
    answering = turn_words().choices_that_answer.get(question.field or "", ())
    is_answer = question.field == "safe_contact" or tap.text.strip() in answering
    entities = [
        *(["answer"] if is_answer else []),
        *(["safe_contact"] if find("safe_contact", tap) is not None else []),
    ]
    whole = trimmed(tap, 0, len(tap.text))
    offers = [_Offer(entity, whole, tap, How.ANSWERED) for entity in entities]
    return [_proposal(f"p{number}", one) for number, one in enumerate(offers, start=1)]


def _proposal(name: str, one: _Offer) -> Proposal:
    return Proposal(
        name,
        one.entity,
        one.found.value,
        one.found.masked,
        one.how,
        one.source.id,
        one.source.seq,
        explicit=one.found.explicit,
        corrects=one.found.corrects,
        instead_of=one.found.instead_of,
    )


def _own(offers: Sequence[_Offer], said: Sequence[Said]) -> Sequence[_Offer]:
    """Name and number of a representative are not the citizen's own, whatever is asked, and their
    names say nothing else: 周六顺 is no Saturday."""
    named = representatives_of(said)
    if named is None:
        return offers
    return [
        one
        for one in offers
        if one.entity not in OF_ONE_PERSON
        or not (one.entity == "name" or named.own(one.found.value))
    ]


def representatives_of(said: Sequence[Said]) -> Representatives | None:
    """Those of the last message that names any."""
    found = (find_representatives(one.text) for one in reversed(said))
    return next((one for one in found if one is not None), None)


def _offer(entity: str, said: Sequence[Said], question: Question) -> _Offer | None:
    """What the last message that says something for the field says."""
    for one in reversed(said):
        asked = entity == question.field and one.seq > question.seq
        found = _found(entity, one, asked=asked)
        if found is None:
            continue
        if asked and not found.corrects:
            found = whole_answer(entity, one, found)
        elif entity == "where" and question.field in READ_BACK and not found.instead_of:
            found = whole_clause(one, found)
        return _Offer(entity, found, one, How.ANSWERED if asked else How.SAID)
    return None


def _put_right_outright(last: Said, question: Question, known: Mapping[str, str]) -> list[_Offer]:
    """An item that is named with its right value, or old words of the draft with the new ones.

    Words of the account are changed where it was read back: 把排烟口改到楼顶 is a wish before that.
    """
    named = named_right(last)
    is_read_back = question.field in READ_BACK
    items = {field: one for field, one in known.items() if is_read_back or field != ACCOUNT}
    named = named or last_digits_put_right(last, known)
    right = swapped(last, items) if named is None else dict([named])
    return [_Offer(field, found, last, How.SAID) for field, found in right.items()]


def _is_covered(one: _Offer, outright: Sequence[_Offer]) -> bool:
    """The same field; or another, read out of the words that put this one right."""
    return one.entity in FINDERS and any(
        one.entity == other.entity
        or one.found.value in other.found.value
        or other.found.value in one.found.value
        for other in outright
    )


def _without_corrected(offers: Sequence[_Offer], asking: str | None) -> list[_Offer]:
    """What puts another field right is no demand (把押金改成7800), and answers no question."""
    right = [one for one in offers if one.found.corrects and one.entity != "demand"]
    others = asking in FINDERS and any(one.entity != asking for one in right)
    answered = asking is not None and _has(offers, asking)
    return [
        one
        for one in offers
        if not (one.entity == "answer" and others and not answered)
        and not (one.entity == "demand" and _is_change_of(one.found.value, right))
    ]


def _is_change_of(demand: str, right: Sequence[_Offer]) -> bool:
    change = turn_words().swapped.search(demand)
    return change is not None and any(one.found.value in change["right"] for one in right)


def _put_right(
    said: Sequence[Said], question: Question, known: Mapping[str, str], found: Container[str]
) -> list[_Offer]:
    """Right values in which nothing is recognised: of an item that was asked for, or of a part of
    what is known."""
    last, right = said[-1], {}
    if question.changing and last.seq > question.seq:
        value = right_value(said, question.changing)
        right = {question.changing: value} if value is not None else {}
    right |= parts_put_right(last, known)
    return [
        _Offer(field, value, last, How.SAID) for field, value in right.items() if field not in found
    ]


def _wish(said: Sequence[Said], asking: str, known: Mapping[str, str]) -> _Offer | None:
    """A wish in which understanding finds none, as the answer to the question for it, or out of
    its turn while nothing is known of it."""
    telling = [one for one in said if not is_lead_in(one.text)]
    if len(telling) != 1 or len(telling[0].text) > LONGEST_WISH:
        return None
    (one,) = telling
    if asking == "demand" and _is_wished(one.text):
        return _Offer("demand", trimmed(one, 0, len(one.text)), one, How.ANSWERED)
    is_early = asking in EARLIER and "demand" not in known
    if (is_early or asking == "demand") and _wishes(one.text, turn_words().wish_lead):
        return _Offer("demand", trimmed(one, 0, len(one.text)), one, How.TAKEN)
    return None


def _is_wished(text: str) -> bool:
    """Asked for it: a wish in any clause, or what the other side shall do: 物业把电梯修好."""
    words = turn_words()
    is_result = words.result.search(text) is not None and QUESTION.search(text) is None
    return is_result or _wishes(text, words.wish_clause) or _wishes(text.strip(), words.wish_verb)


def _wishes(text: str, words: re.Pattern[str]) -> bool:
    """The citizen wants it; it is no courtesy, no question, and nobody else's deed."""
    text = text.strip()
    found = words.search(text)
    if found is None or turn_words().reported.search(text) or QUESTION.search(text):
        return False
    if turn_words().to_service.search(text) or turn_words().of_form.search(text):
        return False
    if turn_words().done.search(text, found.start()):
        return False
    return turn_words().courtesy.fullmatch(text) is None


def _place(said: Sequence[Said], asking: str) -> _Offer | None:
    """A bare place in which understanding finds none, whatever it sounds like: 老粮站门口噻."""
    last = said[-1]
    text = turn_words().particles.sub("", last.text.rstrip("。！!～~ "))
    if asking != "where" or len(said) > 1 or len(text) > LONGEST_PLACE:
        return None
    lead = turn_words().place_answer.match(text)
    start = lead.end() if lead is not None else 0
    ends = [match.end() for match in turn_words().place_word.finditer(text, start)]
    ends += [one.end for one in last.analysis.fields.orgs if one.start == start]
    if len(text) not in ends or turn_words().reported.search(text):
        return None
    if turn_words().no_name.search(HOUSE.sub("", text[start:])) or QUESTION.search(last.text):
        return None
    return _Offer("where", trimmed(last, start, len(text)), last, How.TAKEN)


def _number_of_theirs(said: Sequence[Said], asking: str, known: Mapping[str, str]) -> _Offer | None:
    """她电话0755…: the number of whom it is filed for answers the question for one; 打王芳的,
    that of a representative who is named."""
    if asking == "contact" and (value := _number_of_representative(said, known)):
        return _Offer(
            "contact", Found(value, masked_value("contact", value)), said[-1], How.ANSWERED
        )
    phones = said[-1].analysis.fields.phones if said else ()
    if asking != "contact" or "on_behalf" not in known or len(phones) != 1:
        return None
    if not turn_words().pronoun_before.search(said[-1].text[: phones[0].start]):
        return None
    value = phones[0].value
    return _Offer("contact", Found(value, masked_value("contact", value)), said[-1], How.ANSWERED)


def _number_of_representative(said: Sequence[Said], known: Mapping[str, str]) -> str:
    return number_of_named(said[-1].text, known.get("representatives", "")) if said else ""


def _found(entity: str, one: Said, *, asked: bool) -> Found | None:
    """Asked for a number, a name before it is the citizen's own; asked how to be reached, 随时 is
    an answer."""
    if asked and entity == "safe_contact":
        return find_contact_wishes(one, asked=True)
    found = find(entity, one)
    if found is None and asked and entity == "contact":
        return find_number(one)
    return found


def _has(offers: Iterable[_Offer], entity: str) -> bool:
    return any(one.entity == entity for one in offers)


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


def _answers(one: Said, asking: str, before: str) -> bool:
    """Said again word for word, it is the answer to what was asked again, whatever it sounds like:
    nobody is asked the same for ever."""
    insists = asking == "demand" and one.text.strip() == before.strip() and HAN.search(one.text)
    return bool(insists) or _may_answer(one, asking)


def _may_answer(one: Said, asking: str) -> bool:
    """Does the message say something that fits the question, as far as its words tell?"""
    text = one.text.strip()
    if asking == "demand" and _is_wished(text):
        return True
    if is_lead_in(text) or len(text) < MIN_ANSWER or turn_words().courtesy.fullmatch(text):
        return False
    if asking == "what" and not HAN.search(text):
        return False
    if asking in FITS and not find(asking, one):
        return FITS[asking](one, text)
    return not _is_filled(one, OTHERS_THAN.get(asking, ()))


def _may_be_place(one: Said, text: str) -> bool:
    """Nothing that is known as a place: a word that tells of one, or a bare name."""
    words = turn_words()
    if _wishes(text, words.wish_verb):
        return False
    text = words.particles.sub("", words.place_answer.sub("", text))
    told = [match.end() for match in words.place_word.finditer(text)]
    if told and not words.reported.search(text):
        # 13楼老人下不来 goes on with the account
        return words.no_name.search(text[told[-1] :].rstrip("的那边吧。")) is None
    is_name = len(text) <= LONGEST_NAME and HAN.search(text) is not None
    return is_name and turn_words().no_name.search(text) is None


def _may_be_wish(one: Said, text: str) -> bool:
    """Nothing that is known as a demand, and nothing that answers another question."""
    words = turn_words()
    if words.of_form.search(text) or words.no_wish.search(text) or _names_another(text):
        return False
    if words.reported.search(text) or words.to_service.search(text):
        return False
    if words.wish.search(text):
        return True
    if _is_filled(one, ("money", "times", "phones", "persons")):
        return False
    if TOLD.search(text) or not HAN.search(text):
        return False
    return not (one.analysis.fields.places or words.place_word.search(text))


def _names_another(text: str) -> bool:
    """时间是11月1号: an item other than the demand, with its value."""
    return any(
        (said := called.match(text)) is not None and text.startswith(IS, said.end())
        for field, called in turn_words().items.items()
        if field != "demand"
    )


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
