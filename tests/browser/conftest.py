import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, ViewportSize

from tests.browser.chromium import launched
from tests.browser.fake_api import FakeApi, State, serving

PHONE = ViewportSize(width=360, height=740)


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


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport=PHONE, device_scale_factor=2, has_touch=True, is_mobile=True, locale="zh-CN"
    )
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page(phone: BrowserContext, fake: FakeApi) -> Iterator[Page]:
    """The citizen's page on a small phone; any error or request to elsewhere fails the test."""
    page = phone.new_page()
    errors: list[str] = []
    outside: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if "Policy" in said.text else None)

    def note(request: Request) -> None:
        if not request.url.startswith((fake.url, "about:", "data:")):
            outside.append(request.url)

    page.on("request", note)
    page.goto(f"{fake.url}/c/cz01")
    page.wait_for_selector("#who[data-status=bot]")
    yield page
    assert errors == []
    assert outside == []


@pytest.fixture
def picture() -> Callable[[Page, str], None]:
    """Keeps a screenshot when HUALIAO_PICTURES names a folder."""

    def keep(page: Page, name: str) -> None:
        folder = os.environ.get("HUALIAO_PICTURES")
        if folder:
            page.wait_for_timeout(200)
            page.screenshot(path=Path(folder) / f"{name}.png")

    return keep
