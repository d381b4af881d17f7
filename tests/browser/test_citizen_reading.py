"""How an answer is read on the citizen's page: from its first words, aloud, by a screen reader."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.fake_api import FakeApi, push
from tests.browser.fixtures import Keep, Watch
from tests.browser.test_citizen_page import READ_BACK, ROWS, assert_no_sideways_scroll, say

SMALL = {"width": 360, "height": 640}
CRISIS = "您的安全最要紧。现在就可以打 12356 心理援助热线，有危险打 110，受伤打 120，都有人接听。"
MORE = "我在这里陪您，想说什么都可以。" * 6
LONG_ROWS = [{**row, "value": row["value"] * 4} for row in ROWS]
# A browser's voice as a test hears it: `said` holds what was asked to be read.
VOICE = """() => {
  window.said = [];
  class Words { constructor(text) { this.text = text; } }
  Object.defineProperty(window, 'SpeechSynthesisUtterance', { value: Words, configurable: true });
  const voice = {
    speak(one) { window.said.push([one.text, one.lang]); },
    cancel() { window.said.push('hush'); },
  };
  Object.defineProperty(window, 'speechSynthesis', { value: voice, configurable: true });
}"""


@pytest.fixture
def small(page: Page) -> Page:
    """The page on a small old phone, past its history."""
    page.set_viewport_size(SMALL)
    expect(page.locator("#log")).to_have_attribute("aria-busy", "false")
    return page


def opened(context: BrowserContext, fake: FakeApi, query: str = "") -> Page:
    page = context.new_page()
    page.goto(f"{fake.url}/c/cz01{query}")
    page.wait_for_selector("#who[data-status=bot]")
    expect(page.locator("#log")).to_have_attribute("aria-busy", "false")
    return page


def hidden_above(page: Page, selector: str) -> float:
    """How far the element's top lies above what is visible of the conversation."""
    return float(
        page.locator(selector).first.evaluate(
            "e => document.getElementById('scroller').getBoundingClientRect().top"
            " - e.getBoundingClientRect().top"
        )
    )


def share_of_the_screen(page: Page, selector: str) -> float:
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box["height"] / SMALL["height"]


@pytest.mark.parametrize("large", [False, True])
def test_a_crisis_answer_is_seen_from_its_first_words(
    small: Page, fake: FakeApi, picture: Keep, large: bool
) -> None:
    fake.state.answers = False
    if large:
        small.click("#size")
    say(small, "我不想活了，活着没有意思")
    for words in (CRISIS, MORE, MORE, MORE):
        fake.bot_says(words)
    expect(small.locator(".bot")).to_have_count(4)
    expect(small.locator("#newer")).to_be_visible()
    assert hidden_above(small, ".bot") <= 0
    for number in ("12356", "110", "120"):
        link = small.locator(f".bot a[href='tel:{number}']")
        expect(link).to_be_in_viewport(ratio=1)
    picture(small, f"crisis{'-large' if large else ''}")


def test_a_long_card_is_seen_from_the_words_before_it(
    small: Page, fake: FakeApi, picture: Keep
) -> None:
    fake.state.answers = False
    small.click("#size")
    say(small, "三个月没发工资")
    card = {"kind": "read_back", "rows": LONG_ROWS}
    fake.bot_says("好的，都记下了。")
    fake.bot_says(READ_BACK, choices=["对，就这样登记", "有地方要改"], card=card)
    expect(small.locator(".read-back")).to_be_visible()
    assert hidden_above(small, ".bot") <= 0
    small.click("#newer")
    expect(small.locator("#choices button").last).to_be_in_viewport()
    expect(small.locator("#newer")).to_be_hidden()
    picture(small, "long-card-large")


def test_the_next_answer_is_followed_again(small: Page, fake: FakeApi) -> None:
    fake.state.answers = False
    say(small, "一")
    fake.bot_says(MORE * 6)
    expect(small.locator("#newer")).to_be_visible()
    say(small, "二")
    fake.bot_says("第二个回答的第一句")
    expect(small.locator(".bot").last).to_be_in_viewport(ratio=1)


def test_a_reload_shows_the_last_answer_from_its_first_words(small: Page, fake: FakeApi) -> None:
    fake.state.answers = False
    for number in range(4):
        say(small, f"第 {number} 句")
        fake.bot_says(MORE * 3)
    say(small, "我不想活了")
    fake.bot_says(CRISIS)
    fake.bot_says(MORE * 5)
    expect(small.locator(".bot")).to_have_count(6)
    small.reload()
    expect(small.locator("#log")).to_have_attribute("aria-busy", "false")
    assert hidden_above(small, ".bot:nth-last-child(2)") <= 0


@pytest.mark.parametrize("query", ["", "?lang=en", "?type=large", "?lang=en&type=large"])
def test_the_head_leaves_the_screen_to_the_words(
    phone: BrowserContext, fake: FakeApi, picture: Keep, query: str
) -> None:
    page = opened(phone, fake, query)
    page.set_viewport_size(SMALL)
    assert share_of_the_screen(page, "header") < 0.17
    assert_no_sideways_scroll(page)
    for box in page.locator("header button, header a").all():
        expect(box).to_be_in_viewport(ratio=1)
        place = box.bounding_box()
        assert place is not None
        assert place["height"] >= 44
        assert box.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
    picture(page, f"head{query.replace('?', '-').replace('&', '-').replace('=', '-')}")


def test_an_answer_is_announced_once_and_whole(small: Page, fake: FakeApi) -> None:
    fake.state.answers = False
    small.evaluate(
        "window.told = []; new MutationObserver(() => told.push(announcer.textContent))"
        ".observe(announcer, { childList: true })"
    )
    say(small, "路灯坏了")
    expect(small.locator(".citizen .mark")).to_have_text("已送达")
    fake.bot_says("好的。")
    fake.bot_says("在哪里？", card={"kind": "status", "rows": ROWS[1:2]})
    expect(small.locator("#announcer")).to_contain_text("在哪里")
    (told,) = small.evaluate("told")
    assert told.startswith("程序：好的。\n在哪里？")
    assert told.endswith("地点：翠竹街道木头龙小区三期工地")
    assert "已送达" not in told


def test_the_mark_of_a_person_who_writes_goes_by_itself(small: Page, fake: FakeApi) -> None:
    small.clock.install()
    fake.status("human")
    writes = {"type": "typing", "on": True, "seconds": 8}
    fake.run(push(fake.state.conversation(), writes))
    expect(small.locator("#typing")).to_be_visible()
    small.clock.run_for(8_500)
    expect(small.locator("#typing")).to_be_hidden()


def test_what_was_said_before_is_not_announced(small: Page, fake: FakeApi) -> None:
    say(small, "路灯坏了")
    expect(small.locator(".bot")).to_have_count(1)
    small.reload()
    expect(small.locator(".bot")).to_have_count(1)
    expect(small.locator("#log")).to_have_attribute("aria-busy", "false")
    small.wait_for_timeout(900)
    assert small.locator("#announcer").inner_text() == ""


def test_an_answer_is_read_aloud_by_one_button(phone: BrowserContext, fake: FakeApi) -> None:
    phone.add_init_script(f"({VOICE})()")
    page = opened(phone, fake)
    fake.state.answers = False
    say(page, "路灯坏了")
    fake.bot_says("好的。")
    fake.bot_says("在哪里？")
    button = page.get_by_role("button", name="朗读")
    expect(button).to_have_count(1)
    button.click()
    assert page.evaluate("said.slice(-1)") == [["好的。\n在哪里？", "zh-CN"]]
    page.get_by_role("button", name="停止朗读").click()
    assert page.evaluate("said.slice(-1)") == ["hush"]
    expect(button).to_have_attribute("aria-pressed", "false")


def test_reading_ends_when_the_citizen_speaks(phone: BrowserContext, fake: FakeApi) -> None:
    phone.add_init_script(f"({VOICE})()")
    page = opened(phone, fake)
    fake.bot_says("请问在哪里？")
    page.get_by_role("button", name="朗读").click()
    say(page, "在翠竹")
    assert page.evaluate("said.slice(-1)") == ["hush"]
    expect(page.get_by_role("button", name="停止朗读")).to_have_count(0)


def test_a_browser_without_a_voice_shows_no_button(phone: BrowserContext, fake: FakeApi) -> None:
    phone.add_init_script(
        "delete window.speechSynthesis; delete Window.prototype.speechSynthesis;"
        "delete window.SpeechSynthesisUtterance"
    )
    page = opened(phone, fake)
    fake.bot_says("请问在哪里？")
    expect(page.locator(".bot")).to_have_count(1)
    expect(page.locator(".aloud")).to_have_count(0)


@pytest.fixture
def dark(browser: Browser, fake: FakeApi) -> Iterator[Page]:
    context = browser.new_context(viewport=SMALL, color_scheme="dark", locale="zh-CN")
    page, watch = opened(context, fake), Watch()
    watch.over(page, fake.url)
    yield page
    watch.check()
    context.close()


def test_a_phone_set_to_dark_gets_a_dark_page(dark: Page, fake: FakeApi, picture: Keep) -> None:
    say(dark, "三个月没发工资")
    expect(dark.locator(".bot")).to_have_count(1)
    card = {"kind": "read_back", "rows": ROWS}
    fake.bot_says(READ_BACK, choices=["对，就这样登记", "有地方要改"], card=card)
    expect(dark.locator(".read-back button")).to_have_count(len(ROWS))
    for selector in ("body", ".card", ".citizen .text", "textarea", "footer", "#human"):
        colour = dark.locator(selector).first.evaluate(
            "e => getComputedStyle(e).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)"
        )
        assert max(colour) < 100, selector
    picture(dark, "dark")
