from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from backend_api.cases.schemas import ActionCall
from backend_api.conversations.rules import Author, Status
from backend_api.conversations.schemas import FileRead, Name
from backend_api.handoff.rules import NoReport, Reason


class HandoffCall(ActionCall):
    reason: Literal[Reason.ASKED, Reason.CRISIS, Reason.FAILURE]


class Queued(BaseModel):
    waiting: int


class StaffReply(BaseModel):
    model_config = ConfigDict(extra="forbid")

    message_id: Name
    text: Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)]


class Unseal(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: NoReport


class Unsealed(BaseModel):
    """The numbers of the cases that are plain ones again."""

    cases: list[str]


class QueueItem(BaseModel):
    conversation: UUID
    reason: Reason
    risk: int
    since: datetime
    site: str | None
    status: Status
    mine: bool
    # A report on an official: no words and no site for whoever helps in a danger.
    sealed: bool
    # What made a person necessary: the message's number, and its words masked.
    seq: int | None
    text: str


class Queue(BaseModel):
    items: list[QueueItem]


class TranscriptItem(BaseModel):
    """One message as staff see it: personal data masked."""

    model_config = ConfigDict(serialize_by_alias=True)

    seq: int
    author: Author = Field(alias="from")
    text: str
    file: FileRead | None
    at: datetime


class Transcript(BaseModel):
    items: list[TranscriptItem]
    status: Status
