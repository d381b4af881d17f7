"""Tokens, accounts and passwords. Callers own the transaction."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend_api.access.models import AccessToken, Account
from backend_api.access.rules import Role, is_strong
from backend_api.audit.service import Actor, Subject, record
from backend_api.core.errors import InvalidError, NotSignedInError, TooManyError
from backend_api.organisation.models import Unit

SIGN_IN_LASTS = timedelta(hours=12)
MAX_FAILURES = 5
LOCKED_FOR = timedelta(minutes=10)
# Built once: it runs with every request.
_BY_TOKEN = (
    select(
        AccessToken.id,
        AccessToken.role,
        AccessToken.unit_id,
        Unit.path,
        AccessToken.account_id,
        AccessToken.expires_at,
        Account.must_change_password,
    )
    .join(Unit, Unit.id == AccessToken.unit_id)
    .outerjoin(Account, Account.id == AccessToken.account_id)
    .where(AccessToken.token_hash == bindparam("token_hash"), AccessToken.revoked_at.is_(None))
)
_HASHER = PasswordHasher()
# Checked when the username is unknown, so that the answer takes as long as for a known one.
_NOBODY = _HASHER.hash(secrets.token_hex())


@dataclass(frozen=True, slots=True)
class Access:
    """Whose request this is and how far it reaches: the unit's path is the scope."""

    token_id: UUID
    role: Role
    unit_id: UUID
    unit_path: str
    account_id: UUID | None
    must_change_password: bool

    @property
    def actor(self) -> Actor:
        if self.account_id is not None:
            return Actor("account", str(self.account_id))
        return Actor("client", str(self.token_id))

    @property
    def organisation_id(self) -> UUID:
        return UUID(self.unit_path.split("/")[1])


def hash_of(token: str) -> bytes:
    """Tokens are 256 random bits, so a plain hash is enough and is found by index."""
    return hashlib.sha256(token.encode()).digest()


async def create_token(session: AsyncSession, *, role: Role, name: str, unit: Unit) -> str:
    """A lasting token for a program. It is shown once; only its hash is stored."""
    token = _new_token()
    row = AccessToken(token_hash=hash_of(token), role=role, name=name, unit_id=unit.id)
    session.add(row)
    await session.flush()
    record(session, Actor("system"), "token.created", Subject("access_token", row.id), role=role)
    return token


async def access_by_token(session: AsyncSession, token: str, at: datetime) -> Access:
    found = (await session.execute(_BY_TOKEN, {"token_hash": hash_of(token)})).one_or_none()
    if found is None:
        raise NotSignedInError("not_signed_in")
    token_id, role, unit_id, path, account_id, expires_at, must_change = found
    if expires_at is not None and expires_at <= at:
        raise NotSignedInError("signed_out")
    return Access(token_id, role, unit_id, path, account_id, bool(must_change))


async def add_account(
    session: AsyncSession, *, username: str, name: str, role: Role, unit: Unit
) -> str:
    """Returns the one-time password; it must be changed at the first sign-in."""
    password = secrets.token_urlsafe(9)
    account = Account(
        username=username,
        name=name,
        role=role,
        unit_id=unit.id,
        password_hash=_HASHER.hash(password),
    )
    session.add(account)
    await session.flush()
    record(session, Actor("system"), "account.added", Subject("account", account.id), role=role)
    return password


async def sign_in(
    session: AsyncSession, *, username: str, password: str, at: datetime
) -> tuple[str, Account, Unit] | None:
    """A new token, or None for wrong credentials (the failure is counted: commit either way)."""
    account = await session.scalar(
        select(Account).where(Account.username == username).with_for_update()
    )
    if account is not None and account.locked_until is not None and account.locked_until > at:
        raise TooManyError("too_many_attempts")
    if not _matches(account.password_hash if account else _NOBODY, password) or account is None:
        _count_failure(account, at)
        return None
    account.failed_sign_ins, account.locked_until = 0, None
    unit = (await session.scalars(select(Unit).where(Unit.id == account.unit_id))).one()
    return await _open_session(session, account, at), account, unit


async def change_password(session: AsyncSession, account_id: UUID, *, old: str, new: str) -> None:
    account = (
        await session.scalars(select(Account).where(Account.id == account_id).with_for_update())
    ).one()
    if not _matches(account.password_hash, old):
        raise InvalidError("wrong_password")
    if old == new or not is_strong(new, account.username):
        raise InvalidError("weak_password")
    account.password_hash, account.must_change_password = _HASHER.hash(new), False
    record(
        session,
        Actor("account", str(account.id)),
        "password.changed",
        Subject("account", account.id),
    )


async def revoke(session: AsyncSession, token_id: UUID, at: datetime) -> None:
    await session.execute(
        update(AccessToken).where(AccessToken.id == token_id).values(revoked_at=at)
    )


async def _open_session(session: AsyncSession, account: Account, at: datetime) -> str:
    token = _new_token()
    session.add(
        AccessToken(
            token_hash=hash_of(token),
            role=account.role,
            name=account.username,
            unit_id=account.unit_id,
            account_id=account.id,
            expires_at=at + SIGN_IN_LASTS,
        )
    )
    record(
        session,
        Actor("account", str(account.id)),
        "account.signed_in",
        Subject("account", account.id),
    )
    await session.flush()
    return token


def _count_failure(account: Account | None, at: datetime) -> None:
    if account is None:
        return
    account.failed_sign_ins += 1
    if account.failed_sign_ins >= MAX_FAILURES:
        account.failed_sign_ins, account.locked_until = 0, at + LOCKED_FOR


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except VerifyMismatchError:
        return False


def _new_token() -> str:
    return secrets.token_urlsafe(32)
