"""`backup` and `restore`: one tar file with the database's dump and, unless refused, the keys."""

import json
import os
import subprocess
import tarfile
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

from backend_api.operations import database, postgres, secret_files
from backend_api.operations.folders import DataFolder
from backend_api.operations.messages import FailureError, Screen

FORMAT = 1
DUMP = "database.dump"
ABOUT = "about.json"
NOTHING = {"secrets", "run", "logs", "instance"}


def backup(data: DataFolder, file: Path, screen: Screen, *, keys: bool) -> None:
    """Write the copy beside its place and rename it: no half copy is ever mistaken for one."""
    if file.exists():
        raise FailureError("file_exists", file=file)
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with tempfile.TemporaryDirectory(dir=file.parent) as folder:
            with database.reached(data) as url:
                _run("pg_dump", url, "--format=custom", f"--file={Path(folder) / DUMP}")
            _pack(data, Path(folder), unfinished, keys=keys)
        unfinished.rename(file)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise FailureError("copy_not_writable", file=file, last=error.strerror) from error
    screen.say("backed_up_with_keys" if keys else "backed_up_without_keys", file=file)


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
            _run("pg_restore", f"{folder / DUMP}", "--no-owner", "--exit-on-error", into=url)
        own = database.own_url()
        if own is not None:
            secret_files.keep_database_url(data, own)
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
    if found.exists():
        for secret in found.iterdir():
            target = data.secrets / secret.name
            target.write_bytes(secret.read_bytes())
            target.chmod(0o600)
    if not data.keyring.exists():
        raise FailureError("keys_missing", file=data.keyring)
    secret_files.ensure(data)


def _refuse_used(url: str) -> None:
    """An own cluster may already hold a Hualiao."""
    import psycopg

    with psycopg.connect(url) as connection:
        used = connection.execute("select to_regclass('alembic_version')").fetchone()
    if used is not None and used[0] is not None:
        raise FailureError("restore_database_used")


def _run(program: str, *arguments: str, into: str | None = None) -> None:
    """Run a tool of PostgreSQL; the password goes by the environment, not the command line."""
    url = urlsplit(into or arguments[0])
    name = url.path.lstrip("/")
    where = ["--host", url.hostname or "", "--port", str(url.port or 5432)]
    where += ["--username", unquote(url.username or ""), "--dbname", name]
    rest = arguments if into else arguments[1:]
    done = subprocess.run(  # noqa: S603 - the wheel's own tools
        [str(postgres.binaries(None) / program), *where, *rest],
        env={**os.environ, "PGPASSWORD": unquote(url.password or "")},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["?"])[-1]
        raise FailureError("copy_failed", what=program, last=last)
