from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from backend_api.core.crypto import SealedOrNone
from backend_api.core.db import Base


class Person(Base):
    """A citizen as far as they made themselves known. Found by phone, never merged by name."""

    __tablename__ = "person"
    __table_args__ = (Index(None, "organisation_id", "phone_index", unique=True),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    name_sealed: Mapped[SealedOrNone]
    phone_sealed: Mapped[SealedOrNone]
