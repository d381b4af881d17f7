"""What the tests of the citizen's page and of the console share."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request

from tests.browser.fake_api import FakeApi, State, serving

Keep = Callable[[Page, str], None]
# Fonts and transitions have settled by then.
SETTLED_MS = 400


@dataclass(frozen=True, slots=True)
class Watch:
    """What must not happen in a page: an error, or a request to elsewhere."""

    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def over(self, page: Page, home: str) -> None:
        def note(request: Request) -> None:
            if not request.url.startswith((home, "about:", "data:", "blob:")):
                self.outside.append(request.url)

        page.on("request", note)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "console", lambda said: self.errors.append(said.text) if "Policy" in said.text else None
        )

    def begin(self) -> None:
        self.errors.clear()
        self.outside.clear()

    def check(self) -> None:
        assert self.errors == []
        assert self.outside == []


@pytest.fixture(scope="module")
def api_server() -> Iterator[FakeApi]:
    with serving(State()) as fake:
        yield fake


@pytest.fixture
def picture() -> Keep:
    """Keeps a screenshot when HUALIAO_PICTURES names a folder."""

    def keep(page: Page, name: str) -> None:
        folder = os.environ.get("HUALIAO_PICTURES")
        if folder:
            page.wait_for_timeout(SETTLED_MS)
            page.screenshot(path=Path(folder) / f"{name}.png")

    return keep
