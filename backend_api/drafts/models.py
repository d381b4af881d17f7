from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend_api.core.crypto import Sealed
from backend_api.core.db import Base
from backend_api.drafts.rules import DraftStatus, How


class Draft(Base):
    """The facts of one matter, gathered in conversation. At most one is open at a time.

    `case_id`: the case it was added to."""

    __tablename__ = "draft"
    __table_args__ = (
        Index(
            "uq_draft_open",
            "conversation_id",
            unique=True,
            postgresql_where="status = 'open'",
        ),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"), index=True)
    status: Mapped[DraftStatus] = mapped_column(default=DraftStatus.OPEN)
    # No foreign key: cases are filed from drafts, and stand above them.
    case_id: Mapped[UUID | None] = mapped_column(index=True)


class Fact(Base):
    """One field's value with the message it came from. A correction supersedes, it never erases."""

    __tablename__ = "draft_fact"
    __table_args__ = (
        Index(
            "uq_draft_fact_current",
            "draft_id",
            "field",
            unique=True,
            postgresql_where="superseded_at IS NULL",
        ),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("draft.id"), index=True)
    field: Mapped[str]
    value_sealed: Mapped[Sealed]
    # The same with personal data masked: what lists and case pages show.
    masked_sealed: Mapped[Sealed]
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("message.id"))
    source_seq: Mapped[int | None]
    how: Mapped[How]
    confirmed: Mapped[bool] = mapped_column(default=False)
    superseded_at: Mapped[datetime | None]
