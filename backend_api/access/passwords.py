"""Hashing of passwords. Argon2 is slow on purpose: never on the event loop, never under a lock."""

import secrets

import anyio
import anyio.to_thread
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

# Each takes a core for some 50 ms and 64 MB: the rest of the service goes on beside them.
AT_ONCE = 2
_HASHER = PasswordHasher()


def hash_of_password(password: str) -> str:
    return _HASHER.hash(password)


# Checked when the username is unknown, so that the answer takes as long as for a known one.
NOBODY = hash_of_password(secrets.token_hex())


class Hashing:
    """Made once by the api's root; holds the threads that may hash at the same time."""

    def __init__(self) -> None:
        self._places = anyio.CapacityLimiter(AT_ONCE)

    async def hash(self, password: str) -> str:
        return await anyio.to_thread.run_sync(hash_of_password, password, limiter=self._places)

    async def matches(self, password_hash: str, password: str) -> bool:
        return await anyio.to_thread.run_sync(
            _matches, password_hash, password, limiter=self._places
        )


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except VerificationError:
        return False
