"""What keeps a database from being used, as one sentence each; the driver's words stay at the end.

https://www.postgresql.org/docs/18/errcodes-appendix.html
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from backend_api.operations.messages import FailureError

if TYPE_CHECKING:  # half a second of importing that some commands do without
    import psycopg

SPELLINGS = ("postgresql+psycopg://", "postgres://")
# An error while connecting carries no code, only the server's English words.
OF_THE_USER = ("password authentication failed", "no pg_hba.conf entry", "role ")
NOT_ALLOWED = {"42501", "25006"}  # insufficient privilege, read-only transaction
NOT_SET_UP = {"42P01", "3F000"}  # undefined table, invalid schema name


def checked(given: str) -> str:
    """The address in the one spelling that libpq and SQLAlchemy share; refused if it is none."""
    import psycopg

    for spelling in SPELLINGS:
        if given.startswith(spelling):
            given = "postgresql://" + given.removeprefix(spelling)
    try:
        good = _is_address(given)
    except (ValueError, psycopg.Error):  # their words may hold the password
        good = False
    if not good:
        raise FailureError("database_url_wrong")
    return given


def _is_address(given: str) -> bool:
    from psycopg.conninfo import conninfo_to_dict

    parts = urlsplit(given)
    named = conninfo_to_dict(given).get("dbname")
    return parts.scheme == "postgresql" and parts.port != 0 and bool(named)


def of_connecting(words: str) -> FailureError:
    """Why nobody gets in: the user, the database's name, or the way there."""
    last = first_line(words)
    if 'database "' in last and "does not exist" in last:
        return FailureError("database_absent", last=last)
    if any(sign in last for sign in OF_THE_USER):
        return FailureError("database_refuses", last=last)
    return FailureError("database_unreachable", last=last)


@contextmanager
def named() -> Iterator[None]:
    """Translate what the database refuses; any other error of the driver is a bug and passes."""
    try:
        yield
    except wrapped_errors() as error:
        if (failure := _not_set_up(error) or of(error)) is None:
            raise
        raise failure from error


def wrapped_errors() -> tuple[type[Exception], ...]:
    """What the driver raises, and in what SQLAlchemy, Alembic and procrastinate wrap it."""
    import psycopg
    from alembic.util import CommandError
    from procrastinate.exceptions import ConnectorException
    from sqlalchemy.exc import SQLAlchemyError

    return (psycopg.Error, SQLAlchemyError, CommandError, ConnectorException)


def of(error: Exception) -> FailureError | None:
    """The sentence for what a database's owner can mend; None for anything else."""
    import psycopg

    cause = _driver_error(error)
    if cause is None:
        return None
    if cause.sqlstate in NOT_ALLOWED:
        return FailureError("database_forbids", last=first_line(str(cause)))
    if not isinstance(cause, psycopg.OperationalError):
        return None
    if cause.sqlstate is None:
        return of_connecting(str(cause))
    return FailureError("database_stopped", last=first_line(str(cause)))


def _not_set_up(error: Exception) -> FailureError | None:
    cause = _driver_error(error)
    if cause is None or cause.sqlstate not in NOT_SET_UP:
        return None
    return FailureError("database_not_set_up")


def _driver_error(error: BaseException | None) -> "psycopg.Error | None":
    import psycopg

    while error is not None and not isinstance(error, psycopg.Error):
        error = error.__cause__
    return error


def first_line(words: str) -> str:
    """A driver's words without its hints, which take many lines."""
    return next(iter(words.strip().splitlines()), "?")[:200]
