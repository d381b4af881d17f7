"""Which database a command works in, and that it never disturbs a service that runs."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from backend_api.operations import database, postgres, secret_files, state
from backend_api.operations.folders import DataFolder
from backend_api.operations.messages import FailureError
from backend_api.operations.state import State

OWN = "postgresql://hualiao:pass%40word@db.example.cn:5432/hualiao"


@pytest.fixture(autouse=True)
def no_own_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)


def note(data: DataFolder, database_port: int | None) -> None:
    """As if the service ran: its supervisor is this very process."""
    us = state.seen(os.getpid())
    state.write(data, State("127.0.0.1", 1, 2, 3, 4, database_port, True, 0.0, us, us))


def test_a_service_on_an_own_cluster_is_found_without_being_told_again(data: DataFolder) -> None:
    note(data, None)
    secret_files.keep_database_url(data, OWN)
    with database.reached(data) as url:
        assert url == OWN
    assert (data.secrets / "database-url").stat().st_mode & 0o777 == 0o600


def test_an_own_cluster_is_found_when_the_service_is_down_too(data: DataFolder) -> None:
    secret_files.keep_database_url(data, OWN)
    assert database.current_url(data) == OWN


@pytest.mark.parametrize("port", [None, 5432])
def test_another_database_than_that_of_the_running_service_is_refused(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch, port: int | None
) -> None:
    note(data, port)
    secret_files.keep_database_url(data, OWN)
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/hualiao")
    with pytest.raises(FailureError, match="DATABASE_URL"):
        database.current_url(data)


def test_a_spelling_is_no_other_database(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    note(data, None)
    secret_files.keep_database_url(data, OWN)
    monkeypatch.setenv("DATABASE_URL", OWN.replace("postgresql://", "postgres://"))
    assert database.current_url(data) == OWN


def test_an_unknown_own_cluster_is_one_sentence(data: DataFolder) -> None:
    note(data, None)
    with pytest.raises(FailureError, match="自己的数据库"):
        database.current_url(data)


def test_a_command_ends_nothing_that_a_killed_launcher_left(
    data: DataFolder, sleeper: Callable[..., "subprocess.Popen[bytes]"]
) -> None:
    left = sleeper(HUALIAO_INSTANCE=data.instance)
    with pytest.raises(FailureError, match="hualiao stop"), database.reached(data):
        pass
    assert left.poll() is None


def test_a_command_alone_starts_the_embedded_server_and_ends_it(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.make()
    try:
        with database.reached(folder) as url:
            postgres.wait(url, seconds=5)
        with pytest.raises(postgres.PostgresError):
            postgres.wait(url, seconds=0)
    finally:
        cluster = folder.root / "postgres"
        if cluster.is_symlink():
            subprocess.run(["rm", "-r", cluster.resolve()], check=True)
