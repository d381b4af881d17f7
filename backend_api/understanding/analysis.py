"""What one reading of a message returns: the values, and the only place for their JSON shape.

Every `start`/`end` is an offset in code points of the text as received; `end` is exclusive.
Money is in yuan, times are ISO 8601 (partial allowed: `2026-09`, `2026-09-20T15`).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self, TypeVar

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Pii:
    """Personal data to mask. `type`: name phone idcard bankcard email account plate."""

    start: int
    end: int
    type: str


@dataclass(frozen=True, slots=True)
class Matter:
    """A matter of `data/matters/matters.yml` with its probability."""

    code: str
    name: str
    p: float


@dataclass(frozen=True, slots=True)
class Part:
    """One of several matters in a message, with the code and name of its matter.

    `told`: where it is told, behind the words that lead in (还有一件事).
    """

    start: int
    end: int
    code: str
    name: str
    told: int = 0


@dataclass(frozen=True, slots=True)
class Crisis:
    """`level` 0 none, 1 distress, 2 risk (a human now), 3 imminent (emergency number first)."""

    level: int = 0
    kinds: tuple[str, ...] = ()
    evidence: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """`kind`: name, nickname (刘老四), title (王经理) or surname (我姓陈: 陈); `role`: applicant,
    beneficiary, respondent or other."""

    start: int
    end: int
    text: str
    kind: str
    role: str = "other"


@dataclass(frozen=True, slots=True)
class Org:
    """`kind`: named (金碧物业公司) or generic (物业, 开发商); `role`: respondent or other."""

    start: int
    end: int
    text: str
    kind: str
    role: str = "other"


@dataclass(frozen=True, slots=True)
class Region:
    """Where something is, as far as it is known; what is not known is empty.

    Also the shape of the `place` given to `analyse`: the place a site stands for.
    """

    province: str = ""
    city: str = ""
    county: str = ""
    street: str = ""
    community: str = ""
    poi: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A place named in the text. `from_site`: a part above it was taken from the site's place.

    `role`: scene (where it happened, or may have), origin (老家, 户口, 从…来), destination
    (去…的路上, 寄到…) or mention.
    """

    start: int
    end: int
    text: str
    province: str = ""
    city: str = ""
    county: str = ""
    street: str = ""
    community: str = ""
    poi: str = ""
    from_site: bool = False
    role: str = "scene"


@dataclass(frozen=True, slots=True)
class Time:
    """First and last moment meant, both inclusive and cut to `precision`
    (year, month, day, hour, minute); a bare clock time is `T02:00`."""

    start: int
    end: int
    text: str
    begin: str
    until: str
    precision: str


@dataclass(frozen=True, slots=True)
class Money:
    """Yuan; an open end (三万以上) is None."""

    start: int
    end: int
    text: str
    min: float | None
    max: float | None


@dataclass(frozen=True, slots=True)
class Count:
    """People or households; `unit` is person or household."""

    start: int
    end: int
    text: str
    min: float | None
    max: float | None
    unit: str


@dataclass(frozen=True, slots=True)
class Phone:
    """`value` holds the digits; `kind`: mobile, landline or service (400, 800)."""

    start: int
    end: int
    text: str
    value: str
    kind: str


@dataclass(frozen=True, slots=True)
class IdCard:
    """`valid` tells whether the checksum holds; a wrong one is still personal data."""

    start: int
    end: int
    text: str
    value: str
    valid: bool


@dataclass(frozen=True, slots=True)
class Demand:
    """What the citizen wants, in their words."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Fields:
    """The facts found, each list in the order of the text."""

    persons: tuple[Person, ...] = ()
    orgs: tuple[Org, ...] = ()
    places: tuple[Place, ...] = ()
    times: tuple[Time, ...] = ()
    money: tuple[Money, ...] = ()
    counts: tuple[Count, ...] = ()
    phones: tuple[Phone, ...] = ()
    idcards: tuple[IdCard, ...] = ()
    demand: tuple[Demand, ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """One message, read. `text` is the text as received (lone surrogates replaced by U+FFFD);
    `cut` tells that a part of a very long text was read by rules only."""

    text: str
    script: str
    matters: tuple[Matter, ...]
    case_type: str
    urgency: str
    crisis: Crisis
    role: str
    fields: Fields
    pii: tuple[Pii, ...]
    cut: bool = False
    # where a message holds several matters; empty where it holds one
    parts: tuple[Part, ...] = ()

    def to_json(self) -> Json:
        """The JSON contract: plain dicts and lists, ready for `json.dumps`."""
        whole: Json = _plain(asdict(self))
        whole["fields"]["times"] = [_time_out(time) for time in whole["fields"]["times"]]
        return whole

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """The inverse of `to_json`; raises KeyError or TypeError on another shape."""
        crisis = value["crisis"]
        return cls(
            text=value["text"],
            script=value["script"],
            matters=tuple(Matter(**item) for item in value["matters"]),
            case_type=value["case_type"],
            urgency=value["urgency"],
            crisis=Crisis(
                level=crisis["level"],
                kinds=tuple(crisis["kinds"]),
                evidence=tuple(Span(**item) for item in crisis["evidence"]),
            ),
            role=value["role"],
            fields=_fields_in(value["fields"]),
            pii=tuple(Pii(**item) for item in value["pii"]),
            cut=value["cut"],
            parts=tuple(Part(**item) for item in value["parts"]),
        )


Item = TypeVar("Item", Person, Org, Place, Time, Money, Count, Phone, IdCard, Demand, Pii)


def part_of(analysis: Analysis, start: int, end: int) -> Analysis:
    """What was read of a part of the text, in offsets of the part; the judgements stay those of
    the whole."""

    def within(items: tuple[Item, ...]) -> tuple[Item, ...]:
        inside = (one for one in items if start <= one.start and one.end <= end)
        return tuple(replace(one, start=one.start - start, end=one.end - start) for one in inside)

    fields = {name: within(getattr(analysis.fields, name)) for name in Fields.__slots__}
    text, pii = analysis.text[start:end], within(analysis.pii)
    return replace(analysis, text=text, fields=Fields(**fields), pii=pii)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _time_out(item: Json) -> Json:
    """`from` is a word of Python, so the value object calls it `begin`."""
    names = {"begin": "from", "until": "to"}
    return {names.get(key, key): value for key, value in item.items()}


def _time_in(item: Mapping[str, Any]) -> Time:
    names = {"from": "begin", "to": "until"}
    return Time(**{names.get(key, key): value for key, value in item.items()})


def _fields_in(value: Mapping[str, Any]) -> Fields:
    return Fields(
        persons=tuple(Person(**item) for item in value["persons"]),
        orgs=tuple(Org(**item) for item in value["orgs"]),
        places=tuple(Place(**item) for item in value["places"]),
        times=tuple(_time_in(item) for item in value["times"]),
        money=tuple(Money(**item) for item in value["money"]),
        counts=tuple(Count(**item) for item in value["counts"]),
        phones=tuple(Phone(**item) for item in value["phones"]),
        idcards=tuple(IdCard(**item) for item in value["idcards"]),
        demand=tuple(Demand(**item) for item in value["demand"]),
    )
