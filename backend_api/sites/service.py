"""What is counted and shown of sites. Callers own the transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Date, Select, Uuid, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend_api.access.service import Access
from backend_api.core.clock import now
from backend_api.core.errors import NotFoundError
from backend_api.core.ids import new_id
from backend_api.organisation.models import Site, Unit
from backend_api.organisation.service import MAX_SITES, add_site, site_by_code, withdraw_site
from backend_api.sites.models import SiteScan


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A site as lists show it. `scans`: how often its code was opened, ever."""

    code: str
    name: str
    place: str
    unit: str
    active: bool
    scans: int


async def count_scan(session: AsyncSession, code: str, day: date) -> bool:
    """The code of a site that is in use was opened; False where there is none."""
    one = select(
        literal(new_id(), Uuid), literal(now()), Site.id, literal(day, Date), literal(1)
    ).where(Site.code == code, Site.active)
    columns = ["id", "created_at", "site_id", "day", "count"]
    counted = await session.execute(
        insert(SiteScan)
        .from_select(columns, one)
        .on_conflict_do_update(
            index_elements=[SiteScan.site_id, SiteScan.day],
            set_={"count": SiteScan.count + 1},
        )
        .returning(SiteScan.id)
    )
    return counted.first() is not None


async def list_sites(session: AsyncSession, within: str) -> Sequence[SiteRow]:
    """Those of the units under a path, oldest first."""
    query = _rows().where(Unit.path.startswith(within, autoescape=True)).limit(MAX_SITES)
    return [_row(site, unit, scans) for site, unit, scans in await session.execute(query)]


async def get_site(session: AsyncSession, access: Access, code: str) -> SiteRow:
    """One of the caller's scope."""
    query = _rows().where(
        Site.code == code, Unit.path.startswith(access.unit_path, autoescape=True)
    )
    found = (await session.execute(query)).one_or_none()
    if found is None:
        raise NotFoundError("unknown_site")
    site, unit, scans = found
    return _row(site, unit, scans)


async def add_site_for(
    session: AsyncSession, access: Access, *, name: str, place: str, unit: UUID | None
) -> SiteRow:
    """A new site of a unit within the caller's scope."""
    found = await session.get(Unit, unit or access.unit_id)
    if found is None or not found.path.startswith(access.unit_path):
        raise NotFoundError("unknown_unit")
    site = await add_site(session, access.actor, name=name, unit=found, place=place)
    return _row(site, found.name, 0)


async def withdraw_for(session: AsyncSession, access: Access, code: str) -> SiteRow:
    """One of the caller's scope is out of use; the second time nothing changes."""
    await get_site(session, access, code)
    site, unit = await site_by_code(session, code)
    await withdraw_site(session, access.actor, site, unit)
    return await get_site(session, access, code)


def _rows() -> Select[Site, str, int]:
    scans = (
        select(func.coalesce(func.sum(SiteScan.count), 0))
        .where(SiteScan.site_id == Site.id)
        .scalar_subquery()
    )
    query = select(Site, Unit.name, scans).join(Unit, Unit.id == Site.unit_id)
    return query.order_by(Site.created_at, Site.id)


def _row(site: Site, unit: str, scans: int) -> SiteRow:
    return SiteRow(site.code, site.name, site.place, unit, site.active, int(scans))
