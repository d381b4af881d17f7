"""Engine, session and the base of every table."""

from collections.abc import AsyncIterator
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import Depends
from sqlalchemy import DateTime, Enum, MetaData
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from starlette.requests import HTTPConnection

from backend_api.core.clock import now
from backend_api.core.crypto import Keyring
from backend_api.core.ids import new_id
from backend_api.core.jobs import Jobs

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Sessions = async_sessionmaker[AsyncSession]


def _values(states: type[StrEnum]) -> list[str]:
    return [state.value for state in states]


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012
        datetime: DateTime(timezone=True),
        # Stored as text by value; the states are checked by the code that moves them.
        StrEnum: Enum(StrEnum, native_enum=False, length=24, values_callable=_values),
    }

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(default=now)


def open_sessions(database_url: str, *, keyring: Keyring, jobs: Jobs, pool: int = 10) -> Sessions:
    """A session factory on psycopg 3; whoever calls it disposes of `factory.kw["bind"]`."""
    engine = create_async_engine(
        database_url.replace("postgresql://", "postgresql+psycopg://", 1),
        pool_size=pool,
        max_overflow=pool,
        # No value may reach a log by way of an error.
        hide_parameters=True,
        # The last used first: few warm connections, whose statements are prepared.
        pool_use_lifo=True,
        connect_args={"connect_timeout": 5, "prepare_threshold": 2},
    )
    return async_sessionmaker(
        engine, expire_on_commit=False, info={"keyring": keyring, "jobs": jobs}
    )


def reading(sessions: Sessions) -> Sessions:
    """The same pool for looking only: each statement for itself, no BEGIN and COMMIT around it."""
    engine: AsyncEngine = sessions.kw["bind"]
    options = {**sessions.kw, "bind": engine.execution_options(isolation_level="AUTOCOMMIT")}
    return async_sessionmaker(**options)


async def session_of(connection: HTTPConnection) -> AsyncIterator[AsyncSession]:
    """One transaction a request: commits when the view returns, rolls back when it raises."""
    async with connection.app.state.sessions.begin() as session:
        yield session


# scope="function": a failed commit is a 500 and never a 201 that was already sent.
Session = Annotated[AsyncSession, Depends(session_of, scope="function")]
