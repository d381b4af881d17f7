"""The whole way in a real browser: a citizen's phone and the staff's console, nothing faked."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from backend_api.cases.rules import is_registration_number
from bench import phrases
from bench import stack as stacks
from bench.stack import Stack
from tests.browser.chromium import launched
from tests.browser.test_citizen_files import photo

pytestmark = pytest.mark.timeout(900)  # the first start may train the models

Keep = Callable[[Page, str], None]
PHONE_SCREEN = ViewportSize(width=360, height=740)
DESK_SCREEN = ViewportSize(width=1280, height=720)
LOOPBACK = re.compile(r"^((http|ws)://127\.0\.0\.1:\d+/|about:|data:|blob:)")
ANSWER_MS = 20_000
STORY = "我们小区楼下的烧烤店每天晚上吵到两三点，油烟很大，跟物业说过好几次都没人管"
NUMBER = "13800001234"
ANSWERS = {
    "where": "罗湖区翠竹街道翠竹苑3栋",
    "demand": "希望他们晚上十点以后不要营业",
    "contact": f"我的电话是{NUMBER}",
}
NEW_PASSWORD = "a-Longer-one-2026"
# What the bot said since the citizen last spoke.
LATELY = """() => {
  const all = Array.from(document.querySelectorAll('#log > .message'));
  const mine = all.map((one) => one.classList.contains('citizen')).lastIndexOf(true);
  return all.slice(mine + 1).filter((one) => one.classList.contains('bot'))
    .flatMap((one) => Array.from(one.querySelectorAll('.text')).map((part) => part.textContent));
}"""


@dataclass(frozen=True, slots=True)
class Devices:
    """Browsers of people who do not know each other; what goes wrong in any is kept."""

    browser: Browser
    faults: list[str] = field(default_factory=list)

    def open(self, screen: ViewportSize, *, phone: bool = False) -> Page:
        context: BrowserContext = self.browser.new_context(
            viewport=screen, locale="zh-CN", is_mobile=phone, has_touch=phone
        )
        context.set_default_timeout(ANSWER_MS)
        context.on("request", lambda request: self.note(request.url))
        page = context.new_page()
        page.on("websocket", lambda line: self.note(line.url))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        return page

    def note(self, url: str) -> None:
        if not LOOPBACK.match(url):
            self.faults.append(f"asked {url}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def devices(browser: Browser) -> Iterator[Devices]:
    found = Devices(browser)
    yield found
    assert found.faults == []


@pytest.fixture(scope="module")
def command(stack: Stack) -> Callable[..., str]:
    return lambda *words: stacks.run(*words, "--data", str(stack.data.root))


@pytest.fixture(scope="module")
def site(stack: Stack, command: Callable[..., str]) -> str:
    """The address behind the code on the wall."""
    return f"{stack.url}/c/{command('sites', 'list').split()[0]}"


@pytest.fixture(scope="module")
def desk(stack: Stack, devices: Devices, command: Callable[..., str]) -> Page:
    """A new colleague signs in with the one-time password and must replace it first."""
    said = command("accounts", "add", "zhaomin", "--name", "赵敏", "--role", "staff")
    once = re.search(r"one-time password: (\S+)", said)
    assert once is not None
    page = devices.open(DESK_SCREEN)
    page.goto(f"http://127.0.0.1:{stack.port + 1}/")
    page.get_by_label("用户名").fill("zhaomin")
    page.get_by_label("密码").fill(once.group(1))
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_text("一次性的")).to_be_visible()
    page.get_by_label("现在的密码").fill(once.group(1))
    page.get_by_label("新密码", exact=True).fill(NEW_PASSWORD)
    page.get_by_label("再写一遍新密码").fill(NEW_PASSWORD)
    page.get_by_role("button", name="换密码").click()
    expect(page.get_by_role("heading", name="诉求件", exact=True)).to_be_visible()
    return page


@pytest.fixture
def phone(devices: Devices, site: str) -> Iterator[Page]:
    page = devices.open(PHONE_SCREEN, phone=True)
    page.goto(site)
    expect(page.locator("#who")).to_have_text("程序在回答")
    yield page
    page.context.close()


@pytest.fixture
def keep() -> Keep:
    """Keeps a screenshot when HUALIAO_PICTURES names a folder."""

    def save(page: Page, name: str) -> None:
        folder = os.environ.get("HUALIAO_PICTURES")
        if folder:
            page.wait_for_timeout(400)
            page.screenshot(path=Path(folder) / f"real-{name}.png")

    return save


def say(page: Page, words: str) -> None:
    page.fill("#words", words)
    page.click("#send")


def asked(page: Page) -> str:
    """The field that is asked for, once the answer is there."""
    known, limit = phrases.load(), monotonic() + ANSWER_MS / 1000
    while monotonic() < limit:
        texts = page.evaluate(LATELY)
        if question := known.question([{"text": text} for text in texts]):  # type: ignore[typeddict-item]
            return question
        sleep(0.1)
    raise AssertionError(f"nothing was asked: {texts}")


def told_until_read_back(page: Page) -> None:
    say(page, STORY)
    for _ in range(len(ANSWERS) + 1):
        question = asked(page)
        if question == "confirmed":
            return
        say(page, ANSWERS[question])
    raise AssertionError("never read back")


def test_a_story_told_on_a_phone_is_a_case_on_the_desk(phone: Page, desk: Page, keep: Keep) -> None:
    told_until_read_back(phone)
    where = phone.locator(".read-back [data-field=where] .value")
    expect(where).to_have_text(ANSWERS["where"])
    expect(phone.locator(".read-back")).to_contain_text(NUMBER)
    keep(phone, "phone-read-back")
    phone.get_by_role("button", name="对，就这样登记").click()
    number = phone.locator(".receipt [data-field=number] dd")
    expect(number).to_have_text(re.compile(r"^\d{13}$"))
    keep(phone, "phone-receipt")
    registered = number.inner_text()
    assert is_registration_number(registered)

    desk.get_by_role("link", name="诉求件", exact=True).click()
    row = desk.locator(".cases tbody tr", has_text=registered)
    expect(row).to_contain_text("烧烤店")
    assert NUMBER not in desk.content()
    keep(desk, "desk-cases")
    row.get_by_role("link").click()
    contact = desk.locator("dd[data-field=contact]")
    expect(contact).to_contain_text("138****1234")
    expect(desk.locator(".said.citizen").first).to_contain_text(STORY)
    assert NUMBER not in desk.content()
    keep(desk, "desk-case")
    desk.get_by_role("button", name="显示电话").click()
    desk.get_by_role("dialog").get_by_role("radio", name="联系群众").click()
    desk.get_by_role("dialog").get_by_role("button", name="显示").click()
    expect(contact).to_contain_text(NUMBER)
    desk.reload()
    expect(contact).to_contain_text("138****1234")
    assert NUMBER not in desk.content()


def test_an_item_tapped_on_the_card_and_a_photo_reach_the_case(
    phone: Page, desk: Page, keep: Keep
) -> None:
    told_until_read_back(phone)
    phone.get_by_role("button", name="改 联系电话").click()
    assert asked(phone) == "contact"
    say(phone, "13800005678")
    assert asked(phone) == "confirmed"
    expect(phone.locator(".read-back").last).to_contain_text("13800005678")
    phone.set_input_files("#file", photo("烧烤店.jpg"))
    phone.click("#chosen_send")
    expect(phone.locator(".citizen .mark").last).to_have_text("已送达")
    assert asked(phone) == "confirmed"
    keep(phone, "phone-photo")
    phone.reload()
    expect(phone.get_by_role("img", name="发出的照片")).to_be_visible()
    phone.get_by_role("button", name="对，就这样登记").click()
    number = phone.locator(".receipt [data-field=number] dd").inner_text()

    desk.get_by_role("link", name="诉求件", exact=True).click()
    desk.locator(".cases tbody tr", has_text=number).get_by_role("link").click()
    picture = desk.get_by_role("img", name="照片")
    expect(picture).to_have_js_property("naturalWidth", 320)
    with desk.expect_download() as download:
        desk.get_by_role("link", name="下载照片").click()
    assert Path(download.value.path()).read_bytes().startswith(b"\xff\xd8\xff")
    keep(desk, "desk-photo")


def test_a_citizen_and_a_colleague_talk_and_the_program_goes_on(
    phone: Page, desk: Page, site: str, keep: Keep
) -> None:
    phone.click("#human")
    expect(phone.locator("#who")).to_have_text("正在排队找人工")
    desk.get_by_role("link", name="等待人工").click()
    waiting = desk.locator(".waiting", has_text="转人工").last
    expect(waiting).to_contain_text("要求人工")
    keep(phone, "phone-waiting")
    keep(desk, "desk-queue")
    waiting.get_by_role("button", name="接手").click()
    expect(phone.locator("#who")).to_have_text("工作人员在回答")
    expect(phone.locator("#log")).to_contain_text("赵敏")

    desk.get_by_label("写给来访人的话").fill("您好，我是赵敏，您请说。")
    desk.get_by_role("button", name="发送").click()
    expect(phone.locator(".human .text")).to_have_text("您好，我是赵敏，您请说。")
    say(phone, "我妈妈腿脚不方便，能不能上门办？")
    expect(desk.locator(".said.citizen").last).to_contain_text("能不能上门办")
    keep(phone, "phone-human")
    keep(desk, "desk-conversation")
    desk.get_by_role("button", name="交还程序").click()
    desk.get_by_role("dialog").get_by_role("button", name="交还程序").click()
    expect(desk.locator(".badge.status")).to_have_text("程序在回答")
    expect(phone.locator("#who")).to_have_text("程序在回答")
    say(phone, STORY)
    assert asked(phone) in ANSWERS

    phone.click("#exit")
    phone.wait_for_url("about:blank")
    phone.goto(site)
    expect(phone.locator("#who")).to_have_text("程序在回答")
    sleep(0.5)  # time for words to come back, if they could
    assert "烧烤店" not in phone.content()
    assert "赵敏" not in phone.content()
