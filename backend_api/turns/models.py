from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend_api.core.db import Base
from backend_api.turns.rules import Outcome


class Turn(Base):
    """One answer to everything that waited. Kept as a trace: no words, no values."""

    __tablename__ = "turn"
    __table_args__ = (Index(None, "conversation_id", "number", unique=True),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    number: Mapped[int]
    first_seq: Mapped[int]
    last_seq: Mapped[int]
    outcome: Mapped[Outcome]
    attempts: Mapped[int]
    # intent, confidence, actions, milliseconds of each stage
    trace: Mapped[dict[str, str | float | list[str]]] = mapped_column(JSONB)
