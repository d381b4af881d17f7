"""Where the tests of the console sit, and how they sign in."""

from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, Cookie, Page

from tests.browser.fixtures import Watch


@dataclass(frozen=True, slots=True)
class Desk:
    """The console's address, and one tab for all tests: it keeps what it has fetched."""

    url: str
    context: BrowserContext
    tab: Page
    watch: Watch = field(default_factory=Watch)


@dataclass(frozen=True, slots=True)
class Seat:
    """A sign-in that many tests use: what the browser keeps of it, and what the api knows."""

    cookies: list[Cookie]
    token: str


def fill_sign_in(page: Page, password: str) -> None:
    page.get_by_label("用户名").fill("wang")
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
