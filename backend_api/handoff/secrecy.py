"""What may hold a state secret is set aside and shown to those who keep secrets, in a queue of
their own: the conversation itself goes on. Callers own the transaction."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend_api.access.service import Access
from backend_api.audit.service import SYSTEM, record
from backend_api.conversations.models import Conversation, Message
from backend_api.core.errors import ConflictError, InvalidError
from backend_api.core.ids import new_id
from backend_api.handoff.models import Handoff
from backend_api.handoff.rules import Reason
from backend_api.handoff.service import account_of, subject_of


async def quarantine(
    session: AsyncSession, conversation: Conversation, messages: Sequence[UUID], *, at: datetime
) -> bool:
    """Set these messages aside (the conversation is locked); False where they are already."""
    found = await session.execute(
        update(Message)
        .where(
            Message.id.in_(messages),
            Message.conversation_id == conversation.id,
            Message.quarantined.is_(False),
        )
        .values(quarantined=True, analysis_sealed=None)
        .returning(Message.seq)
    )
    seqs = sorted(found.scalars())
    for seq in seqs:
        subject = subject_of(conversation)
        record(session, SYSTEM, "message.quarantined", subject, seq=str(seq))
    if seqs:
        await _call(session, conversation, messages[0], at)
    return bool(seqs)


async def accept(
    session: AsyncSession, conversation: Conversation, access: Access, *, at: datetime
) -> None:
    """Somebody who keeps secrets looks into it; the citizen is talked with by others."""
    handoff = await _open(session, conversation.id)
    if handoff is None:
        raise InvalidError("not_accepted")
    if handoff.accepted_by is not None:
        raise ConflictError("already_accepted")
    handoff.accepted_by, handoff.accepted_at = (await account_of(session, access)).id, at
    record(session, access.actor, "secrecy.accepted", subject_of(conversation))


async def release(
    session: AsyncSession, conversation: Conversation, access: Access, *, at: datetime
) -> None:
    """It was looked into. What was set aside stays set aside."""
    handoff = await _open(session, conversation.id)
    if handoff is None or handoff.accepted_by is None or handoff.accepted_by != access.account_id:
        raise InvalidError("not_accepted")
    handoff.closed_at = at
    record(session, access.actor, "secrecy.closed", subject_of(conversation))


async def _call(
    session: AsyncSession, conversation: Conversation, message: UUID, at: datetime
) -> None:
    entry = {
        "id": new_id(),
        "created_at": at,
        "organisation_id": conversation.organisation_id,
        "conversation_id": conversation.id,
        "reason": Reason.SECRECY,
        "message_id": message,
    }
    await session.execute(insert(Handoff).values(entry).on_conflict_do_nothing())


async def _open(session: AsyncSession, conversation: UUID) -> Handoff | None:
    return await session.scalar(
        select(Handoff)
        .where(
            Handoff.conversation_id == conversation,
            Handoff.closed_at.is_(None),
            Handoff.reason == Reason.SECRECY,
        )
        .with_for_update()
    )
