"""Whether the key file is the one this database was sealed with: known before anything is read.

One row, made with the first key. A lost key file must stop a start: with a new one everything that
is stored would be unreadable, and every look-up by fingerprint would quietly find nothing.
"""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import LargeBinary, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backend_api.core.crypto import Sealed, keyring_of, new_keyring_file
from backend_api.core.db import Base

WORD = "canary"
# The row's id is fixed, so there is never a second one.
ONLY_ROW = UUID(int=1)


class Canary(Base):
    """A known word, sealed and indexed with the keys of this database."""

    __tablename__ = "key_canary"

    word_sealed: Mapped[Sealed]
    word_index: Mapped[bytes] = mapped_column(LargeBinary)


class Fit(StrEnum):
    """How the key file goes with the database."""

    GOOD = "good"
    MISSING = "missing"
    WRONG = "wrong"


async def key_fit(session: AsyncSession) -> Fit:
    """A damaged key file is a wrong one; before the first start any key file is good."""
    canary = await _canary(session)
    keyring = keyring_of(session)
    if not keyring.file.exists():
        return Fit.MISSING
    if canary is None or keyring.made(canary.word_sealed, canary.word_index, WORD):
        return Fit.GOOD
    return Fit.WRONG


async def ensure_canary(session: AsyncSession) -> None:
    """Make the canary if there is none yet, and then, only then, the key file if it is missing."""
    if await _canary(session) is not None:
        return
    keyring = keyring_of(session)
    if not keyring.file.exists():
        new_keyring_file(keyring.file)
    # Two first starts at once, each with its own key: one row stays, and the other key is wrong.
    await session.execute(
        insert(Canary)
        .values(id=ONLY_ROW, word_sealed=keyring.seal(WORD), word_index=keyring.index(WORD))
        .on_conflict_do_nothing()
    )


async def _canary(session: AsyncSession) -> Canary | None:
    return await session.scalar(select(Canary).where(Canary.id == ONLY_ROW))
