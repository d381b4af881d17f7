"""WCAG 2.2 AA as far as axe-core can tell, in every state of the citizen's page."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.fake_api import FakeApi
from tests.browser.test_citizen_page import READ_BACK, ROWS, say
from tests.browser.test_citizen_reading import CRISIS, SMALL, opened

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": {"type": "tag", "values": RULES}}
Act = Callable[[Page, FakeApi], None]


def empty(page: Page, fake: FakeApi) -> None:
    expect(page.locator("#intro")).to_be_visible()


def talking(page: Page, fake: FakeApi) -> None:
    say(page, "老板拖欠我三个月工资")
    expect(page.locator("#choices button")).to_have_count(2)


def card(page: Page, fake: FakeApi) -> None:
    rows = {"kind": "read_back", "rows": ROWS}
    fake.bot_says(READ_BACK, choices=["对，就这样登记", "有地方要改"], card=rows)
    expect(page.locator(".read-back")).to_be_visible()


def receipt(page: Page, fake: FakeApi) -> None:
    row = {"field": "number", "label": "登记编号", "value": "2603020001108"}
    fake.bot_says("登记好了。", card={"kind": "receipt", "rows": [row]})
    expect(page.locator(".receipt")).to_be_visible()


def crisis(page: Page, fake: FakeApi) -> None:
    fake.state.answers = False
    say(page, "我不想活了")
    fake.bot_says(CRISIS)
    expect(page.locator(".bot a")).to_have_count(3)


def person(page: Page, fake: FakeApi) -> None:
    fake.status("human")
    fake.run(_person_says(fake))
    expect(page.locator(".message.human")).to_be_visible()


async def _person_says(fake: FakeApi) -> None:
    conversation = fake.state.conversation()
    frame = conversation.add("human", "我是社区的小李。")
    for line in conversation.sockets:
        await line.send_json(frame)


def refused(page: Page, fake: FakeApi) -> None:
    fake.state.refuse_next_message = "您发得有点快，请稍等几秒再发。"
    say(page, "在吗")
    expect(page.locator(".citizen .mark button")).to_be_visible()


def photo(page: Page, fake: FakeApi) -> None:
    page.set_input_files("#file", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"x"})
    expect(page.locator("#chosen")).to_be_visible()


def over(page: Page, fake: FakeApi) -> None:
    fake.state.sessions.clear()
    fake.cut()
    expect(page.locator("#over")).to_be_visible()


STATES = [empty, talking, card, receipt, crisis, person, refused, photo, over]


@pytest.mark.parametrize(
    ("scheme", "query"),
    [("light", ""), ("dark", ""), ("light", "?lang=en"), ("light", "?type=large")],
    ids=["light", "dark", "english", "large"],
)
@pytest.mark.timeout(120)
def test_axe_finds_nothing_in_any_state(
    browser: Browser, fake: FakeApi, scheme: str, query: str
) -> None:
    context = browser.new_context(viewport=SMALL, color_scheme=scheme, locale="zh-CN")
    found = {}
    for state in STATES:
        fake.state.reset()
        context.clear_cookies()
        page = opened(context, fake, query)
        state(page, fake)
        found[state.__name__] = violations(page)
        page.evaluate("localStorage.clear()")
        page.close()
    context.close()
    assert {name: ids for name, ids in found.items() if ids} == {}


def violations(page: Page) -> list[str]:
    """Rule and element of each."""
    results = Axe().run(page, options=OPTIONS).response["violations"]
    return [f"{one['id']}: {node['html'][:120]}" for one in results for node in one["nodes"]]
