from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend_api.core.crypto import Sealed, SealedOrNone
from backend_api.core.db import Base
from backend_api.files.rules import Kind


class File(Base):
    """A photo or document that a citizen sent: the content of one message of the conversation."""

    __tablename__ = "file"
    __table_args__ = (
        Index(None, "conversation_id", "seq", unique=True),
        # Ten megabytes each: few at a time when the keys change.
        {"info": {"batch": 4}},
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    # The case that was filed with it, or to which it was added.
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    seq: Mapped[int]
    kind: Mapped[Kind]
    content_sealed: Mapped[Sealed]
    thumbnail_sealed: Mapped[SealedOrNone]
