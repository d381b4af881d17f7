"""What the command line writes into the database: tokens, sites, and re-sealing with a new key."""

from functools import partial
from typing import TYPE_CHECKING

from backend_api.operations.database import in_session
from backend_api.operations.folders import DataFolder
from backend_api.operations.messages import FailureError

if TYPE_CHECKING:  # a second of importing that most commands do without
    from sqlalchemy import Column, Table
    from sqlalchemy.ext.asyncio import AsyncSession

    from backend_api.core.crypto import Keyring
    from backend_api.organisation.models import Site

BATCH = 500


async def create_token(session: "AsyncSession", role: str, name: str) -> str:
    """A lasting token at the root unit."""
    from backend_api.access import service
    from backend_api.access.rules import Role
    from backend_api.organisation.service import root_unit

    unit = await root_unit(session)
    if unit is None:
        raise FailureError("no_unit")
    return await service.create_token(session, role=Role(role), name=name, unit=unit)


async def list_sites(session: "AsyncSession") -> "list[Site]":
    from backend_api.organisation import service

    return list(await service.list_sites(session))


async def add_site(session: "AsyncSession", name: str, place: str) -> str:
    """A site at the root unit; answers its code."""
    from backend_api.audit.service import SYSTEM
    from backend_api.organisation import service

    unit = await service.root_unit(session)
    if unit is None:
        raise FailureError("no_unit")
    return (await service.add_site(session, SYSTEM, name=name, unit=unit, place=place)).code


def sealed_columns() -> "list[Column[bytes]]":
    """Every column marked as sealed, of every table of ours."""
    from backend_api.migrations.tables import METADATA

    columns = (column for table in METADATA.sorted_tables for column in table.columns)
    return [column for column in columns if column.info.get("sealed")]


def rotate(url: str, data: DataFolder) -> int:
    """A new key in front, everything sealed with it, the old keys dropped.

    The running service reads the changed file before its next use; the last round, which finds
    nothing old, proves that nobody sealed with an old key meanwhile.
    """
    from backend_api.core.crypto import Keyring, add_key, drop_old_keys

    add_key(data.keyring)
    keyring, changed = Keyring(data.keyring), 0
    while count := in_session(url, data, partial(_reseal, keyring=keyring)):
        changed += count
    drop_old_keys(data.keyring)
    return changed


async def _reseal(session: "AsyncSession", keyring: "Keyring") -> int:
    return sum([await _reseal_column(session, keyring, column) for column in sealed_columns()])


async def _reseal_column(
    session: "AsyncSession", keyring: "Keyring", column: "Column[bytes]"
) -> int:
    """In batches by id. A value that changed meanwhile is newer and already sealed anew."""
    from sqlalchemy import select, update

    table: Table = column.table
    last, changed = None, 0
    while True:
        wanted = select(table.c.id, column).where(column.is_not(None)).order_by(table.c.id)
        if last is not None:
            wanted = wanted.where(table.c.id > last)
        rows = (await session.execute(wanted.limit(BATCH))).all()
        if not rows:
            return changed
        for row_id, sealed in rows:
            if keyring.is_newest(sealed):
                continue
            fresh = keyring.seal(keyring.open(sealed))
            same = (table.c.id == row_id) & (column == sealed)
            await session.execute(update(table).where(same).values({column.name: fresh}))
            changed += 1
        last = rows[-1][0]
