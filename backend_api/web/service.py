"""The citizen page's conversations: opened by a session key that only that phone has."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend_api.access.service import hash_of
from backend_api.conversations.models import Conversation
from backend_api.core.crypto import keyring_of
from backend_api.core.errors import NotFoundError, TooManyError
from backend_api.core.ids import new_id
from backend_api.core.live import announce
from backend_api.organisation.rules import root_of
from backend_api.organisation.service import refuse_withdrawn, site_by_code

# A whole housing estate may sit behind one address.
MAX_NEW_PER_MINUTE = 60


async def open_session(session: AsyncSession, *, site: str, origin: str, at: datetime) -> str:
    """A new conversation at a site. Returns the secret that opens it; only its hash is kept."""
    found, unit = await site_by_code(session, site)
    refuse_withdrawn(found)
    origin_index = keyring_of(session).index(origin)
    await _refuse_flood(session, origin_index, at)
    secret = secrets.token_urlsafe(32)
    session.add(
        Conversation(
            id=new_id(),
            organisation_id=root_of(unit.path),
            unit_path=unit.path,
            channel="web",
            session_hash=hash_of(secret),
            origin_index=origin_index,
            site_id=found.id,
            created_at=at,
        )
    )
    await session.flush()
    return secret


async def conversation_of_session(session: AsyncSession, secret: str) -> Conversation:
    found = await session.scalar(
        select(Conversation).where(Conversation.session_hash == hash_of(secret))
    )
    if found is None:
        raise NotFoundError("unknown_session")
    return found


def must_open(secret: str, conversation: Conversation) -> None:
    """Quick exit may have come since the line was opened."""
    if conversation.session_hash != hash_of(secret):
        raise NotFoundError("unknown_session")


async def forget_session(session: AsyncSession, secret: str) -> None:
    """Quick exit: the key opens nothing any more. What was said stays stored."""
    forgotten = await session.scalar(
        update(Conversation)
        .where(Conversation.session_hash == hash_of(secret))
        .values(session_hash=None)
        .returning(Conversation.id)
    )
    if forgotten is not None:
        # Open lines look, find that their key opens nothing, and close.
        await announce(session, forgotten)


async def _refuse_flood(session: AsyncSession, origin_index: bytes, at: datetime) -> None:
    recent = await session.scalar(
        select(func.count())
        .select_from(Conversation)
        .where(
            Conversation.origin_index == origin_index,
            Conversation.created_at > at - timedelta(minutes=1),
        )
    )
    if (recent or 0) >= MAX_NEW_PER_MINUTE:
        raise TooManyError("busy")
