"""Which conversations somebody may see, and from which message on.

Staff see what is not sealed; who reads reports sees what is; who keeps secrets sees what was set
aside. In a danger life comes first: see docs/adr/0014-need-to-know.md.
"""

from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend_api.access.service import Access
from backend_api.conversations.models import Conversation
from backend_api.core.errors import NotFoundError
from backend_api.handoff.models import Handoff
from backend_api.handoff.rules import DANGER, Reason
from backend_api.handoff.service import open_handoff


async def visible_conversation(
    session: AsyncSession, access: Access, conversation_id: UUID
) -> Conversation:
    """The conversation, if it belongs to the caller's unit or one below and is for their eyes."""
    found = await session.get(Conversation, conversation_id)
    if found is None or not found.unit_path.startswith(access.unit_path):
        raise NotFoundError("unknown_conversation")
    if not await _is_for_their_eyes(session, access, found):
        raise NotFoundError("unknown_conversation")
    return found


async def first_readable(session: AsyncSession, access: Access, conversation: Conversation) -> int:
    """The seq from which a visible conversation is read: whoever helps in a danger reads from
    where it began, once it is theirs to help."""
    if access.keeps_secrets or conversation.sealed is access.reads_reports:
        return 1
    handoff = await open_handoff(session, conversation.id)
    if handoff is None or handoff.accepted_by is None or handoff.accepted_by != access.account_id:
        raise NotFoundError("unknown_conversation")
    return handoff.danger_seq or conversation.last_seq + 1


async def _is_for_their_eyes(
    session: AsyncSession, access: Access, conversation: Conversation
) -> bool:
    if access.keeps_secrets:
        return await _holds_a_secret(session, conversation.id)
    if conversation.sealed is access.reads_reports:
        return True
    return not access.reads_reports and await _may_help(session, access, conversation.id)


async def _may_help(session: AsyncSession, access: Access, conversation: UUID) -> bool:
    """In a danger, as long as nobody else does."""
    handoff = await open_handoff(session, conversation)
    if handoff is None or handoff.risk < DANGER:
        return False
    return handoff.accepted_by in {None, access.account_id}


async def _holds_a_secret(session: AsyncSession, conversation: UUID) -> bool:
    found = exists().where(
        Handoff.conversation_id == conversation, Handoff.reason == Reason.SECRECY
    )
    return bool(await session.scalar(select(found)))
