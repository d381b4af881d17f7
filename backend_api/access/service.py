"""Tokens, accounts and passwords. Callers own the transaction."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, case, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend_api.access.models import AccessToken, Account, SignInAttempt
from backend_api.access.passwords import NOBODY, hash_of_password
from backend_api.access.rules import Role
from backend_api.audit.service import SYSTEM, Actor, Subject, record
from backend_api.core.crypto import keyring_of
from backend_api.core.errors import InvalidError, NotSignedInError, TooManyError
from backend_api.core.ids import new_id
from backend_api.organisation.models import Unit
from backend_api.organisation.rules import root_of

SIGN_IN_LASTS = timedelta(hours=12)
MAX_FAILURES = 5
LOCKED_FOR = timedelta(minutes=10)
NOBODY_KNOWN = Actor("unknown")
# Hexadecimal digits of a keyed fingerprint: enough to see that two are the same.
FINGERPRINT = 16
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
_COUNT_ATTEMPT = (
    insert(SignInAttempt)
    .values(
        id=bindparam("id"),
        created_at=bindparam("at"),
        caller_index=bindparam("caller"),
        count=1,
        last_at=bindparam("at"),
    )
    .on_conflict_do_update(
        index_elements=[SignInAttempt.caller_index],
        set_={
            "count": case(
                (SignInAttempt.last_at <= bindparam("expired"), 1),
                else_=SignInAttempt.count + 1,
            ),
            "last_at": bindparam("at"),
        },
    )
    .returning(SignInAttempt.count)
)
# Locked rows are somebody's at work: never waited for, so that nothing waits in a circle.
_FORGET_OLD_ATTEMPTS = delete(SignInAttempt).where(
    SignInAttempt.id.in_(
        select(SignInAttempt.id)
        .where(SignInAttempt.last_at <= bindparam("expired"))
        .limit(100)
        .with_for_update(skip_locked=True)
    )
)


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
    def reads_reports(self) -> bool:
        """On officials: for those whose office it is, and for nobody above them."""
        return self.role is Role.DISCIPLINE

    @property
    def keeps_secrets(self) -> bool:
        """Of the state: what was set aside since it may be one."""
        return self.role is Role.SECRECY

    @property
    def of_lists(self) -> Subject:
        """What the audit says a list was of. How much those saw who read reports is told to no
        administrator: a subject without a path is read through no api."""
        path = None if self.reads_reports or self.keeps_secrets else self.unit_path
        return Subject("unit", self.unit_id, path)

    @property
    def organisation_id(self) -> UUID:
        return root_of(self.unit_path)


def hash_of(token: str) -> bytes:
    """Tokens are 256 random bits, so a plain hash is enough and is found by index."""
    return hashlib.sha256(token.encode()).digest()


async def create_token(session: AsyncSession, *, role: Role, name: str, unit: Unit) -> str:
    """A lasting token for a program. It is shown once; only its hash is stored."""
    token = _new_token()
    row = AccessToken(token_hash=hash_of(token), role=role, name=name, unit_id=unit.id)
    session.add(row)
    await session.flush()
    subject = Subject("access_token", row.id, unit.path)
    record(session, SYSTEM, "token.created", subject, role=role)
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
        password_hash=hash_of_password(password),
    )
    session.add(account)
    await session.flush()
    subject = Subject("account", account.id, unit.path)
    record(session, SYSTEM, "account.added", subject, role=role)
    return password


async def count_attempt(session: AsyncSession, *, origin: str, username: str, at: datetime) -> None:
    """Counted before the password is looked at: commit, so that many at once count as many.

    Per origin and username, known or not: nobody elsewhere can lock a person out.
    """
    caller, expired = _caller(session, origin, username), at - LOCKED_FOR
    attempts = await session.scalar(
        _COUNT_ATTEMPT, {"id": new_id(), "caller": caller, "at": at, "expired": expired}
    )
    if (attempts or 0) > MAX_FAILURES:
        raise TooManyError("too_many_attempts")
    await session.execute(_FORGET_OLD_ATTEMPTS, {"expired": expired})


async def password_hash_of(session: AsyncSession, username: str) -> str:
    """What a password is compared with; nobody's where the username is unknown or closed."""
    open_one = select(Account.password_hash).where(
        Account.username == username, Account.closed_at.is_(None)
    )
    found = await session.scalar(open_one)
    return found or NOBODY


async def sign_in(
    session: AsyncSession, *, username: str, checked: str, origin: str, at: datetime
) -> tuple[str, Account, Unit]:
    """A new token for whom `checked` is the password hash that was found to match."""
    # Locked, so that a password changed at this moment ends this sign-in too.
    account = await session.scalar(
        select(Account)
        .where(
            Account.username == username,
            Account.password_hash == checked,
            Account.closed_at.is_(None),
        )
        .with_for_update(read=True)
    )
    if account is None:
        raise NotSignedInError("wrong_credentials")
    await forget_attempts(session, origin=origin, username=username)
    unit = (await session.scalars(select(Unit).where(Unit.id == account.unit_id))).one()
    return await _open_session(session, account, unit, at), account, unit


async def forget_attempts(session: AsyncSession, *, origin: str, username: str) -> None:
    """The right password was given."""
    caller = _caller(session, origin, username)
    await session.execute(delete(SignInAttempt).where(SignInAttempt.caller_index == caller))


async def change_password(
    session: AsyncSession, access: Access, *, checked: str, new_hash: str, at: datetime
) -> None:
    """Replace the hash that was found to match; every other sign-in of the account ends."""
    account = await session.scalar(
        select(Account)
        .where(Account.id == access.account_id, Account.password_hash == checked)
        .with_for_update()
    )
    if account is None:
        raise InvalidError("wrong_password")
    account.password_hash, account.must_change_password = new_hash, False
    await session.execute(
        update(AccessToken)
        .where(
            AccessToken.account_id == account.id,
            AccessToken.id != access.token_id,
            AccessToken.revoked_at.is_(None),
        )
        .values(revoked_at=at)
    )
    record(session, access.actor, "password.changed", _of_account(access, account.id))


async def account_to_change(session: AsyncSession, username: str) -> Account | None:
    """Locked, so that a sign-in at this moment ends with the others."""
    return await session.scalar(
        select(Account).where(Account.username == username).with_for_update()
    )


async def close_account(session: AsyncSession, account: Account, *, at: datetime) -> None:
    """Its owner left: no sign-in any more."""
    account.closed_at = at
    await _change_of_account(session, account, "account.closed", at)


async def change_role(session: AsyncSession, account: Account, role: Role, *, at: datetime) -> None:
    """A sign-in carries the role it was made with, so it ends."""
    account.role = role
    await _change_of_account(session, account, "account.role_changed", at, role=role)


async def reset_password(session: AsyncSession, account: Account, *, at: datetime) -> str:
    """Returns a new one-time password; it must be changed at the next sign-in."""
    password = secrets.token_urlsafe(9)
    account.password_hash, account.must_change_password = hash_of_password(password), True
    await _change_of_account(session, account, "account.password_reset", at)
    return password


async def _change_of_account(
    session: AsyncSession, account: Account, action: str, at: datetime, **details: str
) -> None:
    """Every sign-in of the account ends, and the change is written down."""
    await session.execute(
        update(AccessToken)
        .where(AccessToken.account_id == account.id, AccessToken.revoked_at.is_(None))
        .values(revoked_at=at)
    )
    path = await session.scalar(select(Unit.path).where(Unit.id == account.unit_id))
    record(session, SYSTEM, action, Subject("account", account.id, path), **details)


async def revoke(session: AsyncSession, token_id: UUID, at: datetime) -> None:
    await session.execute(
        update(AccessToken).where(AccessToken.id == token_id).values(revoked_at=at)
    )


async def sign_out(session: AsyncSession, access: Access, account: UUID, *, at: datetime) -> None:
    await revoke(session, access.token_id, at)
    record(session, access.actor, "account.signed_out", _of_account(access, account))


async def note_failed_sign_in(session: AsyncSession, *, origin: str, username: str) -> None:
    """Known by the account it was tried on; what was typed in place of a name by its fingerprint:
    it may be a password."""
    keys = keyring_of(session)
    found = await session.execute(
        select(Account.id, Unit.path)
        .join(Unit, Unit.id == Account.unit_id)
        .where(Account.username == username)
    )
    known = found.one_or_none()
    details = {"origin": keys.index(origin).hex()[:FINGERPRINT]}
    if known is None:
        details["username"] = keys.index(username).hex()[:FINGERPRINT]
    subject = Subject("account", *(known or (None, None)))
    record(session, NOBODY_KNOWN, "account.sign_in_failed", subject, **details)


def note_wrong_password(session: AsyncSession, access: Access, account: UUID) -> None:
    record(session, access.actor, "password.refused", _of_account(access, account))


async def _open_session(session: AsyncSession, account: Account, unit: Unit, at: datetime) -> str:
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
    subject = Subject("account", account.id, unit.path)
    record(session, Actor("account", str(account.id)), "account.signed_in", subject)
    await session.flush()
    return token


def _of_account(access: Access, account: UUID) -> Subject:
    """The caller's own account."""
    return Subject("account", account, access.unit_path)


def _caller(session: AsyncSession, origin: str, username: str) -> bytes:
    return keyring_of(session).index(f"{origin}\0{username}")


def _new_token() -> str:
    return secrets.token_urlsafe(32)
