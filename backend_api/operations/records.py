"""What the command line writes into the database: tokens, accounts, sites, freed jobs."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend_api.operations.messages import FailureError

if TYPE_CHECKING:  # a second of importing that most commands do without
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from backend_api.access.models import Account
    from backend_api.organisation.models import Site, Unit
    from backend_api.sites.service import SiteRow

LISTED = 500


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A lasting token as the list shows it."""

    id: "UUID"
    name: str
    role: str
    created_at: "datetime"
    revoked: bool


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as the list shows it."""

    username: str
    name: str
    role: str
    must_change_password: bool
    closed: bool


async def create_token(session: "AsyncSession", role: str, name: str) -> str:
    """A lasting token at the root unit."""
    from backend_api.access import service
    from backend_api.access.rules import Role

    unit = await _root_unit(session)
    return await service.create_token(session, role=Role(role), name=name, unit=unit)


async def list_tokens(session: "AsyncSession") -> list[TokenRow]:
    """The tokens of programs, newest first; sign-ins of people are left out."""
    from sqlalchemy import select

    from backend_api.access.models import AccessToken

    wanted = select(AccessToken).where(AccessToken.account_id.is_(None))
    newest = wanted.order_by(AccessToken.created_at.desc()).limit(LISTED)
    return [
        TokenRow(one.id, one.name, one.role, one.created_at, one.revoked_at is not None)
        for one in await session.scalars(newest)
    ]


async def revoke_token(session: "AsyncSession", wanted: str) -> str:
    """By its id or its name, where only one valid token has it; answers the name."""
    from backend_api.access import service
    from backend_api.audit.service import SYSTEM, Subject, record
    from backend_api.core.clock import now

    valid = [one for one in await list_tokens(session) if not one.revoked]
    found = [one for one in valid if str(one.id) == wanted] or [
        one for one in valid if one.name == wanted
    ]
    if not found:
        raise FailureError("token_unknown", what=wanted)
    if len(found) > 1:
        raise FailureError("token_ambiguous", what=wanted, count=len(found))
    await service.revoke(session, found[0].id, now())
    path = (await _root_unit(session)).path
    record(session, SYSTEM, "token.revoked", Subject("access_token", found[0].id, path))
    return found[0].name


async def add_account(session: "AsyncSession", username: str, name: str, role: str) -> str:
    """A member of staff at the root unit; answers the one-time password."""
    from sqlalchemy.exc import IntegrityError

    from backend_api.access import service
    from backend_api.access.rules import Role

    unit = await _root_unit(session)
    try:
        return await service.add_account(
            session, username=username, name=name, role=Role(role), unit=unit
        )
    except IntegrityError as error:
        raise FailureError("account_exists", username=username) from error


async def close_account(session: "AsyncSession", username: str) -> int:
    """Answers how many conversations wait for somebody else now."""
    from backend_api.access import service
    from backend_api.core.clock import now
    from backend_api.handoff.service import return_to_queue

    account = await _open_account(session, username)
    await service.close_account(session, account, at=now())
    return await return_to_queue(session, account.id, at=now())


async def change_role(session: "AsyncSession", username: str, role: str) -> None:
    from backend_api.access import service
    from backend_api.access.rules import Role
    from backend_api.core.clock import now

    account = await _open_account(session, username)
    await service.change_role(session, account, Role(role), at=now())


async def reset_password(session: "AsyncSession", username: str) -> str:
    """Answers the new one-time password."""
    from backend_api.access import service
    from backend_api.core.clock import now

    account = await _open_account(session, username)
    return await service.reset_password(session, account, at=now())


async def _open_account(session: "AsyncSession", username: str) -> "Account":
    from backend_api.access.service import account_to_change

    account = await account_to_change(session, username)
    if account is None:
        raise FailureError("account_unknown", username=username)
    if account.closed_at is not None:
        raise FailureError("account_closed_already", username=username)
    return account


async def list_accounts(session: "AsyncSession") -> list[AccountRow]:
    """Oldest first."""
    from sqlalchemy import select

    from backend_api.access.models import Account

    wanted = select(Account).order_by(Account.created_at).limit(LISTED)
    return [
        AccountRow(
            one.username, one.name, one.role, one.must_change_password, one.closed_at is not None
        )
        for one in await session.scalars(wanted)
    ]


async def note(session: "AsyncSession", action: str, **details: str) -> None:
    """Write down what was done with the whole database, of which the canary's row stands."""
    from backend_api.audit.service import SYSTEM, Subject, record
    from backend_api.core.canary import ONLY_ROW
    from backend_api.organisation.service import root_unit

    unit = await root_unit(session)
    path = unit.path if unit is not None else None
    record(session, SYSTEM, action, Subject("database", ONLY_ROW, path), **details)


async def list_sites(session: "AsyncSession") -> "list[SiteRow]":
    from backend_api.sites import service

    return list(await service.list_sites(session, within="/"))


async def add_site(session: "AsyncSession", name: str, place: str, community: str = "") -> str:
    """A site of a community, else of the root unit; answers its code."""
    from backend_api.audit.service import SYSTEM
    from backend_api.organisation import service

    unit = await _community(session, community) if community else await _root_unit(session)
    return (await service.add_site(session, SYSTEM, name=name, unit=unit, place=place)).code


async def _community(session: "AsyncSession", name: str) -> "Unit":
    """The unit of this name; made below the root unit where there is none yet."""
    from backend_api.audit.service import SYSTEM
    from backend_api.organisation import service
    from backend_api.organisation.rules import Level

    found = await service.units_named(session, name)
    if len(found) > 1:
        raise FailureError("unit_ambiguous", name=name, count=len(found))
    if found:
        return found[0]
    root = await _root_unit(session)
    return await service.add_unit(session, SYSTEM, name=name, level=Level.COMMUNITY, parent=root)


async def withdraw_site(session: "AsyncSession", code: str) -> str:
    """Answers the site's name. The second time nothing changes."""
    from backend_api.audit.service import SYSTEM
    from backend_api.organisation import service

    site, unit = await _site(session, code)
    await service.withdraw_site(session, SYSTEM, site, unit)
    return site.name


async def site_in_use(session: "AsyncSession", code: str) -> "Site":
    site, _ = await _site(session, code)
    if not site.active:
        raise FailureError("site_withdrawn_already", code=code)
    return site


async def _site(session: "AsyncSession", code: str) -> "tuple[Site, Unit]":
    from backend_api.core.errors import NotFoundError
    from backend_api.organisation.service import site_by_code

    try:
        return await site_by_code(session, code)
    except NotFoundError as error:
        raise FailureError("site_unknown", code=code) from error


async def _root_unit(session: "AsyncSession") -> "Unit":
    from backend_api.organisation.service import root_unit

    unit = await root_unit(session)
    if unit is None:
        raise FailureError("no_unit")
    return unit


async def free_stalled_jobs(url: str, seconds: float) -> int:
    """Put back the jobs whose worker has been silent for so long: they lock their conversations."""
    from backend_api.core.jobs import open_jobs

    jobs = open_jobs(url, pool=1)
    async with jobs.open_async():
        manager = jobs.job_manager
        stalled = list(await manager.get_stalled_jobs(seconds_since_heartbeat=seconds))
        for job in stalled:
            await manager.retry_job(job)
    return len(stalled)
