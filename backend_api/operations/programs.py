"""The programs of the service: the one place that knows what each is started with."""

import json
import os
from dataclasses import dataclass, field, replace
from pathlib import Path

from backend_api.operations.folders import MARK, PROJECT, DataFolder, write_private
from backend_api.operations.postgres import Account

SERVICE_PYTHON = PROJECT / ".venv" / "bin" / "python"
ENGINE_PYTHON = PROJECT / "bot" / ".venv" / "bin" / "python"
EVERY_ADDRESS = {"", "0.0.0.0", "::"}  # noqa: S104 - compared, not bound
# Whose word on a browser's address is taken: of the api and the console, given to `up`.
TRUSTED_PROXIES = "HUALIAO_TRUSTED_PROXIES"
# Where citizens reach the service from outside: stands on posters.
PUBLIC_URL = "HUALIAO_PUBLIC_URL"
PASSED_ON = ("PATH", "HOME", "TZ", "TMPDIR")
# Two cores and six processes: libraries' own thread pools only get in each other's way. Training
# the matters took 9 s of CPU with one thread and 28 s with the default (load 10, 2 cores).
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Program:
    """`environment` comes on top of the common one. `early`: started with the supervisor."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)
    account: Account | None = None
    folder: Path = PROJECT
    stop_signal: str = "TERM"
    early: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything one start has decided: addresses, secrets, artefacts."""

    host: str
    port: int
    console_port: int
    engine_port: int
    actions_port: int
    database_url: str
    secrets: dict[str, str]
    keyring: Path
    engine_model: Path
    models: Path
    # Of the service, where root starts it, and the home of that account.
    account: Account | None
    home: Path

    @property
    def api_url(self) -> str:
        return f"http://{reachable(self.host)}:{self.port}"


def reachable(host: str) -> str:
    """The address by which this machine reaches a server that listens on `host`."""
    if host in EVERY_ADDRESS:
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def of_service(plan: Plan) -> tuple[Program, ...]:
    """Engine, actions, api, worker and console, as docs/reference/interfaces.md has them."""
    programs = (_engine(plan), _actions(plan), _api(plan), _worker(plan), _console(plan))
    return tuple(_handed_over(program, plan) for program in programs)


def _handed_over(program: Program, plan: Plan) -> Program:
    """To the service's account, which can write neither root's home nor beside the code."""
    if plan.account is None:
        return program
    own = {"HOME": str(plan.home), "PYTHONPYCACHEPREFIX": str(plan.home / "pycache")}
    return replace(program, account=plan.account, environment=program.environment | own)


def _engine(plan: Plan) -> Program:
    environment = {
        "HUALIAO_ENGINE_PORT": str(plan.engine_port),
        "HUALIAO_ENGINE_TOKEN": plan.secrets["engine-token"],
        "HUALIAO_ENGINE_MODEL": str(plan.engine_model),
        "HUALIAO_ACTIONS_URL": f"http://127.0.0.1:{plan.actions_port}",
        "HUALIAO_ACTIONS_TOKEN": plan.secrets["actions-token"],
    }
    return Program("engine", (str(ENGINE_PYTHON), "-m", "bot.run"), environment)


def _actions(plan: Plan) -> Program:
    environment = {
        "HUALIAO_ACTIONS_PORT": str(plan.actions_port),
        "HUALIAO_ACTIONS_TOKEN": plan.secrets["actions-token"],
        "HUALIAO_API_URL": plan.api_url,
        "HUALIAO_SERVICE_TOKEN": plan.secrets["service-token"],
    }
    return Program("actions", _service("actions.main"), environment)


def _api(plan: Plan) -> Program:
    environment = {
        "HUALIAO_HOST": plan.host,
        "HUALIAO_PORT": str(plan.port),
        "HUALIAO_DATABASE_URL": plan.database_url,
        "HUALIAO_KEYRING": str(plan.keyring),
        "HUALIAO_SERVICE_TOKEN": plan.secrets["service-token"],
        "HUALIAO_ENGINE_URL": f"http://127.0.0.1:{plan.engine_port}",
        "HUALIAO_ACTIONS_URL": f"http://127.0.0.1:{plan.actions_port}",
        "HUALIAO_CONSOLE_TOKEN": plan.secrets["console-token"],
        TRUSTED_PROXIES: os.environ.get(TRUSTED_PROXIES, ""),
        PUBLIC_URL: os.environ.get(PUBLIC_URL, ""),
    }
    return Program("api", _service("backend_api.main"), environment)


def _worker(plan: Plan) -> Program:
    environment = {
        "HUALIAO_DATABASE_URL": plan.database_url,
        "HUALIAO_KEYRING": str(plan.keyring),
        "HUALIAO_ENGINE_URL": f"http://127.0.0.1:{plan.engine_port}",
        "HUALIAO_ENGINE_TOKEN": plan.secrets["engine-token"],
        "HUALIAO_MODELS": str(plan.models),
    }
    return Program("worker", _service("backend_api.worker"), environment)


def _console(plan: Plan) -> Program:
    environment = {
        "HUALIAO_HOST": plan.host,
        "HUALIAO_CONSOLE_PORT": str(plan.console_port),
        "HUALIAO_API_URL": plan.api_url,
        "HUALIAO_CONSOLE_TOKEN": plan.secrets["console-token"],
        "HUALIAO_CONSOLE_SECRET": plan.secrets["console-secret"],
        TRUSTED_PROXIES: os.environ.get(TRUSTED_PROXIES, ""),
    }
    return Program("console", _service("console.main"), environment)


def _service(module: str) -> tuple[str, ...]:
    return (str(SERVICE_PYTHON), "-m", module)


def common_environment(instance: str) -> dict[str, str]:
    """What every child gets: the mark by which leftovers are found, and quiet defaults."""
    passed = {key: os.environ[key] for key in PASSED_ON if key in os.environ}
    return (
        passed
        | ONE_THREAD
        | {
            MARK: instance,
            "LANG": "C.UTF-8",
            "PYTHONUTF8": "1",
            "PYTHONUNBUFFERED": "1",
            "RASA_TELEMETRY_ENABLED": "false",
        }
    )


def write(data: DataFolder, programs: tuple[Program, ...]) -> None:
    """Write what `child.py` reads; it holds secrets."""
    common = common_environment(data.instance)
    described = {
        program.name: {
            "command": program.command,
            "environment": common | program.environment,
            "folder": str(program.folder),
            "uid": program.account.uid if program.account else None,
            "gid": program.account.gid if program.account else None,
        }
        for program in programs
    }
    write_private(data.programs, json.dumps(described))
