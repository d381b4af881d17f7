"""Who is asking: the dependencies every protected view uses, and the staff's sign-in."""

import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from sqlalchemy import select

from backend_api.access import service
from backend_api.access.models import Account
from backend_api.access.rules import STAFF_ROLES, Role
from backend_api.access.schemas import AccountRead, PasswordChange, SignedIn, SignIn
from backend_api.access.service import Access
from backend_api.core.clock import now
from backend_api.core.db import Session
from backend_api.core.errors import ForbiddenError, NotSignedInError
from backend_api.organisation.models import Unit

router = APIRouter(prefix="/v1/staff", tags=["staff"])


def bearer_of(authorization: Annotated[str, Header()] = "") -> str:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotSignedInError("not_signed_in")
    return token.strip()


Bearer = Annotated[str, Depends(bearer_of)]


async def _access_of(session: Session, token: Bearer) -> Access:
    return await service.access_by_token(session, token, now())


AnyAccess = Annotated[Access, Depends(_access_of)]


def must_be_client(access: AnyAccess) -> Access:
    if access.role is not Role.CLIENT:
        raise ForbiddenError("clients_only")
    return access


def _signed_in_of(access: AnyAccess) -> Access:
    if access.role not in STAFF_ROLES:
        raise ForbiddenError("staff_only")
    return access


def _staff_of(access: Annotated[Access, Depends(_signed_in_of)]) -> Access:
    if access.must_change_password:
        raise ForbiddenError("password_change_required")
    return access


def service_only(request: Request, token: Bearer) -> None:
    """The actions process, by the secret both got at start."""
    if not hmac.compare_digest(token.encode(), request.app.state.settings.service_token.encode()):
        raise NotSignedInError("not_signed_in")


Client = Annotated[Access, Depends(must_be_client)]
SignedInStaff = Annotated[Access, Depends(_signed_in_of)]
Staff = Annotated[Access, Depends(_staff_of)]


@router.post("/sign-in")
async def sign_in(request: Request, wanted: SignIn) -> SignedIn:
    async with request.app.state.sessions.begin() as session:
        opened = await service.sign_in(
            session, username=wanted.username, password=wanted.password, at=now()
        )
    # Raised after the transaction: the failed attempt stays counted.
    if opened is None:
        raise NotSignedInError("wrong_credentials")
    token, account, unit = opened
    return SignedIn(
        token=token,
        account=_shown(account, unit.name),
        must_change_password=account.must_change_password,
    )


@router.post("/password", status_code=204)
async def change_password(session: Session, access: SignedInStaff, wanted: PasswordChange) -> None:
    if access.account_id is None:
        raise ForbiddenError("account_needed")
    await service.change_password(session, access.account_id, old=wanted.old, new=wanted.new)


@router.post("/sign-out", status_code=204)
async def sign_out(session: Session, access: SignedInStaff) -> None:
    if access.account_id is not None:
        await service.revoke(session, access.token_id, now())


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
