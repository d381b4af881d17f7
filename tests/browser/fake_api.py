"""A small stand-in for the api: it speaks docs/reference/interfaces.md and fails on demand.

The tests of the citizen's page and of the console share it. Everything lives in memory.
"""

import asyncio
import contextlib
import socket
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import uvicorn
from fastapi import APIRouter, Depends, FastAPI, Header, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import FileResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles

STATIC = Path(__file__).parents[2] / "backend_api" / "web" / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
AT = "2026-03-02T09:05:00+08:00"
PASSWORD = "first-Time-77"
NUMBER = "13800000000"
NO_SITES = {"unknown": 404, "withdrawn": 410}
CONSOLE_TOKEN = "console-token-of-the-tests"
NEW_PASSWORD = "a-Longer-one-2026"

Frame = dict[str, Any]


@dataclass
class Conversation:
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: str = "bot"
    messages: list[Frame] = field(default_factory=list)
    stored: dict[str, int] = field(default_factory=dict)
    sockets: set[WebSocket] = field(default_factory=set)

    def add(self, sender: str, text: str, **more: Any) -> Frame:
        frame = {"type": "message", "seq": len(self.messages) + 1, "from": sender, "text": text}
        frame |= {"choices": [], "card": None, "at": AT} | more
        self.messages.append(frame)
        return frame


@dataclass
class State:
    """What the fake remembers, and the faults a test asks of it."""

    conversations: dict[str, Conversation] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=lambda: {"wang": PASSWORD})
    must_change: bool = True
    tokens: set[str] = field(default_factory=set)
    cases: list[Frame] = field(default_factory=list)
    queue: list[Frame] = field(default_factory=list)
    unmasked: list[tuple[str, str]] = field(default_factory=list)  # case, reason
    failures: int = 0
    origins: set[tuple[str, str]] = field(default_factory=set)  # of sign-ins: address, secret
    greeting: str | None = None
    answers: bool = True
    refuse_connections: bool = False
    lose_next_confirmation: bool = False
    refuse_next_message: str | None = None
    staff_down: bool = False
    files: dict[str, tuple[bytes, bool]] = field(default_factory=dict)  # id → content, place kept
    refuse_next_file: str | None = None
    lose_next_upload: bool = False
    typing: int = 0  # how often staff told that they write

    def reset(self) -> None:
        vars(self).update(vars(State()))

    def conversation(self) -> Conversation:
        """The one conversation of a test that has only one."""
        (only,) = self.conversations.values()
        return only

    def begin(self, session: str | None = None) -> Conversation:
        conversation = Conversation()
        self.conversations[conversation.id] = conversation
        if session:
            self.sessions[session] = conversation.id
        return conversation


async def push(conversation: Conversation, frame: Frame) -> None:
    for line in list(conversation.sockets):
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await line.send_json(frame)


# ---- citizens' side


def citizens_side(state: State) -> APIRouter:
    router = APIRouter()

    @router.get("/c/{site}")
    async def page(site: str) -> Response:
        answer = FileResponse(STATIC / "index.html", headers={"Content-Security-Policy": POLICY})
        answer.set_cookie("opened", "1", path=f"/c/{site}", samesite="lax")
        return answer

    @router.post("/v1/web/sessions")
    async def begin(body: Frame) -> Response:
        if refusal := NO_SITES.get(body["site"]):
            return JSONResponse({"code": "no_site", "detail": "没有这个站点"}, refusal)
        secret = f"s-{uuid.uuid4().hex}"
        conversation = state.begin(secret)
        if state.greeting:
            conversation.add("system", state.greeting)
        return JSONResponse({"session": secret}, 201)

    @router.delete("/v1/web/sessions", status_code=204)
    async def wipe(authorization: Annotated[str, Header()]) -> None:
        state.sessions.pop(authorization.removeprefix("Bearer "), None)

    add_files(router, state)

    @router.websocket("/v1/web/chat")
    async def chat(line: WebSocket) -> None:
        if state.refuse_connections:
            await line.close(1013)
            return
        await line.accept()
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await talk(state, line)

    return router


def add_files(router: APIRouter, state: State) -> None:
    @router.post("/v1/web/files")
    async def upload(
        request: Request, message_id: str, keep_place: bool, authorization: Annotated[str, Header()]
    ) -> Response:
        conversation = state.conversations[state.sessions[authorization.removeprefix("Bearer ")]]
        content = await request.body()
        if state.refuse_next_file:
            detail, state.refuse_next_file = state.refuse_next_file, None
            return problem(422, "wrong_file", detail)
        if message_id not in conversation.stored:
            kind = "application/pdf" if content.startswith(b"%PDF") else "image/jpeg"
            shown, text = {"id": uuid.uuid4().hex, "kind": kind}, "[图片]"
            state.files[shown["id"]] = content, keep_place
            frame = conversation.add("citizen", text, file=shown)
            conversation.stored[message_id] = frame["seq"]
        if state.lose_next_upload:
            state.lose_next_upload = False
            return Response(status_code=503)
        seq = conversation.stored[message_id]
        asyncio.get_running_loop().call_soon(
            lambda: asyncio.ensure_future(answer(state, conversation, "[图片]"))
        )
        return JSONResponse({"seq": seq, "file": conversation.messages[seq - 1]["file"]}, 201)

    @router.get("/v1/web/files/{file}/thumbnail")
    async def thumbnail(file: str, authorization: Annotated[str, Header()]) -> Response:
        assert authorization.removeprefix("Bearer ") in state.sessions
        return Response(state.files[file][0], media_type="image/jpeg")


async def talk(state: State, line: WebSocket) -> None:
    hello = await line.receive_json()
    conversation = state.conversations.get(state.sessions.get(hello["session"], ""))
    if conversation is None:
        await line.send_json({"type": "refused", "code": "unknown_session", "text": ""})
        await line.close(4401)
        return
    await line.send_json({"type": "ready", "status": conversation.status})
    for frame in conversation.messages[hello["after"] :]:
        await line.send_json(frame)
    conversation.sockets.add(line)
    try:
        while True:
            await hear(state, conversation, line, await line.receive_json())
    finally:
        conversation.sockets.discard(line)


async def hear(state: State, conversation: Conversation, line: WebSocket, said: Frame) -> None:
    message_id = said["message_id"]
    if state.refuse_next_message:
        refused = {"type": "refused", "message_id": message_id, "code": "too_fast"}
        await line.send_json(refused | {"text": state.refuse_next_message})
        state.refuse_next_message = None
        return
    known = message_id in conversation.stored
    if not known:
        conversation.stored[message_id] = conversation.add("citizen", said["text"])["seq"]
    if state.lose_next_confirmation:
        state.lose_next_confirmation = False
        await line.close(1012)
        return
    seq = conversation.stored[message_id]
    await line.send_json({"type": "stored", "message_id": message_id, "seq": seq})
    if not known:
        await push(conversation, conversation.messages[seq - 1])
        await answer(state, conversation, said["text"])


async def answer(state: State, conversation: Conversation, text: str) -> None:
    if not state.answers or conversation.status != "bot":
        return
    await push(conversation, {"type": "typing", "on": True})
    await asyncio.sleep(0.05)
    await push(conversation, {"type": "typing", "on": False})
    await push(
        conversation, conversation.add("bot", f"记下了：{text}", choices=["没有了", "还有一件事"])
    )


# ---- staff's side


def staff_side(state: State) -> APIRouter:
    router = APIRouter()
    add_account_calls(router, state)
    add_case_calls(router, state)
    add_queue_calls(router, state)
    add_conversation_calls(router, state)
    add_file_calls(router, state)
    return router


def problem(status: int, code: str, detail: str) -> Response:
    return JSONResponse({"code": code, "detail": detail}, status)


ACCOUNT = {"id": "a1", "username": "wang", "name": "王芳", "role": "supervisor", "unit": "翠竹街道"}


def add_account_calls(router: APIRouter, state: State) -> None:
    add_sign_in(router, state)
    add_password(router, state)


def add_sign_in(router: APIRouter, state: State) -> None:
    @router.post("/v1/staff/sign-in")
    async def sign_in(request: Request, body: Frame) -> Response:
        shown = (request.headers.get(name, "") for name in ("x-forwarded-for", "x-console-token"))
        state.origins.add(tuple(shown))
        if state.failures >= 3:
            return problem(429, "too_many_attempts", "试得太多了，请过一会儿再来。")
        if state.passwords.get(body["username"]) != body["password"]:
            state.failures += 1
            return problem(401, "wrong_credentials", "用户名或密码不对。")
        token = f"t-{uuid.uuid4().hex}"
        state.tokens.add(token)
        return JSONResponse(
            {"token": token, "account": ACCOUNT, "must_change_password": state.must_change}
        )

    @router.post("/v1/staff/sign-out")
    async def sign_out(authorization: Annotated[str, Header()]) -> Response:
        state.tokens.discard(authorization.removeprefix("Bearer "))
        return Response(status_code=204)

    @router.get("/v1/staff/me")
    async def me() -> Frame:
        return ACCOUNT


def add_password(router: APIRouter, state: State) -> None:
    @router.post("/v1/staff/password")
    async def change(body: Frame) -> Response:
        if body["old"] != state.passwords["wang"]:
            return problem(422, "wrong_old_password", "现在的密码不对。")
        if len(body["new"]) < 12:
            return problem(422, "weak_password", "新密码太短，至少要 12 个字符。")
        state.passwords["wang"] = body["new"]
        state.must_change = False
        return Response(status_code=204)


def add_case_calls(router: APIRouter, state: State) -> None:
    add_cases(router, state)
    add_unmasking(router, state)


def add_unmasking(router: APIRouter, state: State) -> None:
    @router.post("/v1/cases/{case_id}/unmask")
    async def unmask(case_id: str, body: Frame) -> Response:
        if body["reason"] not in {"contact", "verify", "emergency", "legal_duty"}:
            return problem(422, "malformed", "格式不对。")
        state.unmasked.append((case_id, body["reason"]))
        return JSONResponse({"values": {"contact": NUMBER}})


def add_cases(router: APIRouter, state: State) -> None:
    @router.get("/v1/cases")
    async def cases(limit: int = 50, before: str | None = None) -> Frame:
        items = [case for case in state.cases if before is None or case["number"] < before]
        page = items[:limit]
        following = page[-1]["number"] if len(items) > limit else None
        return {"items": page, "next": following}

    @router.get("/v1/cases/{case_id}")
    async def case(case_id: str) -> Response:
        found = next((case for case in state.cases if case["id"] == case_id), None)
        if found is None:
            return problem(404, "unknown_case", "没有这个诉求件。")
        return JSONResponse(found)

    @router.get("/v1/conversations/{conversation_id}/messages")
    async def messages(conversation_id: str, after: int = 0) -> Response:
        conversation = state.conversations.get(conversation_id)
        if conversation is None:
            return problem(404, "unknown_conversation", "没有这个会话。")
        wanted = ("seq", "from", "text", "at", "file")
        items = [
            {name: frame.get(name) for name in wanted} for frame in conversation.messages[after:]
        ]
        return JSONResponse({"items": items[:200], "status": conversation.status})


def add_file_calls(router: APIRouter, state: State) -> None:
    @router.get("/v1/conversations/{conversation_id}/files/{file_id}")
    @router.get("/v1/conversations/{conversation_id}/files/{file_id}/thumbnail")
    async def file(conversation_id: str, file_id: str) -> Response:
        found = state.files.get(file_id)
        if conversation_id not in state.conversations or found is None:
            return problem(404, "unknown_file", "没有这个文件。")
        headers = {"content-disposition": 'attachment; filename="4.jpg"'}
        return Response(found[0], media_type="image/jpeg", headers=headers)


def add_queue_calls(router: APIRouter, state: State) -> None:
    @router.get("/v1/queue")
    async def queue() -> Frame:
        return {"items": state.queue}

    @router.post("/v1/conversations/{conversation_id}/accept")
    async def accept(conversation_id: str) -> Response:
        conversation = state.conversations[conversation_id]
        if conversation.status != "waiting":
            return problem(409, "already_accepted", "已经有人接了这个会话。")
        for item in state.queue:
            if item["conversation"] == conversation_id:
                item |= {"status": "human", "mine": True}
        await turn_to(conversation, "human")
        return JSONResponse({})


def add_conversation_calls(router: APIRouter, state: State) -> None:
    @router.post("/v1/conversations/{conversation_id}/reply")
    async def reply(conversation_id: str, body: Frame) -> Response:
        conversation = state.conversations[conversation_id]
        if len(body["text"]) > 4000:
            return problem(422, "malformed", "格式不对。")
        if body["message_id"] not in conversation.stored:
            frame = conversation.add("human", body["text"])
            conversation.stored[body["message_id"]] = frame["seq"]
            await push(conversation, frame)
        return JSONResponse({}, 202)

    @router.post("/v1/conversations/{conversation_id}/typing", status_code=204)
    async def typing(conversation_id: str) -> None:
        frame = {"type": "typing", "on": True, "seconds": 8}
        await push(state.conversations[conversation_id], frame)
        state.typing += 1

    @router.post("/v1/conversations/{conversation_id}/release")
    async def release(conversation_id: str) -> Response:
        state.queue = [item for item in state.queue if item["conversation"] != conversation_id]
        await turn_to(state.conversations[conversation_id], "bot")
        return JSONResponse({})


async def turn_to(conversation: Conversation, status: str) -> None:
    conversation.status = status
    await push(conversation, {"type": "status", "status": status})


def guard(state: State) -> Any:
    async def signed_in(request: Request, authorization: Annotated[str, Header()] = "") -> None:
        if state.staff_down:
            raise Refusal(503, "unavailable")
        if request.url.path == "/v1/staff/sign-in":
            return
        if authorization.removeprefix("Bearer ") not in state.tokens:
            raise Refusal(401, "not_signed_in")
        if state.must_change and request.url.path != "/v1/staff/password":
            raise Refusal(403, "password_change_required")

    return Depends(signed_in)


class Refusal(Exception):  # noqa: N818 -- raised to answer, not to fail
    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


# ---- the server


def build(state: State) -> FastAPI:
    app = FastAPI()
    app.include_router(citizens_side(state))
    app.include_router(staff_side(state), dependencies=[guard(state)])
    app.mount("/static/web", StaticFiles(directory=STATIC))

    @app.exception_handler(Refusal)
    async def refused(request: Request, refusal: Refusal) -> Response:
        return problem(refusal.status, refusal.code, "")

    return app


class FakeApi:
    """The fake behind a real port; a test steers it from its own thread."""

    def __init__(self, url: str, state: State, loop: asyncio.AbstractEventLoop) -> None:
        self.url = url
        self.state = state
        self._loop = loop

    def run(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    def bot_says(self, text: str, **more: Any) -> None:
        conversation = self.state.conversation()
        self.run(push(conversation, conversation.add("bot", text, **more)))

    def adds_unseen(self, sender: str, text: str) -> None:
        """A message written while nobody is connected."""
        self.state.conversation().add(sender, text)

    def status(self, status: str) -> None:
        self.run(turn_to(self.state.conversation(), status))

    def cut(self) -> None:
        """Every line drops at once, as when the api restarts."""

        async def close_all() -> None:
            for conversation in self.state.conversations.values():
                for line in list(conversation.sockets):
                    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
                        await line.close(1012)

        self.run(close_all())


@contextlib.contextmanager
def serving(state: State | None = None) -> Iterator[FakeApi]:
    state = state or State()
    ear = socket.socket()
    ear.bind(("127.0.0.1", 0))
    config = uvicorn.Config(build(state), log_level="warning", ws="websockets-sansio")
    server = uvicorn.Server(config)
    loop = asyncio.new_event_loop()
    started = threading.Event()

    async def serve() -> None:
        serving_task = asyncio.create_task(server.serve(sockets=[ear]))
        while not server.started:  # noqa: ASYNC110 -- uvicorn has no event for it
            await asyncio.sleep(0.01)
        started.set()
        await serving_task

    def run() -> None:
        loop.run_until_complete(serve())
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert started.wait(10), "the fake api did not start"
    fake = FakeApi(f"http://127.0.0.1:{ear.getsockname()[1]}", state, loop)
    try:
        yield fake
    finally:
        with contextlib.suppress(Exception):
            fake.cut()
        server.should_exit = True
        thread.join(10)
        ear.close()
