"""Sealing of personal data. Keys live in a file outside the database; only this module reads it.

The file is JSON: `{"seal": [newest Fernet key, older, …], "index": base64 of 32 bytes}`.
A changed file is read again before the next use, so that rotation needs no restart.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path
from typing import Annotated

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import LargeBinary
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import mapped_column

# A column of sealed text. `keys rotate` finds the columns by this mark.
Sealed = Annotated[bytes, mapped_column(LargeBinary, info={"sealed": True})]
SealedOrNone = Annotated[
    bytes | None, mapped_column(LargeBinary, nullable=True, info={"sealed": True})
]


class UnreadableError(Exception):
    """A sealed value was sealed with a key that is not in the key file."""


class Keyring:
    def __init__(self, file: Path) -> None:
        self.file = file
        self._read_at = -1
        self._index = b""
        self._keys: list[Fernet] = []

    def seal(self, text: str) -> bytes:
        return self.seal_bytes(text.encode("utf-8", "replace"))

    def open(self, sealed: bytes) -> str:
        return self.open_bytes(sealed).decode()

    def seal_bytes(self, content: bytes) -> bytes:
        return base64.urlsafe_b64decode(self._ring().encrypt(content))

    def open_bytes(self, sealed: bytes) -> bytes:
        try:
            return self._ring().decrypt(base64.urlsafe_b64encode(sealed))
        except InvalidToken as exc:
            raise UnreadableError("sealed with a key that is not in the key file") from exc

    def index(self, text: str) -> bytes:
        """A keyed fingerprint: equal texts are found without being readable."""
        self._ring()
        return hmac.new(self._index, text.encode("utf-8", "replace"), hashlib.sha256).digest()

    def made(self, sealed: bytes, index: bytes, text: str) -> bool:
        """Whether both were made of `text` with these keys; not so where the file is damaged."""
        try:
            return self.open(sealed) == text and hmac.compare_digest(self.index(text), index)
        except (UnreadableError, ValueError, TypeError, LookupError):
            return False

    def is_newest(self, sealed: bytes) -> bool:
        self._ring()
        try:
            self._keys[0].decrypt(base64.urlsafe_b64encode(sealed))
        except InvalidToken:
            return False
        return True

    def _ring(self) -> MultiFernet:
        changed = self.file.stat().st_mtime_ns
        if changed != self._read_at:
            content = json.loads(self.file.read_text())
            self._keys = [Fernet(key) for key in content["seal"]]
            self._index = base64.urlsafe_b64decode(content["index"])
            self._many = MultiFernet(self._keys)
            self._read_at = changed
        return self._many


def new_keyring_file(file: Path) -> None:
    """Write a new key file, readable by its owner alone. Refuses to replace one."""
    index = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    fresh = _written(file, {"seal": [Fernet.generate_key().decode()], "index": index})
    try:
        file.hardlink_to(fresh)
    finally:
        fresh.unlink()
    _settle(file.parent)


def add_key(file: Path) -> None:
    """Put a new sealing key in front; what older keys sealed stays readable."""
    content = json.loads(file.read_text())
    _replace(file, {**content, "seal": [Fernet.generate_key().decode(), *content["seal"]]})


def drop_old_keys(file: Path) -> None:
    """Keep the newest sealing key only. Call it once everything is sealed with it."""
    content = json.loads(file.read_text())
    _replace(file, {**content, "seal": content["seal"][:1]})


def _replace(file: Path, content: dict[str, object]) -> None:
    fresh = _written(file, content)
    fresh.replace(file)
    _settle(file.parent)


def _written(file: Path, content: dict[str, object]) -> Path:
    """The content beside its place, whole and on the disk: no key file is ever half a file."""
    fresh = file.with_name(f"{file.name}.new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        if os.geteuid() == 0 and file.exists():  # it stays the service's, whose account reads it
            os.fchown(out.fileno(), file.stat().st_uid, file.stat().st_gid)
        out.write(json.dumps(content))
        out.flush()
        os.fsync(out.fileno())
    return fresh


def _settle(folder: Path) -> None:
    """A name outlives a power cut only once its folder is on the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def keyring_of(session: AsyncSession) -> Keyring:
    """The key ring the composition root gave to the session factory."""
    ring = session.info["keyring"]
    assert isinstance(ring, Keyring)  # noqa: S101 - a wrong root is a bug, not a state
    return ring


def seal(session: AsyncSession, text: str) -> bytes:
    return keyring_of(session).seal(text)


def unseal(session: AsyncSession, sealed: bytes) -> str:
    return keyring_of(session).open(sealed)
