"""A new sealing key for everything that is stored: the service goes on meanwhile."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Column, Connection, MetaData, Table, create_engine, select, text

from backend_api.core.canary import Canary
from backend_api.core.crypto import Keyring, add_key, drop_old_keys

BATCH = 500
CANARY = Canary.__tablename__
# A transaction that sealed with the old key just before may still commit: look again after this.
SETTLE_SECONDS = 5.0
LONGEST_TRANSACTION_SECONDS = 120.0
LOOK_SECONDS = 0.2
# Held while the keys change, and while keys and database are copied together.
LOCK_KEY = 20261122
_STILL_OPEN = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND xact_start < :began"
)


class KeysInUseError(Exception):
    """Somebody else changes the keys or copies them just now."""


@contextmanager
def keys_held(database_url: str) -> Iterator[None]:
    """Nobody else who asks for this changes or copies the keys of this database meanwhile."""
    with psycopg.connect(database_url, autocommit=True, connect_timeout=5) as connection:
        held = connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK_KEY,)).fetchone()
        if held != (True,):
            raise KeysInUseError("the keys are being changed or copied")
        yield


def rotate(
    database_url: str, keys: Path, metadata: MetaData, *, settle: float = SETTLE_SECONDS
) -> int:
    """Seal everything anew and forget the old keys. Returns the number of rows written.

    Safe to stop and run again: old keys stay in the file until nothing needs them.
    """
    add_key(keys)
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://", 1))
    keyring, written = Keyring(keys), 0
    try:
        with engine.connect() as connection:
            written += _reseal(connection, keyring, metadata)
            time.sleep(settle)
            _wait_for_older_transactions(connection)
            while count := _reseal(connection, keyring, metadata):
                written += count
    finally:
        engine.dispose()
    drop_old_keys(keys)
    return written


def _wait_for_older_transactions(connection: Connection) -> None:
    """Whatever was open until now may hold words under the old key; it must end first.

    Raises TimeoutError, with the old keys kept, when one stays open for too long.
    """
    began = connection.scalar(text("SELECT clock_timestamp()"))
    connection.commit()
    ends = time.monotonic() + LONGEST_TRANSACTION_SECONDS
    while connection.scalar(_STILL_OPEN, {"began": began}):
        connection.commit()
        if time.monotonic() > ends:
            raise TimeoutError("a transaction stays open; the old keys are kept")
        time.sleep(LOOK_SECONDS)
    connection.commit()


def _reseal(connection: Connection, keyring: Keyring, metadata: MetaData) -> int:
    """The canary first: from then on a key file without the new key is known to be a wrong one."""
    return sum(
        _reseal_row(connection, keyring, table, row)
        for table in sorted(metadata.sorted_tables, key=lambda one: one.name != CANARY)
        if (columns := [column for column in table.columns if column.info.get("sealed")])
        for row in _rows(connection, table, columns)
    )


def _rows(
    connection: Connection, table: Table, columns: list[Column[Any]]
) -> Iterator[dict[str, Any]]:
    last = None
    while True:
        query = (
            select(table.c.id, *columns).order_by(table.c.id).limit(table.info.get("batch", BATCH))
        )
        if last is not None:
            query = query.where(table.c.id > last)
        rows = connection.execute(query).mappings().all()
        connection.commit()
        if not rows:
            return
        yield from (dict(row) for row in rows)
        connection.commit()
        last = rows[-1]["id"]


def _reseal_row(connection: Connection, keyring: Keyring, table: Table, row: dict[str, Any]) -> int:
    old = {
        name: value
        for name, value in row.items()
        if name != "id" and value is not None and not keyring.is_newest(value)
    }
    for name, value in old.items():
        # Only if nobody wrote it meanwhile: a concurrent write is newer and already sealed anew.
        connection.execute(
            table.update()
            .where(table.c.id == row["id"], table.c[name] == value)
            .values({name: keyring.seal_bytes(keyring.open_bytes(value))})
        )
    return bool(old)
