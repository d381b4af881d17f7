"""The secrets of one instance: made at the first start, readable by their owner alone."""

import secrets
from pathlib import Path

from backend_api.operations.folders import DataFolder, write_private
from backend_api.operations.messages import FailureError

PASSWORD = "database-password"  # noqa: S105 - a file name
NAMES = (
    PASSWORD,
    "engine-token",
    "actions-token",
    "service-token",
    "console-token",
    "console-secret",
)
# The one-time password waits here until a start got far enough to show it.
FIRST_PASSWORD = "first-password"  # noqa: S105 - a file name
# The address of an own cluster, with its password; missing: the embedded one is used.
DATABASE_URL = "database-url"


def ensure(data: DataFolder) -> dict[str, str]:
    """Read every secret, making the missing ones; the key file is made with the database only."""
    if data.has_cluster() and not (data.secrets / PASSWORD).exists():
        raise FailureError("secret_lost", file=data.secrets / PASSWORD)
    return {name: _read_or_make(data.secrets / name) for name in NAMES}


def _read_or_make(file: Path) -> str:
    if not file.exists():
        write_private(file, secrets.token_urlsafe(32))
    return file.read_text(encoding="ascii").strip()


def keep_first_password(data: DataFolder, password: str) -> None:
    """Keep it until it is shown: a first start may fail after the account was made."""
    write_private(data.secrets / FIRST_PASSWORD, password)


def take_first_password(data: DataFolder) -> str | None:
    """The password that was not shown yet; afterwards it is nowhere."""
    file = data.secrets / FIRST_PASSWORD
    if not file.exists():
        return None
    password = file.read_text(encoding="ascii")
    file.unlink()
    return password


def keep_database_url(data: DataFolder, url: str) -> None:
    """Later commands find the own cluster without being told again."""
    write_private(data.secrets / DATABASE_URL, url)


def kept_database_url(data: DataFolder) -> str | None:
    file = data.secrets / DATABASE_URL
    return file.read_text(encoding="utf-8").strip() or None if file.exists() else None
