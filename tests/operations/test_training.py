import subprocess
import sys
import time
from pathlib import Path

import pytest

from backend_api.operations import training
from backend_api.operations.messages import FailureError, Screen
from backend_api.operations.training import Training, ensure, fingerprint

TRAINER = """
import pathlib, sys
out = pathlib.Path(sys.argv[sys.argv.index("--out") + 1])
if pathlib.Path("data/fail").exists():
    sys.exit("no sense in these words")
out.write_text("model")
"""
SCREEN = Screen(quiet=True)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "words.yml").write_text("a")
    (tmp_path / "trainer.py").write_text(TRAINER)
    (tmp_path / "models").mkdir()
    monkeypatch.setattr(training, "PROJECT", tmp_path)
    return tmp_path


@pytest.fixture
def one() -> Training:
    return Training("one", Path(sys.executable), "trainer", ("data",), ".bin")


def test_nothing_is_trained_twice(project: Path, one: Training) -> None:
    ran: list[subprocess.Popen[bytes]] = []
    first = ensure(one, project / "models", SCREEN, ran.append)
    assert ensure(one, project / "models", SCREEN, ran.append) == first
    assert len(ran) == 1


def test_a_changed_source_is_trained_anew_and_two_artefacts_stay(
    project: Path, one: Training
) -> None:
    for words in "abcd":
        (project / "data" / "words.yml").write_text(words)
        newest = ensure(one, project / "models", SCREEN)
        time.sleep(0.02)
    kept = list((project / "models").glob("one-*"))
    assert len(kept) == 2
    assert newest in kept


def test_a_failed_training_says_why_and_leaves_no_artefact(project: Path, one: Training) -> None:
    (project / "data" / "fail").touch()
    with pytest.raises(FailureError, match="no sense in these words"):
        ensure(one, project / "models", SCREEN)
    assert list((project / "models").glob("*.bin")) == []


def test_the_fingerprint_follows_names_and_content_not_caches(project: Path) -> None:
    before = fingerprint(project, ("data",))
    (project / "data" / "__pycache__").mkdir()
    (project / "data" / "__pycache__" / "x.pyc").touch()
    assert fingerprint(project, ("data",)) == before
    (project / "data" / "words.yml").rename(project / "data" / "other.yml")
    assert fingerprint(project, ("data",)) != before
