import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.chromium import launched
from tests.browser.fake_api import CONSOLE_TOKEN, PASSWORD, FakeApi
from tests.browser.fixtures import api_server, picture
from tests.console.desk import Desk, Seat, fill_sign_in

__all__ = ["api_server", "picture"]
ROOT = Path(__file__).parents[2]
WIDE = ViewportSize(width=1280, height=720)


@pytest.fixture(scope="module")
def desk(api_server: FakeApi, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Console and browser start side by side."""
    temporary, folder = tmp_path_factory.mktemp("temporary"), tmp_path_factory.mktemp("cwd")
    with console(api_server.url, temporary, folder) as (url, process), launched() as browser:
        wait_until_healthy(url, process)
        yield opened(browser, url)
    assert list(folder.iterdir()) == [], "the console wrote into its working folder"
    assert list(temporary.iterdir()) == [], "the console left sessions behind"


@contextmanager
def console(
    api_url: str, temporary: Path, folder: Path
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The console as its own process, started as supervisor starts it."""
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "error::DeprecationWarning:console",
        "TMPDIR": str(temporary),
        "HUALIAO_HOST": "127.0.0.1",
        "HUALIAO_CONSOLE_PORT": str(port),
        "HUALIAO_API_URL": api_url,
        "HUALIAO_CONSOLE_TOKEN": CONSOLE_TOKEN,
        "HUALIAO_CONSOLE_SECRET": secrets.token_urlsafe(32),
    }
    command = [sys.executable, "-m", "console.main"]
    with subprocess.Popen(command, cwd=folder, env=environment) as process:
        try:
            yield f"http://127.0.0.1:{port}", process
        finally:
            process.terminate()
            process.wait(20)


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


def opened(browser: Browser, url: str) -> Desk:
    context = browser.new_context(base_url=url, viewport=WIDE, locale="zh-CN")
    context.set_default_timeout(10_000)
    desk = Desk(url, context, context.new_page())
    desk.watch.over(desk.tab, url)
    return desk


@pytest.fixture(scope="module")
def seat(desk: Desk, api_server: FakeApi) -> Seat:
    state = api_server.state
    state.reset()
    state.must_change = False
    desk.tab.goto("/sign-in")
    fill_sign_in(desk.tab, PASSWORD)
    expect(desk.tab.get_by_role("heading", name="诉求件", exact=True)).to_be_visible()
    (token,) = state.tokens
    return Seat(desk.context.cookies(), token)


@pytest.fixture
def fake(api_server: FakeApi, seat: Seat) -> FakeApi:
    """As new, but the seat stays good: pages of the test before still ask for a moment."""
    api_server.state.reset()
    api_server.state.tokens.add(seat.token)
    return api_server


@pytest.fixture
def blank(desk: Desk, fake: FakeApi) -> Iterator[Page]:
    """Nobody at an empty tab; any error or any request to elsewhere fails the test."""
    desk.context.clear_cookies()
    desk.watch.begin()
    yield desk.tab
    desk.tab.goto("about:blank")
    desk.tab.set_viewport_size(WIDE)
    desk.watch.check()


@pytest.fixture
def stranger(blank: Page) -> Page:
    """Somebody at the sign-in page."""
    blank.goto("/sign-in")
    return blank


@pytest.fixture
def page(blank: Page, desk: Desk, fake: FakeApi, seat: Seat) -> Page:
    """Somebody who signed in before, with a password chosen long ago; no page is open yet."""
    desk.context.add_cookies(
        [{"name": one["name"], "value": one["value"], "url": desk.url} for one in seat.cookies]
    )
    fake.state.must_change = False
    return blank
