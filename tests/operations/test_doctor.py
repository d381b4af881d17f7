"""What `doctor` says about files that are lost."""

from pathlib import Path

import pytest

from backend_api.core.crypto import new_keyring_file
from backend_api.operations import inspection, secret_files
from backend_api.operations.folders import DataFolder
from backend_api.operations.messages import Screen


@pytest.fixture
def whole(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> DataFolder:
    """A data folder after its first start, with a database of its own that is down."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    secret_files.ensure(data)
    new_keyring_file(data.keyring)
    (data.root / "postgres").mkdir()
    (data.root / "postgres" / "PG_VERSION").touch()
    return data


def told(data: DataFolder, capsys: pytest.CaptureFixture[str]) -> str:
    inspection.doctor(data, 8080, Screen())
    return capsys.readouterr().out


def test_nothing_is_missing(whole: DataFolder, capsys: pytest.CaptureFixture[str]) -> None:
    assert "✓ 密钥文件齐全" in told(whole, capsys)


def test_a_lost_database_password_is_no_lost_key(
    whole: DataFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    (whole.secrets / "database-password").unlink()
    said = told(whole, capsys)

    assert f"✗ 数据库的密码文件不见了：{whole.secrets / 'database-password'}" in said
    assert "keyring.json" not in said
    assert "加密" not in said


def test_a_lost_key_file_is_named(whole: DataFolder, capsys: pytest.CaptureFixture[str]) -> None:
    whole.keyring.unlink()

    assert f"✗ 缺少密钥文件 {whole.keyring}" in told(whole, capsys)


def test_lost_tokens_are_made_anew(whole: DataFolder, capsys: pytest.CaptureFixture[str]) -> None:
    (whole.secrets / "engine-token").unlink()
    said = told(whole, capsys)

    assert f"! {whole.secrets} 里缺少内部口令 engine-token" in said
    assert "密钥文件" not in said.replace("密钥文件只有本人能读", "")


def test_a_cluster_of_ones_own_needs_no_database_password(
    whole: DataFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    (whole.root / "postgres" / "PG_VERSION").unlink()
    Path(whole.secrets / "database-password").unlink()

    assert "✗ 数据库的密码" not in told(whole, capsys)
