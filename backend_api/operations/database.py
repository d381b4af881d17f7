"""The instance's database from outside the service: reach it, work in it."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from backend_api.operations import postgres, refusals, secret_files, state
from backend_api.operations.folders import DataFolder
from backend_api.operations.messages import FailureError
from backend_api.operations.programs import Program

if TYPE_CHECKING:  # a second of importing that most commands do without
    from sqlalchemy.ext.asyncio import AsyncSession

    from backend_api.core.db import Sessions

Result = TypeVar("Result")


def chosen_url(data: DataFolder) -> str | None:
    """The own cluster of this instance: the environment's, else the one it was last started with.

    None: the embedded server.
    """
    return own_url() or _kept_url(data)


def _kept_url(data: DataFolder) -> str | None:
    kept = secret_files.kept_database_url(data)
    return refusals.checked(kept) if kept else None


def own_url() -> str | None:
    """The address of an own cluster from the environment; refused if it is none."""
    given = os.environ.get("DATABASE_URL", "").strip()
    return refusals.checked(given) if given else None


def embedded(data: DataFolder, password: str, port: int) -> Program:
    """PostgreSQL of the wheel as a supervised program; makes the cluster at the first start."""
    try:
        account = postgres.account()
        programs = postgres.binaries(account)
        cluster = postgres.place(data.root, data.instance, account)
        postgres.initialise(cluster, programs, password, account)
    except (postgres.PostgresError, OSError) as error:
        raise FailureError("postgres_failed", log=data.logs, last=str(error)) from error
    return Program(
        "postgres",
        tuple(postgres.command(programs, cluster, port)),
        account=account,
        folder=cluster,
        stop_signal="INT",
        early=True,
    )


def create(password: str, port: int, wanted: Callable[[], bool]) -> None:
    """Wait for the embedded server and make the database in it."""
    try:
        postgres.wait(postgres.address(password, port, "postgres"), wanted=wanted)
        postgres.create_database(password, port)
    except postgres.PostgresError as error:
        raise refusals.of_connecting(str(error)) from error


def reach(url: str, seconds: float = 10.0) -> None:
    """Make sure that a cluster answers."""
    try:
        postgres.wait(url, seconds)
    except postgres.PostgresError as error:
        raise refusals.of_connecting(str(error)) from error


def in_session(
    url: str, data: DataFolder, work: Callable[["AsyncSession"], Awaitable[Result]]
) -> Result:
    """Run some work in one transaction of its own."""

    async def in_one(sessions: "Sessions") -> Result:
        async with sessions.begin() as session:
            return await work(session)

    return in_sessions(url, data, in_one)


def in_sessions(
    url: str, data: DataFolder, work: Callable[["Sessions"], Awaitable[Result]]
) -> Result:
    """Run some work that makes its transactions itself."""
    with refusals.named():
        return asyncio.run(_in_sessions(url, data, work))


async def _in_sessions(
    url: str, data: DataFolder, work: Callable[["Sessions"], Awaitable[Result]]
) -> Result:
    from backend_api.core.crypto import Keyring
    from backend_api.core.db import open_sessions
    from backend_api.core.jobs import open_jobs

    sessions = open_sessions(url, keyring=Keyring(data.keyring), jobs=open_jobs(url), pool=1)
    try:
        return await work(sessions)
    finally:
        await sessions.kw["bind"].dispose()


@contextmanager
def reached(data: DataFolder) -> Iterator[str]:
    """The database's address for one command; starts the embedded server where it is down.

    Ends no process but that server: a command must never disturb a service that runs.
    """
    with refusals.named():
        url = current_url(data)
        if url is not None:
            yield url
            return
        with _started(data) as url:
            yield url


@contextmanager
def _started(data: DataFolder) -> Iterator[str]:
    if not data.exists():
        raise FailureError("not_set_up", folder=data.root)
    with state.only_one(data) as free:
        if not free:
            raise FailureError("busy", folder=data.root)
        with _alone(data) as url:
            yield url


@contextmanager
def _alone(data: DataFolder) -> Iterator[str]:
    """The embedded server without the service."""
    from backend_api.operations.sweep import forget, leftovers

    if leftovers(data):
        raise FailureError("leftovers", folder=data.root)
    forget(data)
    password, port = secret_files.ensure(data)["database-password"], postgres.free_port()
    server, url = embedded(data, password, port), postgres.address(password, port, "postgres")
    try:
        with postgres.serving(
            list(server.command), url, data.logs / "postgres.log", server.account
        ):
            postgres.create_database(password, port)
            yield postgres.address(password, port)
    except postgres.PostgresError as error:
        raise refusals.of_connecting(str(error)) from error


def current_url(data: DataFolder) -> str | None:
    """The database's address where one is up now: the running service's, or an own cluster.

    A service that runs on another database than `DATABASE_URL` says is not guessed about.
    """
    running = state.running(data)
    if running is None:
        return chosen_url(data)
    used = _used_by(running, data)
    given = own_url()
    if given is not None and given != used:
        raise FailureError("database_differs")
    return used


def _used_by(running: state.State, data: DataFolder) -> str:
    if running.database_port is not None:
        password = secret_files.ensure(data)["database-password"]
        return postgres.address(password, running.database_port)
    kept = _kept_url(data)
    if kept is None:  # it is only just starting, or the file was taken away
        raise FailureError("database_unknown")
    return kept


def is_migrated(url: str) -> bool:
    """Whether the tables are those of this version of the code."""
    import psycopg

    from backend_api.core.migrate import newest_revision

    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            found = connection.execute("select version_num from alembic_version").fetchone()
    except psycopg.Error:
        return False
    return found is not None and found[0] == newest_revision()
