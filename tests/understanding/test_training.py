"""Training is reproducible."""

import json
from pathlib import Path

from backend_api.understanding.train import main


def test_training_twice_writes_the_same_model(tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        main(["--out", str(folder), "--quick"])

    one, two = (json.loads((folder / "matters.json").read_text()) for folder in folders)
    assert one == two
    assert (folders[0] / "matters.npz").read_bytes() == (folders[1] / "matters.npz").read_bytes()
    for name in ("danger.json", "danger.npz"):
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes()
