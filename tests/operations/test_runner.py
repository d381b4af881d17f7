"""As whom the service runs when root starts it."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend_api.core.crypto import add_key, new_keyring_file
from backend_api.operations import programs, runner
from backend_api.operations.folders import DataFolder
from backend_api.operations.messages import words
from backend_api.operations.postgres import Account
from backend_api.operations.programs import Plan

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
ANYBODY = Account("hualiao", 54321, 54321)


@pytest.fixture
def reachable(monkeypatch: pytest.MonkeyPatch) -> Iterator[DataFolder]:
    """A data folder, code and a Python that every account can use."""
    monkeypatch.setattr(runner, "SERVICE_PYTHON", Path("/bin/sh"))
    monkeypatch.setattr(runner, "ENGINE_PYTHON", Path("/bin/sh"))
    with tempfile.TemporaryDirectory(prefix="数据 'x' ") as name:
        Path(name).chmod(0o711)
        project = Path(name) / "project"
        for file in ("backend_api/main.py", "bot/run.py"):
            (project / file).parent.mkdir(parents=True)
            (project / file).touch(mode=0o644)
        monkeypatch.setattr(runner, "PROJECT", project)
        folder = DataFolder(Path(name) / "data")
        folder.make()
        yield folder


def plan(account: Account | None) -> Plan:
    names = ("engine-token", "actions-token", "service-token", "console-token", "console-secret")
    return Plan(
        host="127.0.0.1",
        port=1,
        console_port=2,
        engine_port=3,
        actions_port=4,
        database_url="postgresql://",
        secrets=dict.fromkeys(names, ""),
        keyring=Path("/keyring"),
        engine_model=Path("/model"),
        models=Path("/models"),
        account=account,
        home=Path("/data/home"),
    )


def test_every_program_of_the_service_is_handed_over_with_a_home_of_its_own() -> None:
    handed = programs.of_service(plan(ANYBODY))
    assert {program.name for program in handed} == {"engine", "actions", "api", "worker", "console"}
    assert {program.account for program in handed} == {ANYBODY}
    assert {program.environment["HOME"] for program in handed} == {"/data/home"}


def test_whoever_is_not_root_runs_the_service_as_themselves() -> None:
    assert {program.account for program in programs.of_service(plan(None))} == {None}


@as_root
def test_root_hands_the_service_to_the_plain_account(reachable: DataFolder) -> None:
    found = runner.chosen(reachable, 8080, "postgresql://u@h/x?sslmode=require")
    assert found.account is not None
    assert (found.account.name, found.key) == ("hualiao", "root_left")
    assert "用普通账号 hualiao 运行" in words(found.key, **found.values)


@as_root
def test_root_keeps_the_service_where_the_account_cannot_come(
    reachable: DataFolder, tmp_path: Path
) -> None:
    beyond = DataFolder(tmp_path / "data")
    beyond.make()
    found = runner.chosen(beyond, 8080, None)
    assert (found.account, found.key) == (None, "root_unreachable")
    told = words(found.key, **found.values)
    closed = next(one for one in reversed(beyond.secrets.parents) if not one.stat().st_mode & 0o001)
    assert f"用不了 {beyond.secrets}（{closed} 不让它用）" in told


@as_root
def test_root_is_told_where_a_link_leads_that_the_account_cannot_follow(
    reachable: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = reachable.root.parent / "private"
    target, link = private / "bin" / "python3", reachable.root.parent / "python"
    target.parent.mkdir(parents=True)
    target.touch(mode=0o755)
    private.chmod(0o700)
    link.symlink_to(target)
    monkeypatch.setattr(runner, "SERVICE_PYTHON", link)

    found = runner.chosen(reachable, 8080, None)

    told = words(found.key, **found.values)
    assert found.account is None
    assert f"{link} 指向 {target}" in told
    assert f"用不了 {private}。" in told


@as_root
def test_root_keeps_the_service_for_a_certificate_that_only_root_reads(
    reachable: DataFolder, tmp_path: Path
) -> None:
    (tmp_path / "ca.crt").touch(mode=0o600)
    url = f"postgresql://u@h/x?sslmode=verify-full&sslrootcert={tmp_path / 'ca.crt'}"
    assert runner.chosen(reachable, 8080, url).values["path"] == tmp_path / "ca.crt"


@as_root
def test_root_keeps_the_service_for_a_port_of_root(
    reachable: DataFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "first").write_text("1024\n")
    monkeypatch.setattr(runner, "FIRST_PLAIN_PORT", tmp_path / "first")
    found = runner.chosen(reachable, 80, None)
    assert "端口 80" in words(found.key, **found.values)


@as_root
def test_the_account_reads_the_keys_and_still_does_after_a_rotation(reachable: DataFolder) -> None:
    new_keyring_file(reachable.keyring)
    runner.hand_over(reachable, ANYBODY)
    add_key(reachable.keyring)
    for path in (reachable.keyring, reachable.home):
        assert (path.stat().st_uid, path.stat().st_mode & 0o077) == (ANYBODY.uid, 0)
    others = {file.stat().st_mode & 0o077 for file in reachable.secrets.iterdir()}
    assert others == {0}
