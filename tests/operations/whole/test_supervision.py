import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from backend_api.operations import supervision
from backend_api.operations.folders import MARK, DataFolder
from backend_api.operations.programs import Program
from backend_api.operations.supervision import Supervisor
from backend_api.operations.sweep import leftovers, sweep

TELL = (
    "import json, os, pathlib, sys, time;"
    "told = json.dumps({'environment': dict(os.environ), 'folder': os.getcwd(),"
    " 'arguments': sys.argv[1:]});"
    "pathlib.Path(os.environ['TOLD']).write_text(told);"
    "print('started', flush=True);"
    "time.sleep(60)"
)
ODD = """%(x)s ; # ' " 中文 $HOME"""


@pytest.fixture
def told(data: DataFolder) -> Path:
    return data.root / "told.json"


@pytest.fixture
def program(data: DataFolder, told: Path) -> Program:
    command = (sys.executable, "-S", "-c", TELL, ODD)
    environment = {"TOLD": str(told), "SECRET": ODD}
    return Program("teller", command, environment, folder=data.root, early=True)


@pytest.fixture
def running(data: DataFolder, program: Program) -> Iterator[Supervisor]:
    process = supervision.start(data, (program, replace(program, name="later", early=False)))
    supervisor = Supervisor(data)
    supervisor.wait_until_up(process)
    yield supervisor
    supervisor.stop()
    process.wait(timeout=20)
    assert leftovers(data) == []


def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.02)


def test_awkward_paths_arguments_and_secrets_arrive_unchanged(
    data: DataFolder, running: Supervisor, told: Path
) -> None:
    until(lambda: "started" in (data.logs / "teller.log").read_text())
    content = json.loads(told.read_text())
    assert content["arguments"] == [ODD]
    assert content["folder"] == str(data.root)
    assert content["environment"]["SECRET"] == ODD
    assert content["environment"][MARK] == data.instance


def test_a_program_gets_its_environment_and_nothing_more(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch, program: Program, told: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret@elsewhere")
    process = supervision.start(data, (program,))
    log = data.logs / "teller.log"
    until(lambda: log.exists() and "started" in log.read_text())
    Supervisor(data).stop()
    process.wait(timeout=20)
    environment = json.loads(told.read_text())["environment"]
    assert "DATABASE_URL" not in environment
    assert not [name for name in environment if name.startswith("SUPERVISOR_")]


def test_no_secret_shows_in_a_process_list_or_the_configuration(
    data: DataFolder, running: Supervisor
) -> None:
    shown = [" ".join(process.cmdline()) for process in leftovers(data)]
    config = (data.run / "supervisord.conf").read_text()
    assert not [line for line in (*shown, config) if "SECRET" in line]
    assert data.programs.stat().st_mode & 0o077 == 0


def test_a_later_program_waits_until_it_is_asked_for(running: Supervisor) -> None:
    states = {program.name: program.state for program in running.programs()}
    assert states["later"] == "STOPPED"
    running.start("later")
    until(lambda: {program.pid > 0 for program in running.programs()} == {True})


def test_a_killed_program_is_started_anew(running: Supervisor, told: Path) -> None:
    until(told.exists)
    first = next(p.pid for p in running.programs() if p.name == "teller")
    os.kill(first, signal.SIGKILL)
    until(lambda: next(p.pid for p in running.programs() if p.name == "teller") not in {0, first})


def test_stopping_ends_every_program(data: DataFolder, program: Program) -> None:
    process = supervision.start(data, (program,))
    Supervisor(data).wait_until_up(process)
    assert Supervisor(data).stop()
    assert process.wait(timeout=20) == 0
    assert leftovers(data) == []


def test_a_signal_to_the_launchers_group_does_not_reach_supervisor(running: Supervisor) -> None:
    pid = next(p for p in psutil.Process().children() if "supervisor.supervisord" in p.cmdline())
    assert os.getsid(pid.pid) != os.getsid(0)


def test_a_long_data_path_gets_a_short_private_socket(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / ("很长的名字" * 12))
    folder.make()
    assert len(os.fsencode(folder.socket)) <= 95
    assert not folder.socket.parent.exists()

    folder.make_door()
    assert folder.socket.parent.stat().st_mode & 0o077 == 0

    folder.socket.touch()
    sweep(folder)
    assert not folder.socket.parent.exists()


def test_what_others_keep_in_the_folder_of_the_socket_stays(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / ("x" * 90) / "data")
    folder.root.parent.mkdir()
    folder.make()
    folder.make_door()
    foreign = folder.socket.parent / "foreign"
    foreign.touch()

    folder.close_door()
    assert foreign.exists()

    foreign.unlink()
    folder.close_door()
    assert not folder.socket.parent.exists()


def test_supervisor_that_does_not_run_is_told_apart(data: DataFolder) -> None:
    assert not Supervisor(data).answers()
    assert Supervisor(data).programs() == []
    assert not Supervisor(data).stop()
