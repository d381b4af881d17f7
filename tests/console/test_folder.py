"""What staff's sign-ins leave on the disk: nothing, however the console ends."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from console.folder import own_folder

WRITES_AND_WAITS = """
from console.folder import own_folder
with own_folder() as folder:
    (folder / "storage-user-1.json").write_text("a token")
    print(folder, flush=True)
    input()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def other() -> "subprocess.Popen[str]":
    """Another console's process; its first line names its folder."""
    return subprocess.Popen(
        [sys.executable, "-c", WRITES_AND_WAITS],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def folder_of(other: "subprocess.Popen[str]") -> Path:
    assert other.stdout is not None
    return Path(other.stdout.readline().strip())


def test_what_a_killed_console_left_is_removed_by_the_next(
    other: "subprocess.Popen[str]",
) -> None:
    with other:
        left = folder_of(other)
        other.send_signal(signal.SIGKILL)
    assert left.exists()
    with own_folder():
        assert not left.exists()


def test_a_living_consoles_sign_ins_stay(other: "subprocess.Popen[str]") -> None:
    with other:
        theirs = folder_of(other)
        with own_folder():
            assert [one.name for one in theirs.iterdir()] == ["storage-user-1.json"]
        other.communicate("\n")
    assert not theirs.exists()


def test_what_is_no_folder_of_ours_stays(temporary: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").touch()
    (temporary / "hualiao-console-link").symlink_to(elsewhere)
    (temporary / "hualiao-console-file").touch()
    with own_folder() as folder:
        (folder / "storage-user-1.json").touch()
    assert (elsewhere / "kept").exists()
    assert (temporary / "hualiao-console-file").exists()
    assert not folder.exists()
