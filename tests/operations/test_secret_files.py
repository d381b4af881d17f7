import os
from pathlib import Path

import pytest

from backend_api.operations import secret_files
from backend_api.operations.folders import DataFolder, write_private
from backend_api.operations.messages import FailureError


def test_secrets_are_made_once_and_for_their_owner_alone(data: DataFolder) -> None:
    first = secret_files.ensure(data)
    assert secret_files.ensure(data) == first
    assert len(set(first.values())) == len(secret_files.NAMES)
    modes = {file.stat().st_mode & 0o777 for file in data.secrets.iterdir()}
    assert modes == {0o600}
    # Root's may be entered by the service's account, which reads one file whose name it knows.
    assert data.secrets.stat().st_mode & 0o777 == (0o711 if os.geteuid() == 0 else 0o700)


def test_the_first_password_is_kept_until_it_is_shown_once(data: DataFolder) -> None:
    secret_files.keep_first_password(data, "once")
    assert secret_files.take_first_password(data) == "once"
    assert secret_files.take_first_password(data) is None


def test_a_private_file_is_replaced_in_one_step(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("old")
    file.chmod(0o644)
    write_private(file, "new")
    assert file.read_text() == "new"
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_a_data_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FailureError, match="数据文件夹不能写入"):
        DataFolder(tmp_path / "file" / "data").make()
