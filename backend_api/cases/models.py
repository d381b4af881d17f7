from uuid import UUID

from sqlalchemy import ForeignKey, Index, Sequence, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend_api.cases.rules import CaseStatus
from backend_api.core.crypto import Sealed
from backend_api.core.db import Base

CASE_NUMBERS = Sequence("case_number", metadata=Base.metadata)


class Case(Base):
    """诉求件. Its fields are the facts of its draft."""

    __tablename__ = "case_file"
    __table_args__ = (Index(None, "unit_path", "created_at"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    # A copy of the unit's path: the scope of every list is one prefix of one index.
    unit_path: Mapped[str]
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"), index=True)
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("draft.id"), unique=True)
    site_id: Mapped[UUID | None] = mapped_column(ForeignKey("site.id"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    number: Mapped[str] = mapped_column(unique=True)
    query_code_sealed: Mapped[Sealed]
    status: Mapped[CaseStatus] = mapped_column(default=CaseStatus.REGISTERED)
    # A report on an official: need-to-know.
    sealed: Mapped[bool] = mapped_column(default=False)
    # Purpose → legal basis of processing what is personal: codes of purposes.yml.
    processing: Mapped[dict[str, str]] = mapped_column(
        JSONB, default=dict, server_default=text("'{}'")
    )
    type: Mapped[str]
    matter: Mapped[str]
    # Masked: what a list shows.
    summary_sealed: Mapped[Sealed]
    where_sealed: Mapped[Sealed]
