"""Photos and documents of the citizen page: taken and shown with the session key."""

from typing import Annotated
from uuid import UUID

import anyio
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from backend_api.access.views import Bearer
from backend_api.conversations.schemas import FileRead, Name
from backend_api.conversations.service import lock_conversation
from backend_api.core.clock import now
from backend_api.core.crypto import keyring_of
from backend_api.core.db import Session, Sessions
from backend_api.core.errors import InvalidError, TooLongError
from backend_api.files import service as files
from backend_api.files.rules import MAX_BYTES
from backend_api.web.service import conversation_of_session, must_open

# An old phone on a slow network; nobody holds a request open for longer.
UPLOAD_SECONDS = 120.0
router = APIRouter(prefix="/v1/web/files", tags=["web"])


class FileTaken(BaseModel):
    seq: int
    file: FileRead


@router.post("", status_code=201)
async def take_file(
    request: Request,
    secret: Bearer,
    message_id: Annotated[Name, Query()],
    keep_place: Annotated[bool, Query()] = False,
) -> FileTaken:
    """The body is the file itself. Whoever has no key, or too much, is told before it is read."""
    sessions: Sessions = request.app.state.sessions
    async with request.app.state.reading() as session:
        conversation = (await conversation_of_session(session, secret)).id
        keyring = keyring_of(session)
    content = await _content(request)
    prepared = await request.app.state.preparation(keyring, content, keep_place=keep_place)
    async with sessions.begin() as session:
        locked = await lock_conversation(session, conversation)
        must_open(secret, locked)
        seq, shown = await files.store(session, locked, prepared, message_id=message_id, at=now())
    return FileTaken(seq=seq, file=FileRead(**shown))


@router.get("/{file_id}/thumbnail")
async def show_thumbnail(session: Session, secret: Bearer, file_id: UUID) -> Response:
    conversation = await conversation_of_session(session, secret)
    found = await files.file_of(session, conversation.id, file_id)
    return Response(
        await files.thumbnail_of(session, found),
        media_type="image/jpeg",
        headers={"content-disposition": "attachment", "cache-control": "no-store"},
    )


async def _content(request: Request) -> bytes:
    """Refused by its stated length, or as soon as it is longer than that."""
    stated = request.headers.get("content-length", "0")
    if not stated.isdecimal() or int(stated) > MAX_BYTES:
        raise TooLongError("file_too_large")
    content = bytearray()
    try:
        with anyio.fail_after(UPLOAD_SECONDS):
            async for part in request.stream():
                content += part
                if len(content) > MAX_BYTES:
                    raise TooLongError("file_too_large")
    except TimeoutError as exc:
        raise InvalidError("malformed") from exc
    return bytes(content)
