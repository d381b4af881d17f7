"""Writing down who did what: in the transaction of the deed itself."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend_api.audit.models import AuditEntry


@dataclass(frozen=True, slots=True)
class Actor:
    """`kind`: account, client, citizen, bot or system. `id`: which one, where there are several."""

    kind: str
    id: str | None = None


SYSTEM = Actor("system")
BOT = Actor("bot")


@dataclass(frozen=True, slots=True)
class Subject:
    """What the deed was done to: a table's noun and the row's id."""

    kind: str
    id: UUID


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
            details=details,
        )
    )
