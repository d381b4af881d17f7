"""The staff's console is killed under somebody's hands."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from bench.stack import Stack, run
from tests.browser.chromium import launched
from tests.drills.kills import kill, until
from tests.drills.lines import Lines
from tests.drills.talks import EVERYBODY, Crowd, Drilled

# The first start may train the models.
pytestmark = pytest.mark.timeout(900)
PAGE_MS = 30_000
NEW_PASSWORD = "a-Longer-one-2026"


def test_a_killed_console_asks_to_sign_in_again_and_disturbs_nobody(
    stack: Stack, lines: Lines, drilled: Drilled, tmp_path: Path
) -> None:
    stack.set_environment("console", TMPDIR=str(tmp_path))

    def drill(crowd: Crowd) -> None:
        with desk(stack) as page:
            sign_in_for_the_first_time(page, added_account(stack))
            lines.engine.requests.hold()
            crowd.speak()
            until("everybody's turn asks", lambda: lines.engine.requests.held >= EVERYBODY)
            others = running_beside_the_console(stack)
            kill(stack, "console")
            lines.engine.requests.open()
            # Nobody reloads: the open page comes back by itself.
            sign_in(page, NEW_PASSWORD)
            expect(page.get_by_role("heading", name="诉求件", exact=True)).to_be_visible()
            assert running_beside_the_console(stack) == others

    drilled(drill)
    assert len(list(tmp_path.iterdir())) == 1, "the killed console's sign-ins are still stored"


@contextmanager
def desk(stack: Stack) -> Iterator[Page]:
    url = f"http://127.0.0.1:{stack.port + 1}/"
    until("the console answers", lambda: answers(url))
    with launched() as browser:
        page = browser.new_page(locale="zh-CN")
        page.set_default_timeout(PAGE_MS)
        page.goto(url)
        yield page


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}healthz", trust_env=False).is_success
    except httpx.TransportError:
        return False


def running_beside_the_console(stack: Stack) -> dict[str, int]:
    return {name: pid for name, pid in stack.pids().items() if name != "console"}


def added_account(stack: Stack) -> str:
    """Its one-time password."""
    who = ("zhaomin", "--name", "赵敏", "--role", "staff")
    said = run("accounts", "add", *who, "--data", str(stack.data.root))
    once = re.search(r"one-time password: (\S+)", said)
    assert once is not None
    return once.group(1)


def sign_in(page: Page, password: str) -> None:
    page.get_by_label("用户名").fill("zhaomin")
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()


def sign_in_for_the_first_time(page: Page, once: str) -> None:
    sign_in(page, once)
    page.get_by_label("现在的密码").fill(once)
    page.get_by_label("新密码", exact=True).fill(NEW_PASSWORD)
    page.get_by_label("再写一遍新密码").fill(NEW_PASSWORD)
    page.get_by_role("button", name="换密码").click()
    expect(page.get_by_role("heading", name="诉求件", exact=True)).to_be_visible(timeout=PAGE_MS)
