"""One JSON object a line on stdout. Events and ids; never names, phones or what somebody wrote.

A request's id is on every line that is logged for it, in whatever process: `bound` sets it,
`carried` hands it to a job, `pass_on` to the next process.
"""

import logging
import re
import secrets
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType

import httpx
from pythonjsonlogger.json import JsonFormatter

HEADER = "x-request-id"
_SANE = re.compile(r"^[A-Za-z0-9._-]{1,64}$")
_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


def accepted_id(given: str) -> str:
    """The caller's own id for a request, or a new one where it is missing or not sane."""
    return given if _SANE.match(given) else secrets.token_hex(8)


@contextmanager
def bound(request: str | None) -> Iterator[None]:
    """Every line logged inside carries this id. None: the work belongs to no request."""
    token = _request_id.set(request)
    try:
        yield
    finally:
        _request_id.reset(token)


@contextmanager
def bound_to_part(number: int) -> Iterator[None]:
    """One of many things on the same line: its id tells it from the others and names the line."""
    line = (_request_id.get() or "")[:48]
    with bound(f"{line}-{number}"):
        yield


def carried() -> dict[str, str]:
    """The id as an argument of a job that is promised for this request."""
    current = _request_id.get()
    return {"request": current} if current is not None else {}


async def pass_on(request: httpx.Request) -> None:
    """Event hook of the clients that call our other processes: they log under the same id."""
    if (current := _request_id.get()) is not None:
        request.headers[HEADER] = current


class _WithRequest(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if (current := _request_id.get()) is not None:
            record.request = current
        return True


class PlainFormatter(JsonFormatter):
    """Of an exception only what it is and where it was: its message may hold what somebody wrote,
    be it a value in an SQL error or an input that a parser could not read."""

    def format(self, record: logging.LogRecord) -> str:
        # Whatever another handler has written of it.
        record.exc_text = None
        if record.exc_info and not record.name.startswith("backend_api"):
            # asyncio goes on with the repr of a task, and that with its exception.
            record.msg, record.args = record.getMessage().partition("\n")[0], None
        return super().format(record)

    def formatException(  # noqa: N802 - logging's name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        return "\n".join(_places(ei[1])) if ei[1] is not None else ""


def _places(failure: BaseException) -> list[str]:
    """The type, then file:line of its frames, then the same of what caused it."""
    frames = traceback.extract_tb(failure.__traceback__)
    lines = [type(failure).__qualname__, *(f"  {one.filename}:{one.lineno}" for one in frames)]
    inner = failure.exceptions if isinstance(failure, BaseExceptionGroup) else ()
    cause = failure.__cause__ or failure.__context__
    for other in (*inner, *([cause] if cause is not None else [])):
        lines += _places(other)
    return lines


def configure(process: str, *, level: str = "INFO") -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        PlainFormatter(
            "%(asctime)s %(levelname)s %(name)s %(message)s",
            rename_fields={
                "asctime": "at",
                "levelname": "level",
                "name": "where",
                "message": "event",
            },
            static_fields={"process": process},
        )
    )
    handler.addFilter(_WithRequest())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # These log whole URLs, and SQL with its values: not in a service that holds personal data.
    for noisy in ("httpx", "httpcore", "sqlalchemy.engine", "procrastinate", "uvicorn"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
