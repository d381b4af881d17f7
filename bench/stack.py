"""A whole service of its own in a temporary folder: started, looked at, changed and removed."""

import contextlib
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
import xmlrpc.client
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
from supervisor.xmlrpc import SupervisorTransport

from backend_api.operations.folders import PROJECT, DataFolder, write_private
from backend_api.operations.supervision import Supervisor

COMMAND_SECONDS = 600.0
READY_SECONDS = 60.0
# Below the ephemeral ports, where another program's connection may sit by chance.
PORTS = (20_000, 32_000)


class StackError(RuntimeError):
    """The service could not be started; the words are the launcher's."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a program and its children have used: CPU seconds so far, and bytes of memory."""

    cpu: float
    memory: int


@dataclass(frozen=True, slots=True)
class Stack:
    """One running service that belongs to us."""

    data: DataFolder
    port: int
    token: str
    # Of the first account; empty where the service was not started here for the first time.
    first_password: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def pids(self) -> dict[str, int]:
        """Program → pid, of the programs that run."""
        found = Supervisor(self.data).programs()
        return {one.name: one.pid for one in found if one.pid}

    def usage(self) -> dict[str, Usage]:
        return {name: usage_of(pid) for name, pid in self.pids().items()}

    def set_environment(self, program: str, **values: str) -> None:
        """Restart one program with more in its environment (`child.py` reads the file anew)."""
        programs = json.loads(self.data.programs.read_text(encoding="utf-8"))
        programs[program]["environment"] |= values
        write_private(self.data.programs, json.dumps(programs))
        Supervisor(self.data).restart(program)

    def stop_program(self, program: str) -> None:
        """Stop one program and leave it stopped; `Supervisor.start` brings it back."""
        transport = SupervisorTransport(None, None, serverurl=f"unix://{self.data.socket}")
        with xmlrpc.client.ServerProxy("http://127.0.0.1", transport) as server:
            server.supervisor.stopProcess(program, True)

    def wait_until_ready(self, seconds: float = READY_SECONDS) -> None:
        limit = time.monotonic() + seconds
        while not _answers(f"{self.url}/readyz"):
            if time.monotonic() > limit:
                raise StackError(f"not ready again within {seconds:.0f} s")
            time.sleep(0.1)

    def log(self, program: str, characters: int = 3000) -> str:
        text = (self.data.logs / f"{program}.log").read_text("utf-8", "replace")
        return text[-characters:]


def usage_of(pid: int) -> Usage:
    """Of a process and its living children; shared pages are counted once."""
    cpu, memory = 0.0, 0
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                times, held = one.cpu_times(), one.memory_info()
                cpu += times.user + times.system
                if one is process:  # of children that have ended
                    cpu += times.children_user + times.children_system
                memory += held.rss if one is process else held.rss - held.shared
    return Usage(cpu, memory)


@contextlib.contextmanager
def own_stack() -> Iterator[Stack]:
    """Up in a fresh folder; down and gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="hualiao-bench-"))
    folder.chmod(0o711)  # PostgreSQL's own account passes through when we are root
    try:
        with started(folder / "data") as stack:
            yield stack
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def started(folder: Path) -> Iterator[Stack]:
    port = free_ports()
    said = run("up", "--detach", "--quiet", "--port", str(port), "--data", str(folder))
    try:
        token = run("token", "create", "--role", "client", "--quiet", "--data", str(folder))
        yield Stack(DataFolder(folder), port, token.strip(), _password_in(said))
    finally:
        run("stop", "--data", str(folder))


def _password_in(said: str) -> str:
    """As the launcher shows it, once, in both languages."""
    found = re.search(r"one-time password: (\S+)", said)
    return found.group(1) if found else ""


def run(*arguments: str) -> str:
    """One command of ours; what it prints."""
    # Always the embedded database: never somebody's cluster that happens to be configured.
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    done = subprocess.run(
        [str(PROJECT / "hualiao"), *arguments],
        capture_output=True,
        text=True,
        env=environment,
        stdin=subprocess.DEVNULL,
        timeout=COMMAND_SECONDS,
        check=False,
    )
    if done.returncode:
        said = f"{done.stdout}\n{done.stderr}"[-2000:]
        raise StackError(f"hualiao {arguments[0]} ended with {done.returncode}: {said}")
    return done.stdout


def free_ports() -> int:
    """A port that is free together with the next one (the console's)."""
    low, high = PORTS
    for _ in range(200):
        port = low + 2 * secrets.randbelow((high - low) // 2)
        if _is_free(port) and _is_free(port + 1):
            return port
    raise StackError("no two free ports side by side")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _answers(url: str) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
