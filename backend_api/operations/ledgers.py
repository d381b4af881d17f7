"""The ledger from the command line: masked, of the whole organisation or of one unit."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING
from uuid import UUID

from backend_api.operations.messages import FailureError

if TYPE_CHECKING:  # a second of importing that most commands do without
    from sqlalchemy.ext.asyncio import AsyncSession

    from backend_api.core.db import Sessions
    from backend_api.ledger.rules import Filters, Form
    from backend_api.ledger.service import Export


def wanted(given: dict[str, str]) -> "tuple[Form, Filters]":
    """From the options as they were typed; what is no such value is named."""
    from pydantic import ValidationError

    from backend_api.ledger.schemas import WantedFile

    try:
        read = WantedFile.model_validate({key: value for key, value in given.items() if value})
    except ValidationError as error:
        wrong = "、".join(str(one["loc"][0]) for one in error.errors() if one["loc"])
        raise FailureError("ledger_option_wrong", what=wrong) from error
    return read.form, read.filters()


async def export(
    sessions: "Sessions", file: Path, form: "Form", filters: "Filters", unit: str
) -> None:
    """Readable by its owner alone; only a whole file gets the name that was asked for."""
    from backend_api.ledger.writing import written

    with _new(file) as out:
        async with sessions.begin() as session:
            begun = await _begun(session, filters, unit)
        async for piece in written(sessions, begun, form):
            out.write(piece)


@contextmanager
def _new(file: Path) -> Iterator[IO[bytes]]:
    if file.exists():
        raise FailureError("file_exists", file=file)
    part = file.with_name(f"{file.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            yield out
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)


async def _begun(session: "AsyncSession", filters: "Filters", unit: str) -> "Export":
    from backend_api.access.rules import Role
    from backend_api.access.service import Access
    from backend_api.audit.service import SYSTEM
    from backend_api.ledger.service import begin_export
    from backend_api.organisation.service import root_unit

    root = await root_unit(session)
    if root is None:
        raise FailureError("no_unit")
    # No account: nothing is readable, and no report on an official is there.
    nobody = Access(UUID(int=0), Role.STAFF, root.id, root.path, None, must_change_password=False)
    if unit:
        filters = replace(filters, unit=await _unit_named(session, unit))
    return await begin_export(session, nobody, filters, actor=SYSTEM)


async def _unit_named(session: "AsyncSession", name: str) -> UUID:
    from backend_api.organisation.service import units_named

    found = await units_named(session, name)
    if not found:
        raise FailureError("unit_unknown", name=name)
    if len(found) > 1:
        raise FailureError("unit_ambiguous", name=name, count=len(found))
    return found[0].id
