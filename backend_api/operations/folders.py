"""Where things lie: the project and one data folder."""

import hashlib
import os
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from backend_api.operations.messages import NO_ROOM, FailureError, of_system

PROJECT = Path(__file__).resolve().parents[2]
DEFAULT_DATA = PROJECT / ".hualiao"
MARK = "HUALIAO_INSTANCE"
# sockaddr_un holds 108 bytes; supervisor binds `<path>.<pid>` first.
MAX_SOCKET_PATH = 95
PRIVATE = 0o700


@dataclass(frozen=True, slots=True)
class DataFolder:
    """One instance's data. `run` is rewritten at every start, `secrets` is made once."""

    root: Path

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def secrets(self) -> Path:
        return self.root / "secrets"

    @property
    def home(self) -> Path:
        """The home of the account that root hands the service to."""
        return self.root / "home"

    @property
    def keyring(self) -> Path:
        return self.secrets / "keyring.json"

    @property
    def state(self) -> Path:
        return self.run / "state.json"

    @property
    def programs(self) -> Path:
        return self.run / "programs.json"

    @property
    def lock(self) -> Path:
        return self.run / "lock"

    @property
    def instance(self) -> str:
        """The random mark that our processes carry."""
        return (self.root / "instance").read_text(encoding="ascii").strip()

    @property
    def socket(self) -> Path:
        """Supervisor's door, in a short private folder where the data folder's path is long."""
        near = self.run / "supervisor.sock"
        if len(os.fsencode(near)) <= MAX_SOCKET_PATH:
            return near
        short = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"hualiao-{os.geteuid()}-{short}" / "s"

    def make_door(self) -> None:
        """The folder of the socket, which nobody else may have made before us."""
        folder = self.socket.parent
        folder.mkdir(mode=PRIVATE, exist_ok=True)
        if folder.stat().st_uid != os.geteuid():
            raise FailureError("data_not_writable", folder=folder)
        folder.chmod(PRIVATE)

    def close_door(self) -> None:
        """Remove the socket, and its folder where it is no part of the data folder."""
        self.socket.unlink(missing_ok=True)
        if self.socket.parent != self.run:
            with suppress(OSError):  # somebody else's, or never made
                self.socket.parent.rmdir()

    def exists(self) -> bool:
        return (self.root / "instance").exists()

    def has_cluster(self) -> bool:
        """Whether the embedded PostgreSQL was ever set up here."""
        return (self.root / "postgres" / "PG_VERSION").exists()

    def make(self) -> None:
        """Create what is missing; root's folder may be entered by PostgreSQL's account."""
        try:
            self._make()
        except OSError as error:
            if error.errno in NO_ROOM:
                raise of_system(error) from error
            raise FailureError("data_not_writable", folder=self.root) from error

    def _make(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        self.root.chmod(0o711 if os.geteuid() == 0 else PRIVATE)
        for folder in (self.run, self.logs, self.secrets):
            folder.mkdir(mode=PRIVATE, exist_ok=True)
        for folder in (self.run, self.logs):
            folder.chmod(PRIVATE)
        # The service's account reads the keys, whose name it knows; every file in it is private.
        self.secrets.chmod(0o711 if os.geteuid() == 0 else PRIVATE)
        if not self.exists():
            write_private(self.root / "instance", secrets.token_hex(16))
        probe = self.run / "writable"
        probe.touch()
        probe.unlink()


def write_private(file: Path, text: str) -> None:
    """Replace a file in one step; only its owner may read it."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text)
    fresh.replace(file)
