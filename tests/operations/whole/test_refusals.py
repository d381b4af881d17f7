"""What is wrong with a database is one sentence, whichever command meets it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession

from backend_api.operations import database, first_start, records, refusals
from backend_api.operations.folders import PROJECT, DataFolder
from backend_api.operations.messages import FailureError
from backend_api.operations.postgres import free_port

COMMANDS = (
    "up",
    "doctor",
    "status",
    "chat",
    "backup FILE",
    "restore COPY",
    "token list",
    "token create --role client",
    "token revoke x",
    "keys rotate",
    "sites list",
    "sites add x",
    "sites withdraw x",
    "sites poster x --out FILE",
    "ledger export --out FILE",
    "accounts list",
    "accounts add li --name 李 --role staff",
)


def called(command: str, data: DataFolder, url: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-P", "-m", "backend_api.cli", *command.split(), "--data", data.root],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "DATABASE_URL": url},
    )


@pytest.mark.parametrize(
    "given",
    [
        "foo",
        "mysql://x",
        "mysql://user:geheim@host/hualiao",
        "postgresql://",
        "postgresql://user:geheim@host:port/hualiao",
        "postgresql://user:geheim@host:99999/hualiao",
        "postgresql://user:geheim%zz@host/hualiao",
        "postgresql://user:geheim@[::1/hualiao",
        "postgresql://user:geheim@host/hualiao?nonsense=1",
        "postgresql://user:geheim@host",
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(given: str) -> None:
    with pytest.raises(FailureError, match="DATABASE_URL") as raised:
        refusals.checked(given)
    assert "geheim" not in str(raised.value)


@pytest.mark.parametrize(
    "given",
    [
        "postgres://u:p@host/hualiao",
        "postgresql+psycopg://u:p@host/hualiao",
        "postgresql://u:p@host/hualiao",
    ],
)
def test_every_spelling_of_an_address_is_one(given: str) -> None:
    assert refusals.checked(given) == "postgresql://u:p@host/hualiao"


def test_a_socket_and_an_encrypted_line_are_addresses() -> None:
    for given in ("postgresql:///hualiao?host=/run/pg", "postgresql://u@h/x?sslmode=verify-full"):
        assert refusals.checked(given) == given


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_shows_a_traceback_for_a_wrong_address(
    data: DataFolder, tmp_path: Path, copy_of_nothing: Path, command: str
) -> None:
    command = command.replace("FILE", str(tmp_path / "file.tar"))
    done = called(command.replace("COPY", str(copy_of_nothing)), data, "foo")
    assert done.returncode == 1
    said = (done.stdout + done.stderr).strip()
    assert "Traceback" not in said
    assert ("DATABASE_URL" in said) is (command != "status")
    assert command == "doctor" or len(said.splitlines()) == 1


def broken(url: str) -> dict[str, str]:
    """One address for each way of not getting in."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    return {
        "检查 DATABASE_URL 里的用户和密码": url.replace(f":{parts.password}@", ":wrong@"),
        "没有 DATABASE_URL 里写的这个数据库": url.replace(parts.path, "/nowhere"),
        "检查 DATABASE_URL 里的主机和端口": url.replace(f":{parts.port}/", f":{free_port()}/"),
        "连接不上数据库": url.replace(parts.hostname, "nowhere.invalid"),
        "SSL": f"{url}?sslmode=require",
    }


WAYS = tuple(broken("postgresql://user:password@host:1/name"))


@pytest.mark.parametrize("sentence", WAYS)
def test_each_way_of_not_getting_in_has_its_sentence(
    data: DataFolder, database_url: str, monkeypatch: pytest.MonkeyPatch, sentence: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", broken(database_url)[sentence])
    with pytest.raises(FailureError, match=sentence), database.reached(data) as url:
        database.in_session(url, data, records.list_sites)
    with pytest.raises(FailureError, match=sentence):
        database.reach(url, seconds=0)


def test_what_waiting_cannot_mend_is_not_waited_for(database_url: str) -> None:
    for sentence in WAYS[:2]:
        with pytest.raises(FailureError, match=sentence):
            database.reach(broken(database_url)[sentence], seconds=3600)


@pytest.fixture
def plain_role(database_url: str) -> Iterator[Callable[[str], str]]:
    """A role that owns nothing: the address of an empty database as that role sees it."""
    parts, role = urlsplit(database_url), f"{urlsplit(database_url).path[1:]}_plain"
    empty = f"{role}_empty"

    def address(name: str = empty) -> str:
        return f"postgresql://{role}:plain@{parts.hostname}:{parts.port}/{name}"

    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"create role {role} login password 'plain'".encode())
        connection.execute(f"create database {empty}".encode())
        yield address
        connection.execute(f"drop database {empty} with (force)".encode())
        connection.execute(f"drop role {role}".encode())


def test_a_role_that_may_create_nothing_is_one_sentence(
    data: DataFolder, plain_role: Callable[[], str]
) -> None:
    with pytest.raises(FailureError, match="不允许话聊的用户建表"):
        first_start.prepare(plain_role(), data)


def test_a_role_that_may_read_nothing_is_one_sentence(
    data: DataFolder, plain_role: Callable[[str], str], database_url: str
) -> None:
    with pytest.raises(FailureError, match="不允许话聊的用户建表或写入"):
        database.in_session(plain_role(urlsplit(database_url).path[1:]), data, records.list_sites)


def test_an_empty_database_needs_up_first(data: DataFolder, plain_role: Callable[[], str]) -> None:
    with pytest.raises(FailureError, match=r"先运行 \./hualiao up"):
        database.in_session(plain_role(), data, records.list_sites)


def test_a_database_that_stops_midway_is_one_sentence(data: DataFolder, database_url: str) -> None:
    async def ended(session: AsyncSession) -> None:
        await session.execute(text("select pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(FailureError, match="没能完成这一步"):
        database.in_session(database_url, data, ended)


def test_a_mistake_of_ours_stays_an_error(data: DataFolder, database_url: str) -> None:
    async def wrong(session: AsyncSession) -> None:
        await session.execute(text("select nothing_known"))

    with pytest.raises(ProgrammingError):
        database.in_session(database_url, data, wrong)
