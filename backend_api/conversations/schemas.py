from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictStr, StringConstraints

from backend_api.core.text import whole

# Names that clients give: printable, no line breaks, short enough for an index.
Name = Annotated[StrictStr, StringConstraints(min_length=1, max_length=128, pattern=r"^[!-~]+$")]


def _whole(text: object) -> object:
    """Lone surrogates (half an emoji) come in through JSON escapes and cannot be stored."""
    return whole(text) if isinstance(text, str) else text


Text = Annotated[StrictStr, BeforeValidator(_whole)]


class ChatMessage(BaseModel):
    """What a client posts for a citizen. A repeated `message_id` has no second effect."""

    model_config = ConfigDict(extra="forbid")

    conversation: Name
    message_id: Name
    text: Text
    site: Name | None = None


class ChatAccepted(BaseModel):
    seq: int


class FileRead(BaseModel):
    """A photo or document in a conversation; its content has an address of its own."""

    id: str
    kind: str


class CardRow(BaseModel):
    field: str
    label: str
    value: str


class Card(BaseModel):
    kind: Literal["read_back", "receipt", "status"]
    rows: list[CardRow]


class Reply(BaseModel):
    """One thing said back. `text` is complete without the card."""

    seq: int
    text: str
    choices: list[str] = Field(default_factory=list)
    kind: Literal["bot", "human", "system"]
    card: Card | None = None
    at: datetime
