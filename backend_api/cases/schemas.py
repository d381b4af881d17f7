from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from backend_api.cases.rules import CaseStatus, UnmaskReason


class ActionCall(BaseModel):
    """What an action sends: which turn of which conversation it acts for."""

    model_config = ConfigDict(extra="ignore")

    conversation: UUID
    turn: UUID
    message: UUID


class Filed(BaseModel):
    number: str


class Opened(BaseModel):
    """Slot → known or not_needed; null where nothing is parked."""

    settled: dict[str, str] | None


class CaseItem(BaseModel):
    """A case in a list. Personal data is masked."""

    id: UUID
    number: str
    type: str
    matter: str
    summary: str
    where: str
    unit: str
    site: str | None
    status: CaseStatus
    registered_at: datetime


class CaseList(BaseModel):
    items: list[CaseItem]
    next: str | None


class CaseField(BaseModel):
    field: str
    label: str
    value: str
    source_seq: int | None
    how: str


class CaseProcessing(BaseModel):
    """One purpose for which what is personal may be used, and why: codes, and the words."""

    purpose: str
    basis: str
    label: str
    why: str


class CaseFile(BaseModel):
    """A photo or document that was sent with it; it is read where the conversation is."""

    id: UUID
    kind: str
    source_seq: int


class Unmask(BaseModel):
    """Why somebody must see personal data: written down with their name."""

    model_config = ConfigDict(extra="forbid")

    reason: UnmaskReason


class Unmasked(BaseModel):
    """Field → readable value, for the fields that hold personal data."""

    values: dict[str, str]


class CaseRead(CaseItem):
    # None where it became a report on an official later on.
    conversation: UUID | None
    # Who the audit knows by this id, if somebody made themselves known.
    person: UUID | None
    fields: list[CaseField]
    # What the citizen told after filing, masked, in order.
    added: list[str]
    files: list[CaseFile]
    processing: list[CaseProcessing]
