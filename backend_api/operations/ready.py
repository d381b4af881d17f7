"""Whether the service answers, and where."""

import json
import socket
import time
import urllib.error
import urllib.request
from dataclasses import dataclass

from backend_api.operations.folders import DataFolder
from backend_api.operations.messages import FailureError, last_words
from backend_api.operations.programs import EVERY_ADDRESS, reachable
from backend_api.operations.supervision import Supervisor

READY_SECONDS = 150.0
# Addresses kept for documentation (RFC 5737, RFC 3849): they stand for "another machine".
SOMEWHERE = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}
POLL_SECONDS = 0.1
MAX_STARTS = 4
# A proxy in the person's environment has no business between two of our own processes.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class Addresses:
    """What people open."""

    host: str
    port: int
    console_port: int

    @property
    def api(self) -> str:
        return f"http://{reachable(self.host)}:{self.port}"

    @property
    def console(self) -> str:
        return f"http://{reachable(self.host)}:{self.console_port}/"

    @property
    def shown_console(self) -> str:
        return f"http://{shown(self.host)}:{self.console_port}/"

    def shown_chat(self, site: str) -> str:
        return f"http://{shown(self.host)}:{self.port}/c/{site}"


def shown(host: str) -> str:
    """The address that people open: of this machine where the server listens on all of them."""
    if host not in EVERY_ADDRESS:
        return reachable(host)
    family = socket.AF_INET6 if host == "::" else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((SOMEWHERE[family], 9))  # only chooses a way; nothing is sent
            found = str(probe.getsockname()[0])
        except OSError:
            return reachable(host)
    return reachable(found)


def answer(url: str, seconds: float = 3.0) -> tuple[int, str]:
    """Status and body; 0 when nothing answers."""
    try:
        with _DIRECT.open(url, timeout=seconds) as response:
            return response.status, response.read(4000).decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read(4000).decode("utf-8", "replace")
    except OSError:
        return 0, ""


def wait_until_ready(addresses: Addresses, data: DataFolder, supervisor: Supervisor) -> None:
    """Return when /readyz and the console answer 200; raise when a program cannot be started."""
    limit = time.monotonic() + READY_SECONDS
    waiting = [f"{addresses.api}/readyz", addresses.console]
    starts: dict[str, set[float]] = {}
    while waiting:
        status, body = answer(waiting[0])
        if status == 200:
            waiting.pop(0)
            continue
        _raise_for_broken(data, supervisor, starts)
        if time.monotonic() > limit:
            raise FailureError("not_ready", parts=failing(body), log=data.logs)
        time.sleep(POLL_SECONDS)


def failing(body: str) -> str:
    """The parts that /readyz names as not well, in words; `api` where it does not answer."""
    try:
        parts = dict(json.loads(body))
    except (ValueError, TypeError):
        return "api"
    return ", ".join(f"{part} {state}" for part, state in parts.items() if state != "ok") or "api"


def _raise_for_broken(
    data: DataFolder, supervisor: Supervisor, starts: dict[str, set[float]]
) -> None:
    """A program that keeps ending soon after its start is named with its last words."""
    programs = supervisor.programs()
    if not programs:
        raise FailureError("supervisor_failed", log=data.logs / "supervisord.log")
    for program in programs:
        seen = starts.setdefault(program.name, set())
        seen.add(program.since)
        if program.state == "FATAL" or len(seen) > MAX_STARTS:
            log = data.logs / f"{program.name}.log"
            raise FailureError("program_failed", what=program.name, log=log, last=last_words(log))
