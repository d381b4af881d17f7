"""The HTTP channel: programs bring citizens' messages and fetch the replies."""

import asyncio
from contextlib import ExitStack, suppress
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession

from backend_api.access.service import access_by_token
from backend_api.access.views import Bearer, Client, must_be_client
from backend_api.conversations import service
from backend_api.conversations.models import Message
from backend_api.conversations.rules import MAX_SEQ, Author
from backend_api.conversations.schemas import ChatAccepted, ChatMessage, Name, Reply
from backend_api.core.clock import now
from backend_api.core.db import Session, Sessions
from backend_api.organisation.service import refuse_withdrawn, site_by_code

MAX_WAIT = 30.0
REPLIES = frozenset({Author.BOT, Author.HUMAN, Author.SYSTEM})

router = APIRouter(prefix="/v1/chat", tags=["chat"])


@router.post("", status_code=202)
async def post_message(session: Session, client: Client, wanted: ChatMessage) -> ChatAccepted:
    """Take a citizen's message. 202: it is stored and will be answered."""
    text = service.acceptable(wanted.text)
    site_id, unit_path = None, client.unit_path
    if wanted.site:
        site, unit = await site_by_code(session, wanted.site, organisation=client.organisation_id)
        site_id, unit_path = site.id, unit.path
        if not await service.is_known(session, client=client.token_id, key=wanted.conversation):
            refuse_withdrawn(site)
    conversation = await service.conversation_of_client(
        session,
        client=client.token_id,
        key=wanted.conversation,
        unit_path=unit_path,
        site=site_id,
    )
    seq = await service.receive(
        session, conversation, message_id=wanted.message_id, text=text, at=now()
    )
    return ChatAccepted(seq=seq)


@router.get("/{conversation}")
async def read_replies(
    request: Request,
    token: Bearer,
    conversation: Name,
    after: Annotated[int, Query(ge=0, le=MAX_SEQ)] = 0,
    wait: Annotated[float, Query(ge=0, le=MAX_WAIT)] = 0,
) -> list[Reply]:
    """The replies after `after`, in order; waits up to `wait` seconds for the first one.

    Asking for what comes after a seq confirms everything up to it.
    """
    sessions: Sessions = request.app.state.reading
    with ExitStack() as listening:
        async with sessions() as session:
            client = must_be_client(await access_by_token(session, token, now()))
            found = await service.conversation_id_of_client(
                session, client=client.token_id, key=conversation
            )
            if after:
                await service.mark_delivered(session, found, after, at=now())
            # Heard from here on: a reply that comes while we look is not missed.
            news = listening.enter_context(request.app.state.news.of(found))
            replies = await _replies(session, found, after)
        if not replies and wait:
            replies = await _wait_for_replies(sessions, news, found, after, wait)
        return replies


async def _wait_for_replies(
    sessions: Sessions, news: asyncio.Event, conversation: UUID, after: int, wait: float
) -> list[Reply]:
    """No database connection is held while waiting."""
    with suppress(TimeoutError):
        async with asyncio.timeout(wait):
            while await news.wait():
                news.clear()
                async with sessions() as session:
                    if replies := await _replies(session, conversation, after):
                        return replies
    return []


async def _replies(session: AsyncSession, conversation: UUID, after: int) -> list[Reply]:
    messages = await service.messages_after(session, conversation, after, authors=REPLIES)
    return [_shown(service.words_of(session, one), one) for one in messages]


def _shown(words: service.Words, message: Message) -> Reply:
    return Reply.model_validate(
        {
            "seq": message.seq,
            "text": words.in_full(),
            "choices": list(words.choices),
            "kind": message.author.value,
            "card": words.card,
            "at": message.created_at,
        }
    )
