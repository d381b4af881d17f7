"""`python -m bot.train --out FILE`: the Rasa model, with progress on screen."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bot.engine.preparation import prepare

_BOT = Path(__file__).parent
_DATA = _BOT.parent / "data"
TRAINING_DATA = [_DATA / "nlu", _DATA / "rules", _DATA / "stories"]


def train(out: Path) -> None:
    from rasa.model_training import train as train_rasa

    result = train_rasa(
        domain=str(_BOT / "domain"),
        config=str(_BOT / "config.yml"),
        training_files=[str(each) for each in TRAINING_DATA],
        output=str(out.parent),
        fixed_model_name=out.name.removesuffix(".tar.gz"),
        force_training=True,
    )
    if result.model is None:
        raise SystemExit(result.code or 1)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bot.train")
    parser.add_argument("--out", type=Path, required=True, help="where the model goes (.tar.gz)")
    out: Path = parser.parse_args(arguments).out
    if not out.name.endswith(".tar.gz"):
        parser.error("--out must end in .tar.gz")
    began = time.monotonic()
    prepare()
    train(out)
    sys.stdout.write(f"trained {out} in {time.monotonic() - began:.0f} s\n")


if __name__ == "__main__":
    main()
