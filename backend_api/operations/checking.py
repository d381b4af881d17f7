"""`check` and `test`: every tool of the project, run and reported together."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from backend_api.operations.folders import PROJECT
from backend_api.operations.messages import FailureError, Screen
from backend_api.operations.programs import ENGINE_PYTHON, ONE_THREAD

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DEBIAN_PACKAGES = ("chromium", "fonts-noto-cjk")
# Whole runs of the service and of dialogues; `quick` does without them.
SLOW = (
    "tests/browser",
    "tests/dialogues",
    "tests/drills",
    "tests/end_to_end",
    "tests/engine",
    "tests/operations/whole",
)
NO_TESTS = 5


@dataclass(frozen=True, slots=True)
class Check:
    """One tool's command line."""

    name: str
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a tool said."""

    check: Check
    code: int
    words: str
    seconds: float


def checks() -> tuple[Check, ...]:
    """The slow ones first, so that two cores end together."""
    tool = (sys.executable, "-m")
    return (
        Check("rasa data validate", _engine_validation()),
        Check("mypy", (*tool, "mypy", "--no-error-summary")),
        Check("lint-imports", (str(Path(sys.executable).parent / "lint-imports"), "--no-logo")),
        Check("ruff check", (*tool, "ruff", "check", "--quiet")),
        Check("ruff format", (*tool, "ruff", "format", "--check", "--quiet")),
    )


def _engine_validation() -> tuple[str, ...]:
    if (PROJECT / "bot" / "validate.py").exists():
        return (str(ENGINE_PYTHON), "-m", "bot.validate")
    paths = ("-c", "bot/config.yml", "-d", "bot/domain", "--data", "data")
    return (str(ENGINE_PYTHON), "-m", "rasa", "data", "validate", "--fail-on-warnings", *paths)


def check(screen: Screen) -> bool:
    """Run every check, whatever the others find; True when all are content."""
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(_run, checks()))
    for outcome in outcomes:
        good = outcome.code == 0
        key = "check_good" if good else "check_bad"
        screen.say(key, what=outcome.check.name, seconds=f"{outcome.seconds:.0f}")
        if not good:
            screen.plain(outcome.words.rstrip())
    return all(outcome.code == 0 for outcome in outcomes)


def _run(one: Check) -> Outcome:
    begun = time.monotonic()
    done = subprocess.run(  # noqa: S603 - our own tools
        one.command,
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    words = done.stdout.decode("utf-8", "replace")
    return Outcome(one, done.returncode, words, time.monotonic() - begun)


def run_tests(screen: Screen, arguments: Iterable[str], *, quick: bool) -> int:
    """The exit code of everything; pytest's closing line comes last on the screen."""
    checked = True
    if not quick:
        ensure_browser(screen)
        checked = check(screen)
    code = _pytest(quick=quick, arguments=tuple(arguments))
    if code == NO_TESTS:
        screen.say("no_tests")
    return code or int(not checked)


def _pytest(*, quick: bool, arguments: tuple[str, ...]) -> int:
    ignored = [f"--ignore={folder}" for folder in SLOW] if quick else []
    command = [sys.executable, "-m", "pytest", *ignored, *arguments]
    sys.stdout.flush()
    environment = {**os.environ, **ONE_THREAD}
    done = subprocess.run(command, cwd=PROJECT, env=environment, check=False)  # noqa: S603
    return done.returncode


def ensure_browser(screen: Screen) -> None:
    """Chromium and a Chinese font: installed where we may, asked for where we may not."""
    if _browser_is_there():
        return
    apt = shutil.which("apt-get")
    if apt is not None and os.geteuid() == 0:
        screen.progress("installing_browser")
        _install(apt)
    if _browser_is_there():
        return
    if os.environ.get("CI"):
        raise FailureError("browser_missing")
    screen.say("browser_missing")


def _browser_is_there() -> bool:
    return any(map(shutil.which, BROWSERS)) and _has_chinese_font()


def _has_chinese_font() -> bool:
    lister = shutil.which("fc-list")
    if lister is None:
        return False
    found = subprocess.run([lister, ":lang=zh"], capture_output=True, check=False)  # noqa: S603
    return bool(found.stdout.strip())


def _install(apt: str) -> None:
    quiet = {"DEBIAN_FRONTEND": "noninteractive", **os.environ}
    options = ("install", "-y", "-q", "--no-install-recommends", *DEBIAN_PACKAGES)
    for arguments in (("update", "-q"), options):
        subprocess.run(  # noqa: S603 - Debian's own installer
            [apt, *arguments], env=quiet, capture_output=True, check=False
        )
