import socket
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from backend_api.operations import checks
from backend_api.operations.messages import FailureError
from backend_api.operations.postgres import free_port


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_taken_port_is_named_and_another_one_suggested(taken: int) -> None:
    with pytest.raises(FailureError, match=f"端口 {taken} 已被别的程序占用.*--port"):
        checks.ports("127.0.0.1", taken, free_port())


def test_a_taken_console_port_is_named_too(taken: int) -> None:
    with pytest.raises(FailureError, match=f"端口 {taken} 已被"):
        checks.ports("127.0.0.1", free_port(), taken)


def test_free_ports_pass() -> None:
    checks.ports("127.0.0.1", free_port(), free_port())


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_outside_the_range_is_refused(port: int) -> None:
    with pytest.raises(FailureError, match="65535"):
        checks.ports("127.0.0.1", port, free_port())


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(FailureError, match="本机没有地址"):
        checks.ports("203.0.113.7", free_port(), free_port())


def test_a_full_disk_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1e8))
    with pytest.raises(FailureError, match=r"磁盘空间不足.*0\.1 GB"):
        checks.enough_disk(tmp_path)  # type: ignore[arg-type]
