"""What the api tells the console, as values: the only place that reads its JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

Json = Mapping[str, Any]
PERSONAL = ("contact", "name", "representatives")  # the fields that the api masks as a whole


@dataclass(frozen=True, slots=True)
class Account:
    name: str
    username: str
    role: str
    unit: str

    @classmethod
    def read(cls, body: Json) -> Self:
        return cls(
            name=body["name"],
            username=body["username"],
            role=words(body.get("role")),
            unit=words(body.get("unit")),
        )


@dataclass(frozen=True, slots=True)
class SignedIn:
    token: str
    account: Account
    must_change_password: bool

    @classmethod
    def read(cls, body: Json) -> Self:
        return cls(body["token"], Account.read(body["account"]), body["must_change_password"])


@dataclass(frozen=True, slots=True)
class CaseRow:
    id: str
    number: str
    type: str
    matter: str
    summary: str
    where: str
    unit: str
    site: str
    status: str
    registered_at: datetime

    @classmethod
    def read(cls, body: Json) -> Self:
        texts = ("type", "matter", "summary", "where", "unit", "site", "status")
        return cls(
            id=str(body["id"]),
            number=body["number"],
            registered_at=datetime.fromisoformat(body["registered_at"]),
            **{name: words(body.get(name)) for name in texts},
        )


@dataclass(frozen=True, slots=True)
class CasePage:
    items: tuple[CaseRow, ...]
    next: str | None

    @classmethod
    def read(cls, body: Json) -> Self:
        return cls(tuple(map(CaseRow.read, body["items"])), body.get("next"))


@dataclass(frozen=True, slots=True)
class CaseField:
    field: str
    label: str
    value: str
    source_seq: int | None
    how: str

    @property
    def is_masked(self) -> bool:
        """138****0000, 王**, 〔姓名〕; a number that was not given has nothing to show."""
        return self.field in PERSONAL and any(sign in self.value for sign in "*〔")

    @classmethod
    def read(cls, body: Json) -> Self:
        return cls(
            field=body["field"],
            label=body["label"],
            value=words(body.get("value")),
            source_seq=body.get("source_seq"),
            how=words(body.get("how")),
        )


@dataclass(frozen=True, slots=True)
class Case:
    row: CaseRow
    conversation: str
    fields: tuple[CaseField, ...]
    added: tuple[str, ...]
    # purpose and legal basis of using personal data, in words
    processing: tuple[tuple[str, str], ...]

    @classmethod
    def read(cls, body: Json) -> Self:
        return cls(
            row=CaseRow.read(body),
            conversation=words(body.get("conversation")),
            fields=tuple(map(CaseField.read, body["fields"])),
            added=tuple(map(words, body.get("added", ()))),
            processing=tuple((one["label"], one["why"]) for one in body.get("processing", ())),
        )


@dataclass(frozen=True, slots=True)
class File:
    """A photo or document that came with a message."""

    id: str
    kind: str

    @property
    def is_picture(self) -> bool:
        return self.kind.startswith("image/")


@dataclass(frozen=True, slots=True)
class Message:
    seq: int
    sender: str
    text: str
    at: datetime
    file: File | None = None

    @classmethod
    def read(cls, body: Json) -> Self:
        at, file = datetime.fromisoformat(body["at"]), body.get("file")
        sent = File(file["id"], file["kind"]) if file else None
        return cls(seq=body["seq"], sender=body["from"], text=body["text"], at=at, file=sent)


@dataclass(frozen=True, slots=True)
class Transcript:
    items: tuple[Message, ...]
    status: str

    @classmethod
    def read(cls, body: Json) -> Self:
        return cls(tuple(map(Message.read, body["items"])), body["status"])


@dataclass(frozen=True, slots=True)
class Waiting:
    conversation: str
    reason: str
    risk: str
    since: datetime
    site: str
    status: str
    mine: bool
    sealed: bool
    seq: str
    text: str

    @classmethod
    def read(cls, body: Json) -> Self:
        texts = ("reason", "risk", "site", "status", "seq", "text")
        return cls(
            conversation=str(body["conversation"]),
            since=datetime.fromisoformat(body["since"]),
            mine=bool(body.get("mine", False)),
            sealed=bool(body.get("sealed", False)),
            **{name: words(body.get(name)) for name in texts},
        )


def words(value: object) -> str:
    """A site or unit may come as an object with a name; nothing comes as an empty word."""
    match value:
        case None | False:
            return ""
        case {"name": str(name)}:
            return name
        case _:
            return str(value)
