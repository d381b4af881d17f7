from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend_api.core.db import Base
from backend_api.handoff.rules import Reason


class Handoff(Base):
    """A conversation's way to a person: asked for, accepted, closed. One is open at a time.

    Beside it, one for those who keep secrets may be open.
    """

    __tablename__ = "handoff"
    __table_args__ = (
        Index(
            "uq_handoff_open",
            "conversation_id",
            unique=True,
            postgresql_where="closed_at IS NULL AND reason <> 'secrecy'",
        ),
        Index(
            "uq_handoff_secrecy",
            "conversation_id",
            unique=True,
            postgresql_where="closed_at IS NULL AND reason = 'secrecy'",
        ),
        Index(
            "ix_handoff_queue",
            "organisation_id",
            "risk",
            "created_at",
            postgresql_where="closed_at IS NULL",
        ),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    reason: Mapped[Reason]
    risk: Mapped[int] = mapped_column(default=0)
    # What the citizen said that made a person necessary.
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("message.id"))
    # Where the danger began: whoever helps reads from here on, in a sealed conversation too.
    danger_seq: Mapped[int | None]
    accepted_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    accepted_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
