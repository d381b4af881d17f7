"""`backup` and `restore` with PostgreSQL's tools: nothing is replaced, every copy is readable."""

import secrets
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from backend_api.core.crypto import new_keyring_file
from backend_api.operations import copies, first_start, inspection, keys
from backend_api.operations.folders import DataFolder
from backend_api.operations.messages import FailureError, Screen

SCREEN = Screen(quiet=True)


@pytest.fixture
def used(data: DataFolder, database_url: str, monkeypatch: pytest.MonkeyPatch) -> DataFolder:
    """An instance on an own cluster, after its first start."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    first_start.prepare(database_url, data)
    return data


@pytest.fixture
def elsewhere(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], str]]:
    """Turn to an empty database, as on a new machine."""
    name = f"empty_{secrets.token_hex(6)}"

    def turn() -> str:
        url = f"{database_url.rsplit('/', 1)[0]}/{name}"
        monkeypatch.setenv("DATABASE_URL", url)
        return url

    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"create database {name}".encode())
        yield turn
        connection.execute(f"drop database {name} with (force)".encode())


@pytest.fixture
def other(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "other")


def actions_of(url: str) -> list[str]:
    query = "select action from audit_entry where subject_kind = 'database' order by created_at"
    with psycopg.connect(url) as connection:
        return [str(row[0]) for row in connection.execute(query).fetchall()]


def test_a_copy_and_its_restoring_are_in_the_audit(
    used: DataFolder, other: DataFolder, elsewhere: Callable[[], str], tmp_path: Path
) -> None:
    copies.backup(used, tmp_path / "copy.tar", SCREEN, keys=True)
    url = elsewhere()
    copies.restore(other, tmp_path / "copy.tar", SCREEN)
    keys.check(url, other)
    assert actions_of(url) == ["backup.restored"]


def test_a_copy_is_noted_where_it_was_made(
    used: DataFolder, database_url: str, tmp_path: Path
) -> None:
    copies.backup(used, tmp_path / "copy.tar", SCREEN, keys=False)
    assert actions_of(database_url) == ["backup.made"]


def test_no_copy_is_made_while_the_keys_change(
    used: DataFolder, database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "copy.tar"
    with keys.held(database_url), pytest.raises(FailureError, match="正在换密钥"):
        copies.backup(used, file, SCREEN, keys=True)
    assert not [one for one in tmp_path.iterdir() if "copy.tar" in one.name]
    copies.backup(used, file, SCREEN, keys=True)


def test_a_copy_with_keys_needs_the_right_ones(used: DataFolder, tmp_path: Path) -> None:
    used.keyring.unlink()
    with pytest.raises(FailureError, match="密钥文件不见了"):
        copies.backup(used, tmp_path / "copy.tar", SCREEN, keys=True)
    copies.backup(used, tmp_path / "copy.tar", SCREEN, keys=False)
    with tarfile.open(tmp_path / "copy.tar") as tar:
        assert sorted(tar.getnames()) == [copies.ABOUT, copies.DUMP]


def test_restoring_with_another_key_file_is_refused(
    used: DataFolder, other: DataFolder, elsewhere: Callable[[], str], tmp_path: Path
) -> None:
    copies.backup(used, tmp_path / "copy.tar", SCREEN, keys=False)
    url = elsewhere()
    other.make()
    new_keyring_file(other.keyring)
    with pytest.raises(FailureError, match="打不开这个数据库"):
        copies.restore(other, tmp_path / "copy.tar", SCREEN)
    other.keyring.write_bytes(used.keyring.read_bytes())
    keys.check(url, other)


def test_restoring_never_replaces_another_key_file(
    used: DataFolder, other: DataFolder, elsewhere: Callable[[], str], tmp_path: Path
) -> None:
    copies.backup(used, tmp_path / "copy.tar", SCREEN, keys=True)
    elsewhere()
    other.make()
    new_keyring_file(other.keyring)
    theirs = other.keyring.read_bytes()
    with pytest.raises(FailureError, match="已经有另一个密钥"):
        copies.restore(other, tmp_path / "copy.tar", SCREEN)
    assert other.keyring.read_bytes() == theirs


TOOL = """#!/bin/sh
printf '%s\\n' "$@" > "$0.told"
printf '%s' "$PGPASSWORD" > "$0.password"
"""


def test_the_tools_get_the_whole_address_and_the_password_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "pg_dump"
    tool.write_text(TOOL)
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    copies._run("pg_dump", "postgresql://u:p%40ss@db:5433/x?sslmode=verify-full&sslrootcert=/ca")
    told = (tmp_path / "pg_dump.told").read_text()
    assert "sslmode=verify-full" in told
    assert "sslrootcert=/ca" in told
    assert "host=db port=5433" in told
    assert (tmp_path / "pg_dump.password").read_text() == "p@ss"
    assert "p@ss" not in told


def test_an_encrypted_copy_without_the_tools_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FailureError, match="postgresql-client"):
        copies._run("pg_dump", "postgresql://u:p@127.0.0.1:1/x?sslmode=require")


@pytest.mark.parametrize("state", ["missing", "another"])
def test_doctor_names_a_key_file_that_does_not_fit(
    used: DataFolder, state: str, capsys: pytest.CaptureFixture[str]
) -> None:
    inspection.doctor(used, 8080, SCREEN)
    assert "✓ 密钥文件和数据库对得上" in capsys.readouterr().out
    used.keyring.unlink()
    if state == "another":
        new_keyring_file(used.keyring)
    assert not inspection.doctor(used, 8080, SCREEN)
    assert "✗ 密钥文件" in capsys.readouterr().out
