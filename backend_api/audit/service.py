"""Writing down who did what, in the transaction of the deed itself, and reading it again."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend_api.audit.models import AuditEntry, SealedSubject
from backend_api.core.clock import now
from backend_api.core.ids import new_id


@dataclass(frozen=True, slots=True)
class Actor:
    """`kind`: account, client, citizen, bot, system or unknown. `id`: which one of several."""

    kind: str
    id: str | None = None


# A list that refreshes itself is one look for so long, as long as it shows the same.
SAME_LOOK = timedelta(minutes=15)
SYSTEM = Actor("system")
BOT = Actor("bot")
CITIZEN = Actor("citizen")


@dataclass(frozen=True, slots=True)
class Subject:
    """What the deed was done to: a table's noun, the row's id, and the path of the row's unit.

    Without a path no office may read the entry through the api.
    """

    kind: str
    id: UUID | None
    unit_path: str | None = None


def record(
    session: AsyncSession, actor: Actor, action: str, subject: Subject, **details: str
) -> None:
    """`details` holds ids, counts and codes; never a name, a phone number or words."""
    session.add(
        AuditEntry(
            actor_kind=actor.kind,
            actor_id=actor.id,
            action=action,
            subject_kind=subject.kind,
            subject_id=subject.id,
            unit_path=subject.unit_path,
            details=details,
        )
    )


async def record_look(
    session: AsyncSession,
    actor: Actor,
    action: str,
    subject: Subject,
    shown: Iterable[UUID],
    *,
    at: datetime,
    **filters: str,
) -> None:
    """Somebody saw a list: one entry with what was asked for and how much came."""
    ids = sorted(str(one) for one in shown)
    digest = hashlib.sha256(" ".join(ids).encode()).hexdigest()[:16]
    details = {**filters, "count": str(len(ids)), "shown": digest}
    last = await session.scalar(
        select(AuditEntry.details)
        .where(
            AuditEntry.actor_id == actor.id,
            AuditEntry.action == action,
            AuditEntry.created_at > at - SAME_LOOK,
        )
        .order_by(AuditEntry.created_at.desc())
        .limit(1)
    )
    if last != details:
        record(session, actor, action, subject, **details)


async def seal_subject(session: AsyncSession, subject: UUID) -> None:
    """From now on its history is there for those who read reports only; safe to repeat."""
    row = {"id": new_id(), "created_at": now(), "subject_id": subject}
    await session.execute(insert(SealedSubject).values(row).on_conflict_do_nothing())


async def unseal_subject(session: AsyncSession, subject: UUID) -> None:
    """Its history, also what was written meanwhile, is there for administrators again."""
    await session.execute(delete(SealedSubject).where(SealedSubject.subject_id == subject))


@dataclass(frozen=True, slots=True)
class Reader:
    """How far somebody reads: the units under `within`, and of those either what is sealed or
    what is not."""

    within: str
    sealed: bool


async def history_of(
    session: AsyncSession, subject: UUID, reader: Reader, *, before: UUID | None, limit: int
) -> Sequence[AuditEntry]:
    """What was done to one row, newest first, as far as the reader may know."""
    is_sealed = exists().where(SealedSubject.subject_id == AuditEntry.subject_id)
    query = (
        select(AuditEntry)
        .where(
            AuditEntry.subject_id == subject,
            AuditEntry.unit_path.startswith(reader.within, autoescape=True),
            is_sealed if reader.sealed else ~is_sealed,
        )
        # Ids grow with time.
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(AuditEntry.id < before)
    return (await session.scalars(query)).all()
