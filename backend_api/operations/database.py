"""The instance's database from outside the service: reach it, prepare it, work in it."""

import asyncio
import os
import traceback
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from backend_api.operations import postgres, secret_files, state
from backend_api.operations.folders import DataFolder
from backend_api.operations.messages import FailureError
from backend_api.operations.programs import Program

if TYPE_CHECKING:  # a second of importing that most commands do without
    from sqlalchemy.ext.asyncio import AsyncSession

Result = TypeVar("Result")
ADMINISTRATOR = "admin"


@dataclass(frozen=True, slots=True)
class FirstSetUp:
    """What a person needs after the start."""

    site: str
    username: str = ADMINISTRATOR


def chosen_url(data: DataFolder) -> str | None:
    """The own cluster of this instance: the environment's, else the one it was last started with.

    None: the embedded server.
    """
    return own_url() or secret_files.kept_database_url(data)


def own_url() -> str | None:
    """The address of an own cluster, in the one spelling that libpq and SQLAlchemy share."""
    given = os.environ.get("DATABASE_URL", "").strip()
    for spelling in ("postgresql+psycopg://", "postgres://"):
        if given.startswith(spelling):
            given = "postgresql://" + given.removeprefix(spelling)
    return given or None


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
        raise FailureError("database_unreachable", last=first_line(error)) from error


def reach(url: str) -> None:
    """Make sure that an own cluster answers."""
    try:
        postgres.wait(url, seconds=10.0)
    except postgres.PostgresError as error:
        raise FailureError("database_unreachable", last=first_line(error)) from error


def prepare(url: str, data: DataFolder) -> FirstSetUp:
    """Migrate, and set up what a first start needs."""
    from alembic.util import CommandError
    from sqlalchemy.exc import SQLAlchemyError

    from backend_api.core.migrate import upgrade

    try:
        upgrade(url)
    except (SQLAlchemyError, CommandError) as error:
        log = data.logs / "migration.log"
        log.write_text(traceback.format_exc(), encoding="utf-8")
        raise FailureError("migration_failed", log=log) from error
    return in_session(url, data, partial(first_set_up, data=data))


def in_session(
    url: str, data: DataFolder, work: Callable[["AsyncSession"], Awaitable[Result]]
) -> Result:
    """Run some work in one transaction of its own."""
    return asyncio.run(_in_session(url, data, work))


async def _in_session(
    url: str, data: DataFolder, work: Callable[["AsyncSession"], Awaitable[Result]]
) -> Result:
    from backend_api.core.crypto import Keyring
    from backend_api.core.db import open_sessions
    from backend_api.core.jobs import open_jobs

    sessions = open_sessions(url, keyring=Keyring(data.keyring), jobs=open_jobs(url), pool=1)
    try:
        async with sessions.begin() as session:
            return await work(session)
    finally:
        await sessions.kw["bind"].dispose()


async def first_set_up(session: "AsyncSession", data: DataFolder) -> FirstSetUp:
    """The first unit, site and administrator, unless they exist."""
    from backend_api.access.rules import Role
    from backend_api.access.service import add_account
    from backend_api.audit.service import SYSTEM
    from backend_api.operations.messages import first_names
    from backend_api.organisation.rules import Level
    from backend_api.organisation.service import add_site, add_unit, list_sites, root_unit

    unit = await root_unit(session)
    if unit is not None:
        sites = await list_sites(session)
        return FirstSetUp(site=sites[0].code if sites else "")
    names = first_names()
    unit = await add_unit(session, SYSTEM, name=names["unit"], level=Level.CITY, parent=None)
    site = await add_site(session, SYSTEM, name=names["site"], unit=unit)
    password = await add_account(
        session,
        username=ADMINISTRATOR,
        name=names["administrator"],
        role=Role.ADMINISTRATOR,
        unit=unit,
    )
    secret_files.keep_first_password(data, password)
    return FirstSetUp(site=site.code)


@contextmanager
def reached(data: DataFolder) -> Iterator[str]:
    """The database's address for one command; starts the embedded server where it is down.

    Ends no process but that server: a command must never disturb a service that runs.
    """
    url = current_url(data)
    if url is not None:
        yield url
        return
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
        raise FailureError("database_unreachable", last=first_line(error)) from error


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
    kept = secret_files.kept_database_url(data)
    if kept is None:  # it is only just starting, or the file was taken away
        raise FailureError("database_unknown")
    return kept


def first_line(error: Exception) -> str:
    """A driver's words without its hints, which take many lines."""
    return next(iter(str(error).strip().splitlines()), "?")[:200]


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
