"""One JSON object a line on stdout. Events and ids; never names, phones or what somebody wrote."""

import logging
import sys
from contextvars import ContextVar

from pythonjsonlogger.json import JsonFormatter

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


class _WithRequest(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if (current := request_id.get()) is not None:
            record.request = current
        return True


def configure(process: str, *, level: str = "INFO") -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        JsonFormatter(
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
    for noisy in ("httpx", "httpcore", "sqlalchemy.engine", "procrastinate", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
