"""What staff see and do in the console, in a real browser against the fake api."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fake_api import (
    AT,
    CONSOLE_TOKEN,
    NEW_PASSWORD,
    NUMBER,
    PASSWORD,
    Conversation,
    FakeApi,
)
from tests.browser.fixtures import Keep
from tests.browser.test_citizen_files import photo
from tests.console.desk import Desk, Seat, fill_sign_in


def add_cases(fake: FakeApi, count: int) -> Conversation:
    conversation = fake.state.begin()
    conversation.add("citizen", "老板欠我三个月工资，一共 21000 元")
    conversation.add("bot", "您说的事发生在什么地方？")
    conversation.add("citizen", "翠竹街道木头龙小区三期工地")
    for number in range(count, 0, -1):
        fake.state.cases.append(case(number, conversation.id))
    return conversation


def case(number: int, conversation: str) -> dict[str, object]:
    return {
        "id": f"c{number}",
        "number": f"LH-20260302-{number:05}-4",
        "type": "求决",
        "matter": "劳动欠薪",
        "summary": "施工队拖欠工资三个月，多次找包工头没有结果，要求尽快发放",
        "where": "翠竹街道木头龙小区三期工地",
        "unit": "翠竹街道",
        "site": "木头龙工地东门",
        "status": "registered",
        "registered_at": AT,
        "conversation": conversation,
        "fields": [
            fact("what", "什么事", "老板欠我三个月工资，一共 21000 元", 1, "said"),
            fact("where", "地点", "翠竹街道木头龙小区三期工地", 3, "answered"),
            fact("contact", "联系方式", "138****0000", None, "staff"),
        ],
    }


def fact(field: str, label: str, value: str, seq: int | None, how: str) -> dict[str, object]:
    return {"field": field, "label": label, "value": value, "source_seq": seq, "how": how}


def add_waiting(fake: FakeApi, text: str, risk: int, minutes: int) -> Conversation:
    conversation = fake.state.begin()
    conversation.status = "waiting"
    conversation.add("citizen", text)
    since = datetime.now(UTC) - timedelta(minutes=minutes, seconds=20)
    fake.state.queue.append(
        {
            "conversation": conversation.id,
            "reason": "crisis" if risk else "asked",
            "risk": risk,
            "since": since.isoformat(),
            "site": "木头龙工地东门",
            "status": "waiting",
            "mine": False,
            "seq": 1,
            "text": text,
        }
    )
    return conversation


# ---- signing in


def test_nobody_sees_anything_before_signing_in(blank: Page, desk: Desk) -> None:
    for path in ("/", "/queue", "/cases/c1", "/password", "/conversations/x"):
        blank.goto(path)
        expect(blank).to_have_url(f"{desk.url}/sign-in")


def test_a_wrong_password_is_told_plainly(stranger: Page, picture: Keep) -> None:
    stranger.get_by_role("button", name="登录").click()
    expect(stranger.get_by_role("alert")).to_have_text("请填写用户名和密码。")
    fill_sign_in(stranger, "wrong")
    expect(stranger.get_by_role("alert")).to_have_text("用户名或密码不对，请检查后再试。")
    picture(stranger, "console-sign-in")


def test_the_api_learns_whose_browser_signs_in(stranger: Page, fake: FakeApi) -> None:
    fill_sign_in(stranger, "wrong")
    expect(stranger.get_by_role("alert")).to_have_text("用户名或密码不对，请检查后再试。")
    assert fake.state.origins == {("127.0.0.1", CONSOLE_TOKEN)}


def test_too_many_attempts_are_told_plainly(stranger: Page, fake: FakeApi) -> None:
    fake.state.failures = 3
    fill_sign_in(stranger, PASSWORD)
    expect(stranger.get_by_role("alert")).to_contain_text("过几分钟再来")


def test_the_one_time_password_is_changed_before_anything_else(
    stranger: Page, fake: FakeApi, desk: Desk, picture: Keep
) -> None:
    add_cases(fake, 1)
    fill_sign_in(stranger, PASSWORD)
    expect(stranger).to_have_url(f"{desk.url}/password")
    stranger.goto("/")
    expect(stranger).to_have_url(f"{desk.url}/password")
    expect(stranger.get_by_text("一次性的")).to_be_visible()
    fill_new_password(stranger, "short", again="shorter")
    expect(stranger.get_by_role("alert")).to_have_text("两次写的新密码不一样。")
    fill_new_password(stranger, "short")
    expect(stranger.get_by_role("alert")).to_contain_text("太短")
    picture(stranger, "console-password")
    fill_new_password(stranger, NEW_PASSWORD)
    expect(stranger.get_by_role("link", name="LH-20260302-00001-4")).to_be_visible()
    assert fake.state.passwords == {"wang": NEW_PASSWORD}


def fill_new_password(page: Page, new: str, *, again: str | None = None) -> None:
    page.get_by_label("现在的密码").fill(PASSWORD)
    page.get_by_label("新密码", exact=True).fill(new)
    page.get_by_label("再写一遍新密码").fill(again or new)
    page.get_by_role("button", name="换密码").click()


def test_signing_out_ends_the_token(stranger: Page, fake: FakeApi, desk: Desk, seat: Seat) -> None:
    """And while it lasts, the browser does not learn it."""
    fake.state.must_change = False
    fill_sign_in(stranger, PASSWORD)
    expect(stranger.get_by_role("heading", name="诉求件", exact=True)).to_be_visible()
    (token,) = fake.state.tokens - {seat.token}
    assert token not in stranger.content()
    assert token not in stranger.url
    assert token not in stranger.evaluate("JSON.stringify([localStorage, sessionStorage])")
    cookies = desk.context.cookies()
    assert all(token not in str(cookie.get("value")) for cookie in cookies)
    assert any(cookie.get("httpOnly") for cookie in cookies)
    stranger.get_by_role("button", name="退出").click()
    expect(stranger).to_have_url(f"{desk.url}/sign-in")
    assert fake.state.tokens == {seat.token}


def test_an_expired_token_leads_back_to_sign_in(
    stranger: Page, fake: FakeApi, desk: Desk, seat: Seat
) -> None:
    fake.state.must_change = False
    fill_sign_in(stranger, PASSWORD)
    expect(stranger.get_by_role("heading", name="诉求件", exact=True)).to_be_visible()
    fake.state.tokens = {seat.token}
    stranger.goto("/queue")
    expect(stranger).to_have_url(f"{desk.url}/sign-in")


# ---- cases


def test_the_case_list_is_newest_first_and_loads_more(
    page: Page, fake: FakeApi, picture: Keep
) -> None:
    add_cases(fake, 60)
    page.goto("/")
    rows = page.locator(".cases tbody tr")
    expect(rows).to_have_count(50)
    for words in (
        "LH-20260302-00060-4",
        "求决",
        "劳动欠薪",
        "木头龙",
        "2026-03-02 09:05",
        "已登记",
    ):
        expect(rows.first).to_contain_text(words)
    picture(page, "console-cases")
    page.get_by_role("button", name="再看 50 件").click()
    expect(rows).to_have_count(60)
    expect(rows.last).to_contain_text("LH-20260302-00001-4")
    expect(page.get_by_role("button", name="再看 50 件")).to_be_hidden()


def test_a_case_shows_each_field_and_the_message_it_came_from(
    page: Page, fake: FakeApi, picture: Keep
) -> None:
    add_cases(fake, 1)
    page.goto("/")
    page.get_by_role("link", name="LH-20260302-00001-4").click()
    where = page.locator("dd[data-field=where]")
    expect(where).to_contain_text("翠竹街道木头龙小区三期工地")
    where.get_by_role("link", name="来自第 3 条").click()
    expect(page.locator("#m3 .words")).to_have_text("翠竹街道木头龙小区三期工地")
    assert page.url.endswith("#m3")
    expect(page.locator("dd[data-field=contact]")).to_contain_text("138****0000")
    expect(page.locator(".said")).to_have_count(3)
    picture(page, "console-case")


def test_a_number_is_shown_for_a_reason_until_the_page_is_left(
    page: Page, fake: FakeApi, picture: Keep
) -> None:
    add_cases(fake, 1)
    page.goto("/cases/c1")
    contact = page.locator("dd[data-field=contact]")
    page.get_by_role("button", name="显示电话").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("都会记录下来")
    expect(dialog.get_by_role("radio")).to_have_count(4)
    expect(dialog.get_by_role("button", name="显示")).to_be_disabled()
    dialog.get_by_role("radio", name="联系群众").click()
    picture(page, "console-unmask")
    dialog.get_by_role("button", name="显示").click()
    expect(contact).to_contain_text(NUMBER)
    expect(page.get_by_role("status")).to_contain_text("已记录（联系群众）")
    expect(page.get_by_role("button", name="显示电话")).to_be_hidden()
    assert fake.state.unmasked == [("c1", "contact")]
    picture(page, "console-unmasked")
    page.reload()
    expect(contact).to_contain_text("138****0000")
    assert NUMBER not in page.content()


def test_a_number_stays_masked_without_a_reason(page: Page, fake: FakeApi) -> None:
    add_cases(fake, 1)
    page.goto("/cases/c1")
    page.get_by_role("button", name="显示电话").click()
    page.get_by_role("dialog").get_by_role("button", name="先不看").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.get_by_role("button", name="显示电话").click()
    page.get_by_role("dialog").get_by_role("radio", name="核实身份").click()
    fake.state.staff_down = True
    page.get_by_role("dialog").get_by_role("button", name="显示").click()
    expect(page.get_by_text("服务暂时不可用，请稍后再试。")).to_be_visible()
    expect(page.locator("dd[data-field=contact]")).to_contain_text("138****0000")
    assert fake.state.unmasked == []


@pytest.mark.parametrize(
    ("field", "value", "called"),
    [("contact", "不留电话（匿名）", None), ("name", "王**", "显示称呼")],
)
def test_only_what_is_masked_can_be_shown(
    page: Page, fake: FakeApi, field: str, value: str, called: str | None
) -> None:
    add_cases(fake, 1)
    fake.state.cases[0]["fields"][2] = fact(field, "标签", value, None, "said")
    page.goto("/cases/c1")
    expect(page.locator(f"dd[data-field={field}]")).to_contain_text(value)
    buttons = page.get_by_role("button", name="显示")
    expect(buttons).to_have_text([called] if called else [])


def test_a_long_transcript_is_shown_whole(page: Page, fake: FakeApi) -> None:
    conversation = add_cases(fake, 1)
    for number in range(450):
        conversation.add("citizen", f"第 {number} 句")
    page.goto("/cases/c1")
    expect(page.locator(".said")).to_have_count(453)


def test_a_photo_is_seen_in_the_transcript_and_comes_as_a_download(
    page: Page, fake: FakeApi, picture: Keep
) -> None:
    conversation = add_cases(fake, 1)
    file = str(UUID(int=7))
    fake.state.files[file] = photo()["buffer"], False
    conversation.add("citizen", "[图片]", file={"id": file, "kind": "image/jpeg"})
    page.goto("/cases/c1")
    image = page.locator("#m4").get_by_role("img", name="照片")
    expect(image).to_be_visible()
    expect(image).to_have_js_property("naturalWidth", 320)
    picture(page, "console-photo")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载照片").click()
    assert download.value.suggested_filename == "4.jpg"
    assert Path(download.value.path()).read_bytes() == photo()["buffer"]


def test_a_file_is_for_those_who_are_signed_in(stranger: Page, fake: FakeApi, desk: Desk) -> None:
    answer = stranger.request.get(f"{desk.url}/files/{UUID(int=1)}/{UUID(int=2)}")
    assert answer.status == 401


def test_a_file_that_the_api_does_not_show_is_not_shown(
    page: Page, fake: FakeApi, desk: Desk
) -> None:
    answer = page.request.get(f"{desk.url}/files/{UUID(int=1)}/{UUID(int=2)}")
    assert answer.status == 404


def test_html_in_a_case_is_shown_as_text(page: Page, fake: FakeApi) -> None:
    evil = "<img src=x onerror=\"document.title='owned'\">{{ 7*7 }}"
    conversation = add_cases(fake, 1)
    conversation.add("citizen", evil)
    fake.state.cases[0]["summary"] = evil
    fake.state.cases[0]["fields"][0]["value"] = evil
    page.goto("/")
    expect(page.locator(".cases .summary")).to_have_text(evil)
    page.goto("/cases/c1")
    expect(page.locator("dd[data-field=what]")).to_contain_text(evil)
    expect(page.locator("#m4 .words")).to_have_text(evil)
    assert page.locator("img[src=x]").count() == 0
    assert "owned" not in page.title()


def test_an_unknown_case_is_told_plainly(page: Page, fake: FakeApi) -> None:
    page.goto("/cases/none")
    expect(page.get_by_text("没有这个诉求件。")).to_be_visible()


def test_an_unreachable_service_and_then_an_empty_list_are_told_plainly(
    page: Page, fake: FakeApi, picture: Keep
) -> None:
    fake.state.staff_down = True
    page.goto("/")
    expect(page.get_by_text("服务暂时不可用，请稍后再试。")).to_be_visible()
    picture(page, "console-down")
    fake.state.staff_down = False
    page.get_by_role("button", name="刷新").click()
    expect(page.get_by_text("还没有登记的诉求件")).to_be_visible()


# ---- conversations


def test_the_queue_shows_who_waits_and_fills_by_itself(
    page: Page, fake: FakeApi, picture: Keep
) -> None:
    page.goto("/")
    page.get_by_role("link", name="等待人工").click()
    expect(page.get_by_text("现在没有人在等")).to_be_visible()
    add_waiting(fake, "我不想活了", 3, 2)
    add_waiting(fake, "我要找真人", 0, 7)
    waiting = page.locator(".waiting")
    expect(waiting).to_have_count(2)
    expect(waiting.first).to_contain_text("紧急")
    expect(waiting.first).to_contain_text("等了 2 分钟")
    expect(waiting.nth(1)).to_contain_text("要求人工")
    expect(page.get_by_role("status")).to_contain_text("2 人在等")
    picture(page, "console-queue")


def test_each_level_of_risk_is_told_in_words_and_in_its_own_colour(
    page: Page, fake: FakeApi, picture: Keep
) -> None:
    for risk, words in (
        (3, "我不想活了"),
        (2, "他又动手了"),
        (1, "我好几天没睡着了" * 30),
        (0, "转人工"),
    ):
        add_waiting(fake, words, risk, 2)
    page.goto("/queue")
    waiting = page.locator(".waiting")
    expect(waiting).to_have_count(4)
    badges = page.locator(".badge.risk")
    expect(badges).to_have_text(["紧急", "较急", "关注"])
    colours = badges.evaluate_all("all => all.map((e) => getComputedStyle(e).backgroundColor)")
    assert len(set(colours)) == 3
    expect(waiting.first).to_contain_text("可能有危险")
    expect(waiting.first).to_contain_text("我不想活了")
    expect(waiting.first).to_contain_text("第 1 条")
    picture(page, "console-risks")
    page.set_viewport_size({"width": 360, "height": 740})
    picture(page, "console-risks-narrow")


def test_staff_accept_reply_and_give_back(page: Page, fake: FakeApi, picture: Keep) -> None:
    conversation = add_waiting(fake, "我要找真人", 0, 1)
    page.goto("/queue")
    page.get_by_role("button", name="接手").click()
    expect(page.locator(".said.citizen .words")).to_have_text("我要找真人")
    assert conversation.status == "human"
    page.get_by_label("写给来访人的话").fill("您好，我是王芳，您请说。")
    page.get_by_role("button", name="发送").click()
    expect(page.locator(".said.human .words")).to_have_text("您好，我是王芳，您请说。")
    expect(page.get_by_label("写给来访人的话")).to_have_value("")
    conversation.add("citizen", "工资什么时候能发？")
    expect(page.locator(".said.citizen .words").nth(1)).to_have_text("工资什么时候能发？")
    picture(page, "console-conversation")
    page.get_by_label("写给来访人的话").fill("我去问清楚。")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".said.human")).to_have_count(2)
    page.get_by_role("button", name="交还程序").click()
    page.get_by_role("dialog").get_by_role("button", name="交还程序").click()
    expect(page.locator(".badge.status")).to_have_text("程序在回答")
    assert conversation.status == "bot"
    expect(page.get_by_label("写给来访人的话")).to_be_hidden()


def test_the_citizen_is_told_that_somebody_writes(page: Page, fake: FakeApi) -> None:
    add_waiting(fake, "我要找真人", 0, 1)
    page.goto("/queue")
    page.get_by_role("button", name="接手").click()
    page.get_by_label("写给来访人的话").press_sequentially("您好，我是王芳，您请说。")
    expect(page.get_by_label("写给来访人的话")).to_have_value("您好，我是王芳，您请说。")
    page.get_by_role("button", name="发送").click()
    expect(page.locator(".said.human .words")).to_have_count(1)
    assert 1 <= fake.state.typing <= 3  # not at every key


def test_a_conversation_accepted_by_another_is_told_plainly(page: Page, fake: FakeApi) -> None:
    conversation = add_waiting(fake, "有人吗", 0, 1)
    page.goto("/queue")
    expect(page.get_by_role("button", name="接手")).to_be_visible()
    conversation.status = "human"
    page.get_by_role("button", name="接手").click()
    expect(page.get_by_text("已经有人接手了这个会话。")).to_be_visible()


def test_a_reply_that_failed_stays_in_the_box_and_is_sent_once(page: Page, fake: FakeApi) -> None:
    conversation = add_waiting(fake, "有人吗", 0, 1)
    conversation.status = "human"
    fake.state.queue[0] |= {"status": "human", "mine": True}
    page.goto(f"/conversations/{conversation.id}")
    page.get_by_label("写给来访人的话").fill("我在。")
    fake.state.staff_down = True
    page.get_by_role("button", name="发送").click()
    expect(page.get_by_text("服务暂时不可用，请稍后再试。").first).to_be_visible()
    expect(page.get_by_label("写给来访人的话")).to_have_value("我在。")
    expect(page.locator(".lost")).to_be_visible()
    fake.state.staff_down = False
    page.get_by_role("button", name="发送").click()
    expect(page.locator(".said.human .words")).to_have_text(["我在。"])
    expect(page.locator(".lost")).to_be_hidden()


def test_a_colleagues_conversation_can_be_read_but_not_answered(page: Page, fake: FakeApi) -> None:
    conversation = add_waiting(fake, "有人吗", 0, 1)
    conversation.status = "human"
    fake.state.queue[0] |= {"status": "human", "mine": False}
    page.goto(f"/conversations/{conversation.id}")
    expect(page.get_by_text("另一位同事在接待")).to_be_visible()
    expect(page.get_by_label("写给来访人的话")).to_be_hidden()
    expect(page.get_by_role("button", name="交还程序")).to_be_hidden()


def test_a_reply_that_is_too_long_is_told_before_it_is_sent(page: Page, fake: FakeApi) -> None:
    conversation = add_waiting(fake, "有人吗", 0, 1)
    conversation.status = "human"
    fake.state.queue[0] |= {"status": "human", "mine": True}
    page.goto(f"/conversations/{conversation.id}")
    page.get_by_label("写给来访人的话").fill("长" * 4001)
    page.get_by_role("button", name="发送").click()
    expect(page.get_by_text("请分几次发")).to_be_visible()
    assert len(conversation.messages) == 1


# ---- for everyone at the desk


def test_an_address_that_leads_nowhere_is_told_in_chinese(
    blank: Page, desk: Desk, picture: Keep
) -> None:
    answer = blank.goto("/nowhere/at/all")
    assert answer is not None
    assert answer.status == 404
    expect(blank.get_by_role("heading", name="没有这个页面")).to_be_visible()
    assert "exist" not in blank.content()
    picture(blank, "console-not-found")
    blank.get_by_role("link", name="回到诉求件").click()
    expect(blank).to_have_url(f"{desk.url}/sign-in")


def test_english_is_one_tap_away(stranger: Page, fake: FakeApi, picture: Keep) -> None:
    add_cases(fake, 3)
    fake.state.must_change = False
    fill_sign_in(stranger, PASSWORD)
    stranger.get_by_role("button", name="English").click()
    expect(stranger.get_by_role("heading", name="Cases", exact=True)).to_be_visible()
    picture(stranger, "console-english")


@pytest.mark.parametrize("path", ["/", "/queue", "/cases/c1"])
def test_nothing_scrolls_sideways(page: Page, fake: FakeApi, path: str) -> None:
    add_cases(fake, 3)
    add_waiting(fake, "很长的一句话" * 60, 3, 3)
    page.goto(path)
    page.wait_for_selector(".said, .cases tbody tr, .waiting")
    for width in (1280, 820, 360):
        page.set_viewport_size({"width": width, "height": 720})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
