"""Bringing a person in, and giving the conversation back. Callers own the transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend_api.access.models import Account
from backend_api.access.rules import Role
from backend_api.access.service import Access
from backend_api.audit.service import SYSTEM, Subject, record, seal_subject, unseal_subject
from backend_api.cases.models import Case
from backend_api.cases.service import subject_of as subject_of_case
from backend_api.cases.service import unseal_cases
from backend_api.conversations.dialogue import state_of
from backend_api.conversations.models import Conversation, Message
from backend_api.conversations.rules import Author, Status
from backend_api.conversations.service import Speaker, Words, move_conversation, say, seq_of
from backend_api.core.errors import ConflictError, ForbiddenError, InvalidError
from backend_api.core.ids import new_id
from backend_api.core.live import TYPING, announce
from backend_api.handoff.models import Handoff
from backend_api.handoff.rules import DANGER, NoReport, Reason, more_urgent
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
    handoff = await open_handoff(session, conversation.id)
    if handoff is not None and more_urgent(handoff.risk, risk) > handoff.risk:
        handoff.risk, handoff.reason, handoff.message_id = risk, reason, spoken
    if handoff is not None and risk >= DANGER and handoff.danger_seq is None:
        handoff.danger_seq = await _seq(session, spoken)
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
            Handoff.reason != Reason.SECRECY,
            or_(Conversation.sealed.is_(False), Conversation.id == conversation.id),
        )
    )
    return waiting or 0


async def accept(
    session: AsyncSession, conversation: Conversation, access: Access, *, at: datetime
) -> None:
    """A person takes the conversation (locked); the bot is silent from here on."""
    account = await account_of(session, access)
    if conversation.status is Status.HUMAN:
        raise ConflictError("already_accepted")
    handoff = await open_handoff(session, conversation.id)
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
    account = await account_of(session, access)
    await _must_hold(session, conversation, account)
    if (known := await seq_of(session, conversation.id, message_id)) is not None:
        return known
    speaker = Speaker(Author.HUMAN, account=account.id)
    await say(session, conversation, speaker, [Words(text)], at=at, vendor_id=message_id)
    return conversation.last_seq


async def show_typing(session: AsyncSession, conversation: Conversation, access: Access) -> None:
    """Whoever holds the conversation writes just now; nothing of it is stored."""
    await _must_hold(session, conversation, await account_of(session, access))
    await announce(session, conversation.id, channel=TYPING)


async def release(
    session: AsyncSession, conversation: Conversation, access: Access, *, at: datetime
) -> None:
    """Give the conversation (locked) back to the bot."""
    handoff = await _must_hold(session, conversation, await account_of(session, access))
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
        await _return(session, handoff, conversation, at)
    return len(returned)


async def seal_conversation(
    session: AsyncSession, conversation: Conversation, *, at: datetime
) -> None:
    """A report on an official was made here (locked): out of sight of all who do not read reports.

    A colleague who has it gives it back, but not in a danger. Safe to repeat.
    """
    if conversation.sealed:
        return
    conversation.sealed = True
    await seal_subject(session, conversation.id)
    record(session, SYSTEM, "conversation.sealed", subject_of(conversation))
    handoff = await open_handoff(session, conversation.id)
    if handoff is None or handoff.accepted_by is None or handoff.risk >= DANGER:
        return
    holder = await session.get_one(Account, handoff.accepted_by)
    if holder.role is not Role.DISCIPLINE:
        await _return(session, handoff, conversation, at)


async def unseal_conversation(
    session: AsyncSession,
    conversation: Conversation,
    access: Access,
    reason: NoReport,
    *,
    at: datetime,
) -> Sequence[Case]:
    """It was no report (locked): conversation, cases and their history are plain again.

    Only a person who reads reports decides it. Who waits for a person waits for any colleague.
    """
    await account_of(session, access)
    if not access.reads_reports:
        raise ForbiddenError("discipline_only")
    if not conversation.sealed:
        raise ConflictError("not_sealed")
    cases = await unseal_cases(session, conversation.id)
    conversation.sealed = False
    await unseal_subject(session, conversation.id)
    subjects = [subject_of(conversation), *(subject_of_case(case) for case in cases)]
    for subject in subjects:
        record(session, access.actor, f"{subject.kind}.unsealed", subject, reason=reason)
    handoff = await open_handoff(session, conversation.id)
    if handoff is not None and handoff.accepted_by is not None:
        await _return(session, handoff, conversation, at)
    return cases


async def _return(
    session: AsyncSession, handoff: Handoff, conversation: Conversation, at: datetime
) -> None:
    """Whoever had it has it no more."""
    handoff.accepted_by = handoff.accepted_at = None
    if handoff.reason is not Reason.SECRECY:
        move_conversation(conversation, Status.BOT)
        # As `request_person` does: while waiting the bot goes on answering.
        conversation.status = Status.WAITING
        await say(session, conversation, SYSTEM_VOICE, [Words(citizen_text("given_back"))], at=at)
    record(session, SYSTEM, "handoff.returned", subject_of(conversation))


def subject_of(conversation: Conversation) -> Subject:
    return Subject("conversation", conversation.id, conversation.unit_path)


async def queue(session: AsyncSession, access: Access) -> Sequence[Waiting]:
    """Open hand-overs of the caller's unit and those below: risk first, then the longest wait.

    A danger in a sealed conversation is there for everybody who may help, until somebody does.
    """
    rows = await session.execute(
        select(Handoff, Conversation, Message, Site.name)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .outerjoin(Message, Message.id == Handoff.message_id)
        .outerjoin(Site, Site.id == Conversation.site_id)
        .where(
            Handoff.organisation_id == access.organisation_id,
            Conversation.unit_path.startswith(access.unit_path, autoescape=True),
            Handoff.closed_at.is_(None),
            _is_for(access),
        )
        .order_by(Handoff.risk.desc(), Handoff.created_at)
        .limit(QUEUE_LIMIT)
    )
    return [Waiting(*row) for row in rows]


def _is_for(access: Access) -> ColumnElement[bool]:
    """Whose queue a hand-over is in."""
    if access.keeps_secrets:
        return Handoff.reason == Reason.SECRECY
    asked = Handoff.reason != Reason.SECRECY
    if access.reads_reports:
        return and_(asked, Conversation.sealed.is_(True))
    open_to_help = and_(
        Handoff.risk >= DANGER,
        or_(Handoff.accepted_by.is_(None), Handoff.accepted_by == access.account_id),
    )
    return and_(asked, or_(Conversation.sealed.is_(False), open_to_help))


async def open_handoff(session: AsyncSession, conversation: UUID) -> Handoff | None:
    """The citizen's way to a person; what waits for those who keep secrets is another."""
    return await session.scalar(
        select(Handoff).where(
            Handoff.conversation_id == conversation,
            Handoff.closed_at.is_(None),
            Handoff.reason != Reason.SECRECY,
        )
    )


async def account_of(session: AsyncSession, access: Access) -> Account:
    if access.account_id is None:
        raise ForbiddenError("account_needed")
    return (await session.scalars(select(Account).where(Account.id == access.account_id))).one()


async def _must_hold(
    session: AsyncSession, conversation: Conversation, account: Account
) -> Handoff:
    handoff = await open_handoff(session, conversation.id)
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


async def _seq(session: AsyncSession, message: UUID | None) -> int | None:
    return await session.scalar(select(Message.seq).where(Message.id == message))
