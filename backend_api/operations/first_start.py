"""What a database needs before the service may use it: tables, its keys, a first way in."""

import traceback
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from backend_api.operations import database, keys, refusals, secret_files
from backend_api.operations.folders import DataFolder
from backend_api.operations.messages import FailureError

if TYPE_CHECKING:  # a second of importing that most commands do without
    from sqlalchemy.ext.asyncio import AsyncSession

ADMINISTRATOR = "admin"


@dataclass(frozen=True, slots=True)
class FirstSetUp:
    """What a person needs after the start."""

    site: str
    username: str = ADMINISTRATOR


def prepare(url: str, data: DataFolder) -> FirstSetUp:
    """Migrate, refuse a key file that is not the database's, set up what a first start needs."""
    from backend_api.core.migrate import upgrade

    try:
        upgrade(url)
    except refusals.wrapped_errors() as error:
        log = data.logs / "migration.log"
        log.write_text(traceback.format_exc(), encoding="utf-8")
        raise refusals.of(error) or FailureError("migration_failed", log=log) from error
    return database.in_session(url, data, partial(first_set_up, data=data))


async def first_set_up(session: "AsyncSession", data: DataFolder) -> FirstSetUp:
    """The keys, then the first unit, site and administrator, unless they exist."""
    from backend_api.access.rules import Role
    from backend_api.access.service import add_account
    from backend_api.audit.service import SYSTEM
    from backend_api.core.canary import ensure_canary
    from backend_api.operations.messages import first_names
    from backend_api.organisation.rules import Level
    from backend_api.organisation.service import add_site, add_unit, list_sites, root_unit

    await ensure_canary(session)
    await keys.refuse_unfit(session)
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
