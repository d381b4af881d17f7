"""The queue of those who wait for a person, and the conversation once a person has it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from backend_api.access.service import Access
from backend_api.access.views import Staff, service_only
from backend_api.audit.service import record, record_look
from backend_api.conversations.models import Conversation, Message
from backend_api.conversations.rules import MAX_SEQ
from backend_api.conversations.service import lock_conversation, messages_after, words_of
from backend_api.core.clock import now
from backend_api.core.db import Session
from backend_api.core.errors import ForbiddenError, NotFoundError
from backend_api.files import service as files
from backend_api.files.models import File
from backend_api.files.rules import ENDINGS
from backend_api.handoff import secrecy, service
from backend_api.handoff.schemas import (
    HandoffCall,
    Queue,
    Queued,
    QueueItem,
    StaffReply,
    Transcript,
    TranscriptItem,
    Unseal,
    Unsealed,
)
from backend_api.handoff.sight import first_readable, visible_conversation
from backend_api.handoff.transcripts import masked_text, set_aside

# Of what made a person necessary.
WORDS = 200
router = APIRouter(prefix="/v1", tags=["hand-over"])
actions = APIRouter(
    prefix="/v1/internal", dependencies=[Depends(service_only)], include_in_schema=False
)


@actions.post("/handoffs")
async def request_person(session: Session, wanted: HandoffCall) -> Queued:
    conversation = await lock_conversation(session, wanted.conversation)
    waiting = await service.request_person(
        session, conversation, wanted.reason, message=wanted.message, at=now()
    )
    return Queued(waiting=waiting)


@router.get("/queue")
async def read_queue(session: Session, access: Staff) -> Queue:
    rows = await service.queue(session, access)
    await record_look(
        session,
        access.actor,
        "queue.viewed",
        access.of_lists,
        (row.conversation.id for row in rows),
        at=now(),
    )
    return Queue(items=[_item(session, access, row) for row in rows])


@router.get("/conversations/{conversation_id}/messages")
async def read_transcript(
    session: Session,
    access: Staff,
    conversation_id: UUID,
    after: Annotated[int, Query(ge=0, le=MAX_SEQ)] = 0,
) -> Transcript:
    """Masked, 200 at a time. Reading is written down once a page that has something."""
    conversation = await visible_conversation(session, access, conversation_id)
    after = max(after, await first_readable(session, access, conversation) - 1)
    messages = await messages_after(session, conversation.id, after)
    if access.keeps_secrets:
        messages = [one for one in messages if one.quarantined]
    if messages:
        subject = service.subject_of(conversation)
        record(session, access.actor, "conversation.read", subject, after=str(after))
    items = [
        TranscriptItem.model_validate(
            {
                "seq": one.seq,
                "from": one.author,
                "text": _text(session, access, one),
                "file": words_of(session, one).file,
                "at": one.created_at,
            }
        )
        for one in messages
    ]
    return Transcript(items=items, status=conversation.status)


async def _file(session: Session, access: Staff, conversation_id: UUID, file_id: UUID) -> File:
    """Read by those who may read the message it came with."""
    conversation = await visible_conversation(session, access, conversation_id)
    first = await first_readable(session, access, conversation)
    found = await files.file_of(session, conversation.id, file_id)
    if access.keeps_secrets or found.seq < first:
        raise NotFoundError("unknown_file")
    subject = service.subject_of(conversation)
    record(session, access.actor, "file.read", subject, file=str(found.id), seq=str(found.seq))
    return found


ReadableFile = Annotated[File, Depends(_file)]


@router.get("/conversations/{conversation_id}/files/{file_id}")
async def read_file(session: Session, file: ReadableFile) -> Response:
    """The file as it is kept; never shown as a page of ours. Reading it is written down."""
    name = f"{file.seq}.{ENDINGS[file.kind]}"
    return _as_attachment(await files.content_of(session, file), file.kind, name)


@router.get("/conversations/{conversation_id}/files/{file_id}/thumbnail")
async def read_thumbnail(session: Session, file: ReadableFile) -> Response:
    return _as_attachment(
        await files.thumbnail_of(session, file), "image/jpeg", f"{file.seq}-small.jpg"
    )


def _as_attachment(content: bytes, kind: str, name: str) -> Response:
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "content-security-policy": "default-src 'none'; sandbox",
        "cache-control": "no-store",
    }
    return Response(content, media_type=kind, headers=headers)


async def _locked(session: Session, access: Staff, conversation_id: UUID) -> Conversation:
    await visible_conversation(session, access, conversation_id)
    return await lock_conversation(session, conversation_id)


Locked = Annotated[Conversation, Depends(_locked)]


@router.post("/conversations/{conversation_id}/accept")
async def accept(session: Session, access: Staff, conversation: Locked) -> dict[str, str]:
    takes = secrecy.accept if access.keeps_secrets else service.accept
    await takes(session, conversation, access, at=now())
    return {"status": conversation.status}


@router.post("/conversations/{conversation_id}/reply", status_code=202)
async def reply(
    session: Session, access: Staff, conversation: Locked, wanted: StaffReply
) -> dict[str, int]:
    if access.keeps_secrets:
        raise ForbiddenError("only_reads")
    seq = await service.reply(
        session, conversation, access, message_id=wanted.message_id, text=wanted.text, at=now()
    )
    return {"seq": seq}


@router.post("/conversations/{conversation_id}/typing", status_code=204)
async def show_typing(session: Session, access: Staff, conversation_id: UUID) -> None:
    conversation = await visible_conversation(session, access, conversation_id)
    await service.show_typing(session, conversation, access)


@router.post("/conversations/{conversation_id}/release")
async def release(session: Session, access: Staff, conversation: Locked) -> dict[str, str]:
    gives_back = secrecy.release if access.keeps_secrets else service.release
    await gives_back(session, conversation, access, at=now())
    return {"status": conversation.status}


@router.post("/conversations/{conversation_id}/unseal")
async def unseal(session: Session, access: Staff, conversation: Locked, wanted: Unseal) -> Unsealed:
    """What was sealed by mistake goes to those who handle it; the reason is written down."""
    cases = await service.unseal_conversation(
        session, conversation, access, wanted.reason, at=now()
    )
    return Unsealed(cases=[case.number for case in cases])


def _text(session: AsyncSession, access: Access, message: Message) -> str:
    return set_aside(session, message) if access.keeps_secrets else masked_text(session, message)


def _item(session: AsyncSession, access: Access, row: service.Waiting) -> QueueItem:
    """Of a sealed conversation in danger: that it is one, and nothing of it."""
    is_mine = access.account_id is not None and row.handoff.accepted_by == access.account_id
    is_shut = row.conversation.sealed and not access.reads_reports and not is_mine
    message = row.message if not is_shut else None
    return QueueItem(
        conversation=row.conversation.id,
        reason=row.handoff.reason,
        risk=row.handoff.risk,
        since=row.handoff.created_at,
        site=row.site if not is_shut else None,
        status=row.conversation.status,
        mine=is_mine,
        sealed=row.conversation.sealed,
        seq=message.seq if message else None,
        text=_text(session, access, message)[:WORDS] if message else "",
    )
