"""`up`: from nothing, or from whatever was left, to a service that answers."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

from backend_api.operations import (
    checks,
    database,
    first_start,
    postgres,
    programs,
    ready,
    records,
    refusals,
    secret_files,
    state,
    supervision,
    training,
)
from backend_api.operations import runner as runners
from backend_api.operations.first_start import FirstSetUp
from backend_api.operations.folders import DataFolder
from backend_api.operations.messages import FailureError, Screen
from backend_api.operations.programs import Plan, Program
from backend_api.operations.ready import Addresses
from backend_api.operations.runner import Runner
from backend_api.operations.state import State
from backend_api.operations.supervision import Supervisor
from backend_api.operations.sweep import sweep

WATCH_SECONDS = 0.5
OTHERS_SILENT_SECONDS = 10.0
ALIVE = {"RUNNING", "STARTING"}


@dataclass(frozen=True, slots=True)
class Options:
    """What `up` was asked for. The console listens on the next port."""

    data: DataFolder
    host: str
    port: int
    detach: bool

    @property
    def addresses(self) -> Addresses:
        return Addresses(self.host, self.port, self.port + 1)


class StopAskedError(Exception):
    """Ctrl-C, a polite signal or a closed terminal."""


@dataclass(slots=True)
class Timings:
    """When each step of a start was done, in seconds since it began."""

    begun: float = field(default_factory=time.monotonic)
    steps: list[tuple[str, float]] = field(default_factory=list)

    def done(self, step: str) -> None:
        self.steps.append((step, time.monotonic() - self.begun))

    def lines(self) -> list[str]:
        return [f"  {seconds:6.2f} s  {step}" for step, seconds in self.steps]


@dataclass(frozen=True, slots=True)
class Prepared:
    """The plan of this start with the embedded server, where there is one."""

    plan: Plan
    server: Program | None
    server_port: int | None
    runner: Runner

    @property
    def programs(self) -> tuple[Program, ...]:
        service = programs.of_service(self.plan)
        return (self.server, *service) if self.server else service


class Start:
    """One start of the service, from the lock on the data folder to its end."""

    def __init__(self, options: Options, screen: Screen) -> None:
        self.options, self.screen, self.data = options, screen, options.data
        self.timings, self.show_timings = Timings(), False
        self._supervisor = Supervisor(options.data)
        self._process: subprocess.Popen[bytes] | None = None
        self._trainings: list[subprocess.Popen[bytes]] = []
        self._ending = False

    def run(self) -> None:
        """Start; in the foreground, stay until asked to stop."""
        self.data.make()
        with state.only_one(self.data) as free, signals_as_errors():
            if not free or self._is_up_detached():
                already_up(self.options, self.screen)
                return
            if sweep(self.data):
                self.screen.progress("swept")
            self.timings.done("checked and swept")
            self._run_to_the_end()

    def _is_up_detached(self) -> bool:
        running = state.read(self.data)
        if running is None or not running.detached or not running.supervisor.lives():
            return False
        found = self._supervisor.programs()
        return bool(found) and all(program.state in ALIVE for program in found)

    def _run_to_the_end(self) -> None:
        try:
            self._bring_up()
            if self.options.detach:
                return
            self._watch()
        except (StopAskedError, KeyboardInterrupt):
            self.screen.progress("stopping")
        finally:
            if not self.options.detach or self.timings.steps[-1][0] != "ready":
                self._end()
        self.screen.progress("stopped")

    def _bring_up(self) -> None:
        options = self.options
        addresses = options.addresses
        checks.enough_disk(self.data.root)
        checks.ports(options.host, options.port, addresses.console_port)
        prepared = self._prepare()
        found = self._start_programs(prepared)
        ready.wait_until_ready(addresses, self.data, self._supervisor)
        self.timings.done("ready")
        announce(addresses, found, self.screen)
        if prepared.runner.key:
            self.screen.say(prepared.runner.key, **prepared.runner.values)
        password = secret_files.take_first_password(self.data)
        if password:
            self.screen.say("first_account", username=found.username, password=password)
        if self.show_timings:
            self.screen.plain("\n".join(self.timings.lines()))

    def _prepare(self) -> Prepared:
        """Decide ports and read or make secrets; make the cluster at the first start."""
        secrets, url = secret_files.ensure(self.data), database.chosen_url(self.data)
        port = None if url else postgres.free_port()
        password = secrets["database-password"]
        server = database.embedded(self.data, password, port) if port else None
        models = training.planned(training.models_folder(self.data.root))
        runner = runners.chosen(self.data, self.options.port, url)
        if runner.account is not None:
            runners.hand_over(self.data, runner.account)
        plan = Plan(
            host=self.options.host,
            port=self.options.port,
            console_port=self.options.addresses.console_port,
            engine_port=postgres.free_port(),
            actions_port=postgres.free_port(),
            database_url=url or postgres.address(password, port or 0),
            secrets=secrets,
            keyring=self.data.keyring,
            engine_model=models["engine"],
            models=models["understanding"],
            account=runner.account,
            home=self.data.home,
        )
        return Prepared(plan, server, port, runner)

    def _start_programs(self, prepared: Prepared) -> FirstSetUp:
        """Start each program as soon as what it needs is there; training runs meanwhile."""
        with ThreadPoolExecutor(3) as pool:
            try:
                engine = pool.submit(self._train, training.ENGINE, prepared)
                models = pool.submit(self._train, training.UNDERSTANDING, prepared)
                self._start_supervisor(prepared)
                site = pool.submit(self._prepare_database, prepared)
                self._supervisor.start("actions")
                self._start_when_done(engine, models, site)
            except BaseException:
                self._cancel()
                raise
        found = site.result()
        self._note(prepared, found.site)
        return found

    def _start_when_done(
        self, engine: "Future[None]", models: "Future[None]", site: "Future[FirstSetUp]"
    ) -> None:
        started = set()
        needs: dict[str, set[Future[None] | Future[FirstSetUp]]] = {
            "engine": {engine},
            "api": {site},
            "worker": {site, models},
            "console": {site},
        }
        everything: list[Future[None] | Future[FirstSetUp]] = [engine, models, site]
        for future in as_completed(everything):
            future.result()
            for name, needed in needs.items():
                if name not in started and all(one.done() for one in needed):
                    self._supervisor.start(name)
                    started.add(name)

    def _start_supervisor(self, prepared: Prepared) -> None:
        self._process = supervision.start(self.data, prepared.programs)
        self._note(prepared)
        self._supervisor.wait_until_up(self._process)
        self.timings.done("supervisor up")

    def _note(self, prepared: Prepared, site: str = "") -> None:
        if self._process is None:
            return
        noted = State(
            host=self.options.host,
            port=self.options.port,
            console_port=prepared.plan.console_port,
            engine_port=prepared.plan.engine_port,
            actions_port=prepared.plan.actions_port,
            database_port=prepared.server_port,
            detached=self.options.detach,
            since=time.time(),
            launcher=state.seen(os.getpid()),
            supervisor=state.seen(self._process.pid),
            site=site,
        )
        state.write(self.data, noted)

    def _train(self, what: training.Training, prepared: Prepared) -> None:
        models = prepared.plan.models.parent
        training.ensure(what, models, self.screen, self._trainings.append)
        self.timings.done(f"{what.name} model there")

    def _prepare_database(self, prepared: Prepared) -> FirstSetUp:
        plan = prepared.plan
        if prepared.server_port is None:
            database.reach(plan.database_url)
            secret_files.keep_database_url(self.data, plan.database_url)
        else:
            password = plan.secrets["database-password"]
            database.create(password, prepared.server_port, lambda: not self._ending)
        self.timings.done("database up")
        found = first_start.prepare(plan.database_url, self.data)
        if plan.account is not None:
            runners.hand_over(self.data, plan.account)
        # The embedded cluster has no workers but ours, and the sweep has ended those.
        silent = 0.0 if prepared.server else OTHERS_SILENT_SECONDS
        with refusals.named():
            asyncio.run(records.free_stalled_jobs(plan.database_url, silent))
        self.timings.done("database migrated")
        return found

    def _watch(self) -> None:
        """Stay until a signal, or until supervisor ends (`stop` from elsewhere, or killed)."""
        assert self._process is not None  # noqa: S101 - set before anything can be watched
        while self._process.poll() is None:
            time.sleep(WATCH_SECONDS)
        if self._process.returncode:
            raise FailureError("supervisor_died")

    def _cancel(self) -> None:
        self._ending = True
        for process in self._trainings:
            if process.poll() is None:
                process.terminate()

    def _end(self) -> None:
        """Stop everything, politely and then by the sweep, which also finds orphans."""
        self._cancel()
        if self._process is not None and self._supervisor.stop():
            try:
                self._process.wait(timeout=supervision.STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.screen.progress("stopping_hard")
        sweep(self.data)


@contextmanager
def signals_as_errors() -> Iterator[None]:
    """The first polite signal asks to stop; later ones do not disturb the stopping."""

    def ask(number: int, _frame: FrameType | None) -> None:
        for each in handled:
            signal.signal(each, signal.SIG_IGN)
        raise StopAskedError(number)

    handled = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, ask) for number in handled}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def already_up(options: Options, screen: Screen) -> None:
    """Say where it runs; asking for another port of a running instance is a mistake."""
    running = state.read(options.data)
    if running is None:
        raise FailureError("busy", folder=options.data.root)
    if (running.host, running.port) != (options.host, options.port):
        raise FailureError("up_elsewhere", port=running.port, host=running.host)
    database.current_url(options.data)
    addresses = options.addresses
    if ready.answer(f"{addresses.api}/readyz")[0] == 0:
        raise FailureError("busy", folder=options.data.root)
    screen.say("already_up")
    screen.say(
        "addresses", chat=addresses.shown_chat(running.site), console=addresses.shown_console
    )


def announce(addresses: Addresses, found: FirstSetUp, screen: Screen) -> None:
    """Where to go now."""
    screen.say("up")
    screen.say("addresses", chat=addresses.shown_chat(found.site), console=addresses.shown_console)


def stop(data: DataFolder, screen: Screen) -> None:
    """Stop the service from another terminal, whether in the foreground or detached."""
    running = state.read(data) if data.exists() else None
    if running is None and not (data.exists() and sweep(data)):
        screen.say("not_up")
        return
    if running is not None and Supervisor(data).stop():
        limit = time.monotonic() + supervision.STOP_SECONDS
        while running.supervisor.lives() and time.monotonic() < limit:
            time.sleep(0.05)
    sweep(data)
    screen.say("stopped")
