"""Composition root of the worker: runs jobs, and frees those that a killed worker held."""

import asyncio
import gc
import logging
import signal
from contextlib import AsyncExitStack
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import procrastinate.exceptions
import uvloop
from pydantic_settings import BaseSettings, SettingsConfigDict

from backend_api.core import logs
from backend_api.core.crypto import Keyring
from backend_api.core.db import open_sessions, reading
from backend_api.core.jobs import Jobs, open_jobs
from backend_api.turns import jobs as turn_jobs
from backend_api.turns.engine import Engine, open_engine
from backend_api.turns.service import Turns
from backend_api.understanding.analysis import Analysis, Region
from backend_api.understanding.models import load
from backend_api.understanding.pipeline import analyse, locate

HEARTBEAT_SECONDS = 2.0
STALLED_SECONDS = 10.0
POLL_SECONDS = 0.5
CONCURRENCY = 8
log = logging.getLogger(__name__)


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="HUALIAO_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    database_url: str
    keyring: Path
    engine_url: str
    engine_token: str
    models: Path


async def run(settings: Settings) -> None:
    models = load(settings.models)

    @lru_cache(maxsize=1000)
    def region(place: str) -> Region:
        return locate(place, models=models)

    def read(text: str, at: datetime, place: str) -> Analysis:
        return analyse(text, at, region(place) if place else None, models=models)

    # What is loaded now stays: the collector need not walk it again and again.
    gc.collect()
    gc.freeze()
    async with AsyncExitStack() as stack:
        jobs = open_jobs(settings.database_url, pool=CONCURRENCY + 4)
        await stack.enter_async_context(jobs.open_async())
        sessions = open_sessions(
            settings.database_url, keyring=Keyring(settings.keyring), jobs=jobs, pool=CONCURRENCY
        )
        stack.push_async_callback(sessions.kw["bind"].dispose)
        http = open_engine(settings.engine_url, settings.engine_token)
        await stack.enter_async_context(http)
        turn_jobs.register(
            jobs, Turns(sessions, reading(sessions), Engine(http), read, models.danger)
        )
        # A group: if the sweep fails the process ends, and is started anew.
        async with asyncio.TaskGroup() as group:
            sweeping = group.create_task(_free_stalled_jobs(jobs))
            await jobs.run_worker_async(
                concurrency=CONCURRENCY,
                fetch_job_polling_interval=POLL_SECONDS,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=STALLED_SECONDS,
                shutdown_graceful_timeout=10,
                delete_jobs="successful",
            )
            sweeping.cancel()


async def _free_stalled_jobs(jobs: Jobs) -> None:
    """A killed worker's job holds its conversation's lock until it is put back."""
    while True:
        try:
            for job in await jobs.job_manager.get_stalled_jobs(
                seconds_since_heartbeat=STALLED_SECONDS
            ):
                log.warning("stalled job freed", extra={"job": job.id})
                await jobs.job_manager.retry_job(job)
        except procrastinate.exceptions.ConnectorException:
            log.warning("database out of reach")
        await asyncio.sleep(HEARTBEAT_SECONDS)


def main() -> None:
    logs.configure("worker")
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    uvloop.run(run(Settings()))


if __name__ == "__main__":
    main()
