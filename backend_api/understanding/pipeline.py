"""One message in, one `Analysis` out. Pure: no clock, no network, no threads."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from backend_api.understanding.accounts import find_accounts
from backend_api.understanding.analysis import (
    Analysis,
    Count,
    Demand,
    Fields,
    IdCard,
    Money,
    Org,
    Person,
    Phone,
    Pii,
    Place,
    Region,
    Time,
)
from backend_api.understanding.corrections import Correction, corrections_in, takes_back
from backend_api.understanding.counts import find_counts
from backend_api.understanding.danger import find_danger
from backend_api.understanding.demands import find_demands
from backend_api.understanding.digits import Numbers, find_numbers
from backend_api.understanding.kinds import case_type, role, urgency
from backend_api.understanding.masking import merged
from backend_api.understanding.matters import find_matters
from backend_api.understanding.models import Models
from backend_api.understanding.money import find_money
from backend_api.understanding.normal import Normal, normalise, scrubbed
from backend_api.understanding.orgs import find_orgs
from backend_api.understanding.parts import find_parts
from backend_api.understanding.persons import find_persons
from backend_api.understanding.places import find_places, is_district
from backend_api.understanding.tagger import Token
from backend_api.understanding.tagging import HEAD, TAIL, read_tokens, tag_clauses
from backend_api.understanding.times import find_times
from backend_api.understanding.window import Window

Item = TypeVar("Item", Person, Org, Place, Time, Money, Count, Phone, IdCard, Demand)
# Longer than any number a person writes; the rules would try every beginning of such a run.
_ENDLESS = re.compile(r"[\d零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟,.]{30,}")
# What is behind a time when something of that time is wished for.
_OF_THEN = ("的", "份", "至", "到", "起", "以来")
# Those at which a wish may begin: 中午十二点到两点不要施工.
_SPAN = ("至", "到", "起")


def analyse(text: str, now: datetime, place: Region | None = None, *, models: Models) -> Analysis:
    """Read one message as of `now` (the citizen's local time). Never raises on any text.

    `place` is what the site stands for: it completes places named without a city. Beyond 1,600
    characters the tagger reads the beginning, the end and the clauses that name somebody; beyond
    6,000 only names, numbers and accounts are looked for in the middle (`cut` says so).
    """
    received = scrubbed(text)
    window = Window(len(received))
    normal = normalise(window.shown(received), models.simplify)
    read = _ENDLESS.sub(lambda match: " " * len(match.group()), normal.text)
    numbers = find_numbers(normal.text)
    tokens = read_tokens(normal.text, models.tagger, models.persons.naming)
    found = _fields(read, tokens, numbers, now, place, models)
    found = _standing(found, corrections_in(read, models.corrections))
    fields = _as_received(found, normal)
    crisis = find_danger(read, models.crisis, models.danger)
    matters = find_matters(read, models.classifier, models.matters)
    pii = (*numbers.pii, *find_accounts(normal.text), *_names(fields.persons))
    analysis = Analysis(
        text=received,
        script=normal.script,
        matters=matters,
        case_type=case_type(read, fields.demand, matters, crisis),
        urgency=urgency(read, crisis),
        crisis=crisis,
        role=role(read),
        fields=fields,
        pii=merged(pii),
        cut=len(text) > HEAD + TAIL,
        parts=find_parts(read, models.parts, models.classifier, models.matters),
    )
    return _whole(analysis, window, models) if window.skipped else analysis


def _whole(analysis: Analysis, window: Window, models: Models) -> Analysis:
    """What was found in the window at its place in the text, and who is named and what numbers
    are given in the middle: personal data is masked wherever it stands."""
    text = normalise(analysis.text, models.simplify).text
    numbers = find_numbers(text)
    moved = {slot: window.moved(getattr(analysis.fields, slot)) for slot in Fields.__slots__}
    named = {one.start: one for one in (*moved["persons"], *_named_between(text, window, models))}
    fields = replace(
        Fields(**moved),
        persons=tuple(_from(analysis.text, one) for _, one in sorted(named.items())),
        phones=tuple(_from(analysis.text, one) for one in numbers.phones),
        idcards=tuple(_from(analysis.text, one) for one in numbers.idcards),
    )
    return replace(
        analysis,
        fields=fields,
        crisis=replace(analysis.crisis, evidence=window.moved(analysis.crisis.evidence)),
        pii=merged((*numbers.pii, *find_accounts(text), *_names(fields.persons))),
    )


def _named_between(text: str, window: Window, models: Models) -> list[Person]:
    """Who is named in the part that the window leaves out."""
    low, high = window.left_out
    part = text[low:high]
    tokens = tag_clauses(part, (0, len(part)), models.tagger, models.persons.naming)
    return [
        replace(one, start=one.start + low, end=one.end + low)
        for one in find_persons(part, tokens, models.persons)
    ]


def _fields(
    text: str,
    tokens: Sequence[Token],
    numbers: Numbers,
    now: datetime,
    place: Region | None,
    models: Models,
) -> Fields:
    clear = _without(text, numbers.pii)
    orgs = tuple(
        one
        for one in find_orgs(text, tokens, models.orgs, models.places.regions)
        if not is_district(text, one.start, one.end, models.places)
    )
    persons = find_persons(text, tokens, models.persons)
    owned = [(one.start, one.end) for one in orgs if one.kind == "named"]
    places = find_places(text, tokens, models.places, owned, place)
    taken = [(one.start, one.end) for one in places]
    demands = find_demands(text, models.demands)
    return Fields(
        persons=tuple(one for one in persons if not _inside(one.start, one.end, [*owned, *taken])),
        orgs=orgs,
        places=places,
        times=tuple(
            one
            for one in find_times(clear, now, models.times)
            if not _inside(one.start, one.end, [*taken, *owned])
            and not _is_wished(text, one, demands)
        ),
        money=tuple(one for one in find_money(clear) if not _inside(one.start, one.end, taken)),
        counts=find_counts(clear),
        phones=numbers.phones,
        idcards=numbers.idcards,
        demand=demands,
    )


def _standing(fields: Fields, corrections: tuple[Correction, ...]) -> Fields:
    """Without what the citizen takes back: 不是12号，是13号 has one time."""
    if not corrections:
        return fields
    return Fields(
        **{
            slot: tuple(
                one
                for one in getattr(fields, slot)
                if not takes_back(corrections, one.start, one.end)
            )
            for slot in Fields.__slots__
        }
    )


def _is_wished(text: str, one: Time, demands: Sequence[Demand]) -> bool:
    """希望三天内解决 tells no time of the event; 要求补发三月份的工资 does."""
    if any(one.start == demand.start for demand in demands) and text.startswith(_SPAN, one.end):
        return True
    wished = _inside(one.start, one.end, [(demand.start, demand.end) for demand in demands])
    return wished and not text.startswith(_OF_THEN, one.end)


def _inside(start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(low <= start and end <= high for low, high in spans)


def _without(text: str, spans: Sequence[Pii]) -> str:
    """Telephone and card numbers blanked, so that no sum or date is read out of them."""
    parts: list[str] = []
    at = 0
    for span in merged(spans):
        parts += [text[at : span.start], " " * (span.end - span.start)]
        at = span.end
    return "".join([*parts, text[at:]])


def _names(persons: Sequence[Person]) -> list[Pii]:
    """Names and nicknames are personal; a surname alone or with a title (王经理) is not masked."""
    kinds = ("name", "nickname")
    return [Pii(one.start, one.end, "name") for one in persons if one.kind in kinds]


def _as_received(fields: Fields, normal: Normal) -> Fields:
    """Give every item the citizen's own characters for its span."""
    if normal.text == normal.received:
        return fields
    return Fields(
        **{
            slot: tuple(_from(normal.received, one) for one in getattr(fields, slot))
            for slot in Fields.__slots__
        }
    )


def _from(text: str, one: Item) -> Item:
    return replace(one, text=text[one.start : one.end])


def locate(text: str, *, models: Models) -> Region:
    """A site's place, written as one line, as the `place` that `analyse` takes."""
    normal = normalise(text, models.simplify)
    places = find_places(normal.text, models.tagger.tag(normal.text), models.places)
    if not places:
        return Region(poi=normal.received)
    best = max(places, key=lambda one: one.end - one.start)
    return Region(best.province, best.city, best.county, best.street, best.community, best.poi)
