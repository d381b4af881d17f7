"""The words of the command line; they live in messages.yml, Chinese first and English beside."""

import errno
import json
import sys
from functools import cache
from pathlib import Path

import yaml

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
NO_WRITING = {errno.EROFS, errno.EACCES, errno.EPERM}
FILE = Path(__file__).with_name("messages.yml")


class FailureError(Exception):
    """What keeps a command from its work, as one sentence that says how to mend it."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key, values)
        self.key, self.values = key, values

    def __str__(self) -> str:
        return words(self.key, **self.values)


def of_system(error: OSError) -> FailureError:
    """What the operating system refused: no room, no writing, or anything else with its place."""
    where, last = error.filename or "?", error.strerror or str(error)
    if error.errno in NO_ROOM:
        return FailureError("no_room", file=where, last=last)
    if error.errno in NO_WRITING:
        return FailureError("not_permitted", file=where, last=last)
    return FailureError("system_refused", file=where, last=last)


@cache
def _texts() -> dict[str, dict[str, str]]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    texts = yaml.load(FILE.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - a safe loader
    return dict(texts)


def words(key: str, **values: object) -> str:
    """The sentence in both languages, on one line whatever the values hold."""
    text = _texts()[key]
    sentence = " / ".join(text[language].format(**values) for language in ("zh", "en"))
    return " ".join(line.strip() for line in sentence.splitlines())


def last_words(log: Path, most: int = 120) -> str:
    """A log's last words for a person: the error of a JSON line, the end of a traceback."""
    try:
        lines = log.read_text("utf-8", "replace").strip().splitlines()
    except OSError:
        lines = []
    said = next((words for line in reversed(lines) if (words := _plain(line))), "?")
    return said if len(said) <= most else f"{said[:most]}…"


def _plain(line: str) -> str:
    """Supervisor and our programs write JSON; what was raised says more than the event."""
    try:
        entry = json.loads(line)
    except ValueError:
        return line.strip(" ^~")
    if not isinstance(entry, dict):
        return str(entry)
    raised = str(entry.get("exc_info") or "").strip().splitlines()
    return (raised or [str(entry.get("event") or entry.get("message") or "")])[-1].strip()


class Screen:
    """Where a command writes; `quiet` keeps the progress to itself."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet

    def progress(self, key: str, **values: object) -> None:
        """What is being done right now; nobody needs it afterwards."""
        if not self._quiet:
            self.plain(words(key, **values))

    def say(self, key: str, **values: object) -> None:
        """A result."""
        self.plain(words(key, **values))

    def plain(self, line: str) -> None:
        """A line that is the same in every language: an address, a table's row."""
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    def trouble(self, failure: FailureError) -> None:
        """Why the command ends."""
        sys.stderr.write(f"✗ {failure}\n")
        sys.stderr.flush()


def first_names() -> dict[str, str]:
    """What the first unit, site and account are called until someone renames them."""
    return _texts()["first_names"]
