"""Bringing a person in, and giving the conversation back. Callers own the transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend_api.access.models import Account
from backend_api.access.service import Access
from backend_api.audit.service import SYSTEM, Subject, record
from backend_api.conversations.dialogue import state_of
from backend_api.conversations.models import Conversation, Message
from backend_api.conversations.rules import Author, Status
from backend_api.conversations.service import Speaker, Words, move_conversation, say, seq_of
from backend_api.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from backend_api.core.ids import new_id
from backend_api.handoff.models import Handoff
from backend_api.handoff.rules import Reason, more_urgent
from backend_api.notifications.texts import citizen_text
from backend_api.organisation.models import Site

QUEUE_LIMIT = 200
SYSTEM_VOICE = Speaker(Author.SYSTEM)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One row of the queue: `message` is what made a person necessary."""

    handoff: Handoff
    conversation: Conversation
    message: Message | None
    site: str | None


async def request_person(
    session: AsyncSession,
    conversation: Conversation,
    reason: Reason,
    *,
    risk: int = 0,
    message: UUID | None = None,
    at: datetime,
) -> int:
    """Put the conversation (locked) in the queue; safe to repeat.

    `message` made it necessary: staff see its words; without one, the citizen's last.
    Returns how many are waiting in its unit and below.
    """
    spoken = await _said(session, conversation.id, message)
    await session.execute(
        insert(Handoff)
        .values(
            id=new_id(),
            created_at=at,
            organisation_id=conversation.organisation_id,
            conversation_id=conversation.id,
            reason=reason,
            risk=risk,
            message_id=spoken,
        )
        .on_conflict_do_nothing()
    )
    handoff = await _open_handoff(session, conversation.id)
    if handoff is not None and more_urgent(handoff.risk, risk) > handoff.risk:
        handoff.risk, handoff.reason, handoff.message_id = risk, reason, spoken
    if conversation.status is Status.BOT:
        # Not `move_conversation`: while waiting the bot goes on answering, so no turn is outdated.
        conversation.status = Status.WAITING
    details = {"reason": reason, "risk": str(risk)}
    record(session, SYSTEM, "handoff.requested", subject_of(conversation), **details)
    await session.flush()
    waiting = await session.scalar(
        select(func.count())
        .select_from(Handoff)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .where(
            Handoff.organisation_id == conversation.organisation_id,
            Conversation.unit_path.startswith(conversation.unit_path, autoescape=True),
            Handoff.closed_at.is_(None),
            Handoff.accepted_at.is_(None),
        )
    )
    return waiting or 0


async def accept(
    session: AsyncSession, conversation: Conversation, access: Access, *, at: datetime
) -> None:
    """A person takes the conversation (locked); the bot is silent from here on."""
    account = await _account(session, access)
    if conversation.status is Status.HUMAN:
        raise ConflictError("already_accepted")
    handoff = await _open_handoff(session, conversation.id)
    if handoff is None:
        handoff = Handoff(
            organisation_id=conversation.organisation_id,
            conversation_id=conversation.id,
            reason=Reason.ASKED,
            message_id=await _said(session, conversation.id, None),
            created_at=at,
        )
        session.add(handoff)
    handoff.accepted_by, handoff.accepted_at = account.id, at
    move_conversation(conversation, Status.HUMAN)
    joined = citizen_text("taken_over", name=account.name)
    await say(session, conversation, SYSTEM_VOICE, [Words(joined)], at=at)
    record(session, access.actor, "handoff.accepted", subject_of(conversation))


async def reply(
    session: AsyncSession,
    conversation: Conversation,
    access: Access,
    *,
    message_id: str,
    text: str,
    at: datetime,
) -> int:
    """Say something as a person; a repeated `message_id` has no second effect. Returns its seq."""
    account = await _account(session, access)
    await _must_hold(session, conversation, account)
    if (known := await seq_of(session, conversation.id, message_id)) is not None:
        return known
    speaker = Speaker(Author.HUMAN, account=account.id)
    await say(session, conversation, speaker, [Words(text)], at=at, vendor_id=message_id)
    return conversation.last_seq


async def release(
    session: AsyncSession, conversation: Conversation, access: Access, *, at: datetime
) -> None:
    """Give the conversation (locked) back to the bot."""
    handoff = await _must_hold(session, conversation, await _account(session, access))
    handoff.closed_at = at
    # Whoever was in danger has spoken with a person.
    conversation.state = replace(state_of(conversation.state), crisis=0).stored()
    move_conversation(conversation, Status.BOT)
    await say(session, conversation, SYSTEM_VOICE, [Words(citizen_text("given_back"))], at=at)
    record(session, access.actor, "handoff.released", subject_of(conversation))


async def return_to_queue(session: AsyncSession, holder: UUID, *, at: datetime) -> int:
    """Whoever held these conversations is gone: each waits again, and the bot answers meanwhile."""
    held = await session.execute(
        select(Handoff, Conversation)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .where(Handoff.accepted_by == holder, Handoff.closed_at.is_(None))
        .with_for_update()
    )
    returned = held.all()
    for handoff, conversation in returned:
        handoff.accepted_by = handoff.accepted_at = None
        move_conversation(conversation, Status.BOT)
        # As `request_person` does: while waiting the bot goes on answering.
        conversation.status = Status.WAITING
        await say(session, conversation, SYSTEM_VOICE, [Words(citizen_text("given_back"))], at=at)
        record(session, SYSTEM, "handoff.returned", subject_of(conversation))
    return len(returned)


def subject_of(conversation: Conversation) -> Subject:
    return Subject("conversation", conversation.id, conversation.unit_path)


async def visible_conversation(
    session: AsyncSession, access: Access, conversation_id: UUID
) -> Conversation:
    """The conversation, if it belongs to the caller's unit or one below."""
    found = await session.get(Conversation, conversation_id)
    if found is None or not found.unit_path.startswith(access.unit_path):
        raise NotFoundError("unknown_conversation")
    return found


async def queue(session: AsyncSession, access: Access) -> Sequence[Waiting]:
    """Open hand-overs of the caller's unit and those below: risk first, then the longest wait."""
    rows = await session.execute(
        select(Handoff, Conversation, Message, Site.name)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .outerjoin(Message, Message.id == Handoff.message_id)
        .outerjoin(Site, Site.id == Conversation.site_id)
        .where(
            Handoff.organisation_id == access.organisation_id,
            Conversation.unit_path.startswith(access.unit_path, autoescape=True),
            Handoff.closed_at.is_(None),
        )
        .order_by(Handoff.risk.desc(), Handoff.created_at)
        .limit(QUEUE_LIMIT)
    )
    return [Waiting(*row) for row in rows]


async def _open_handoff(session: AsyncSession, conversation: UUID) -> Handoff | None:
    return await session.scalar(
        select(Handoff).where(Handoff.conversation_id == conversation, Handoff.closed_at.is_(None))
    )


async def _account(session: AsyncSession, access: Access) -> Account:
    if access.account_id is None:
        raise ForbiddenError("account_needed")
    return (await session.scalars(select(Account).where(Account.id == access.account_id))).one()


async def _must_hold(
    session: AsyncSession, conversation: Conversation, account: Account
) -> Handoff:
    handoff = await _open_handoff(session, conversation.id)
    if conversation.status is not Status.HUMAN or handoff is None:
        raise InvalidError("not_accepted")
    if handoff.accepted_by != account.id:
        raise ConflictError("already_accepted")
    return handoff


async def _said(session: AsyncSession, conversation: UUID, message: UUID | None) -> UUID | None:
    """This message, if it is one of the citizen's here, else the last of them."""
    return await session.scalar(
        select(Message.id)
        .where(Message.conversation_id == conversation, Message.author == Author.CITIZEN)
        .order_by((Message.id == message).desc(), Message.seq.desc())
        .limit(1)
    )
