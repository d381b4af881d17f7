"""Keeping what a citizen sent beside words. Callers own the transaction."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from anyio import to_thread
from sqlalchemy import and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend_api.conversations.models import Conversation, Message
from backend_api.conversations.service import FileShown, receive, seq_of
from backend_api.core.crypto import keyring_of
from backend_api.core.errors import NotFoundError, TooManyError
from backend_api.core.ids import new_id
from backend_api.files.models import File
from backend_api.files.pictures import Prepared
from backend_api.files.rules import MAX_FILES, placeholder

_ITS_MESSAGE = and_(
    Message.conversation_id == File.conversation_id,
    Message.seq == File.seq,
    Message.quarantined.is_(False),
)


async def store(
    session: AsyncSession,
    conversation: Conversation,
    file: Prepared,
    *,
    message_id: str,
    at: datetime,
) -> tuple[int, FileShown]:
    """Keep it with its message and promise the turn (the conversation is locked).

    A repeated `message_id` has no second effect. Returns the message's seq and how it is shown.
    """
    if (known := await seq_of(session, conversation.id, message_id)) is not None:
        return known, await _shown_at(session, conversation.id, known)
    await _refuse_too_many(session, conversation.id)
    shown = FileShown(id=str(file_id := new_id()), kind=file.kind)
    text = placeholder(file.kind)
    seq = await receive(session, conversation, message_id=message_id, text=text, at=at, file=shown)
    session.add(
        File(
            id=file_id,
            organisation_id=conversation.organisation_id,
            conversation_id=conversation.id,
            seq=seq,
            kind=file.kind,
            content_sealed=file.content,
            thumbnail_sealed=file.thumbnail,
            created_at=at,
        )
    )
    await session.flush()
    return seq, shown


async def file_of(session: AsyncSession, conversation: UUID, file_id: UUID) -> File:
    """Whoever asks may read the conversation; of another one there is no file here, and none that
    came with words set aside."""
    found = await session.scalar(
        select(File)
        .join(Message, _ITS_MESSAGE)
        .where(File.id == file_id, File.conversation_id == conversation)
    )
    if found is None:
        raise NotFoundError("unknown_file")
    return found


async def content_of(session: AsyncSession, file: File) -> bytes:
    return await _opened(session, file.content_sealed)


async def thumbnail_of(session: AsyncSession, file: File) -> bytes:
    if file.thumbnail_sealed is None:
        raise NotFoundError("unknown_file")
    return await _opened(session, file.thumbnail_sealed)


async def give_to_case(session: AsyncSession, conversation: UUID, case: UUID) -> None:
    """What was sent here and belongs to no case yet belongs to this one."""
    await session.execute(
        update(File)
        .where(File.conversation_id == conversation, File.case_id.is_(None))
        .values(case_id=case)
    )


async def files_of_case(session: AsyncSession, case: UUID) -> Sequence[tuple[UUID, str, int]]:
    """Id, kind and the message's seq of each, in order; the contents stay where they are."""
    rows = await session.execute(
        select(File.id, File.kind, File.seq)
        .join(Message, _ITS_MESSAGE)
        .where(File.case_id == case)
        .order_by(File.seq)
    )
    return [(one.id, one.kind, one.seq) for one in rows]


async def _opened(session: AsyncSession, sealed: bytes) -> bytes:
    """Beside the event loop: ten megabytes take a while."""
    return await to_thread.run_sync(keyring_of(session).open_bytes, sealed)


async def _refuse_too_many(session: AsyncSession, conversation: UUID) -> None:
    count = await session.scalar(
        select(func.count()).select_from(File).where(File.conversation_id == conversation)
    )
    if (count or 0) >= MAX_FILES:
        raise TooManyError("too_many_files")


async def _shown_at(session: AsyncSession, conversation: UUID, seq: int) -> FileShown:
    """Of the message with this seq, which may be one of words."""
    row = await session.execute(
        select(File.id, File.kind).where(File.conversation_id == conversation, File.seq == seq)
    )
    found = row.one_or_none()
    if found is None:
        raise NotFoundError("unknown_file")
    return FileShown(id=str(found.id), kind=found.kind)
