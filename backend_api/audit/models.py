from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend_api.core.db import Base


class SealedSubject(Base):
    """What was done to this row is for nobody to read but those who read reports on officials.

    A row of its own, since what is written down about it before cannot be changed any more.
    """

    __tablename__ = "sealed_subject"

    subject_id: Mapped[UUID] = mapped_column(unique=True)


class AuditEntry(Base):
    """Who did what to what. Append-only: a trigger refuses UPDATE and DELETE."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index(None, "subject_id", "created_at"),
        Index(None, "actor_id", "action", "created_at"),
    )

    actor_kind: Mapped[str]
    actor_id: Mapped[str | None]
    action: Mapped[str]
    subject_kind: Mapped[str]
    # Empty where there is no such row: a sign-in under a name that nobody has.
    subject_id: Mapped[UUID | None]
    # A copy of the path of the subject's unit: who may read this entry.
    unit_path: Mapped[str | None]
    details: Mapped[dict[str, str]] = mapped_column(JSONB)
