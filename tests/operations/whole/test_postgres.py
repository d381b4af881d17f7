import os
from pathlib import Path

import psycopg
import pytest

from backend_api.operations import postgres
from backend_api.operations.folders import DataFolder
from backend_api.operations.postgres import PostgresError


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> object:
    with postgres.running(tmp_path_factory.mktemp("数据 50%")) as address:
        yield address


def test_the_server_answers_in_a_folder_with_spaces_and_chinese(url: str) -> None:
    with psycopg.connect(url) as connection:
        assert connection.execute("show data_checksums").fetchone() == ("on",)


def test_a_wrong_password_is_refused_at_once(url: str) -> None:
    wrong = url.replace("hualiao:", "hualiao:wrong", 1)
    with pytest.raises(PostgresError, match="password authentication failed"):
        postgres.wait(wrong, seconds=5)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another account")
def test_root_never_runs_the_server(url: str) -> None:
    who = postgres.account()
    assert who is not None
    assert who.uid != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has folders out of the account's reach")
def test_an_unreachable_data_folder_gets_its_cluster_elsewhere(
    data: DataFolder, tmp_path: Path
) -> None:
    who = postgres.account()
    shared = Path("/var/lib/hualiao")
    cluster = postgres.place(data.root, f"test-{data.instance}", who, shared)
    try:
        assert (data.root / "postgres").resolve() == cluster
        assert cluster.parent == shared
        assert cluster.stat().st_mode & 0o777 == 0o700
        assert postgres.place(data.root, "another", who, shared) == cluster
    finally:
        cluster.rmdir()


def test_a_folder_that_holds_something_else_is_never_emptied(data: DataFolder) -> None:
    who = postgres.account()
    cluster = postgres.place(data.root, f"test-{data.instance}", who)
    (cluster / "somebody's file").touch()
    try:
        with pytest.raises(PostgresError, match="no cluster"):
            postgres.initialise(cluster, postgres.binaries(who), "secret", who)
        assert (cluster / "somebody's file").exists()
    finally:
        for left in (cluster, cluster.with_name(f"{cluster.name}.new")):
            postgres.shutil.rmtree(left)
