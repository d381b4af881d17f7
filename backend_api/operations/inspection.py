"""`status` and `doctor`: what runs, what is wrong, how to mend it."""

import os
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import psutil

from backend_api.operations import (
    checks,
    database,
    keys,
    ready,
    runner,
    secret_files,
    state,
    training,
)
from backend_api.operations.folders import DEFAULT_DATA, DataFolder
from backend_api.operations.messages import FailureError, Screen, words
from backend_api.operations.ready import Addresses
from backend_api.operations.state import State
from backend_api.operations.supervision import Running, Supervisor

if TYPE_CHECKING:
    import psycopg

LITTLE_DISK_GB = 3.0
COUNTS = {
    "queue": "select count(*) from procrastinate_jobs where status = 'todo'",
    "failed": "select count(*) from procrastinate_jobs where status = 'failed'",
    "waiting": (
        "select count(*) from procrastinate_jobs where status in ('todo', 'doing')"
        " and coalesce(scheduled_at, now()) < now() - interval '2 minutes'"
    ),
    "discipline": "select count(*) from account where role = 'discipline' and closed_at is null",
    "secrecy": "select count(*) from account where role = 'secrecy' and closed_at is null",
}
# Without one, what is for their eyes alone is read by nobody.
NEEDED_ROLES = ("discipline", "secrecy")


@dataclass(frozen=True, slots=True)
class Finding:
    """`level`: good, warning or bad. The words say how to mend it."""

    level: str
    key: str
    values: dict[str, object]


def status(data: DataFolder, screen: Screen) -> bool:
    """Print a table of the processes; False when the service is not up."""
    running = state.running(data)
    programs = Supervisor(data).programs() if running else []
    if running is None or not programs:
        screen.say("not_up")
        return False
    addresses = Addresses(running.host, running.port, running.console_port)
    urls = _urls(running, addresses)
    screen.plain(f"{'':10}{'state':10}{'pid':>8}{'MB':>7}{'up':>12}  url")
    for program in programs:
        screen.plain(_row(program, urls.get(program.name, "")))
    counted = _counts(data)
    screen.say("queue", queue=counted.get("queue", "?"), failed=counted.get("failed", "?"))
    code = ready.answer(f"{addresses.api}/readyz")[0]
    screen.say("ready" if code == 200 else "not_ready_now")
    screen.say(
        "addresses", chat=addresses.shown_chat(running.site), console=addresses.shown_console
    )
    return code == 200


def _urls(running: State, addresses: Addresses) -> dict[str, str]:
    return {
        "api": addresses.api,
        "console": addresses.console,
        "engine": f"http://127.0.0.1:{running.engine_port}",
        "actions": f"http://127.0.0.1:{running.actions_port}",
        "postgres": f"127.0.0.1:{running.database_port}" if running.database_port else "",
    }


def _row(program: Running, url: str) -> str:
    up = str(timedelta(seconds=int(time.time() - program.since))) if program.pid else "-"
    memory = f"{_megabytes(program.pid):.0f}" if program.pid else "-"
    return f"{program.name:10}{program.state:10}{program.pid:>8}{memory:>7}{up:>12}  {url}"


def _megabytes(pid: int) -> float:
    """What the program and its children hold for themselves, shared pages counted once."""
    try:
        held = [one.memory_info() for one in _family(psutil.Process(pid))]
    except psutil.Error:
        return 0.0
    return sum(one.rss - one.shared for one in held) / 1e6


def _family(process: psutil.Process) -> Iterator[psutil.Process]:
    yield process
    yield from process.children(recursive=True)


def _counts(data: DataFolder) -> dict[str, int]:
    """Jobs by state; empty where the database does not answer."""
    import psycopg

    try:
        url = database.current_url(data)
    except FailureError:
        return {}
    if url is None:
        return {}
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            return {name: _count(connection, query) for name, query in COUNTS.items()}
    except psycopg.Error:
        return {}


def _count(connection: "psycopg.Connection[tuple[object, ...]]", query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    return int(str(row[0])) if row else 0


def doctor(data: DataFolder, port: int, screen: Screen) -> bool:
    """Look at everything and say how to mend what is wrong; True when nothing is bad."""
    signs = {"good": "✓", "warning": "!", "bad": "✗"}
    found = [finding for look in LOOKS for finding in look(data, port)]
    lines = (f"{signs[one.level]} {words(one.key, **one.values)}" for one in found)
    for line in dict.fromkeys(lines):
        screen.plain(line)
    return all(finding.level != "bad" for finding in found)


def _found(good: bool, key: str, level: str = "bad", **values: object) -> Finding:
    """`key` names two texts: `<key>_good` and `<key>_bad`."""
    return Finding("good" if good else level, f"{key}_{'good' if good else 'bad'}", values)


def _python(_data: DataFolder, _port: int) -> Iterator[Finding]:
    version = sys.version.split()[0]
    yield _found(sys.version_info[:2] <= (3, 13), "doctor_python", "warning", version=version)


def _root(data: DataFolder, port: int) -> Iterator[Finding]:
    if os.geteuid() != 0:
        yield Finding("good", "doctor_root_good", {})
        return
    if not data.exists():
        return
    try:
        url = database.chosen_url(data)
    except FailureError:  # told with the database
        return
    found = runner.chosen(data, port, url)
    yield Finding("good" if found.account else "warning", found.key, found.values)


def _disk(data: DataFolder, _port: int) -> Iterator[Finding]:
    place = data.root if data.exists() else DEFAULT_DATA.parent
    free = shutil.disk_usage(place).free / 1e9
    level = "warning" if free >= checks.NEEDED_GB else "bad"
    yield _found(free >= LITTLE_DISK_GB, "doctor_disk", level, free=f"{free:.1f}", folder=place)


def _folder(data: DataFolder, _port: int) -> Iterator[Finding]:
    if not data.exists():
        yield _found(False, "doctor_data", "warning", folder=data.root)
        return
    yield _found(os.access(data.root, os.W_OK), "doctor_data_writable", folder=data.root)
    open_files = [
        file.name
        for file in sorted(data.secrets.glob("*"))
        if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    ]
    yield _found(not open_files, "doctor_modes", files=", ".join(open_files), folder=data.secrets)
    yield from _missing(data)


def _missing(data: DataFolder) -> Iterator[Finding]:
    """Each lost file with what it takes with it; only what a start makes anew is no loss."""
    lost = {name for name in secret_files.NAMES if not (data.secrets / name).exists()}
    if not data.keyring.exists():
        yield Finding("bad", "doctor_keys_bad", {"file": data.keyring})
    if secret_files.PASSWORD in lost and data.has_cluster():
        lost.remove(secret_files.PASSWORD)
        yield Finding("bad", "secret_lost", {"file": data.secrets / secret_files.PASSWORD})
    elif not lost and data.keyring.exists():
        yield Finding("good", "doctor_keys_good", {})
    if lost:
        files = ", ".join(sorted(lost))
        yield Finding("warning", "doctor_tokens_bad", {"files": files, "folder": data.secrets})


def _ports(data: DataFolder, port: int) -> Iterator[Finding]:
    if state.running(data):
        return
    for wanted in (port, port + 1):
        yield _found(checks.opening_error("127.0.0.1", wanted) is None, "doctor_port", port=wanted)


def _service(data: DataFolder, _port: int) -> Iterator[Finding]:
    running = state.running(data)
    if running is None:
        yield _found(False, "doctor_up", "warning")
        return
    for program in Supervisor(data).programs():
        good = program.state == "RUNNING"
        log = data.logs / f"{program.name}.log"
        yield _found(good, "doctor_program", what=program.name, state=program.state, log=log)
    code, body = ready.answer(f"{Addresses(running.host, running.port, 0).api}/readyz")
    yield _found(code == 200, "doctor_ready", parts=ready.failing(body))


def _database(data: DataFolder, _port: int) -> Iterator[Finding]:
    try:
        url = database.current_url(data) if data.exists() else database.own_url()
    except FailureError as failure:
        yield Finding("bad", failure.key, failure.values)
        return
    if url is None:
        return
    try:
        database.reach(url, seconds=3)
    except FailureError as failure:
        yield Finding("bad", failure.key, failure.values)
        return
    yield Finding("good", "doctor_database_good", {})
    migrated = database.is_migrated(url)
    yield _found(migrated, "doctor_migrations")
    if migrated:
        yield from _keys(url, data)
    counted = _counts(data)
    failed, waiting = counted.get("failed", 0), counted.get("waiting", 0)
    yield _found(not failed, "doctor_failed_jobs", "warning", count=failed)
    yield _found(not waiting, "doctor_waiting", count=waiting)
    lacking = [role for role in NEEDED_ROLES if counted.get(role) == 0]
    yield _found(not lacking, "doctor_roles", "warning", roles=", ".join(lacking))


def _keys(url: str, data: DataFolder) -> Iterator[Finding]:
    try:
        keys.check(url, data)
    except FailureError as failure:
        yield Finding("bad", failure.key, failure.values)
        return
    yield Finding("good", "doctor_key_fit_good", {})


def _models(data: DataFolder, _port: int) -> Iterator[Finding]:
    for name, file in training.planned(training.models_folder(data.root)).items():
        yield _found(file.exists(), "doctor_model", "warning", what=name)


Look = Callable[[DataFolder, int], Iterator[Finding]]
LOOKS: tuple[Look, ...] = (
    _python,
    _root,
    _disk,
    _folder,
    _ports,
    _service,
    _database,
    _models,
)
