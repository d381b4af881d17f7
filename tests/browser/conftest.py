from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from tests.browser.chromium import launched
from tests.browser.fake_api import FakeApi
from tests.browser.fixtures import Watch, api_server, picture

__all__ = ["api_server", "picture"]
PHONE = ViewportSize(width=360, height=740)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


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
    page, watch = phone.new_page(), Watch()
    watch.over(page, fake.url)
    page.goto(f"{fake.url}/c/cz01")
    page.wait_for_selector("#who[data-status=bot]")
    yield page
    watch.check()
