"""One JSON object a line on stdout. Events and ids; never names, phones or what somebody wrote."""

import logging
import sys
import traceback
from contextvars import ContextVar
from types import TracebackType

from pythonjsonlogger.json import JsonFormatter

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


class _WithRequest(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if (current := request_id.get()) is not None:
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
