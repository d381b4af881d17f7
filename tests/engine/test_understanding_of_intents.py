"""The share of held-out sentences that are understood, as a floor under later changes."""

import re
import subprocess
from pathlib import Path

from tests.engine.conftest import ENGINE_PYTHON, ROOT

FLOOR = 0.90


def test_held_out_sentences_are_understood(model: Path) -> None:
    sentences = ROOT / "tests" / "engine" / "heldout.tsv"
    command = [str(ENGINE_PYTHON), "-m", "bot.judge", "--model", str(model)]
    judged = subprocess.run(
        [*command, "--sentences", str(sentences)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    found = re.search(r"right (\d+) of (\d+)", judged.stdout)
    assert found
    right, all_of_them = map(int, found.groups())
    assert right >= FLOOR * all_of_them, judged.stdout
