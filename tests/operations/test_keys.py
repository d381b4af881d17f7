"""A key file that is not the database's own stops everything before anything is served."""

import json
from pathlib import Path

import psycopg
import pytest

from backend_api.core import rotation
from backend_api.core.crypto import add_key, new_keyring_file
from backend_api.operations import first_start, keys
from backend_api.operations.folders import DataFolder
from backend_api.operations.messages import FailureError


@pytest.fixture(autouse=True)
def nothing_to_settle(monkeypatch: pytest.MonkeyPatch) -> None:
    assert rotation.rotate.__kwdefaults__ is not None
    monkeypatch.setitem(rotation.rotate.__kwdefaults__, "settle", 0.01)


@pytest.fixture
def started(data: DataFolder, database_url: str) -> str:
    """A database after its first start."""
    first_start.prepare(database_url, data)
    return database_url


def replace_key(data: DataFolder) -> None:
    data.keyring.unlink()
    new_keyring_file(data.keyring)


def test_the_first_start_makes_the_keys_and_later_ones_keep_them(
    data: DataFolder, started: str
) -> None:
    made = data.keyring.read_bytes()
    first_start.prepare(started, data)
    assert data.keyring.read_bytes() == made


def test_a_lost_key_file_is_named_and_never_replaced(data: DataFolder, started: str) -> None:
    data.keyring.unlink()
    for attempt in (first_start.prepare, keys.check, keys.rotate):
        with pytest.raises(FailureError, match=r"keyring\.json.*备份"):
            attempt(started, data)
    assert not data.keyring.exists()


def test_another_key_file_is_refused(data: DataFolder, started: str) -> None:
    replace_key(data)
    other = data.keyring.read_bytes()
    for attempt in (first_start.prepare, keys.check, keys.rotate):
        with pytest.raises(FailureError, match="打不开这个数据库"):
            attempt(started, data)
    assert data.keyring.read_bytes() == other


@pytest.mark.parametrize("part", ["seal", "index"])
def test_half_of_another_key_file_is_refused_too(data: DataFolder, started: str, part: str) -> None:
    content = json.loads(data.keyring.read_text())
    replace_key(data)
    other = json.loads(data.keyring.read_text())
    data.keyring.write_text(json.dumps(content | {part: other[part]}))
    with pytest.raises(FailureError, match="打不开这个数据库"):
        keys.check(started, data)


@pytest.mark.parametrize("content", ["", "{}", '{"seal": ["x"], "index": "x"}', "[]", "锁"])
def test_a_damaged_key_file_is_refused(data: DataFolder, started: str, content: str) -> None:
    data.keyring.write_text(content)
    with pytest.raises(FailureError, match="已损坏"):
        keys.check(started, data)


def test_after_a_rotation_the_old_key_file_is_refused(data: DataFolder, started: str) -> None:
    old = data.keyring.read_bytes()
    assert keys.rotate(started, data) == 1
    keys.check(started, data)
    data.keyring.write_bytes(old)
    with pytest.raises(FailureError, match="旧的密钥"):
        keys.check(started, data)


def test_an_interrupted_rotation_leaves_keys_that_fit(data: DataFolder, started: str) -> None:
    add_key(data.keyring)
    keys.check(started, data)
    keys.rotate(started, data)
    keys.check(started, data)


def test_two_first_starts_with_two_keys_leave_one_that_fits(
    data: DataFolder, started: str, tmp_path: Path
) -> None:
    other = DataFolder(tmp_path / "other")
    other.make()
    with pytest.raises(FailureError, match=r"keyring\.json"):
        first_start.prepare(started, other)
    assert not other.keyring.exists()


def test_the_keys_are_not_changed_while_somebody_holds_them(data: DataFolder, started: str) -> None:
    with keys.held(started), pytest.raises(FailureError, match="正在备份"):
        keys.rotate(started, data)
    assert keys.rotate(started, data) == 1


def test_a_rotation_is_in_the_audit(data: DataFolder, started: str) -> None:
    keys.rotate(started, data)
    with psycopg.connect(started) as connection:
        found = connection.execute(
            "select actor_kind, subject_kind, details from audit_entry"
            " where action = 'keys.rotated'"
        ).fetchall()
    assert found == [("system", "database", {"count": "1"})]
