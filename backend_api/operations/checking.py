"""`check` and `test`: every tool of the project, run and reported together."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from xml.etree import ElementTree

from backend_api.operations import training
from backend_api.operations.folders import DEFAULT_DATA, PROJECT
from backend_api.operations.messages import FailureError, Screen
from backend_api.operations.programs import ENGINE_PYTHON, ONE_THREAD

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DEBIAN_PACKAGES = ("chromium", "fonts-noto-cjk")
# What starts processes (an engine, a browser, commands, the whole service), in this order after
# everything else; one at a time, for they measure and share two cores. `quick` does without them.
WHOLE = (
    "tests/engine",
    "tests/dialogues",
    "tests/browser",
    "tests/console/test_desk.py",
    "tests/end_to_end",
    "tests/operations/whole",
    "tests/drills",
)
# Tests of what citizens and staff never meet; `quick` does without them, too.
TOOLS = ("tests/bench", "tests/operations", "tests/understanding/test_training.py")
# Long ways, each on a database of its own: half the time of all light tests; not in `quick`.
LONG = (
    "tests/backend_api/test_audit.py",
    "tests/backend_api/test_files.py",
    "tests/backend_api/test_ledger.py",
    "tests/backend_api/test_lookup.py",
    "tests/backend_api/test_quarantine.py",
    "tests/backend_api/test_sealed.py",
    "tests/backend_api/test_several_matters.py",
    "tests/backend_api/test_sites.py",
    "tests/backend_api/test_withdrawal.py",
)
# Two processes with a PostgreSQL each; each begins with one half, so most fixtures are made once.
SPREAD = ("-n", "2", "--dist", "worksteal")
NO_TESTS = 5
OUTCOMES = {"failure": "failed", "error": "failed", "skipped": "skipped"}


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
    """The exit code of everything; how many tests passed and failed comes last on the screen."""
    begun, checked, wanted = time.monotonic(), True, tuple(arguments)
    if not quick:
        ensure_browser(screen)
        checked = check(screen)
    with tempfile.TemporaryDirectory() as folder:
        runs = [_pytest(run, Path(folder)) for run in _runs(wanted, screen, quick=quick)]
    code = next((run.code for run in runs if run.code), int(not checked))
    if not any(run.counts for run in runs):
        screen.say("no_tests")
        return code or NO_TESTS
    total = sum((run.counts for run in runs), Counter[str]())
    for name in chain.from_iterable(run.bad for run in runs):
        screen.plain(f"FAILED {name}")
    if not checked:
        screen.say("check_failed")
    screen.plain(_closing(total, time.monotonic() - begun))
    return code


@dataclass(frozen=True, slots=True)
class Run:
    """One pytest process: what it is told, and what it gets in its environment."""

    arguments: tuple[str, ...]
    environment: dict[str, str]


@dataclass(frozen=True, slots=True)
class Ran:
    """How it ended: exit code, tests by outcome, the ids of those that are not well."""

    code: int
    counts: Counter[str]
    bad: list[str]


def _runs(arguments: tuple[str, ...], screen: Screen, *, quick: bool) -> Iterator[Run]:
    """First what is light, on both cores; then the whole things. Own arguments: one process."""
    left_out = (*WHOLE, *TOOLS, *LONG) if quick and not arguments else WHOLE
    ignored = tuple(f"--ignore={place}" for place in left_out)
    folder = training.models_folder(DEFAULT_DATA)
    models = {"HUALIAO_MODELS": str(training.ensure(training.UNDERSTANDING, folder, screen))}
    if quick or not arguments:
        spread = SPREAD if not arguments else ()
        yield Run((*ignored, *spread, *arguments), models)
    if quick:
        return
    models |= {"HUALIAO_ENGINE_MODEL": str(training.ensure(training.ENGINE, folder, screen))}
    there = tuple(place for place in WHOLE if (PROJECT / place).exists())
    yield Run(arguments or there, models)


def _pytest(run: Run, folder: Path) -> Ran:
    report = folder / f"{secrets.token_hex(4)}.xml"
    command = [sys.executable, "-m", "pytest", f"--junitxml={report}", *run.arguments]
    sys.stdout.flush()
    environment = {**os.environ, **ONE_THREAD, **run.environment}
    done = subprocess.run(command, cwd=PROJECT, env=environment, check=False)  # noqa: S603
    counts, bad = Counter[str](), []
    for case in ElementTree.parse(report).iter("testcase") if report.exists() else ():  # noqa: S314
        outcome = next((OUTCOMES[one.tag] for one in case if one.tag in OUTCOMES), "passed")
        counts[outcome] += 1
        if outcome == "failed":
            bad.append(f"{case.get('classname')}::{case.get('name')}")
    return Ran(done.returncode, counts, bad)


def _closing(total: Counter[str], seconds: float) -> str:
    skipped = f", {total['skipped']} skipped" if total["skipped"] else ""
    return f"{total['passed']} passed, {total['failed']} failed{skipped} in {seconds:.0f}s"


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
