"""As whom the service runs when root starts it: as PostgreSQL's account, wherever that can work.

Nothing that faces the network needs root. Where the account could not do its work the service
stays with root, and `up` and `doctor` say why.
"""

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from backend_api.operations import postgres
from backend_api.operations.folders import PROJECT, DataFolder
from backend_api.operations.postgres import Account
from backend_api.operations.programs import ENGINE_PYTHON, SERVICE_PYTHON

FIRST_PLAIN_PORT = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")
# Where libpq looks when the address names no file.
CERTIFICATES = (".postgresql/root.crt", ".postgresql/postgresql.crt", ".postgresql/postgresql.key")
FILES_OF_AN_ADDRESS = ("sslcert", "sslkey", "sslrootcert", "sslcrl", "passfile")
LOOK = 'for f do test -r "$f" || test -x "$f" || { printf %s "$f"; exit 1; }; done'


@dataclass(frozen=True, slots=True)
class Runner:
    """`account` is None where the service runs as whoever starts it; `key` says why, if at root."""

    account: Account | None = None
    key: str = ""
    values: dict[str, object] = field(default_factory=dict)


def chosen(data: DataFolder, port: int, url: str | None) -> Runner:
    """The account of the service for this start."""
    if os.geteuid() != 0:
        return Runner()
    try:
        account = postgres.account()
    except postgres.PostgresError:
        account = None
    if account is None or account.name != postgres.SYSTEM_ACCOUNT:
        return Runner(key="root_without_account", values={"account": postgres.SYSTEM_ACCOUNT})
    if port < _first_plain_port():
        return Runner(key="root_for_port", values={"port": port})
    closed = _closed(account, [*_needed(data), *_of_address(url)])
    if closed:
        return _unreachable(account, Path(closed))
    return Runner(account, "root_left", {"account": account.name})


def _first_plain_port() -> int:
    try:
        return int(FIRST_PLAIN_PORT.read_text())
    except (OSError, ValueError):
        return 1024


def _needed(data: DataFolder) -> list[Path]:
    code = [PROJECT / "backend_api" / "main.py", PROJECT / "bot" / "run.py"]
    return [*code, SERVICE_PYTHON, ENGINE_PYTHON, data.secrets]


def _of_address(url: str | None) -> list[Path]:
    """Files that opening an own cluster may need."""
    if url is None:
        return []
    from psycopg.conninfo import conninfo_to_dict

    named = conninfo_to_dict(url)
    given = [Path(str(named[key])) for key in FILES_OF_AN_ADDRESS if named.get(key)]
    usual = [Path.home() / name for name in CERTIFICATES]
    return [file for file in (*given, *usual) if file.exists()]


def _closed(account: Account, paths: list[Path]) -> str:
    """The first path that the account cannot use; asked of the system, so that ACLs count too."""
    asked = subprocess.run(  # noqa: S603 - fixed arguments
        ["/bin/sh", "-c", LOOK, "sh", *map(str, paths)],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        user=account.uid,
        group=account.gid,
        extra_groups=[],
    )
    return asked.stdout


def _unreachable(account: Account, path: Path) -> Runner:
    """Why: the folder on the way that keeps the account out, which may lie behind a link."""
    target = path.resolve()
    way = [*reversed(path.parents), *reversed(target.parents), target]
    closed = Path(_closed(account, way) or path)
    values: dict[str, object] = {"account": account.name, "path": path, "closed": closed}
    if closed == path or closed in path.parents:
        return Runner(key="root_unreachable", values=values)
    return Runner(key="root_unreachable_link", values=values | {"target": target})


def hand_over(data: DataFolder, account: Account) -> None:
    """The account reads the keys once they exist; libraries put into a home what they like."""
    data.home.mkdir(mode=0o700, exist_ok=True)
    for path in (data.home, data.keyring):
        if path.exists():
            os.chown(path, account.uid, account.gid)
