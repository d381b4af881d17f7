"""Train what its sources changed: the fingerprint of the sources is in the artefact's name."""

import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from backend_api.operations.folders import PROJECT
from backend_api.operations.messages import FailureError, Screen, last_words
from backend_api.operations.programs import ENGINE_PYTHON, ONE_THREAD, SERVICE_PYTHON

KEPT = 2
SKIPPED_FOLDERS = {".venv", "__pycache__", "environment"}
PROGRESS_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Training:
    """One artefact: how it is made and from what (paths in the project, folders entirely)."""

    name: str
    python: Path
    module: str
    sources: tuple[str, ...]
    suffix: str
    options: tuple[str, ...] = ()

    def artefact(self, models: Path) -> Path:
        return models / f"{self.name}-{fingerprint(PROJECT, self.sources)}{self.suffix}"


ENGINE = Training(
    "engine",
    ENGINE_PYTHON,
    "bot.train",
    ("bot", "data/nlu", "data/rules", "data/stories"),
    ".tar.gz",
)
UNDERSTANDING = Training(
    "understanding",
    SERVICE_PYTHON,
    "backend_api.understanding.train",
    (
        "backend_api/understanding/train.py",
        "backend_api/understanding/train_danger.py",
        "backend_api/understanding/danger.py",
        "backend_api/understanding/features.py",
        "backend_api/understanding/normal.py",
        "data/matters",
        "data/crisis/examples",
        "data/crisis/concepts.yml",
        "data/crisis/grave.yml",
        "data/nlu",
    ),
    "",
    # Without the 5-fold report: the same model in a fifth of the time.
    ("--quick",),
)
TRAININGS = (ENGINE, UNDERSTANDING)
Trained = dict[str, Path]
Track = Callable[["subprocess.Popen[bytes]"], None]


def fingerprint(project: Path, sources: tuple[str, ...]) -> str:
    """Changes when any source file's place or content does."""
    digest = hashlib.sha256()
    for file in sorted(path for source in sources for path in _files(project / source)):
        digest.update(str(file.relative_to(project)).encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_file():
        yield folder
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in SKIPPED_FOLDERS]
        yield from (Path(place) / name for name in names if not name.endswith((".pyc", ".md")))


def models_folder(data: Path) -> Path:
    """build/models in the project; in the data folder where the project cannot be written."""
    wanted = PROJECT / "build" / "models"
    try:
        wanted.mkdir(parents=True, exist_ok=True)
        probe = wanted / f".writable-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError:
        wanted = data / "models"
        wanted.mkdir(parents=True, exist_ok=True)
    return wanted


def planned(models: Path) -> Trained:
    """Where each artefact lies, or will lie."""
    return {training.name: training.artefact(models) for training in TRAININGS}


def ensure(training: Training, models: Path, screen: Screen, track: Track = lambda _: None) -> Path:
    """The artefact, trained now if it is missing."""
    artefact = training.artefact(models)
    if artefact.exists():
        os.utime(artefact)
        return artefact
    begun = time.monotonic()
    screen.progress("training", what=training.name)
    _train(training, artefact, screen, track)
    screen.progress("trained", what=training.name, seconds=f"{time.monotonic() - begun:.0f}")
    _remove_old(training, models)
    return artefact


def _train(training: Training, artefact: Path, screen: Screen, track: Track) -> None:
    """Train beside the place and rename: an interrupted training leaves no artefact."""
    unfinished = artefact.with_name(f"new-{os.getpid()}-{artefact.name}")
    log = artefact.with_name(f"{training.name}.log")
    command = [
        str(training.python),
        "-m",
        training.module,
        "--out",
        str(unfinished),
        *training.options,
    ]
    with log.open("wb") as words:
        process = subprocess.Popen(  # noqa: S603 - our own module
            command,
            stdout=words,
            stderr=words,
            stdin=subprocess.DEVNULL,
            cwd=PROJECT,
            env={**os.environ, **ONE_THREAD},
        )
    track(process)
    _wait(process, training, screen)
    if process.returncode or not unfinished.exists():
        _remove(unfinished)
        raise FailureError("training_failed", what=training.name, log=log, last=last_words(log))
    if artefact.exists():
        _remove(unfinished)
    else:
        unfinished.rename(artefact)


def _wait(process: "subprocess.Popen[bytes]", training: Training, screen: Screen) -> None:
    begun = time.monotonic()
    while True:
        try:
            process.wait(timeout=PROGRESS_SECONDS)
        except subprocess.TimeoutExpired:
            seconds = f"{time.monotonic() - begun:.0f}"
            screen.progress("still_training", what=training.name, seconds=seconds)
        else:
            return


def _remove_old(training: Training, models: Path) -> None:
    found = [path for path in models.glob(f"{training.name}-*") if path.exists()]
    for path in sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]:
        _remove(path)
    for path in models.glob(f"new-*-{training.name}-*"):
        if time.time() - path.stat().st_mtime > 24 * 3600:
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
