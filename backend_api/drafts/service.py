"""Everything that changes a draft. Callers own the transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import and_, bindparam, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend_api.conversations.models import Conversation
from backend_api.conversations.service import CardRow
from backend_api.core.crypto import seal, unseal
from backend_api.drafts.labels import label, shown_value
from backend_api.drafts.models import Draft, Fact
from backend_api.drafts.rules import SHOWN, DraftStatus, How

# What a conversation is about now: what is told, or what was filed last.
LIVING = (DraftStatus.OPEN, DraftStatus.FILED, DraftStatus.WITHDRAWN)
# What holds for the next matter of the same citizen too.
OF_THE_CITIZEN = ("contact", "safe_contact", "name", "on_behalf")
# Built once: it runs with every turn.
_LATEST_WITH_FACTS = (
    select(Draft, Fact)
    .outerjoin(
        Fact,
        and_(
            Fact.draft_id == Draft.id,
            Fact.superseded_at.is_(None),
            or_(Draft.status == DraftStatus.OPEN, Fact.field.in_(OF_THE_CITIZEN)),
        ),
    )
    .where(
        Draft.id
        == select(Draft.id)
        .where(
            Draft.conversation_id == bindparam("conversation"),
            Draft.status.in_(LIVING),
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
        .where(Draft.conversation_id == conversation, Draft.status.in_(LIVING))
        .order_by(Draft.created_at.desc())
        .limit(1)
    )


async def latest_draft_with_facts(
    session: AsyncSession, conversation: UUID
) -> tuple[Draft | None, dict[str, Fact]]:
    """The latest draft and its facts; once it is filed, those that hold for the next one too."""
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


async def park(
    session: AsyncSession,
    conversation: Conversation,
    findings: Mapping[str, Finding],
    *,
    at: datetime,
) -> None:
    """Another matter that was told beside the open one: kept until its turn comes."""
    draft = Draft(
        organisation_id=conversation.organisation_id,
        conversation_id=conversation.id,
        status=DraftStatus.PARKED,
    )
    session.add(draft)
    await session.flush()
    await write_facts(session, draft, findings, at=at)


async def park_open_draft(session: AsyncSession, conversation: UUID) -> None:
    """Not now: what was told is kept; safe to repeat."""
    await session.execute(
        update(Draft)
        .where(Draft.conversation_id == conversation, Draft.status == DraftStatus.OPEN)
        .values(status=DraftStatus.PARKED)
    )


async def open_parked(
    session: AsyncSession, conversation: UUID, *, at: datetime
) -> dict[str, str] | None:
    """Go on with the oldest parked draft; what it knows, None where nothing is parked.

    Safe to repeat: the open draft is gone on with. How to reach the citizen is known from the
    matter before.
    """
    draft = await open_draft(session, conversation) or await _unpark(session, conversation, at)
    return values_of(session, await current_facts(session, draft.id)) if draft else None


async def add_to_case(session: AsyncSession, conversation: UUID, case: UUID) -> bool:
    """What was told after filing belongs to the case; safe to repeat. Was there anything?"""
    added = await session.scalars(
        update(Draft)
        .where(Draft.conversation_id == conversation, Draft.status == DraftStatus.OPEN)
        .values(status=DraftStatus.ADDED, case_id=case)
        .returning(Draft.id)
    )
    return added.first() is not None


async def added_to(session: AsyncSession, case: UUID) -> list[Fact]:
    """The accounts that were added to a case, in order."""
    found = await session.scalars(
        select(Fact)
        .join(Draft, Draft.id == Fact.draft_id)
        .where(Draft.case_id == case, Fact.field == "what", Fact.superseded_at.is_(None))
        .order_by(Draft.created_at)
        .limit(100)
    )
    return list(found)


async def _unpark(session: AsyncSession, conversation: UUID, at: datetime) -> Draft | None:
    draft = await session.scalar(
        select(Draft)
        .where(Draft.conversation_id == conversation, Draft.status == DraftStatus.PARKED)
        .order_by(Draft.created_at)
        .limit(1)
    )
    if draft is None:
        return None
    before = await latest_draft(session, conversation)
    # The latest draft is what the conversation is about.
    draft.status, draft.created_at = DraftStatus.OPEN, at
    await session.flush()
    if before is not None:
        await _carry_over(session, before, draft, at)
    return draft


async def _carry_over(session: AsyncSession, before: Draft, draft: Draft, at: datetime) -> None:
    """What was said with this very matter counts more."""
    own = await current_facts(session, draft.id)
    facts = await current_facts(session, before.id)
    values, masked = values_of(session, facts), masked_values_of(session, facts)
    carried = {
        field: Finding(values[field], masked[field], fact.how, fact.message_id, fact.source_seq)
        for field, fact in facts.items()
        if field in OF_THE_CITIZEN and field not in own
    }
    await write_facts(session, draft, carried, at=at)


async def withdraw_draft(session: AsyncSession, draft: UUID) -> None:
    await session.execute(
        update(Draft).where(Draft.id == draft).values(status=DraftStatus.WITHDRAWN)
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
