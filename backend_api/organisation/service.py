"""Units and sites: everything that changes the organisation. Callers own the transaction."""

import secrets
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend_api.audit.service import Actor, Subject, record
from backend_api.core.errors import ConflictError, GoneError, NotFoundError
from backend_api.core.ids import new_id
from backend_api.organisation.models import Site, Unit
from backend_api.organisation.rules import Level, child_path, may_contain

# No 0/o, 1/l/i: a code is read from a poster and typed on a phone.
CODE_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
CODE_LENGTH = 7
MAX_SITES = 1000


async def add_unit(
    session: AsyncSession, actor: Actor, *, name: str, level: Level, parent: Unit | None
) -> Unit:
    if parent is not None and not may_contain(parent.level, level):
        raise ConflictError("wrong_level", upper=parent.level, lower=level)
    unit_id = new_id()
    unit = Unit(
        id=unit_id,
        parent_id=parent.id if parent else None,
        level=level,
        name=name,
        path=child_path(parent.path if parent else "/", str(unit_id)),
    )
    session.add(unit)
    await session.flush()
    record(session, actor, "unit.added", Subject("unit", unit.id, unit.path))
    return unit


async def root_unit(session: AsyncSession) -> Unit | None:
    return await session.scalar(
        select(Unit).where(Unit.parent_id.is_(None)).order_by(Unit.created_at).limit(1)
    )


async def add_site(
    session: AsyncSession, actor: Actor, *, name: str, unit: Unit, place: str = ""
) -> Site:
    """`place` is where the code hangs, in words a citizen would use (区/街道/社区/小区)."""
    site = Site(unit_id=unit.id, code=_new_code(), name=name, place=place)
    session.add(site)
    await session.flush()
    record(session, actor, "site.added", Subject("site", site.id, unit.path))
    return site


async def site_by_code(
    session: AsyncSession, code: str, *, organisation: UUID | None = None
) -> tuple[Site, Unit]:
    """A site and its unit, in use or withdrawn; with an organisation, only one of its own."""
    query = select(Site, Unit).join(Unit, Unit.id == Site.unit_id).where(Site.code == code)
    if organisation is not None:
        query = query.where(Unit.path.startswith(f"/{organisation}/", autoescape=True))
    found = (await session.execute(query)).one_or_none()
    if found is None:
        raise NotFoundError("unknown_site")
    site, unit = found
    return site, unit


def refuse_withdrawn(site: Site) -> None:
    """No conversation begins at a withdrawn site; those that began there go on."""
    if not site.active:
        raise GoneError("site_withdrawn")


async def withdraw_site(session: AsyncSession, actor: Actor, site: Site, unit: Unit) -> None:
    """Its code opens no new conversation any more; doing so again changes nothing."""
    if not site.active:
        return
    site.active = False
    await session.flush()
    record(session, actor, "site.withdrawn", Subject("site", site.id, unit.path))


async def units_named(session: AsyncSession, name: str) -> Sequence[Unit]:
    """The units that are called so."""
    found = await session.scalars(select(Unit).where(Unit.name == name).limit(MAX_SITES))
    return found.all()


async def list_sites(session: AsyncSession) -> Sequence[Site]:
    return (await session.scalars(select(Site).order_by(Site.created_at).limit(MAX_SITES))).all()


def _new_code() -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
