"""The key file of an instance: made once, refused where it is not the database's own, changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from backend_api.operations import database, records
from backend_api.operations.folders import DataFolder
from backend_api.operations.messages import FailureError

if TYPE_CHECKING:  # a second of importing that most commands do without
    from sqlalchemy.ext.asyncio import AsyncSession


def check(url: str, data: DataFolder) -> None:
    """Refuse a key file that cannot open what the database holds."""
    database.in_session(url, data, refuse_unfit)


async def refuse_unfit(session: "AsyncSession") -> None:
    """One sentence where the key file is missing or another database's."""
    from backend_api.core.canary import Fit, key_fit
    from backend_api.core.crypto import keyring_of

    match await key_fit(session):
        case Fit.MISSING:
            raise FailureError("key_lost", file=keyring_of(session).file)
        case Fit.WRONG:
            raise FailureError("key_wrong", file=keyring_of(session).file)
        case Fit.GOOD:
            return


@contextmanager
def held(url: str) -> Iterator[None]:
    """Keep the keys from being changed and from being copied by others meanwhile."""
    from backend_api.core.rotation import KeysInUseError, keys_held

    try:
        with keys_held(url):
            yield
    except KeysInUseError as error:
        raise FailureError("keys_in_use") from error


def rotate(url: str, data: DataFolder) -> int:
    """Seal everything with a new key; answers how many rows were written."""
    from backend_api.core import rotation
    from backend_api.migrations.tables import METADATA

    with held(url):
        check(url, data)
        try:
            count = rotation.rotate(url, data.keyring, METADATA)
        except TimeoutError as error:
            raise FailureError("keys_busy") from error
        note = partial(records.note, action="keys.rotated", count=str(count))
        database.in_session(url, data, note)
    return count
