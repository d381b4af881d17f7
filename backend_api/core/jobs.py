"""Promises as rows: a job is enqueued in the transaction that makes it necessary."""

import select
from datetime import timedelta
from typing import Any, cast

import procrastinate
import psycopg
from psycopg_pool import AsyncConnectionPool
from sqlalchemy.ext.asyncio import AsyncSession

from backend_api.core import logs
from backend_api.core.clock import now

Jobs = procrastinate.App


def open_jobs(database_url: str, *, pool: int = 4) -> Jobs:
    """The job queue on its own small pool; open it with `async with jobs.open_async()`."""
    connector = procrastinate.PsycopgConnector(
        conninfo=database_url,
        min_size=1,
        max_size=pool,
        kwargs={"connect_timeout": 5},
        configure=_autocommit,
        pool_factory=_pool,
    )
    return procrastinate.App(connector=connector)


def _pool(**options: Any) -> AsyncConnectionPool:
    """Procrastinate asks the server before every use whether the connection lives: one round trip
    more for each of its statements. Its socket tells the same."""
    return AsyncConnectionPool(**{**options, "check": _must_be_open})


async def _must_be_open(connection: psycopg.AsyncConnection[tuple[object, ...]]) -> None:
    """A socket that can be read while nothing was asked: the server has hung up."""
    door = select.poll()  # not `select`, which knows no file number above 1,023
    door.register(connection.fileno(), select.POLLIN)
    if door.poll(0):
        # The pool replaces what is closed, and hands out again what only looks alive.
        await connection.close()
        raise psycopg.OperationalError("the server has closed the connection")


async def _autocommit(connection: psycopg.AsyncConnection[tuple[object, ...]]) -> None:
    """Each of the queue's calls is one statement: no BEGIN and COMMIT around it."""
    await connection.set_autocommit(True)


async def enqueue(
    session: AsyncSession,
    name: str,
    *,
    lock: str | None,
    later: timedelta | None = None,
    **args: str,
) -> None:
    """Promise a job with this transaction; jobs that share a lock run one at a time, in order.

    Every job takes `request` beside its own arguments: the id of the request it was promised in.
    Give a job for `later` no lock: it would hold up everything that comes before its time.
    """
    raw = (await (await session.connection()).get_raw_connection()).driver_connection
    jobs: Jobs = session.info["jobs"]
    connection = cast("psycopg.AsyncConnection[tuple[object, ...]]", raw)
    task = jobs.configure_task(
        name,
        allow_unknown=True,
        connection=connection,
        lock=lock,
        schedule_at=now() + later if later is not None else None,
    )
    await task.defer_async(**args, **logs.carried())
