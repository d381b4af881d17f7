from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, false
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend_api.conversations.rules import Author, Status
from backend_api.core.crypto import Sealed, SealedOrNone
from backend_api.core.db import Base


class Conversation(Base):
    """One citizen on one channel. `status` says who answers; `version` moves with every change."""

    __tablename__ = "conversation"
    __table_args__ = (
        Index(None, "client_id", "key", unique=True),
        Index(
            "ix_conversation_waiting",
            "organisation_id",
            "status",
            postgresql_where="status IN ('waiting', 'human')",
        ),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    # A copy of the path of the site's unit, else of the client's: staff see it within their scope.
    unit_path: Mapped[str]
    channel: Mapped[str]
    # The program that brings the messages, and its own name for the conversation.
    client_id: Mapped[UUID | None] = mapped_column(ForeignKey("access_token.id"))
    key: Mapped[str | None]
    # The web page's session key, hashed; empty after quick exit.
    session_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    origin_index: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    site_id: Mapped[UUID | None] = mapped_column(ForeignKey("site.id"))
    status: Mapped[Status] = mapped_column(default=Status.BOT)
    # A report on an official was made here: out of everybody's sight but those who read reports.
    sealed: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=0)
    last_seq: Mapped[int] = mapped_column(default=0)
    # Citizen messages up to here have been taken by a turn.
    answered_seq: Mapped[int] = mapped_column(default=0)
    turn_count: Mapped[int] = mapped_column(default=0)
    # What the dialogue needs between turns: open question, form, misunderstandings. No words.
    state: Mapped[dict[str, str | int | bool | None]] = mapped_column(JSONB, default=dict)


class Message(Base):
    """Stored before it is thought about. `seq` counts within the conversation, both directions."""

    __tablename__ = "message"
    __table_args__ = (
        Index(None, "conversation_id", "seq", unique=True),
        Index(
            "uq_message_vendor",
            "conversation_id",
            "vendor_id",
            unique=True,
            postgresql_where="vendor_id IS NOT NULL",
        ),
        Index("ix_message_quarantined", "conversation_id", postgresql_where="quarantined"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    seq: Mapped[int]
    author: Mapped[Author]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    vendor_id: Mapped[str | None]
    turn_id: Mapped[UUID | None]
    body_sealed: Mapped[Sealed]
    # It may hold a state secret: kept, and shown to those who keep secrets only.
    quarantined: Mapped[bool] = mapped_column(default=False, server_default=false())
    # JSON: choices and card of a reply; what a citizen sent beside words.
    extras_sealed: Mapped[SealedOrNone]
    # JSON: the analysis of a citizen's message.
    analysis_sealed: Mapped[SealedOrNone]


class OutboxEntry(Base):
    """A reply on its way: `delivered_at` is set once the citizen's side has it."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(None, "conversation_id", "seq", unique=True),
        Index("ix_outbox_waiting", "created_at", postgresql_where="delivered_at IS NULL"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id"))
    seq: Mapped[int]
    channel: Mapped[str]
    delivered_at: Mapped[datetime | None]
