"""What must be so before anything is started; each failing check is one clear sentence."""

import errno
import shutil
import socket
from pathlib import Path

from backend_api.operations.messages import FailureError

NEEDED_GB = 1.0
MAX_PORT = 65535


def enough_disk(folder: Path) -> None:
    free = shutil.disk_usage(folder).free / 1e9
    if free < NEEDED_GB:
        raise FailureError("disk_full", folder=folder, free=f"{free:.1f}", need=NEEDED_GB)


def ports(host: str, port: int, console_port: int) -> None:
    """Both public ports can be opened here, right now."""
    for wanted in (port, console_port):
        if not 0 < wanted <= MAX_PORT:
            raise FailureError("port_wrong", port=wanted)
        _open_once(host, wanted, suggestion=_next_free_pair(host, port))


def _open_once(host: str, port: int, suggestion: int) -> None:
    error = opening_error(host, port)
    if error is None:
        return
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        raise FailureError("host_wrong", host=host) from error
    if error.errno == errno.EACCES:
        raise FailureError("port_forbidden", port=port) from error
    raise FailureError("port_taken", port=port, suggestion=suggestion) from error


def opening_error(host: str, port: int) -> OSError | None:
    """Why a server could not listen there; None when it could."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        return error
    return None


def _next_free_pair(host: str, port: int) -> int:
    tried = range(port + 10, min(port + 500, MAX_PORT), 10)
    free = (p for p in tried if not opening_error(host, p) and not opening_error(host, p + 1))
    return next(free, port + 10)
