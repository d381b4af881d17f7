"""Make both environments from their locks, then become the command line.

Runs before anything is installed, so: the standard library only, and nothing of ours. When nothing
changed it only reads three small stamps; heavier modules are imported where work begins.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - pathlib loads slowly
PROJECT = os.path.dirname(os.path.dirname(HERE))  # noqa: PTH120
NEEDS_TOOLS = {"test", "check", "bench"}
ENGINE_VERSIONS = ("3.12", "3.11")
NEEDED_GB = 2.5
STAMP = "hualiao.json"


class TroubleError(Exception):
    """Something the person can mend; shown as one sentence."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key, self.values = key, values


def say(key: str, **values: object) -> None:
    """One line on the screen, Chinese first; standard output stays free for the command."""
    with open(os.path.join(HERE, "bootstrap.json"), encoding="utf-8") as file:  # noqa: PTH118, PTH123
        text = json.load(file)[key]
    line = " / ".join(text[language].format(**values) for language in ("zh", "en"))
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def inside(*parts: str) -> str:
    """A path in the project folder."""
    return os.path.join(PROJECT, *parts)  # noqa: PTH118


class Environment:
    """One folder of installed packages and the locks that may fill it, the first one preferred."""

    def __init__(self, name: str, folder: str, *locks: str) -> None:
        self.name, self.folder, self.locks = name, folder, locks
        self.python = os.path.join(folder, "bin", "python")  # noqa: PTH118
        self.stamp = os.path.join(folder, STAMP)  # noqa: PTH118

    def is_usable(self) -> bool:
        """Whether its Python is the one it was made with, in the place it was made for."""
        seen = self.seen()
        return (
            os.access(self.python, os.X_OK)
            and seen.get("folder") == self.folder
            and seen.get("python") == os.path.realpath(self.python)
        )

    def is_current(self) -> bool:
        """Whether it holds what one of its locks says."""
        return self.is_usable() and self.seen().get("lock") in [digest(lock) for lock in self.locks]

    def seen(self) -> dict[str, str]:
        """What was noted when it was last filled."""
        try:
            with open(self.stamp, encoding="utf-8") as file:  # noqa: PTH123
                noted = json.load(file)
        except (OSError, ValueError):
            return {}
        return noted if isinstance(noted, dict) else {}

    def note(self, lock: str) -> None:
        """Note that the lock's packages are installed."""
        noted = {"lock": digest(lock), "name": os.path.basename(lock), "folder": self.folder}  # noqa: PTH119
        noted["python"] = os.path.realpath(self.python)
        with open(self.stamp, "w", encoding="utf-8") as file:  # noqa: PTH123
            json.dump(noted, file)


def digest(lock: str) -> str:
    """The lock's fingerprint."""
    with open(lock, "rb") as file:  # noqa: PTH123
        return hashlib.sha256(file.read()).hexdigest()


def environments(command: str) -> tuple[Environment, Environment]:
    """The service's environment and the engine's. Tools for tests are a superset: they satisfy up.

    An environment that once got the tools keeps them.
    """
    plain, tools = inside("requirements.lock"), inside("requirements-dev.lock")
    service = Environment("话聊服务 service", inside(".venv"), plain, tools)
    if command in NEEDS_TOOLS:
        service.locks = (tools,)
    elif service.seen().get("name") == os.path.basename(tools):  # noqa: PTH119
        service.locks = (tools, plain)
    engine = Environment(
        "对话引擎 engine", inside("bot", ".venv"), inside("bot", "requirements.lock")
    )
    return service, engine


def make(command: str) -> None:
    """Install what is missing, both environments at once, under a lock against a second start."""
    with only_one():
        missing = [e for e in environments(command) if not e.is_current()]
        if not missing:
            return
        from concurrent.futures import ThreadPoolExecutor

        say("making")
        enough_space()
        uv = make_uv()
        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(fill, one, uv) for one in missing]:
                done.result()


@contextmanager
def only_one() -> Iterator[None]:
    """Hold the project's installation lock."""
    import fcntl

    os.makedirs(inside(".uv"), exist_ok=True)  # noqa: PTH103
    with open(inside(".uv", "lock"), "w", encoding="utf-8") as file:  # noqa: PTH123
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def enough_space() -> None:
    """Refuse before a half-filled environment is left behind."""
    import shutil

    free = shutil.disk_usage(PROJECT).free / 1e9
    if free < NEEDED_GB:
        raise TroubleError("disk_full", need=NEEDED_GB, free=f"{free:.1f}", folder=PROJECT)


def make_uv() -> str:
    """The installer in its own private environment; answers its path."""
    lock = inside("requirements-uv.lock")
    tool = Environment("uv", inside(".uv", "env"), lock)
    uv = os.path.join(tool.folder, "bin", "uv")  # noqa: PTH118
    if tool.is_current() and os.access(uv, os.X_OK):
        return uv
    base = base_python()
    try:
        run("uv", [base, "-m", "venv", "--clear", tool.folder])
    except TroubleError as error:
        raise TroubleError("no_venv") if error.key == "failed" else error from None
    pip = [tool.python, "-m", "pip", "install", "--require-hashes", "--only-binary", ":all:"]
    run("uv", [*pip, "--disable-pip-version-check", "-q", "-r", lock])
    tool.note(lock)
    return uv


def base_python() -> str:
    """The Python outside any environment that runs this."""
    return str(getattr(sys, "_base_executable", sys.executable))


def fill(one: Environment, uv: str) -> None:
    """Make the environment if it is missing, broken or moved, and install its lock exactly."""
    import time

    begun = time.monotonic()
    lock = one.locks[0]
    if not one.is_usable():
        python = base_python() if one.name.endswith("service") else engine_python(uv)
        run(one.name, [uv, "venv", "--clear", "--no-project", "--python", python, one.folder])
    sync = [uv, "pip", "sync", "--python", one.python, "--require-hashes", lock]
    run(one.name, sync)
    one.note(lock)
    say("made", what=one.name, seconds=f"{time.monotonic() - begun:.0f}")


def engine_python(uv: str) -> str:
    """A Python 3.11 or 3.12: this one, on PATH, in pyenv, or one that uv knows."""
    candidates = [base_python(), *(f"python{version}" for version in ENGINE_VERSIONS)]
    for python in (*candidates, *pyenv_pythons(), *known_to(uv)):
        found = asked(python)
        if found:
            return found
    raise TroubleError("no_engine_python", uv=uv)


def pyenv_pythons() -> list[str]:
    """The Pythons that pyenv built, also where its shims are switched off."""
    import glob

    root = os.environ.get("PYENV_ROOT") or os.path.join(os.path.expanduser("~"), ".pyenv")  # noqa: PTH111, PTH118
    return [
        path
        for version in ENGINE_VERSIONS
        for path in sorted(glob.glob(f"{glob.escape(root)}/versions/{version}.*/bin/python3"))  # noqa: PTH207
    ]


def known_to(uv: str) -> list[str]:
    """What uv finds on this machine without downloading."""
    import subprocess

    finds = [
        subprocess.run(  # noqa: S603 - our own tool
            [uv, "python", "find", "--no-project", version],
            capture_output=True,
            text=True,
            env=installer_environment(),
            check=False,
        )
        for version in ENGINE_VERSIONS
    ]
    return [found.stdout.strip() for found in finds if found.returncode == 0]


def asked(python: str) -> str | None:
    """The real path of a Python that works and has a fitting version; a shim may do neither."""
    import subprocess

    question = "import sys; print('%d.%d' % sys.version_info[:2], sys.executable)"
    try:
        answer = subprocess.run(  # noqa: S603 - a Python of this machine
            [python, "-I", "-c", question], capture_output=True, text=True, check=False, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    version, _, path = answer.stdout.strip().partition(" ")
    return path if answer.returncode == 0 and version in ENGINE_VERSIONS else None


def installer_environment() -> dict[str, str]:
    """The person's environment without what would lead an installer astray."""
    misleading = ("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT")
    kept = {key: value for key, value in os.environ.items() if key not in misleading}
    return kept | {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1", "PYTHONUTF8": "1"}


def run(what: str, command: list[str]) -> None:
    """Run an installer; its words go to a log, and only the last ones to the person."""
    import subprocess

    log = inside(".uv", "install.log")
    done = subprocess.run(  # noqa: S603 - our own command line
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=installer_environment(),
        cwd=PROJECT,
        check=False,
    )
    words = done.stdout.decode("utf-8", "replace")
    with open(log, "a", encoding="utf-8") as file:  # noqa: PTH123
        file.write(f"$ {' '.join(command)}\n{words}\n")
    if done.returncode:
        raise trouble(what, words, log)


def trouble(what: str, words: str, log: str) -> TroubleError:
    """What an installer's last words mean."""
    if "No space left" in words or "os error 28" in words:
        return TroubleError("disk_full", need=NEEDED_GB, free=0, folder=PROJECT)
    if "Read-only file system" in words:
        return TroubleError("read_only", folder=PROJECT)
    lines = [line.strip() for line in words.splitlines() if line.strip()] or ["?"]
    return TroubleError("failed", what=what, log=log, last=lines[-1][:300])


def hand_over(arguments: list[str]) -> None:
    """Become the command line; the person's folder stays the current one for relative paths."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONHOME"}
    environment |= {
        "PYTHONUTF8": "1",
        "PYTHONPATH": PROJECT,
        "RASA_TELEMETRY_ENABLED": "false",
    }
    python = inside(".venv", "bin", "python")
    os.execve(python, [python, "-P", "-m", "backend_api.cli", *arguments], environment)  # noqa: S606


def main(arguments: list[str]) -> int:
    """Answers only when something went wrong."""
    import errno

    command = arguments[0] if arguments else ""
    try:
        if not all(one.is_current() for one in environments(command)):
            make(command)
        hand_over(arguments)
    except TroubleError as error:
        say(error.key, **error.values)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            say("disk_full", need=NEEDED_GB, free=0, folder=PROJECT)
        elif error.errno in {errno.EROFS, errno.EACCES, errno.EPERM}:
            say("read_only", folder=PROJECT)
        else:
            raise
    except KeyboardInterrupt:
        return 130
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
