import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, Request

from tests.browser.chromium import launched
from tests.browser.fake_api import FakeApi, State, serving

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def api_server() -> Iterator[FakeApi]:
    with serving(State()) as fake:
        yield fake


@pytest.fixture
def fake(api_server: FakeApi) -> FakeApi:
    api_server.state.reset()
    return api_server


@pytest.fixture(scope="module")
def console_url(api_server: FakeApi, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The console as its own process, started as supervisor starts it."""
    port = free_port()
    temporary, folder = tmp_path_factory.mktemp("temporary"), tmp_path_factory.mktemp("cwd")
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "error::DeprecationWarning:console",
        "TMPDIR": str(temporary),
        "HUALIAO_HOST": "127.0.0.1",
        "HUALIAO_CONSOLE_PORT": str(port),
        "HUALIAO_API_URL": api_server.url,
        "HUALIAO_CONSOLE_SECRET": secrets.token_urlsafe(32),
    }
    command = [sys.executable, "-m", "console.main"]
    with subprocess.Popen(command, cwd=folder, env=environment) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until_healthy(url, process)
            yield url
        finally:
            process.terminate()
            process.wait(20)
    assert list(folder.iterdir()) == [], "the console wrote into its working folder"
    assert list(temporary.iterdir()) == [], "the console left sessions behind"


def free_port() -> int:
    with socket.socket() as ear:
        ear.bind(("127.0.0.1", 0))
        port: int = ear.getsockname()[1]
        return port


def wait_until_healthy(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, "the console ended at its start"
        try:
            if httpx.get(f"{url}/healthz", trust_env=False, timeout=2).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail("the console did not start within a minute")


@pytest.fixture
def page(browser: Browser, console_url: str, fake: FakeApi) -> Iterator[Page]:
    """A staff member's browser; any error or any request to elsewhere fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, locale="zh-CN")
    context.set_default_timeout(10_000)
    page = context.new_page()
    errors: list[str] = []
    outside: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    def note(request: Request) -> None:
        if not request.url.startswith((console_url, "about:", "data:", "blob:")):
            outside.append(request.url)

    page.on("request", note)
    page.goto(console_url)
    yield page
    context.close()
    assert errors == []
    assert outside == []


@pytest.fixture
def picture() -> Callable[[Page, str], None]:
    """Keeps a screenshot when HUALIAO_PICTURES names a folder."""

    def keep(page: Page, name: str) -> None:
        folder = os.environ.get("HUALIAO_PICTURES")
        if folder:
            page.wait_for_timeout(400)
            page.screenshot(path=Path(folder) / f"{name}.png")

    return keep
