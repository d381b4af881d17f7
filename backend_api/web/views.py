"""The citizen page and its WebSocket. The frames are described in docs/reference/interfaces.md."""

import json
import logging
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import anyio
from fastapi import APIRouter, Request, WebSocket
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError
from starlette.websockets import WebSocketDisconnect

from backend_api.access.views import Bearer
from backend_api.conversations import service as conversations
from backend_api.conversations.models import Message
from backend_api.conversations.rules import MAX_SEQ, Author, Status, bot_may_speak
from backend_api.conversations.schemas import Name
from backend_api.core.clock import day_in_china, now
from backend_api.core.db import Session, Sessions
from backend_api.core.errors import ApiError, NotFoundError
from backend_api.core.http import origin_of
from backend_api.core.live import Listener, News
from backend_api.core.logs import bound_to_part
from backend_api.core.text import whole
from backend_api.notifications.texts import error_text
from backend_api.sites.rules import SEEN, is_scan
from backend_api.sites.service import count_scan
from backend_api.web import service

STATIC = Path(__file__).parent / "static"
HELLO_SECONDS = 15.0
COUNT_SECONDS = 1.0
# News may be missed while the database restarts: look anyway now and then.
LOOK_SECONDS = 20.0
UNKNOWN_SESSION = 4401
# A person who writes says so every few seconds.
TYPING_SECONDS = 8
# RFC 6455's registry: try again later. The page reconnects by itself.
TRY_AGAIN = 1013
log = logging.getLogger(__name__)
router = APIRouter(tags=["web"])


class SessionWanted(BaseModel):
    model_config = ConfigDict(extra="forbid")

    site: Name


class SessionOpened(BaseModel):
    session: str


@router.get("/c/{site}", include_in_schema=False)
async def page(request: Request, site: str) -> FileResponse:
    """The same page for every site; it asks for its session itself.

    That a code was opened is counted once a browser session: the browser keeps a mark that is the
    same for everybody, and the page wipes it at quick exit.
    """
    answer = FileResponse(STATIC / "index.html", headers={"cache-control": "no-cache"})
    if is_scan(request.headers, request.cookies) and await _counted(request, site):
        secure = request.url.scheme == "https"
        answer.set_cookie(SEEN, "1", path=request.url.path, secure=secure, samesite="lax")
    return answer


async def _counted(request: Request, site: str) -> bool:
    """No count is worth a citizen's waiting: without a database the page is there all the same."""
    sessions: Sessions = request.app.state.sessions
    try:
        with anyio.fail_after(COUNT_SECONDS):
            async with sessions.begin() as session:
                return await count_scan(session, site, day_in_china(now()))
    except (OperationalError, DataError, NoConnectionError, TimeoutError) as exc:
        log.warning("scan not counted", extra={"failure": type(exc).__name__})
        return False


@router.post("/v1/web/sessions", status_code=201)
async def open_session(session: Session, request: Request, wanted: SessionWanted) -> SessionOpened:
    origin = origin_of(request)
    secret = await service.open_session(session, site=wanted.site, origin=origin, at=now())
    return SessionOpened(session=secret)


@router.delete("/v1/web/sessions", status_code=204)
async def forget_session(session: Session, secret: Bearer) -> None:
    await service.forget_session(session, secret)


@router.websocket("/v1/web/chat")
async def chat(socket: WebSocket) -> None:
    await socket.accept()
    line = _Line(socket)
    with suppress(WebSocketDisconnect, TimeoutError):
        if await line.greet():
            await line.talk()


class _Line:
    """One open page. Sends what is new, takes what is said."""

    def __init__(self, socket: WebSocket) -> None:
        state = socket.app.state
        self._socket = socket
        self._sessions: Sessions = state.sessions
        self._reading: Sessions = state.reading
        self._news: News = state.news
        self._secret = ""
        self._conversation = UUID(int=0)
        self._shown = 0
        self._status: Status | None = None
        self._typing = False
        self._heard = 0

    async def greet(self) -> bool:
        with anyio.fail_after(HELLO_SECONDS):
            frame = await self._frame()
        match frame:
            case {"type": "hello", "session": str(secret), "after": int(after)} if after <= MAX_SEQ:
                return await self._open(whole(secret), max(after, 0))
            case _:
                return await self._turn_away("malformed")

    async def talk(self) -> None:
        with self._news.of(self._conversation) as event:
            async with anyio.create_task_group() as group:
                # Whichever ends first ends the line.
                group.start_soon(self._push, event, group.cancel_scope)
                await self._hear()
                group.cancel_scope.cancel()

    async def _open(self, secret: str, after: int) -> bool:
        try:
            async with self._reading() as session:
                found = await service.conversation_of_session(session, secret)
        except ApiError as exc:
            return await self._turn_away(exc.code)
        except OperationalError:
            return await self._hang_up()
        self._secret, self._conversation = secret, found.id
        self._shown, self._status = after, found.status
        await self._send({"type": "ready", "status": found.status})
        return True

    async def _turn_away(self, code: str) -> bool:
        await self._send(_refusal(code))
        await self._socket.close(UNKNOWN_SESSION)
        return False

    async def _hang_up(self) -> bool:
        """The database restarts: the page comes again by itself."""
        log.warning("database unavailable")
        await self._socket.close(TRY_AGAIN)
        return False

    async def _push(self, event: Listener, line: anyio.CancelScope) -> None:
        with suppress(WebSocketDisconnect):
            while True:
                event.clear()
                if not await self._look():
                    break
                await self._pass_on(event)
                with anyio.move_on_after(LOOK_SECONDS):
                    await event.wait()
        line.cancel()

    async def _pass_on(self, event: Listener) -> None:
        """That a person writes: for a moment, unless they go on."""
        if event.typing:
            event.typing = False
            await self._send({"type": "typing", "on": True, "seconds": TYPING_SECONDS})

    async def _look(self) -> bool:
        """False once the line is closed."""
        try:
            await self._show_what_is_new()
        except NotFoundError as exc:
            return await self._turn_away(exc.code)
        except OperationalError:
            return await self._hang_up()
        return True

    async def _show_what_is_new(self) -> None:
        async with self._reading() as session:
            # After quick exit the key opens nothing, and this line neither.
            conversation = await service.conversation_of_session(session, self._secret)
            messages = await conversations.messages_after(session, self._conversation, self._shown)
            frames = [_frame_of(conversations.words_of(session, one), one) for one in messages]
        for frame, message in zip(frames, messages, strict=True):
            await self._send(frame)
            self._shown = message.seq
        if messages:
            async with self._reading() as session:
                await conversations.mark_delivered(
                    session, self._conversation, self._shown, at=now()
                )
        if messages and messages[-1].author is not Author.CITIZEN:
            await self._show_typing(on=False)
        if conversation.status is not self._status:
            self._status = conversation.status
            await self._send({"type": "status", "status": conversation.status})

    async def _hear(self) -> None:
        with suppress(WebSocketDisconnect):
            while await self._obey_next():
                pass

    async def _obey_next(self) -> bool:
        """What follows from a frame is logged under an id of its own, up to the answer."""
        frame = await self._frame()
        self._heard += 1
        with bound_to_part(self._heard):
            return await self._obey(frame)

    async def _obey(self, frame: object) -> bool:
        """False once the line is closed."""
        match frame:
            case {"type": "say", "message_id": str(message_id), "text": str(text)}:
                return await self._take(message_id, text)
            case {"type": "ping"}:
                await self._send({"type": "pong"})
            case _:
                await self._send(_refusal("malformed"))
        return True

    async def _take(self, message_id: str, text: str) -> bool:
        if not 0 < len(message_id) <= 128 or not message_id.isprintable():
            return await self._refuse("malformed", message_id[:128])
        try:
            seq, status = await self._store(message_id, conversations.acceptable(text))
        except NotFoundError as exc:
            return await self._turn_away(exc.code)
        except ApiError as exc:
            return await self._refuse(exc.code, message_id)
        except OperationalError:
            return await self._refuse("unavailable", message_id)
        log.info("message stored", extra={"conversation": str(self._conversation), "seq": seq})
        await self._send({"type": "stored", "message_id": message_id, "seq": seq})
        if bot_may_speak(status):
            await self._show_typing(on=True)
        return True

    async def _store(self, message_id: str, text: str) -> tuple[int, Status]:
        async with self._sessions.begin() as session:
            locked = await conversations.lock_conversation(session, self._conversation)
            service.must_open(self._secret, locked)
            seq = await conversations.receive(
                session, locked, message_id=message_id, text=text, at=now()
            )
        return seq, locked.status

    async def _refuse(self, code: str, message_id: str) -> bool:
        """The message is not taken; the line stays open."""
        await self._send({**_refusal(code), "message_id": whole(message_id)})
        return True

    async def _show_typing(self, *, on: bool) -> None:
        if on is not self._typing:
            self._typing = on
            await self._send({"type": "typing", "on": on})

    async def _frame(self) -> object:
        try:
            return json.loads(await self._socket.receive_text())
        except (ValueError, KeyError, RecursionError):
            # No JSON, numbers of thousands of digits, bytes, brackets a hundred thousand deep.
            return None

    async def _send(self, frame: dict[str, object]) -> None:
        await self._socket.send_text(json.dumps(frame, ensure_ascii=False))


def _refusal(code: str) -> dict[str, object]:
    return {"type": "refused", "code": code, "text": error_text(code)}


def _card_of(card: conversations.Card | None) -> dict[str, object] | None:
    if card is None:
        return None
    rows = [{name: row[name] for name in ("field", "label", "value")} for row in card["rows"]]
    return {"kind": card["kind"], "rows": rows}


def _frame_of(words: conversations.Words, message: Message) -> dict[str, object]:
    return {
        "type": "message",
        "seq": message.seq,
        "from": message.author,
        "text": words.text,
        "choices": list(words.choices),
        "card": _card_of(words.card),
        "file": words.file,
        "at": message.created_at.isoformat(),
    }
