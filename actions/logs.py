"""One JSON object a line on stdout, under the id of the request that began it all."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import httpx
from pythonjsonlogger.json import JsonFormatter

NAMES = {"asctime": "at", "levelname": "level", "name": "where", "message": "event"}
_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


@contextmanager
def bound(request: str | None) -> Iterator[None]:
    """Every line logged inside carries this id, and every call to the backend."""
    token = _request_id.set(request)
    try:
        yield
    finally:
        _request_id.reset(token)


async def pass_on(request: httpx.Request) -> None:
    """Event hook of the client: the backend logs under the same id."""
    if (current := _request_id.get()) is not None:
        request.headers["x-request-id"] = current


class _WithRequest(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if (current := _request_id.get()) is not None:
            record.request = current
        return True


def configure() -> None:
    """Events and ids only; httpx would log whole addresses."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        JsonFormatter(
            "%(asctime)s %(levelname)s %(name)s %(message)s",
            rename_fields=NAMES,
            static_fields={"process": "actions"},
        )
    )
    handler.addFilter(_WithRequest())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("actions").setLevel(logging.INFO)
