"""The shell launcher and the bootstrap, in a copy of the project without environments."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from backend_api.operations import bootstrap
from backend_api.operations.folders import PROJECT

OLD_PYTHON = """#!/bin/sh
exit 1
"""


def has_system_python() -> bool:
    question = "import sys; sys.exit(sys.version_info < (3, 11))"
    python = Path("/usr/bin/python3")
    return python.exists() and not subprocess.run([python, "-c", question], check=False).returncode


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Only what the launcher needs, in a folder with spaces and Chinese."""
    project = tmp_path / "话聊 副本 50%"
    (project / "backend_api").mkdir(parents=True)
    (project / "bot").mkdir()
    shutil.copy(PROJECT / "hualiao", project)
    for lock in PROJECT.glob("requirements*.lock"):
        shutil.copy(lock, project)
    shutil.copy(PROJECT / "bot" / "requirements.lock", project / "bot")
    shutil.copytree(
        PROJECT / "backend_api" / "operations",
        project / "backend_api" / "operations",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    return project


def run(
    project: Path, *arguments: str, path: str = os.environ["PATH"], user: str | None = None
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [project / "hualiao", *arguments],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd="/",
        user=user,
    )


def one_sentence(done: "subprocess.CompletedProcess[str]") -> str:
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    return done.stderr.strip().splitlines()[-1]


def test_an_old_python_is_one_sentence(copy: Path, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("python3", "python3.13", "python3.12", "python3.11"):
        (tools / name).write_text(OLD_PYTHON)
        (tools / name).chmod(0o755)
    for tool in ("dirname", "readlink"):
        (tools / tool).symlink_to(str(shutil.which(tool)))
    assert "Python 3.11" in one_sentence(run(copy, "up", path=str(tools)))


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a second user")
@pytest.mark.skipif(not has_system_python(), reason="needs a Python that every user may run")
def test_a_read_only_project_is_one_sentence(copy: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        project = shutil.copytree(copy, Path(folder) / "只读 项目")
        done = run(project, "status", path="/usr/bin:/bin", user="nobody")
    assert "项目文件夹不能写入" in one_sentence(done)


def test_no_space_left_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "NEEDED_GB", 10**9)
    with pytest.raises(bootstrap.TroubleError) as caught:
        bootstrap.enough_space()
    bootstrap.say(caught.value.key, **caught.value.values)
    assert "磁盘空间不足" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("error: No space left on device (os error 28)", "disk_full"),
        ("error: Read-only file system (os error 30)", "read_only"),
        ("error: failed to fetch", "failed"),
    ],
)
def test_an_installers_last_words_are_understood(words: str, key: str) -> None:
    assert bootstrap.trouble("uv", words, "log").key == key


def test_every_trouble_has_its_words_in_both_languages() -> None:
    texts = json.loads(Path(bootstrap.__file__).with_name("bootstrap.json").read_text())
    assert {tuple(text) for text in texts.values()} == {("zh", "en")}


@pytest.fixture
def environment(tmp_path: Path) -> bootstrap.Environment:
    folder, lock = tmp_path / "env", tmp_path / "a.lock"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    lock.write_text("a==1")
    made = bootstrap.Environment("env", str(folder), str(lock))
    made.note(str(lock))
    return made


def test_an_unchanged_environment_is_current(environment: bootstrap.Environment) -> None:
    assert environment.is_current()


def test_a_changed_lock_is_noticed(environment: bootstrap.Environment) -> None:
    Path(environment.locks[0]).write_text("a==2")
    assert not environment.is_current()
    assert environment.is_usable()


def test_a_moved_environment_is_made_anew(
    environment: bootstrap.Environment, tmp_path: Path
) -> None:
    moved = tmp_path / "moved"
    Path(environment.folder).rename(moved)
    assert not bootstrap.Environment("env", str(moved), *environment.locks).is_usable()


def test_an_environment_whose_python_is_gone_is_made_anew(
    environment: bootstrap.Environment,
) -> None:
    Path(environment.python).unlink()
    Path(environment.python).symlink_to("/nowhere/python3")
    assert not environment.is_usable()


def test_tools_for_tests_satisfy_up_but_not_the_other_way_round() -> None:
    service, _ = bootstrap.environments("test")
    assert service.locks == (bootstrap.inside("requirements-dev.lock"),)
    plain, _ = bootstrap.environments("up")
    assert bootstrap.inside("requirements-dev.lock") in plain.locks
