"""The composition root of the staff's console: `python -m console.main`."""

import logging
import signal
import sys
from pathlib import Path
from types import FrameType

from nicegui import app, ui
from nicegui.storage import Storage
from pythonjsonlogger.json import JsonFormatter

from console.api import client
from console.folder import own_folder
from console.pages import cases, conversation, files, not_found, queue, sign_in
from console.session import Desk
from console.settings import Settings
from console.texts import text_in

SIGNED_IN_FOR = 12 * 3600  # seconds: a working day


def main() -> None:
    settings = Settings()
    log_as_json()
    http = client(settings.api_url, settings.console_token.get_secret_value())
    app.on_shutdown(http.aclose)
    app.get("/healthz")(healthz)
    register_pages(Desk(http))
    signal.signal(signal.SIGTERM, end)
    with own_folder() as folder:
        Storage.path = folder  # tokens stay out of the working folder and end with us
        serve(settings)


def end(number: int, frame: FrameType | None) -> None:
    """uvicorn raises the signal again when it has closed: leave in order, so that `with` ends."""
    raise SystemExit(0)


def register_pages(desk: Desk) -> None:
    for page in (sign_in, cases, queue, conversation, files, not_found):
        page.register(desk)


def serve(settings: Settings) -> None:
    ui.run(
        host=settings.host,
        port=settings.console_port,
        title=text_in("zh", "title"),
        favicon=Path(__file__).parent / "icon.svg",
        language="zh-CN",
        storage_secret=settings.console_secret.get_secret_value(),
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        session_middleware_kwargs={"max_age": SIGNED_IN_FOR, "same_site": "lax"},
        tailwind=False,
        reload=False,
        show=False,
        show_welcome_message=False,
    )


async def healthz() -> dict[str, str]:
    return {"status": "ok"}


def log_as_json() -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter("{asctime}{levelname}{name}{message}", style="{"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


if __name__ == "__main__":
    main()
