from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend_api.core.db import Base
from backend_api.organisation.rules import Level


class Unit(Base):
    """市/区/街道/社区/站点: one node of the organisation tree."""

    __tablename__ = "unit"
    __table_args__ = (
        # text_pattern_ops: a scope is looked up by `path LIKE prefix%` in any locale.
        Index(None, "path", unique=True, postgresql_ops={"path": "text_pattern_ops"}),
    )

    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    level: Mapped[Level]
    name: Mapped[str]
    path: Mapped[str]


class Site(Base):
    """A place where a QR code hangs; the code in the address opens a chat that knows the place."""

    __tablename__ = "site"

    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
