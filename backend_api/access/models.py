from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from backend_api.access.rules import Role
from backend_api.core.db import Base


class Account(Base):
    """A member of staff."""

    __tablename__ = "account"

    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[Role]
    password_hash: Mapped[str]
    must_change_password: Mapped[bool] = mapped_column(default=True)
    # Whoever left signs in no more; what was done stays under the name.
    closed_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """How often one origin tried one username of late; a keyed fingerprint of both."""

    __tablename__ = "sign_in_attempt"

    caller_index: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    count: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)


class AccessToken(Base):
    """What opens the API: of a program, or of a staff member's sign-in. Only its hash is kept."""

    __tablename__ = "access_token"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    role: Mapped[Role]
    name: Mapped[str]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
