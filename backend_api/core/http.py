"""What every request goes through: id, origin, size limit, safe headers, counters, errors."""

import hmac
import ipaddress
import logging
import time
from collections.abc import Callable

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from prometheus_client import Counter, Histogram
from sqlalchemy.exc import DataError, OperationalError
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend_api.core.errors import ApiError
from backend_api.core.logs import HEADER, accepted_id, bound

MAX_BODY = 256 * 1024
# Their views read the body themselves, part by part, within a limit of their own.
STREAMED = frozenset({"/v1/web/files"})
# What the framework refuses by itself; the rest is a body it could not read.
REFUSALS = {404: (404, "not_found"), 405: (405, "not_found")}
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    # blob: is a thumbnail that was fetched with the session key.
    # ws: and wss: are named because old Safari does not take 'self' for WebSockets.
    "content-security-policy": (
        "default-src 'self'; img-src 'self' blob:; connect-src 'self' ws: wss:;"
        " frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ),
}
REQUESTS = Counter("hualiao_requests", "HTTP requests", ["method", "route", "status"])
SECONDS = Histogram("hualiao_request_seconds", "HTTP request duration", ["method", "route"])
log = logging.getLogger(__name__)


class Envelope:
    """Pure ASGI: WebSockets get their id, streamed answers pass through untouched."""

    def __init__(self, app: ASGIApp, *, too_long: str) -> None:
        self._app = app
        self._too_long = JSONResponse({"code": "too_long", "detail": too_long}, status_code=413)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        current = accepted_id(Headers(scope=scope).get(HEADER, ""))
        with bound(current):
            if scope["type"] == "http":
                await self._answer(scope, receive, send, current)
            else:
                await self._app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, current: str) -> None:
        started, status = time.perf_counter(), [500]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                status[0] = message["status"]
                _add_headers(MutableHeaders(scope=message), current, scope["path"])
            await send(message)

        try:
            if scope["path"] in STREAMED:
                await self._app(scope, receive, send_with_headers)
            elif (body := await _read_whole(receive)) is None:
                await self._too_long(scope, receive, send_with_headers)
            else:
                await self._app(scope, _replayed(body, receive), send_with_headers)
        finally:
            _count(scope, status[0], time.perf_counter() - started)


def origin_of(connection: HTTPConnection) -> str:
    """The address that a request comes from, for limits per origin.

    The console speaks for browsers, and shows its secret: only then its word for theirs counts.
    """
    peer = connection.client.host if connection.client else ""
    secret: str = connection.app.state.settings.console_token
    shown = connection.headers.get("x-console-token", "")
    if not hmac.compare_digest(shown.encode(), secret.encode()):
        return peer
    given = connection.headers.get("x-forwarded-for", "")
    return given if _address(given) else peer


def is_loopback(text: str) -> bool:
    found = _address(text)
    return found is not None and found.is_loopback


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def add_error_handlers(app: FastAPI, text_of: Callable[[str], str]) -> None:
    """One way to say no: `{"code", "detail"}`; `text_of` finds the plain words for a code."""

    @app.exception_handler(ApiError)
    async def show(_: Request, exc: ApiError) -> JSONResponse:
        body = {"code": exc.code, "detail": text_of(exc.code), **exc.extra}
        return JSONResponse(body, status_code=exc.status)

    @app.exception_handler(RequestValidationError)
    async def show_invalid(_: Request, exc: RequestValidationError) -> JSONResponse:
        # Where it is wrong, never what was sent: it may be somebody's words.
        wrong = [".".join(map(str, error["loc"])) for error in exc.errors()]
        body = {"code": "malformed", "detail": text_of("malformed"), "wrong": wrong}
        return JSONResponse(body, status_code=422)

    @app.exception_handler(HTTPException)
    async def show_plainly(_: Request, exc: HTTPException) -> JSONResponse:
        status, code = REFUSALS.get(exc.status_code, (422, "malformed"))
        body = {"code": code, "detail": text_of(code)}
        return JSONResponse(body, status_code=status, headers=exc.headers)

    @app.exception_handler(DataError)
    async def show_unstorable(_: Request, exc: DataError) -> JSONResponse:
        # A value that no column takes; bounds and patterns should have refused it before.
        log.warning("value refused by the database", extra={"failure": type(exc.orig).__name__})
        body = {"code": "malformed", "detail": text_of("malformed")}
        return JSONResponse(body, status_code=422)

    @app.exception_handler(OperationalError)
    async def show_unavailable(_: Request, exc: OperationalError) -> JSONResponse:
        # The database restarts: nothing was taken, and the same request may simply come again.
        log.warning("database unavailable", extra={"failure": type(exc.orig).__name__})
        body = {"code": "unavailable", "detail": text_of("unavailable")}
        return JSONResponse(body, status_code=503, headers={"retry-after": "1"})

    del show, show_invalid, show_plainly, show_unstorable, show_unavailable


async def _read_whole(receive: Receive) -> bytes | None:
    """The request's body; None when it is longer than MAX_BODY."""
    body = b""
    while True:
        message = await receive()
        part: bytes = message.get("body", b"")
        body += part
        if len(body) > MAX_BODY:
            return None
        if not message.get("more_body", False):
            return body


def _replayed(body: bytes, receive: Receive) -> Receive:
    """The body once, then whatever follows (the disconnect)."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return pending.pop() if pending else await receive()

    return replayed


def _add_headers(headers: MutableHeaders, current: str, path: str) -> None:
    headers[HEADER] = current
    if path.startswith("/static/"):
        # Asked again each time (304 if unchanged): no phone mixes old and new modules.
        headers["cache-control"] = "no-cache"
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if path == "/docs":
        # The viewer's page has a script and styles in itself; nothing comes from elsewhere.
        headers["content-security-policy"] = (
            "default-src 'self'; script-src 'self' 'unsafe-inline';"
            " style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none';"
            " base-uri 'none'; form-action 'self'"
        )


def _count(scope: Scope, status: int, seconds: float) -> None:
    # The route's template, never the path itself: that holds ids.
    route = getattr(scope.get("route"), "path", "unknown")
    REQUESTS.labels(scope["method"], route, status).inc()
    SECONDS.labels(scope["method"], route).observe(seconds)
    log.info(
        "request",
        extra={
            "method": scope["method"],
            "route": route,
            "status": status,
            "ms": round(seconds * 1000, 1),
        },
    )
