"""Composition root of the api process: settings in, application out."""

import gc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import anyio
import httpx
import uvicorn
from fastapi import Depends, FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.staticfiles import StaticFiles
from fastapi_offline import FastAPIOffline
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from backend_api.access.history import router as audit
from backend_api.access.passwords import Hashing
from backend_api.access.views import observers_only
from backend_api.access.views import router as access
from backend_api.cases.views import actions as case_actions
from backend_api.cases.views import router as cases
from backend_api.conversations.views import router as chat
from backend_api.core import logs
from backend_api.core.crypto import Keyring
from backend_api.core.db import open_sessions, reading
from backend_api.core.health import Readiness, metrics
from backend_api.core.health import router as health
from backend_api.core.http import Envelope, add_error_handlers
from backend_api.core.jobs import open_jobs
from backend_api.core.live import News
from backend_api.files.pictures import Preparation
from backend_api.handoff.views import actions as handoff_actions
from backend_api.handoff.views import router as handoff
from backend_api.ledger.views import router as ledger
from backend_api.notifications.texts import error_text
from backend_api.sites.views import router as sites
from backend_api.web.files import router as web_files
from backend_api.web.views import STATIC
from backend_api.web.views import router as web

DESCRIPTION = (
    "The one way to the data of 话聊. Citizens' channels, staff and actions all come here."
)

CITIZENS = (chat, web, web_files)
# Ledgers written at once: each holds a connection of the database, and citizens come first.
EXPORTS = 2
# What only the actions process may call.
ACTIONS = (case_actions, handoff_actions)


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="HUALIAO_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    host: str = "127.0.0.1"
    port: int
    database_url: str
    keyring: Path
    service_token: str
    console_token: str = Field(min_length=16)
    trusted_proxies: str = ""
    # Where citizens reach the service, for posters; empty: wherever a request came to.
    public_url: str = ""
    engine_url: str
    actions_url: str


def create_app(settings: Settings) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            jobs = open_jobs(settings.database_url)
            await stack.enter_async_context(jobs.open_async())
            sessions = open_sessions(
                settings.database_url, keyring=Keyring(settings.keyring), jobs=jobs
            )
            stack.push_async_callback(sessions.kw["bind"].dispose)
            news = News(settings.database_url)
            await stack.enter_async_context(news.listening())
            app.state.sessions, app.state.reading = sessions, reading(sessions)
            app.state.news, app.state.hashing = news, Hashing()
            app.state.exports = anyio.CapacityLimiter(EXPORTS)
            app.state.preparation = Preparation()
            neighbours = await stack.enter_async_context(httpx.AsyncClient(timeout=2.0))
            app.state.readiness = Readiness(
                app.state.reading, neighbours, (settings.engine_url, settings.actions_url)
            )
            yield

    app = FastAPIOffline(
        title="话聊 Hualiao", description=DESCRIPTION, lifespan=lifespan, redoc_url=None
    )
    app.state.settings = settings
    add_error_handlers(app, error_text)
    for router in (
        chat,
        web,
        web_files,
        access,
        audit,
        cases,
        handoff,
        ledger,
        sites,
        *ACTIONS,
        health,
    ):
        app.include_router(router)
    app.include_router(metrics, dependencies=[Depends(observers_only)])
    app.mount("/static/web", StaticFiles(directory=STATIC), name="web")
    app.add_middleware(GZipMiddleware, minimum_size=1024)
    app.add_middleware(Envelope, too_long=error_text("too_long"))
    return app


def main() -> None:
    settings = Settings()
    logs.configure("api")
    app = create_app(settings)
    gc.collect()
    gc.freeze()
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        # Nobody's word on where a request comes from is taken, but that of named proxies.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        ws_max_size=128 * 1024,
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main()
