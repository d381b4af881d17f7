"""`backup` and `restore`: one tar file with the database's dump and, unless refused, the keys."""

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from functools import partial
from pathlib import Path

from backend_api.operations import database, postgres, records, secret_files
from backend_api.operations import keys as keys_of
from backend_api.operations.folders import DataFolder, write_private
from backend_api.operations.messages import FailureError, Screen

FORMAT = 1
DUMP = "database.dump"
ABOUT = "about.json"
ENCRYPTED = {"require", "verify-ca", "verify-full"}
NOTHING = {"secrets", "run", "logs", "instance"}


def backup(data: DataFolder, file: Path, screen: Screen, *, keys: bool) -> None:
    """Write the copy beside its place and rename it: no half copy is ever mistaken for one."""
    if file.exists():
        raise FailureError("file_exists", file=file)
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with (
            tempfile.TemporaryDirectory(dir=file.parent) as folder,
            database.reached(data) as url,
            keys_of.held(url),
        ):
            _copy(data, url, Path(folder), keys=keys)
            _pack(data, Path(folder), unfinished, keys=keys)
            database.in_session(
                url, data, partial(records.note, action="backup.made", keys=str(keys))
            )
        unfinished.rename(file)
    except OSError as error:
        raise FailureError("copy_not_writable", file=file, last=error.strerror) from error
    finally:
        unfinished.unlink(missing_ok=True)
    screen.say("backed_up_with_keys" if keys else "backed_up_without_keys", file=file)


def _copy(data: DataFolder, url: str, folder: Path, *, keys: bool) -> None:
    """A copy with keys is only made with the right ones: it must be readable later."""
    if keys:
        keys_of.check(url, data)
    _run("pg_dump", url, "--format=custom", f"--file={folder / DUMP}")


def _pack(data: DataFolder, folder: Path, target: Path, *, keys: bool) -> None:
    (folder / ABOUT).write_text(json.dumps({"format": FORMAT, "keys": keys}))
    opened = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "wb") as raw, tarfile.open(fileobj=raw, mode="w") as tar:
        tar.add(folder / ABOUT, ABOUT)
        tar.add(folder / DUMP, DUMP)
        if keys:
            for secret in sorted(data.secrets.iterdir()):
                if secret.name != secret_files.DATABASE_URL:  # a copy is restored elsewhere
                    tar.add(secret, f"secrets/{secret.name}")


def restore(data: DataFolder, file: Path, screen: Screen) -> None:
    """Into an empty data folder only: nothing is ever replaced."""
    if data.root.exists() and _holds_anything(data):
        raise FailureError("restore_not_empty", folder=data.root)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _unpack(file, folder)
        data.make()
        _restore_secrets(data, folder)
        with database.reached(data) as url:
            _refuse_used(url)
            _run("pg_restore", url, "--no-owner", "--exit-on-error", str(folder / DUMP))
            own = database.own_url()
            if own is not None:
                secret_files.keep_database_url(data, own)
            keys_of.check(url, data)
            database.in_session(url, data, partial(records.note, action="backup.restored"))
    screen.say("restored", folder=data.root)


def _holds_anything(data: DataFolder) -> bool:
    """Keys alone may be there: that is how a copy without keys is restored."""
    return any(child.name not in NOTHING for child in data.root.iterdir())


def _unpack(file: Path, folder: Path) -> None:
    try:
        with tarfile.open(file) as tar:
            tar.extractall(folder, filter="data")
        about = json.loads((folder / ABOUT).read_text())
    except (OSError, tarfile.TarError, ValueError) as error:
        raise FailureError("copy_unreadable", file=file) from error
    if about.get("format") != FORMAT or not (folder / DUMP).exists():
        raise FailureError("copy_unreadable", file=file)


def _restore_secrets(data: DataFolder, folder: Path) -> None:
    found = folder / "secrets"
    keyring = found / data.keyring.name
    if keyring.exists() and data.keyring.exists():
        _refuse_other_keys(data, keyring)
    if found.exists():
        for secret in found.iterdir():
            write_private(data.secrets / secret.name, secret.read_text(encoding="utf-8"))
    if not data.keyring.exists():
        raise FailureError("keys_missing", file=data.keyring)
    secret_files.ensure(data)


def _refuse_other_keys(data: DataFolder, keyring: Path) -> None:
    """Keys that lie there may be the only ones of a database elsewhere."""
    if keyring.read_bytes() != data.keyring.read_bytes():
        raise FailureError("restore_keys_differ", file=data.keyring)


def _refuse_used(url: str) -> None:
    """An own cluster may already hold a Hualiao."""
    import psycopg

    with psycopg.connect(url, connect_timeout=5) as connection:
        used = connection.execute("select to_regclass('alembic_version')").fetchone()
    if used is not None and used[0] is not None:
        raise FailureError("restore_database_used")


def _run(program: str, url: str, *arguments: str) -> None:
    """Run a tool of PostgreSQL; the password goes by the environment, not the command line.

    Everything else of the address stays, `sslmode` above all.
    """
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    address = conninfo_to_dict(url)
    password = str(address.pop("password", ""))
    done = subprocess.run(  # noqa: S603 - the wheel's own tools
        [
            _tool(program, encrypted=address.get("sslmode") in ENCRYPTED),
            f"--dbname={make_conninfo('', **address)}",
            *arguments,
        ],
        env={**os.environ, "PGPASSWORD": password},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["?"])[-1]
        raise FailureError("copy_failed", what=program, last=last)


def _tool(program: str, *, encrypted: bool) -> str:
    """The wheel's own, which is built without TLS; the machine's where the address asks for it."""
    if not encrypted:
        return str(postgres.binaries(None) / program)
    found = shutil.which(program)
    if found is None:
        raise FailureError("copy_needs_tls", what=program)
    return found
