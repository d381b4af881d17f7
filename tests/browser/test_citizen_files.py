"""Photos and documents on the citizen's page: chosen, sent, shown again; and what stays private."""

import io

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.browser.fake_api import FakeApi
from tests.browser.fixtures import Keep
from tests.browser.test_citizen_page import say, texts


def photo(name: str = "家门口.jpg") -> FilePayload:
    out = io.BytesIO()
    Image.new("RGB", (320, 240), "green").save(out, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


PDF: FilePayload = {"name": "合同.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n"}


def choose(page: Page, file: FilePayload) -> None:
    with page.expect_file_chooser() as chooser:
        page.click("#attach")
    chooser.value.set_files(file)
    expect(page.locator("#chosen")).to_be_visible()


def test_a_photo_is_shown_sent_and_answered(page: Page, fake: FakeApi, picture: Keep) -> None:
    choose(page, photo())
    expect(page.locator("#chosen_name")).to_have_text("家门口.jpg")
    expect(page.locator("#place")).not_to_be_checked()
    picture(page, "photo-chosen")
    page.get_by_role("button", name="发送这个").click()
    expect(page.locator(".citizen .mark")).to_have_text("已送达")
    expect(page.locator(".citizen img")).to_be_visible()
    expect(page.locator(".bot")).to_have_count(1)
    (kept,) = fake.state.files.values()
    assert kept == (photo()["buffer"], False)
    picture(page, "photo-sent")


def test_a_photo_is_there_again_after_a_reload(page: Page, fake: FakeApi) -> None:
    choose(page, photo())
    page.click("#chosen_send")
    expect(page.locator(".bot")).to_have_count(1)
    page.reload()
    image = page.get_by_role("img", name="发出的照片")
    expect(image).to_be_visible()
    assert image.evaluate("e => e.naturalWidth") == 320


def test_the_answer_to_a_photo_is_followed(page: Page, fake: FakeApi) -> None:
    for _ in range(5):
        fake.bot_says("请您说说是什么事。" * 8)
    expect(page.locator(".bot")).to_have_count(5)
    page.set_viewport_size({"width": 360, "height": 640})
    choose(page, photo())
    page.click("#chosen_send")
    expect(page.locator(".bot")).to_have_count(6)
    expect(page.locator(".bot .text").last).to_be_in_viewport(ratio=1)


def test_the_place_stays_only_where_the_citizen_says_so(page: Page, fake: FakeApi) -> None:
    choose(page, photo())
    page.get_by_role("checkbox", name="保留照片里的拍摄地点").check()
    page.click("#chosen_send")
    expect(page.locator(".citizen .mark")).to_have_text("已送达")
    assert [keep for _, keep in fake.state.files.values()] == [True]
    choose(page, photo())
    expect(page.locator("#place")).not_to_be_checked()


def test_a_document_has_no_place_and_can_be_left(page: Page, fake: FakeApi) -> None:
    choose(page, PDF)
    expect(page.locator("#place_row")).to_be_hidden()
    page.get_by_role("button", name="不发了").click()
    expect(page.locator("#chosen")).to_be_hidden()
    expect(page.locator("#attach")).to_be_focused()
    assert fake.state.files == {}
    choose(page, PDF)
    page.click("#chosen_send")
    expect(page.locator(".citizen .text")).to_have_text("文件（PDF）")


def test_eleven_megabytes_are_refused_kindly_and_stay_on_the_phone(
    page: Page, fake: FakeApi
) -> None:
    large: FilePayload = {**photo(), "buffer": b"\xff\xd8\xff" + b"0" * (11 * 1024 * 1024)}
    page.set_input_files("#file", large)
    expect(page.locator("#notice")).to_contain_text("10 MB")
    expect(page.locator("#chosen")).to_be_hidden()
    assert fake.state.files == {}


def test_what_the_server_refuses_is_not_offered_again(page: Page, fake: FakeApi) -> None:
    fake.state.refuse_next_file = "这个文件我收不了。"
    choose(page, photo())
    page.click("#chosen_send")
    expect(page.locator(".citizen .mark")).to_have_text("这个文件我收不了。")
    expect(page.locator(".citizen .mark button")).to_have_count(0)
    say(page, "那我说说")
    expect(page.locator(".citizen .mark").last).to_have_text("已送达")


def test_an_upload_whose_answer_is_lost_is_tried_again_and_kept_once(
    page: Page, fake: FakeApi
) -> None:
    fake.state.answers = False
    fake.state.lose_next_upload = True
    choose(page, photo())
    page.click("#chosen_send")
    page.get_by_role("button", name="没有送达，点这里再发一次").click()
    expect(page.locator(".citizen .mark")).to_have_text("已送达")
    assert len(fake.state.files) == 1
    assert len(fake.state.conversation().messages) == 1
    expect(page.locator(".citizen")).to_have_count(1)


def test_a_line_cut_in_mid_answer_loses_and_doubles_nothing(page: Page, fake: FakeApi) -> None:
    fake.state.answers = False
    say(page, "第一句")
    fake.bot_says("回答的前一半")
    fake.cut()
    fake.adds_unseen("bot", "回答的后一半")
    expect(page.locator(".bot")).to_have_count(2)
    assert texts(page) == ["第一句", "回答的前一半", "回答的后一半"]


def test_wiping_leaves_nothing_on_the_phone_and_says_so(page: Page, fake: FakeApi) -> None:
    say(page, "他又打我了")
    expect(page.locator(".bot")).to_have_count(1)
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="清除本机记录").click()
    expect(page.locator(".bot")).to_have_count(1)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="清除本机记录").click()
    expect(page.locator("#over")).to_contain_text("已清除")
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert "他又打我了" not in page.content()
    assert fake.state.sessions == {}
    page.get_by_role("button", name="重新开始").click()
    expect(page.locator("#who")).to_have_text("程序在回答")
    expect(page.locator(".message")).to_have_count(0)


@pytest.mark.parametrize("query", ["", "?lang=en&type=large"])
def test_nothing_but_the_key_is_stored_whatever_is_set(
    page: Page, fake: FakeApi, query: str
) -> None:
    page.goto(f"{fake.url}/c/cz01{query}")
    page.wait_for_selector("#who[data-status=bot]")
    page.click("#size")
    say(page, "路灯坏了")
    expect(page.locator(".bot")).to_have_count(1)
    assert page.evaluate("Object.keys(localStorage)") == ["hualiao.session.cz01"]
    assert page.evaluate("localStorage['hualiao.session.cz01']") in fake.state.sessions


def test_another_device_sees_nothing_of_the_conversation(
    page: Page, browser: Browser, fake: FakeApi
) -> None:
    say(page, "他又打我了")
    expect(page.locator(".bot")).to_have_count(1)
    context = browser.new_context()
    other = context.new_page()
    other.goto(page.url)
    other.wait_for_selector("#who[data-status=bot]")
    expect(other.locator("#intro")).to_be_visible()
    assert other.locator(".message").count() == 0
    context.close()
