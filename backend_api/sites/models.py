from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend_api.core.db import Base


class SiteScan(Base):
    """How often the code of a site was opened on one day in China. Whose phones it were is not
    known to anybody."""

    __tablename__ = "site_scan"
    __table_args__ = (Index(None, "site_id", "day", unique=True),)

    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    day: Mapped[date]
    count: Mapped[int]
