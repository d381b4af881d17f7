"""`./hualiao up` as a person has it: the real programs, real signals, a folder with an odd name.

The tests share one data folder; each says whether it needs the service up or down, and runs alone.
"""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from backend_api.operations import state
from backend_api.operations.folders import MARK, PROJECT, DataFolder
from backend_api.operations.postgres import free_port, running
from backend_api.operations.state import State
from backend_api.operations.sweep import leftovers, sweep

START_SECONDS = 240
Done = subprocess.CompletedProcess[str]


class Instance:
    def __init__(self, root: Path) -> None:
        self.data, self.port = DataFolder(root), free_port()

    def call(self, command: str, *arguments: str, **environment: str) -> Done:
        return subprocess.run(
            [PROJECT / "hualiao", *command.split(), *arguments, "--data", str(self.data.root)],
            capture_output=True,
            text=True,
            check=False,
            timeout=START_SECONDS,
            cwd="/",
            env={**os.environ, **environment},
        )

    def up(self) -> Done:
        return self.call("up", "--detach", "--port", str(self.port))

    def foreground(self) -> "subprocess.Popen[str]":
        """Start in the foreground, in a process group of its own as a terminal would."""
        command = [PROJECT / "hualiao", "up", "--port", str(self.port)]
        launcher = subprocess.Popen(
            [*command, "--data", str(self.data.root)],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert launcher.stdout is not None
        for line in launcher.stdout:
            if "/c/" in line:
                break
        return launcher

    def is_ready(self) -> bool:
        try:
            answer = httpx.get(f"http://127.0.0.1:{self.port}/readyz", trust_env=False)
        except httpx.TransportError:
            return False
        return answer.status_code == 200

    def state(self) -> State:
        found = state.read(self.data)
        assert found is not None
        return found

    def remove(self) -> None:
        """End it, and remove a cluster that lies outside because root's folder is private."""
        sweep(self.data)
        cluster = self.data.root / "postgres"
        if cluster.is_symlink():
            shutil.rmtree(cluster.resolve())

    def processes(self) -> set[int]:
        return {process.pid for process in leftovers(self.data)}


@dataclass(frozen=True, slots=True)
class FirstStart:
    """The shared instance, and what its very first start said."""

    instance: Instance
    said: Done


@pytest.fixture(scope="module")
def first() -> Iterator[FirstStart]:
    with tempfile.TemporaryDirectory(prefix="话聊 50% ") as folder:
        made = Instance(Path(folder) / "数据 'x' ;y")
        yield FirstStart(made, made.up())
        made.remove()


@pytest.fixture
def serving(first: FirstStart) -> Instance:
    """The shared instance, running."""
    if not first.instance.is_ready():
        done = first.instance.up()
        assert done.returncode == 0, done.stderr
    return first.instance


@pytest.fixture
def stopped(first: FirstStart) -> Instance:
    """The shared instance, set up and stopped."""
    first.instance.call("stop")
    return first.instance


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Instance]:
    made = Instance(tmp_path / "other")
    yield made
    made.remove()


def test_the_first_start_answers_and_shows_the_one_time_password(first: FirstStart) -> None:
    assert first.said.returncode == 0, first.said.stderr
    assert "一次性密码" in first.said.stdout
    assert f"http://127.0.0.1:{first.instance.port}/c/" in first.said.stdout


def test_a_second_start_says_that_it_is_up(serving: Instance) -> None:
    before = serving.processes()
    done = serving.up()
    assert done.returncode == 0
    assert "已经在运行" in done.stdout
    assert "一次性密码" not in done.stdout
    assert serving.processes() == before


def test_a_second_start_with_another_port_is_refused(serving: Instance) -> None:
    done = serving.call("up", "--detach", "--port", str(free_port()))
    assert done.returncode == 1
    assert "./hualiao stop" in done.stderr
    assert "Traceback" not in done.stderr


def test_status_and_doctor_find_it_well(serving: Instance) -> None:
    status, doctor = serving.call("status"), serving.call("doctor")
    assert status.returncode == 0, status.stdout
    assert status.stdout.count("RUNNING") == 6
    assert doctor.returncode == 0, doctor.stdout


def test_a_quiet_token_is_the_token_alone_and_opens_the_api(serving: Instance) -> None:
    token = serving.call("token create", "--role", "client", "--quiet").stdout.strip()
    headers = {"Authorization": f"Bearer {token}"}
    body = {"conversation": "a", "message_id": "1", "text": "你好"}
    url = f"http://127.0.0.1:{serving.port}/v1/chat"
    assert httpx.post(url, headers=headers, json=body, trust_env=False).status_code == 202
    wait = {"after": 0, "wait": 10}
    replies = httpx.get(f"{url}/a", params=wait, headers=headers, timeout=30, trust_env=False)
    assert replies.json()


def test_another_instance_on_a_taken_port_is_one_sentence(
    serving: Instance, other: Instance
) -> None:
    other.port = serving.port
    done = other.up()
    assert done.returncode == 1
    assert f"端口 {serving.port} 已被别的程序占用" in done.stderr
    assert other.processes() == set()


def test_the_keys_can_be_changed_while_it_runs(serving: Instance) -> None:
    before = json.loads(serving.data.keyring.read_text())["seal"]
    done = serving.call("keys rotate")
    assert done.returncode == 0, done.stderr
    after = json.loads(serving.data.keyring.read_text())["seal"]
    assert len(after) == 1
    assert after != before


def test_a_copy_can_be_restored_elsewhere(
    serving: Instance, other: Instance, tmp_path: Path
) -> None:
    file = tmp_path / "备份.tar"
    done = serving.call("backup", str(file))
    assert done.returncode == 0, done.stderr
    assert "密钥" in done.stdout
    assert file.stat().st_mode & 0o777 == 0o600
    done = other.call("restore", str(file))
    assert done.returncode == 0, done.stderr
    assert other.call("sites list").stdout == serving.call("sites list").stdout
    assert other.call("restore", str(file)).returncode == 1
    assert other.processes() == set()


def test_after_a_killed_supervisor_the_next_start_works(serving: Instance) -> None:
    left = serving.processes()
    os.kill(serving.state().supervisor.pid, signal.SIGKILL)
    done = serving.up()
    assert done.returncode == 0, done.stderr
    assert serving.is_ready()
    assert not left & serving.processes()


def test_a_killed_child_comes_back(serving: Instance) -> None:
    engine = next(p for p in leftovers(serving.data) if "bot.run" in p.cmdline())
    engine.kill()
    limit = time.monotonic() + 60
    while serving.is_ready() and time.monotonic() < limit:
        time.sleep(0.05)
    while not serving.is_ready():
        assert time.monotonic() < limit
        time.sleep(0.1)


def test_stop_ends_every_process(serving: Instance) -> None:
    done = serving.call("stop")
    assert done.returncode == 0, done.stderr
    assert serving.processes() == set()
    assert serving.call("status").returncode == 1


def test_a_killed_launcher_leaves_nothing_that_disturbs_the_next_start(
    stopped: Instance,
) -> None:
    launcher = stopped.foreground()
    launcher.kill()
    launcher.communicate()
    left = stopped.processes()
    assert left
    done = stopped.up()
    assert done.returncode == 0, done.stderr
    assert stopped.is_ready()
    assert not left & stopped.processes()
    stopped.call("stop")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_launcher_ends_every_child(
    stopped: Instance, number: signal.Signals
) -> None:
    launcher = stopped.foreground()
    assert stopped.is_ready()
    launcher.send_signal(number)
    assert launcher.wait(timeout=60) == 0
    launcher.communicate()
    assert stopped.processes() == set()
    marked = [p for p in psutil.process_iter() if _has_mark(p, stopped.data.instance)]
    assert marked == []


def test_a_command_never_stops_a_service_on_an_own_cluster(other: Instance, tmp_path: Path) -> None:
    with running(tmp_path / "own") as url:
        done = other.call("up", "--detach", "--port", str(other.port), DATABASE_URL=url)
        assert done.returncode == 0, done.stderr
        before = other.processes()
        site = other.call("sites list", DATABASE_URL=url).stdout
        without = other.call("sites list")
        assert (without.returncode, without.stdout) == (0, site)
        assert url not in "".join(" ".join(p.cmdline()) for p in leftovers(other.data))
        differing = other.call("token list", DATABASE_URL=f"{url}_of_others")
        assert differing.returncode == 1
        assert "DATABASE_URL" in differing.stderr
        assert "Traceback" not in differing.stderr
        assert other.processes() == before
        assert other.is_ready()
        assert other.call("stop").returncode == 0
        assert other.call("sites list").stdout == site


def test_a_lost_key_file_stops_the_start_before_anything_is_served(
    stopped: Instance, tmp_path: Path
) -> None:
    kept = tmp_path / "keyring.json"
    shutil.copy2(stopped.data.keyring, kept)
    stopped.data.keyring.unlink()
    try:
        refused = stopped.up()
        assert refused.returncode == 1
        assert len(refused.stderr.splitlines()) == 1
        assert str(stopped.data.keyring) in refused.stderr
        assert "备份" in refused.stderr
        assert not stopped.is_ready()
        assert stopped.processes() == set()
        doctor = stopped.call("doctor")
        assert doctor.returncode == 1
        assert "keyring.json" in doctor.stdout
        assert stopped.call("sites list").returncode == 0
        assert not stopped.data.keyring.exists()
    finally:
        shutil.copy2(kept, stopped.data.keyring)
    assert stopped.up().returncode == 0


def test_a_lost_password_of_the_database_is_one_sentence(stopped: Instance) -> None:
    file = stopped.data.secrets / "database-password"
    password = file.read_text()
    file.unlink()
    try:
        refused = stopped.up()
        assert refused.returncode == 1
        assert refused.stderr.startswith("✗ 数据库的密码文件不见了")
        assert not file.exists()
    finally:
        file.write_text(password)
        file.chmod(0o600)


def test_a_folder_that_was_never_started_is_told_as_such(tmp_path: Path) -> None:
    never = Instance(tmp_path / "never")
    stop, status = never.call("stop"), never.call("status")
    doctor = never.call("doctor", "--port", str(never.port))
    assert (stop.returncode, stop.stdout.startswith("话聊没有在运行")) == (0, True)
    assert (status.returncode, status.stdout) == (1, stop.stdout)
    assert "还没有话聊" in doctor.stdout
    assert doctor.returncode == 0
    assert stop.stderr + status.stderr + doctor.stderr == ""
    assert not never.data.root.exists()


def test_accounts_and_tokens_are_made_listed_and_revoked(stopped: Instance) -> None:
    arguments = ("--name", "李同志", "--role", "staff")
    added = stopped.call("accounts add li.tong", *arguments)
    assert "一次性密码" in added.stdout, added.stderr
    assert "已经有账号" in stopped.call("accounts add li.tong", *arguments).stderr
    assert "li.tong\tstaff\t李同志" in stopped.call("accounts list").stdout
    assert "administrator" in stopped.call("accounts role li.tong --role administrator").stdout
    assert "一次性密码" in stopped.call("accounts reset li.tong").stdout
    assert stopped.call("accounts close li.tong").returncode == 0
    assert "已停用" in stopped.call("accounts list").stdout
    assert "已经停用" in stopped.call("accounts reset li.tong").stderr
    stopped.call("token create", "--role", "client", "--name", "热线")
    assert "热线" in stopped.call("token list").stdout
    assert stopped.call("token revoke", "热线").returncode == 0
    assert "已撤销" in stopped.call("token list").stdout
    assert stopped.call("token revoke", "热线").returncode == 1
    assert stopped.processes() == set()


def _has_mark(process: psutil.Process, mark: str) -> bool:
    try:
        return process.environ().get(MARK) == mark
    except psutil.Error:
        return False
