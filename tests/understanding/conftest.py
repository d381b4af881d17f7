"""One model for all tests of understanding: the service's own, or one trained for this run."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from backend_api.understanding.analysis import Analysis, Region
from backend_api.understanding.models import DATA, Models, load
from backend_api.understanding.pipeline import analyse
from backend_api.understanding.train import main

NOW = datetime(2026, 11, 21, 10, 0)  # noqa: DTZ001 -- a citizen's local time

Read = Callable[..., Analysis]


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Models:
    if trained := os.environ.get("HUALIAO_MODELS"):
        return load(Path(trained))
    folder = tmp_path_factory.mktemp("models")
    assert main(["--out", str(folder), "--data", str(DATA), "--quick"]) == 0
    return load(folder)


@pytest.fixture(scope="session")
def read(models: Models) -> Read:
    def read_text(text: str, place: Region | None = None) -> Analysis:
        return analyse(text, NOW, place, models=models)

    return read_text
