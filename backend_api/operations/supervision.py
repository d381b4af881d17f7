"""Supervisor: starts the programs, restarts a killed one, stops them in order.

Its configuration holds names only. Paths come from its environment or are relative to its folder,
because a path may hold what configparser and supervisor read as syntax (`%`, ` ;`, quotes), and
supervisor 4.3 expands the name of a program's log twice.
http://supervisord.org/configuration.html
"""

import http.client
import os
import shlex
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from supervisor.xmlrpc import SupervisorTransport

from backend_api.operations import programs as programs_module
from backend_api.operations.folders import DataFolder, write_private
from backend_api.operations.messages import FailureError
from backend_api.operations.programs import Program

HEAD = """\
[supervisord]
nodaemon=true
silent=true
umask=077
{user}logfile=supervisord.log
logfile_maxbytes=5MB
logfile_backups=1
pidfile=../run/supervisord.pid
childlogdir=.

[unix_http_server]
file=%(ENV_HUALIAO_SOCKET)s
chmod=0600

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""
PROGRAM = """
[program:{name}]
command=%(ENV_HUALIAO_CHILD)s {name}
priority={priority}
autostart={early}
autorestart=true
startsecs=1
startretries=20
stopsignal={stop_signal}
stopwaitsecs=15
killasgroup={group}
redirect_stderr=true
stdout_logfile={name}.log
stdout_logfile_maxbytes=20MB
stdout_logfile_backups=2
"""
CONNECTION_ERRORS = (OSError, http.client.HTTPException, xmlrpc.client.Error)
START_SECONDS = 20.0
STOP_SECONDS = 40.0


@dataclass(frozen=True, slots=True)
class Running:
    """One program as supervisor sees it; `state` is supervisor's word."""

    name: str
    state: str
    pid: int
    since: float
    trouble: str


def configuration(programs: Iterable[Program]) -> str:
    """The earlier a program stands in the list, the later it is stopped."""
    user = "user=root\n" if os.geteuid() == 0 else ""
    return HEAD.format(user=user) + "".join(
        PROGRAM.format(
            name=program.name,
            priority=10 + place,
            early=str(program.early).lower(),
            stop_signal=program.stop_signal,
            group="false" if program.stop_signal == "INT" else "true",
        )
        for place, program in enumerate(programs)
    )


def start(data: DataFolder, programs: tuple[Program, ...]) -> "subprocess.Popen[bytes]":
    """Start supervisor in a session of its own, so that Ctrl-C reaches the launcher alone."""
    data.make_door()
    config = data.run / "supervisord.conf"
    write_private(config, configuration(programs))
    programs_module.write(data, programs)
    with (data.logs / "supervisord.err").open("wb") as errors:
        return subprocess.Popen(  # noqa: S603 - our own command line
            [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(config)],
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
            env=_environment(data),
            cwd=data.logs,
            start_new_session=True,
        )


def _environment(data: DataFolder) -> dict[str, str]:
    child = Path(__file__).with_name("child.py")
    return programs_module.common_environment(data.instance) | {
        "HUALIAO_CHILD": shlex.join([sys.executable, "-I", "-S", str(child), str(data.programs)]),
        "HUALIAO_SOCKET": str(data.socket),
        "PYTHONWARNINGS": "ignore",
    }


class Supervisor:
    """What one asks of a running supervisor."""

    def __init__(self, data: DataFolder) -> None:
        self._url = f"unix://{data.socket}"
        self._log = data.logs / "supervisord.err"

    def _ask(self, method: str, *arguments: object) -> Any:
        transport = SupervisorTransport(None, None, serverurl=self._url)
        with xmlrpc.client.ServerProxy("http://127.0.0.1", transport) as server:
            return getattr(server.supervisor, method)(*arguments)

    def answers(self) -> bool:
        try:
            state = self._ask("getState")
        except CONNECTION_ERRORS:
            return False
        return bool(state["statename"] == "RUNNING")

    def wait_until_up(self, process: "subprocess.Popen[bytes]") -> None:
        limit = time.monotonic() + START_SECONDS
        while not self.answers():
            if process.poll() is not None or time.monotonic() > limit:
                raise FailureError("supervisor_failed", log=self._log)
            time.sleep(0.02)

    def start(self, *names: str) -> None:
        """Start programs and do not wait for them."""
        for name in names:
            self._ask("startProcess", name, False)

    def restart(self, name: str) -> None:
        self._ask("stopProcess", name, True)
        self._ask("startProcess", name, False)

    def programs(self) -> list[Running]:
        """Every program; empty when supervisor does not answer."""
        try:
            told = cast("list[dict[str, Any]]", self._ask("getAllProcessInfo"))
        except CONNECTION_ERRORS:
            return []
        return [
            Running(one["name"], one["statename"], one["pid"], one["start"], one["spawnerr"])
            for one in told
        ]

    def stop(self) -> bool:
        """Ask everything to end, the database last. False when supervisor does not answer."""
        try:
            for program in self.programs():
                if program.name != "postgres" and program.state in {"RUNNING", "STARTING"}:
                    self._ask("stopProcess", program.name, False)
            self._ask("shutdown")
        except CONNECTION_ERRORS:
            return False
        return True
