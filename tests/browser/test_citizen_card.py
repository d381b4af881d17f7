"""What was read back, as a card: each item can be put right by one tap."""

import pytest
import yaml
from playwright.sync_api import Page, expect

from backend_api.drafts.rules import SHOWN
from tests.browser.fake_api import STATIC, FakeApi
from tests.browser.fixtures import Keep
from tests.browser.test_citizen_page import READ_BACK, ROWS, say

ROOT = STATIC.parents[2]
CARD = {"kind": "read_back", "rows": ROWS}
CHOICES = ["对，就这样登记", "有地方要改"]


@pytest.fixture
def read_back(page: Page, fake: FakeApi) -> Page:
    say(page, "三个月没发工资")
    expect(page.locator(".bot")).to_have_count(1)
    fake.bot_says(READ_BACK, choices=CHOICES, card=CARD)
    expect(page.locator(".read-back")).to_be_visible()
    return page


def test_each_item_has_a_button_that_says_its_name(
    read_back: Page, fake: FakeApi, picture: Keep
) -> None:
    buttons = read_back.locator(".read-back button")
    expect(buttons).to_have_text(["改"] * len(ROWS))
    for row, button in zip(ROWS, buttons.all(), strict=True):
        expect(button).to_have_accessible_name(f"改 {row['label']}")
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
    picture(read_back, "card")
    read_back.get_by_role("button", name="改 地点").click()
    expect(read_back.locator(".citizen .text").last).to_have_text("地点")
    said = [one["text"] for one in fake.state.conversation().messages if one["from"] == "citizen"]
    assert said[-1] == "地点"
    expect(read_back.locator("#words")).to_be_focused()


def test_the_keyboard_alone_puts_an_item_right(read_back: Page) -> None:
    read_back.locator(".read-back button").nth(3).focus()
    read_back.keyboard.press("Enter")
    expect(read_back.locator(".citizen .text").last).to_have_text("联系方式")


def test_only_what_was_read_back_last_can_be_put_right(read_back: Page, fake: FakeApi) -> None:
    fake.state.answers = False
    say(read_back, "等一下")
    expect(read_back.locator(".read-back button")).to_have_count(0)
    fake.bot_says(READ_BACK, choices=CHOICES, card=CARD)
    expect(read_back.locator(".read-back").last.locator("button")).to_have_count(len(ROWS))
    read_back.reload()
    expect(read_back.locator(".read-back")).to_have_count(2)
    expect(read_back.locator(".read-back button")).to_have_count(len(ROWS))
    expect(read_back.locator(".read-back").first.locator("button")).to_have_count(0)


def test_a_receipt_is_not_put_right(page: Page, fake: FakeApi) -> None:
    row = {"field": "number", "label": "登记编号", "value": "2603020001108"}
    fake.bot_says("登记好了。", card={"kind": "receipt", "rows": [row]})
    expect(page.locator(".receipt")).to_be_visible()
    expect(page.locator(".receipt button")).to_have_count(0)


def test_the_conversation_understands_the_name_of_every_item_with_a_button() -> None:
    """The page says an item's label; the menu of corrections has the same words."""
    labels = yaml.safe_load((ROOT / "backend_api/drafts/fields.yml").read_text("utf-8"))["labels"]
    items = yaml.safe_load((ROOT / "bot/meaning/words.yml").read_text("utf-8"))["items"]
    assert {labels[field]["zh"] for field in SHOWN if field != "service"} == set(items)
    assert "const NOT_CHANGED_BY_NAME = ['service'];" in (STATIC / "log.js").read_text("utf-8")
