"""Whether the service answers, and where."""

import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from backend_api.operations.folders import DataFolder
from backend_api.operations.messages import FailureError
from backend_api.operations.programs import reachable
from backend_api.operations.supervision import Supervisor

READY_SECONDS = 150.0
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

    def chat(self, site: str) -> str:
        return f"{self.api}/c/{site}"


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
            raise FailureError("not_ready", parts=_failing(body), log=data.logs)
        time.sleep(POLL_SECONDS)


def _failing(body: str) -> str:
    try:
        return json.dumps(json.loads(body), ensure_ascii=False)
    except ValueError:
        return body[:200] or "?"


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
            raise FailureError("program_failed", what=program.name, log=log, last=last_line(log))


def last_line(log: Path) -> str:
    """A log's last words."""
    try:
        lines = log.read_text("utf-8", "replace").strip().splitlines()
    except OSError:
        lines = []
    return lines[-1].strip()[:300] if lines else "?"
