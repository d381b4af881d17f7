"""Everything that changes a draft. Callers own the transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import and_, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend_api.conversations.models import Conversation
from backend_api.conversations.service import CardRow
from backend_api.core.crypto import seal, unseal
from backend_api.drafts.labels import label, shown_value
from backend_api.drafts.models import Draft, Fact
from backend_api.drafts.rules import SHOWN, DraftStatus, How

# Built once: it runs with every turn.
_LATEST_WITH_FACTS = (
    select(Draft, Fact)
    .outerjoin(
        Fact,
        and_(
            Fact.draft_id == Draft.id,
            Fact.superseded_at.is_(None),
            Draft.status == DraftStatus.OPEN,
        ),
    )
    .where(
        Draft.id
        == select(Draft.id)
        .where(
            Draft.conversation_id == bindparam("conversation"),
            Draft.status != DraftStatus.CANCELLED,
        )
        .order_by(Draft.created_at.desc())
        .limit(1)
        .scalar_subquery()
    )
)
_WRITE = insert(Fact)
_SUPERSEDE = (
    update(Fact)
    .where(
        Fact.draft_id == bindparam("draft"),
        Fact.field.in_(bindparam("fields", expanding=True)),
        Fact.superseded_at.is_(None),
    )
    .values(superseded_at=bindparam("at"))
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A value for a field, the same masked, and the message that says it."""

    value: str
    masked: str
    how: How
    message: UUID | None = None
    seq: int | None = None


async def open_draft(session: AsyncSession, conversation: UUID) -> Draft | None:
    return await session.scalar(
        select(Draft).where(Draft.conversation_id == conversation, Draft.status == DraftStatus.OPEN)
    )


async def latest_draft(session: AsyncSession, conversation: UUID) -> Draft | None:
    """The open draft, or the last that was filed."""
    return await session.scalar(
        select(Draft)
        .where(Draft.conversation_id == conversation, Draft.status != DraftStatus.CANCELLED)
        .order_by(Draft.created_at.desc())
        .limit(1)
    )


async def latest_draft_with_facts(
    session: AsyncSession, conversation: UUID
) -> tuple[Draft | None, dict[str, Fact]]:
    """The latest draft, and its facts as long as it is open."""
    found = await session.execute(_LATEST_WITH_FACTS, {"conversation": conversation})
    # An outer join: without a fact the second column is empty.
    rows = cast("Sequence[tuple[Draft, Fact | None]]", found.all())
    facts = {fact.field: fact for _, fact in rows if fact is not None}
    return (rows[0][0] if rows else None), facts


async def start_draft(session: AsyncSession, conversation: UUID) -> Draft:
    # Of the session's own copy, as a rule: a turn has the conversation locked.
    organisation = (await session.get_one(Conversation, conversation)).organisation_id
    draft = Draft(
        organisation_id=organisation, conversation_id=conversation, status=DraftStatus.OPEN
    )
    session.add(draft)
    await session.flush()
    return draft


async def current_facts(session: AsyncSession, draft: UUID) -> dict[str, Fact]:
    found = await session.scalars(
        select(Fact).where(Fact.draft_id == draft, Fact.superseded_at.is_(None))
    )
    return {fact.field: fact for fact in found}


def values_of(session: AsyncSession, facts: Mapping[str, Fact]) -> dict[str, str]:
    """The facts readable: field → value."""
    return {field: unseal(session, fact.value_sealed) for field, fact in facts.items()}


def masked_values_of(session: AsyncSession, facts: Mapping[str, Fact]) -> dict[str, str]:
    """The facts as lists and case pages show them: field → masked value."""
    return {field: unseal(session, fact.masked_sealed) for field, fact in facts.items()}


async def write_facts(
    session: AsyncSession, draft: Draft, findings: Mapping[str, Finding], *, at: datetime
) -> None:
    """Set fields; what was known before is kept as superseded."""
    if not findings:
        return
    connection = await session.connection()
    await connection.execute(_SUPERSEDE, {"draft": draft.id, "fields": list(findings), "at": at})
    rows = [
        {
            "organisation_id": draft.organisation_id,
            "draft_id": draft.id,
            "field": field,
            "value_sealed": seal(session, finding.value),
            "masked_sealed": seal(session, finding.masked),
            "message_id": finding.message,
            "source_seq": finding.seq,
            "how": finding.how,
            "confirmed": False,
            "created_at": at,
        }
        for field, finding in findings.items()
    ]
    await connection.execute(_WRITE, rows)


async def cancel_draft(session: AsyncSession, conversation: UUID) -> None:
    """Drop the open draft, if any; safe to repeat."""
    await session.execute(
        update(Draft)
        .where(Draft.conversation_id == conversation, Draft.status == DraftStatus.OPEN)
        .values(status=DraftStatus.CANCELLED)
    )


async def close_draft(session: AsyncSession, draft: Draft) -> None:
    """The citizen confirmed what was read back, and it is filed."""
    draft.status = DraftStatus.FILED
    await session.execute(
        update(Fact)
        .where(Fact.draft_id == draft.id, Fact.superseded_at.is_(None))
        .values(confirmed=True)
    )
    await session.flush()


def read_back_rows(session: AsyncSession, facts: Mapping[str, Fact]) -> list[CardRow]:
    """The rows of the read-back card, in the order people expect."""
    values, masked = values_of(session, facts), masked_values_of(session, facts)
    return [
        CardRow(
            field=field,
            label=label(field),
            value=shown_value(field, values[field]),
            masked=shown_value(field, masked[field]),
        )
        for field in SHOWN
        if field in values
    ]
