"""`./hualiao up` as a person has it: the real programs, real signals, a folder with an odd name.

The tests share one data folder and run in this order; each leaves the service down or says so.
"""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
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


@pytest.fixture(scope="module")
def instance() -> Iterator[Instance]:
    with tempfile.TemporaryDirectory(prefix="话聊 50% ") as folder:
        made = Instance(Path(folder) / "数据 'x' ;y")
        yield made
        made.remove()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Instance]:
    made = Instance(tmp_path / "other")
    yield made
    made.remove()


def test_the_first_start_answers_and_shows_the_one_time_password(instance: Instance) -> None:
    done = instance.up()
    assert done.returncode == 0, done.stderr
    assert instance.is_ready()
    assert "一次性密码" in done.stdout
    assert f"http://127.0.0.1:{instance.port}/c/" in done.stdout


def test_a_second_start_says_that_it_is_up(instance: Instance) -> None:
    before = instance.processes()
    done = instance.up()
    assert done.returncode == 0
    assert "已经在运行" in done.stdout
    assert "一次性密码" not in done.stdout
    assert instance.processes() == before


def test_a_second_start_with_another_port_is_refused(instance: Instance) -> None:
    done = instance.call("up", "--detach", "--port", str(free_port()))
    assert done.returncode == 1
    assert "./hualiao stop" in done.stderr
    assert "Traceback" not in done.stderr


def test_status_and_doctor_find_it_well(instance: Instance) -> None:
    status, doctor = instance.call("status"), instance.call("doctor")
    assert status.returncode == 0, status.stdout
    assert status.stdout.count("RUNNING") == 6
    assert doctor.returncode == 0, doctor.stdout


def test_a_quiet_token_is_the_token_alone_and_opens_the_api(instance: Instance) -> None:
    token = instance.call("token create", "--role", "client", "--quiet").stdout.strip()
    headers = {"Authorization": f"Bearer {token}"}
    body = {"conversation": "a", "message_id": "1", "text": "你好"}
    url = f"http://127.0.0.1:{instance.port}/v1/chat"
    assert httpx.post(url, headers=headers, json=body, trust_env=False).status_code == 202
    wait = {"after": 0, "wait": 10}
    replies = httpx.get(f"{url}/a", params=wait, headers=headers, timeout=30, trust_env=False)
    assert replies.json()


def test_another_instance_on_a_taken_port_is_one_sentence(
    instance: Instance, other: Instance
) -> None:
    other.port = instance.port
    done = other.up()
    assert done.returncode == 1
    assert f"端口 {instance.port} 已被别的程序占用" in done.stderr
    assert other.processes() == set()


def test_the_keys_can_be_changed_while_it_runs(instance: Instance) -> None:
    before = json.loads(instance.data.keyring.read_text())["seal"]
    done = instance.call("keys rotate")
    assert done.returncode == 0, done.stderr
    after = json.loads(instance.data.keyring.read_text())["seal"]
    assert len(after) == 1
    assert after != before


def test_a_copy_can_be_restored_elsewhere(
    instance: Instance, other: Instance, tmp_path: Path
) -> None:
    file = tmp_path / "备份.tar"
    done = instance.call("backup", str(file))
    assert done.returncode == 0, done.stderr
    assert "密钥" in done.stdout
    assert file.stat().st_mode & 0o777 == 0o600
    done = other.call("restore", str(file))
    assert done.returncode == 0, done.stderr
    assert other.call("sites list").stdout == instance.call("sites list").stdout
    assert other.call("restore", str(file)).returncode == 1
    assert other.processes() == set()


def test_after_a_killed_supervisor_the_next_start_works(instance: Instance) -> None:
    left = instance.processes()
    os.kill(instance.state().supervisor.pid, signal.SIGKILL)
    done = instance.up()
    assert done.returncode == 0, done.stderr
    assert instance.is_ready()
    assert not left & instance.processes()


def test_a_killed_child_comes_back(instance: Instance) -> None:
    engine = next(p for p in leftovers(instance.data) if "bot.run" in p.cmdline())
    engine.kill()
    limit = time.monotonic() + 60
    while instance.is_ready() and time.monotonic() < limit:
        time.sleep(0.05)
    while not instance.is_ready():
        assert time.monotonic() < limit
        time.sleep(0.1)


def test_stop_ends_every_process(instance: Instance) -> None:
    done = instance.call("stop")
    assert done.returncode == 0, done.stderr
    assert instance.processes() == set()
    assert instance.call("status").returncode == 1


def test_a_killed_launcher_leaves_nothing_that_disturbs_the_next_start(
    instance: Instance,
) -> None:
    launcher = instance.foreground()
    launcher.kill()
    launcher.communicate()
    left = instance.processes()
    assert left
    done = instance.up()
    assert done.returncode == 0, done.stderr
    assert instance.is_ready()
    assert not left & instance.processes()
    instance.call("stop")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_launcher_ends_every_child(
    instance: Instance, number: signal.Signals
) -> None:
    launcher = instance.foreground()
    assert instance.is_ready()
    launcher.send_signal(number)
    assert launcher.wait(timeout=60) == 0
    launcher.communicate()
    assert instance.processes() == set()
    marked = [p for p in psutil.process_iter() if _has_mark(p, instance.data.instance)]
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


def test_accounts_and_tokens_are_made_listed_and_revoked(instance: Instance) -> None:
    arguments = ("--name", "李同志", "--role", "staff")
    added = instance.call("accounts add li.tong", *arguments)
    assert "一次性密码" in added.stdout, added.stderr
    assert "已经有账号" in instance.call("accounts add li.tong", *arguments).stderr
    assert "li.tong\tstaff\t李同志" in instance.call("accounts list").stdout
    instance.call("token create", "--role", "client", "--name", "热线")
    assert "热线" in instance.call("token list").stdout
    assert instance.call("token revoke", "热线").returncode == 0
    assert "已撤销" in instance.call("token list").stdout
    assert instance.call("token revoke", "热线").returncode == 1
    assert instance.processes() == set()


def _has_mark(process: psutil.Process, mark: str) -> bool:
    try:
        return process.environ().get(MARK) == mark
    except psutil.Error:
        return False
