"""Who is asking: the dependencies every protected view uses, and the staff's sign-in."""

import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from sqlalchemy import select

from backend_api.access import service
from backend_api.access.models import Account
from backend_api.access.passwords import Hashing
from backend_api.access.rules import STAFF_ROLES, Role, is_strong
from backend_api.access.schemas import AccountRead, PasswordChange, SignedIn, SignIn
from backend_api.access.service import Access
from backend_api.core.clock import now
from backend_api.core.db import Session, Sessions
from backend_api.core.errors import ForbiddenError, InvalidError, NotSignedInError
from backend_api.core.http import is_loopback, origin_of
from backend_api.organisation.models import Unit

# Headers by which a proxy shows itself.
OF_A_PROXY = ("forwarded", "via", "x-forwarded-for", "x-forwarded-proto", "x-real-ip")
router = APIRouter(prefix="/v1/staff", tags=["staff"])


def bearer_of(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotSignedInError("not_signed_in")
    return token.strip()


def must_be_client(access: Access) -> Access:
    if access.role is not Role.CLIENT:
        raise ForbiddenError("clients_only")
    return access


def must_be_signed_in(access: Access) -> Access:
    if access.role not in STAFF_ROLES:
        raise ForbiddenError("staff_only")
    return access


def must_be_staff(access: Access) -> Access:
    if must_be_signed_in(access).must_change_password:
        raise ForbiddenError("password_change_required")
    return access


def must_be_auditor(access: Access) -> Access:
    """Administrators; and those who read reports, of whose work no administrator may read."""
    if must_be_staff(access).role not in {Role.ADMINISTRATOR, Role.DISCIPLINE}:
        raise ForbiddenError("administrators_only")
    return access


def must_be_administrator(access: Access) -> Access:
    """Who changes the organisation: its sites."""
    if must_be_staff(access).role is not Role.ADMINISTRATOR:
        raise ForbiddenError("changes_by_administrators")
    return access


# Coroutines, all of them: FastAPI runs a plain function in a thread.
async def _bearer(authorization: Annotated[str, Header()] = "") -> str:
    return bearer_of(authorization)


Bearer = Annotated[str, Depends(_bearer)]


async def _access(session: Session, token: Bearer) -> Access:
    return await service.access_by_token(session, token, now())


AnyAccess = Annotated[Access, Depends(_access)]


async def _client(access: AnyAccess) -> Access:
    return must_be_client(access)


async def _signed_in(access: AnyAccess) -> Access:
    return must_be_signed_in(access)


async def _staff(access: AnyAccess) -> Access:
    return must_be_staff(access)


async def _auditor(access: AnyAccess) -> Access:
    return must_be_auditor(access)


async def _administrator(access: AnyAccess) -> Access:
    return must_be_administrator(access)


Client = Annotated[Access, Depends(_client)]
SignedInStaff = Annotated[Access, Depends(_signed_in)]
Staff = Annotated[Access, Depends(_staff)]
Auditor = Annotated[Access, Depends(_auditor)]
Administrator = Annotated[Access, Depends(_administrator)]


async def service_only(request: Request, token: Bearer) -> None:
    """The actions process, by the secret both got at start."""
    if not hmac.compare_digest(token.encode(), request.app.state.settings.service_token.encode()):
        raise NotSignedInError("not_signed_in")


async def observers_only(request: Request, authorization: Annotated[str, Header()] = "") -> None:
    """A program on this machine itself, or a staff token. A proxy brings the whole world."""
    if _is_on_this_machine(request):
        return
    token = bearer_of(authorization)
    async with request.app.state.reading() as session:
        must_be_signed_in(await service.access_by_token(session, token, now()))


def _is_on_this_machine(request: Request) -> bool:
    peer = request.client.host if request.client else ""
    return is_loopback(peer) and not any(name in request.headers for name in OF_A_PROXY)


@router.post("/sign-in")
async def sign_in(request: Request, wanted: SignIn) -> SignedIn:
    """No transaction is open while the password is hashed."""
    sessions: Sessions = request.app.state.sessions
    hashing: Hashing = request.app.state.hashing
    username, origin = wanted.username, origin_of(request)
    async with sessions.begin() as session:
        await service.count_attempt(session, origin=origin, username=username, at=now())
        stored = await service.password_hash_of(session, username)
    if not await hashing.matches(stored, wanted.password):
        async with sessions.begin() as session:
            await service.note_failed_sign_in(session, origin=origin, username=username)
        raise NotSignedInError("wrong_credentials")
    async with sessions.begin() as session:
        token, account, unit = await service.sign_in(
            session, username=username, checked=stored, origin=origin, at=now()
        )
    return SignedIn(
        token=token,
        account=_shown(account, unit.name),
        must_change_password=account.must_change_password,
    )


@router.post("/password", status_code=204)
async def change_password(request: Request, token: Bearer, wanted: PasswordChange) -> None:
    """Wrong old passwords count like wrong sign-ins; the account's other sign-ins end."""
    sessions: Sessions = request.app.state.sessions
    hashing: Hashing = request.app.state.hashing
    origin = origin_of(request)
    async with sessions.begin() as session:
        access = must_be_signed_in(await service.access_by_token(session, token, now()))
        account = await session.get(Account, access.account_id) if access.account_id else None
        if account is None:
            raise ForbiddenError("account_needed")
        username, stored = account.username, account.password_hash
        if wanted.old == wanted.new or not is_strong(wanted.new, username):
            raise InvalidError("weak_password")
        await service.count_attempt(session, origin=origin, username=username, at=now())
    if not await hashing.matches(stored, wanted.old):
        async with sessions.begin() as session:
            service.note_wrong_password(session, access, account.id)
        raise InvalidError("wrong_password")
    new_hash = await hashing.hash(wanted.new)
    async with sessions.begin() as session:
        await service.change_password(session, access, checked=stored, new_hash=new_hash, at=now())
        await service.forget_attempts(session, origin=origin, username=username)


@router.post("/sign-out", status_code=204)
async def sign_out(session: Session, access: SignedInStaff) -> None:
    if access.account_id is not None:
        await service.sign_out(session, access, access.account_id, at=now())


@router.get("/me")
async def me(session: Session, access: Staff) -> AccountRead:
    if access.account_id is None:
        raise ForbiddenError("account_needed")
    found = await session.execute(
        select(Account, Unit.name)
        .join(Unit, Unit.id == Account.unit_id)
        .where(Account.id == access.account_id)
    )
    account, unit = found.one()
    return _shown(account, unit)


def _shown(account: Account, unit: str) -> AccountRead:
    return AccountRead(
        id=account.id, username=account.username, name=account.name, role=account.role, unit=unit
    )
