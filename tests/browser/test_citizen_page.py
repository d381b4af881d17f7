"""What a citizen sees and does on /c/<site code>, in a real browser against the fake api."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.fake_api import STATIC, FakeApi
from tests.browser.fixtures import Keep

ROWS = [
    {"field": "what", "label": "什么事", "value": "三个月没发工资，找了老板四次都说再等等"},
    {"field": "where", "label": "地点", "value": "翠竹街道木头龙小区三期工地"},
    {"field": "demand", "label": "要求", "value": "把工资发了"},
    {"field": "contact", "label": "联系方式", "value": "138****0000"},
]
READ_BACK = "请您看看我记得对不对：\n" + "\n".join(f"{row['label']}:{row['value']}" for row in ROWS)
READ_BACK += "\n这样登记可以吗？"


def say(page: Page, text: str) -> None:
    page.fill("#words", text)
    page.click("#send")


def texts(page: Page) -> list[str]:
    return page.locator("#log .text").all_inner_texts()


def test_a_message_is_sent_stored_and_answered(page: Page, fake: FakeApi) -> None:
    say(page, "老板拖欠我三个月工资")
    expect(page.locator(".citizen .mark")).to_have_text("已送达")
    expect(page.locator(".bot .text")).to_have_text("记下了：老板拖欠我三个月工资")
    assert texts(page) == ["老板拖欠我三个月工资", "记下了：老板拖欠我三个月工资"]
    assert page.input_value("#words") == ""


def test_enter_sends_and_shift_enter_makes_a_new_line(page: Page) -> None:
    page.focus("#words")
    page.keyboard.type("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    page.keyboard.press("Enter")
    expect(page.locator(".citizen .text")).to_have_text("one\ntwo")


def test_blank_words_are_not_sent(page: Page, fake: FakeApi) -> None:
    page.fill("#words", "   \n ")
    expect(page.locator("#send")).to_be_disabled()
    page.keyboard.press("Enter")
    assert fake.state.conversation().messages == []


def test_a_tapped_choice_is_sent_as_words(page: Page, fake: FakeApi) -> None:
    say(page, "有人高空抛物")
    page.click("#choices button:has-text('没有了')")
    expect(page.locator(".citizen .text").nth(1)).to_have_text("没有了")
    expect(page.locator(".bot .text").nth(1)).to_have_text("记下了：没有了")
    assert [m["text"] for m in fake.state.conversation().messages if m["from"] == "citizen"] == [
        "有人高空抛物",
        "没有了",
    ]


def test_the_way_to_a_person_is_one_tap(page: Page, fake: FakeApi) -> None:
    page.click("#human")
    expect(page.locator(".citizen .text")).to_have_text("转人工")
    fake.status("waiting")
    expect(page.locator("#who")).to_have_text("正在排队找人工")
    expect(page.locator("#human")).to_be_hidden()
    fake.status("human")
    expect(page.locator("#who")).to_have_text("工作人员在回答")


def test_the_notice_of_the_server_comes_first(page: Page, fake: FakeApi, picture: Keep) -> None:
    picture(page, "phone-empty")
    expect(page.locator("#intro")).to_contain_text("程序")
    fake.bot_says("您好，我是话聊的程序。您说的内容只用来办理您的诉求，保存三年，可以要求删除。")
    expect(page.locator("#intro")).to_be_hidden()


def test_read_back_is_a_list_and_its_words_appear_once(
    page: Page, fake: FakeApi, picture: Keep
) -> None:
    say(page, "三个月没发工资")
    expect(page.locator(".bot")).to_have_count(1)
    card = {"kind": "read_back", "rows": ROWS}
    fake.bot_says(READ_BACK, choices=["对，就这样登记", "有地方要改", "先不登记了"], card=card)
    rows = page.locator(".read-back dl > div")
    expect(rows).to_have_count(4)
    expect(rows.nth(1).locator("dt")).to_have_text("地点")
    expect(rows.nth(1).locator(".value")).to_have_text("翠竹街道木头龙小区三期工地")
    body = page.locator(".bot").nth(1)
    expect(body.locator(".text")).to_have_text(["请您看看我记得对不对：", "这样登记可以吗？"])
    assert body.inner_text().count("翠竹街道木头龙小区三期工地") == 1
    picture(page, "phone-read-back")


def test_on_what_was_read_back_the_confirmation_stands_out(page: Page, fake: FakeApi) -> None:
    card = {"kind": "read_back", "rows": ROWS}
    fake.bot_says(READ_BACK, choices=["对，就这样登记", "有地方要改"], card=card)
    buttons = page.locator("#choices button")
    expect(buttons).to_have_count(2)  # all() waits for nothing
    first, second = buttons.all()
    backgrounds = [
        one.evaluate("e => getComputedStyle(e).backgroundColor") for one in (first, second)
    ]
    assert backgrounds == ["rgb(44, 106, 78)", "rgb(255, 255, 255)"]
    button, shown = first.bounding_box(), page.locator(".read-back").bounding_box()
    assert button is not None
    assert shown is not None
    assert button["x"] + button["width"] <= shown["x"] + shown["width"]
    fake.bot_says("在什么地方？", choices=["不清楚", "下次再说"])
    expect(page.locator("#choices button")).to_have_text(["不清楚", "下次再说"])
    expect(page.locator("#choices .main")).to_have_count(0)


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("请马上打 110 或 120，也可以打 12356。", ["110", "120", "12356"]),
        ("12348免费", ["12348"]),
        ("拨110、119", ["110", "119"]),
        ("<b>110</b>", ["110"]),
        ("您的登记编号是 2603020001108，查询码 110abc。", []),
        ("编号 LH-110-120", []),
        ("欠您 110 元、12345元，120 平米，2026.110", []),
        ("电话 13800110120", []),
    ],
)
def test_a_short_line_in_a_reply_can_be_dialled_and_no_other_number(
    page: Page, fake: FakeApi, words: str, lines: list[str]
) -> None:
    fake.bot_says(words)
    expect(page.locator(".bot .text")).to_have_text(words)
    links = page.locator(".bot .text a")
    assert links.all_inner_texts() == lines
    assert [one.get_attribute("href") for one in links.all()] == [f"tel:{line}" for line in lines]


def test_what_the_citizen_writes_is_never_a_link(page: Page, fake: FakeApi, picture: Keep) -> None:
    say(page, "我打过 110 了")
    expect(page.locator(".citizen .text")).to_have_text("我打过 110 了")
    fake.bot_says("有危险请先打 110，受伤打 120。心里难受，可以打 12356，全天都有人接。")
    expect(page.locator(".bot a")).to_have_count(4)
    expect(page.locator(".citizen a")).to_have_count(0)
    picture(page, "phone-lines")


def test_the_longest_label_of_a_card_stays_on_one_line(page: Page, fake: FakeApi) -> None:
    row = {"field": "demand", "label": "希望怎么解决", "value": "退还押金"}
    fake.bot_says("请您看看。", card={"kind": "read_back", "rows": [row]})
    lines = page.locator(".read-back dt").evaluate(
        "e => e.clientHeight / parseFloat(getComputedStyle(e).lineHeight)"
    )
    assert lines < 1.5
    label, value = (page.locator(f".read-back {part}").bounding_box() for part in ("dt", ".value"))
    assert label is not None
    assert value is not None
    assert value["x"] >= label["x"] + label["width"]


def test_a_card_whose_text_is_worded_otherwise_loses_nothing(page: Page, fake: FakeApi) -> None:
    rows = [{"field": "number", "label": "登记编号", "value": "LH-20260302-00017-4"}]
    card = {"kind": "receipt", "rows": rows}
    fake.bot_says("已登记。编号是 LH-20260302-00017-4,请保存。", card=card)
    expect(page.locator(".receipt dd")).to_have_text("LH-20260302-00017-4")
    expect(page.locator(".bot .text")).to_contain_text("请保存")


def test_html_in_a_message_is_shown_as_text(page: Page, fake: FakeApi) -> None:
    evil = "<img src=x onerror=\"document.title='owned'\"><b>粗</b>"
    say(page, evil)
    fake.bot_says(
        evil,
        choices=[evil],
        card={
            "kind": "receipt",
            "rows": [
                {
                    "field": "x",
                    "label": "<i>标签</i>",
                    "value": "<script>document.title='owned'</script>",
                }
            ],
        },
    )
    expect(page.locator(".receipt dd")).to_have_text("<script>document.title='owned'</script>")
    expect(page.locator(".citizen .text")).to_have_text(evil)
    assert page.locator("#log img, #log b, #log i, #log script, #choices img").count() == 0
    assert page.title() == "对话"


# ---- lost connections


def test_a_lost_connection_resumes_without_loss_or_doubles(page: Page, fake: FakeApi) -> None:
    say(page, "第一句")
    expect(page.locator(".bot .text")).to_have_count(1)
    fake.state.refuse_connections = True
    fake.cut()
    expect(page.locator("#notice")).to_contain_text("重新连接")
    say(page, "第二句")
    say(page, "第三句")
    fake.adds_unseen("human", "我是社区的小李")
    fake.state.refuse_connections = False
    expect(page.locator("#notice")).to_be_hidden()
    expect(page.locator(".bot .text")).to_have_count(3)
    assert texts(page)[:3] == ["第一句", "记下了：第一句", "我是社区的小李"]
    assert texts(page) == [m["text"] for m in fake.state.conversation().messages]
    expect(page.locator("[data-state=stored]")).to_have_count(3)


def test_a_lost_confirmation_does_not_double_the_message(page: Page, fake: FakeApi) -> None:
    fake.state.answers = False
    fake.state.lose_next_confirmation = True
    say(page, "只说一遍")
    expect(page.locator(".citizen .mark")).to_have_text("已送达")
    page.wait_for_timeout(300)
    assert texts(page) == ["只说一遍"]
    assert len(fake.state.conversation().messages) == 1


def test_many_cuts_in_a_row_keep_every_message_once(page: Page, fake: FakeApi) -> None:
    for number in range(6):
        fake.state.lose_next_confirmation = number % 2 == 0
        say(page, f"第 {number} 句")
        fake.cut()
    expect(page.locator("[data-state=stored]")).to_have_count(6, timeout=20_000)
    expect(page.locator(".bot .text").last).to_have_text("记下了：第 5 句")
    fake.bot_says("到齐了")
    expect(page.locator(".bot .text").last).to_have_text("到齐了")
    assert texts(page) == [m["text"] for m in fake.state.conversation().messages]


def test_a_reload_shows_the_conversation_again(page: Page, fake: FakeApi) -> None:
    say(page, "路灯坏了")
    expect(page.locator(".bot .text")).to_have_count(1)
    page.reload()
    expect(page.locator(".bot .text")).to_have_text("记下了：路灯坏了")
    assert texts(page) == ["路灯坏了", "记下了：路灯坏了"]
    expect(page.locator("#choices button")).to_have_count(2)


def test_a_refused_message_says_why_and_can_be_sent_again(
    page: Page, fake: FakeApi, picture: Keep
) -> None:
    fake.state.refuse_next_message = "您发得有点快，请稍等几秒再发。"
    say(page, "在吗")
    expect(page.locator(".citizen .mark")).to_contain_text("稍等几秒")
    picture(page, "phone-refused")
    page.click(".citizen .mark button")
    expect(page.locator(".bot .text")).to_have_text("记下了：在吗")
    assert texts(page) == [m["text"] for m in fake.state.conversation().messages]


def test_without_network_the_page_says_so_and_keeps_the_words(
    page: Page, phone: BrowserContext, fake: FakeApi, picture: Keep
) -> None:
    fake.state.refuse_connections = True
    phone.set_offline(True)
    fake.cut()
    expect(page.locator("#notice")).to_contain_text("网络断了")
    say(page, "没网时写的话")
    expect(page.locator(".citizen .mark")).to_have_text("正在发送……")
    picture(page, "phone-offline")
    fake.state.refuse_connections = False
    phone.set_offline(False)
    expect(page.locator(".citizen .mark")).to_have_text("已送达")


def test_a_line_that_swallows_words_is_taken_for_dead(page: Page, fake: FakeApi) -> None:
    page.clock.install()
    page.evaluate("WebSocket.prototype.send = function () {}")  # the words vanish, the line stays
    say(page, "听得见吗")
    page.clock.run_for(8_500)
    expect(page.locator("#notice")).to_contain_text("重新连接")
    page.clock.run_for(4_000)
    expect(page.locator(".citizen .mark button")).to_have_text("没有送达，点这里再发一次")


# ---- sessions


def test_an_unknown_session_asks_kindly_to_begin_anew(
    page: Page, fake: FakeApi, picture: Keep
) -> None:
    say(page, "原来的话")
    fake.state.sessions.clear()
    fake.cut()
    expect(page.locator("#over")).to_contain_text("您可以重新开始")
    picture(page, "phone-over")
    page.click("#again")
    expect(page.locator("#who")).to_have_text("程序在回答")
    say(page, "新的话")
    expect(page.locator(".bot .text")).to_have_text("记下了：新的话")


def test_words_not_delivered_come_back_into_the_box(page: Page, fake: FakeApi) -> None:
    fake.state.refuse_connections = True
    fake.cut()
    say(page, "写了很久的话")
    fake.state.sessions.clear()
    fake.state.refuse_connections = False
    page.click("#again")
    assert page.input_value("#words") == "写了很久的话"


def test_an_unknown_site_is_told_where_to_turn(phone: BrowserContext, fake: FakeApi) -> None:
    page = phone.new_page()
    page.goto(f"{fake.url}/c/unknown")
    expect(page.locator("#over")).to_contain_text("12345")
    expect(page.locator("#again")).to_be_hidden()


def test_a_withdrawn_code_is_told_kindly_and_where_to_turn(
    phone: BrowserContext, fake: FakeApi
) -> None:
    page = phone.new_page()
    page.goto(f"{fake.url}/c/withdrawn")
    for words in ("已经不用了", "新码", "12345", "110"):
        expect(page.locator("#over")).to_contain_text(words)
    expect(page.locator("#again")).to_be_hidden()
    expect(page.locator("#foot")).to_be_hidden()


def test_quick_exit_leaves_no_mark_that_the_page_was_opened(
    page: Page, phone: BrowserContext, fake: FakeApi
) -> None:
    assert [one["name"] for one in phone.cookies(page.url)] == ["opened"]
    page.click("#exit")
    page.wait_for_url("about:blank")
    assert phone.cookies() == []


def test_quick_exit_wipes_the_phone_and_the_key(page: Page, fake: FakeApi) -> None:
    say(page, "他又打我了")
    expect(page.locator(".bot")).to_have_count(1)
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert "他又打我了" not in kept
    assert page.evaluate("Object.keys(localStorage)") == ["hualiao.session.cz01"]
    assert page.evaluate("sessionStorage.length") == 0
    assert page.evaluate("document.cookie") == "opened=1"  # the same for everybody
    page.click("#exit")
    page.wait_for_url("about:blank")
    page.goto(f"{fake.url}/static/web/icon.svg")
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert page.context.cookies() == []
    assert fake.state.sessions == {}


def test_going_back_after_quick_exit_shows_nothing(page: Page, fake: FakeApi) -> None:
    say(page, "他又打我了")
    page.click("#exit")
    page.wait_for_url("about:blank")
    page.go_back()
    assert "他又打我了" not in page.content()


# ---- everyone can use it


def test_large_type_is_remembered_and_still_fits(page: Page, fake: FakeApi, picture: Keep) -> None:
    before = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    page.click("#size")
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") > before * 1.25
    page.reload()
    expect(page.locator("#size")).to_have_attribute("aria-pressed", "true")
    say(page, "字大了看得清楚")
    card = {"kind": "read_back", "rows": ROWS}
    fake.bot_says(READ_BACK, choices=["对，就这样登记", "有地方要改"], card=card)
    expect(page.locator("dl")).to_be_visible()
    picture(page, "phone-large")
    assert_no_sideways_scroll(page)


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_nothing_scrolls_sideways(page: Page, fake: FakeApi, picture: Keep, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 720})
    say(page, "很长的网址 https://example.invalid/" + "a" * 300)
    card = {"kind": "receipt", "rows": [{"field": "n", "label": "编号", "value": "9" * 120}]}
    fake.bot_says(
        "好" * 200, choices=["一个特别特别长的选项，长到一行放不下也要能点到" * 2], card=card
    )
    expect(page.locator(".receipt")).to_be_visible()
    assert_no_sideways_scroll(page)
    picture(page, f"wide-{width}")


def assert_no_sideways_scroll(page: Page) -> None:
    for selector in ("html", "body", "#scroller", "footer"):
        over = page.eval_on_selector(selector, "e => e.scrollWidth - e.clientWidth")
        assert over <= 0, f"{selector} is {over} px too wide"


def test_the_keyboard_reaches_everything_in_order(page: Page) -> None:
    say(page, "好的")
    page.wait_for_selector("#choices button")
    page.reload()
    page.wait_for_selector("#choices button")
    reached = []
    for _ in range(9):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim()"))
    assert reached[:6] == ["快速离开", "大字", "报警 110", "急救 120", "心理 12356", "EN"]
    assert "没有了" in reached


def test_a_screen_reader_is_told_what_is_what(page: Page) -> None:
    log = page.get_by_role("log", name="对话内容")
    expect(log).to_have_attribute("aria-busy", "false")
    expect(page.locator("#announcer")).to_have_attribute("aria-live", "polite")
    expect(page.get_by_role("textbox", name="您想说的话")).to_be_visible()
    expect(page.get_by_role("button", name="快速离开")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "zh-CN"


def test_tap_targets_are_large_enough(page: Page) -> None:
    say(page, "好的")
    page.wait_for_selector("#choices button")
    for box in page.locator("button:visible").all():
        size = box.bounding_box()
        assert size is not None
        assert size["height"] >= 36
        assert size["width"] >= 44
    for box in page.locator("header a:visible, footer button:visible").all():
        size = box.bounding_box()
        assert size is not None
        assert min(size["height"], size["width"]) >= 44, box.text_content()


def test_the_emergency_lines_can_be_dialled(page: Page) -> None:
    links = page.locator(".lines a[href^='tel:']")
    assert [a.get_attribute("href") for a in links.all()] == ["tel:110", "tel:120", "tel:12356"]
    height = page.locator(".lines").bounding_box()
    assert height is not None
    assert height["height"] < 50


def test_words_beyond_the_limit_get_a_kind_hint(page: Page, fake: FakeApi, picture: Keep) -> None:
    page.fill("#words", "苦" * 10_001)
    expect(page.locator("#notice")).to_contain_text("请分几次发")
    expect(page.locator("#send")).to_be_disabled()
    picture(page, "phone-too-long")
    page.fill("#words", "苦" * 10_000)
    expect(page.locator("#notice")).to_be_hidden()
    page.click("#send")
    expect(page.locator(".citizen .mark")).to_have_text("已送达")


def test_reading_older_words_is_not_interrupted(page: Page, fake: FakeApi) -> None:
    for number in range(15):
        fake.bot_says(f"第 {number} 条\n" * 3)
    expect(page.locator(".bot")).to_have_count(15)
    expect(page.locator("#log")).to_have_attribute("aria-busy", "false")
    page.evaluate("document.getElementById('scroller').scrollTop = 0")
    fake.bot_says("最新的一条")
    expect(page.locator("#newer")).to_be_visible()
    assert page.evaluate("document.getElementById('scroller').scrollTop") == 0
    page.click("#newer")
    expect(page.locator(".bot").last).to_be_in_viewport()


def test_english_stands_beside_chinese(page: Page, fake: FakeApi, picture: Keep) -> None:
    page.click("#language")
    expect(page.locator("#exit")).to_have_text("Leave now")
    assert_no_sideways_scroll(page)
    picture(page, "phone-english")


# ---- light


def test_the_whole_page_stays_small(phone: BrowserContext, fake: FakeApi) -> None:
    """What travels, headers included, before compression: the fake sends everything as it is."""
    page, sizes = phone.new_page(), dict[str, int]()
    line = phone.new_cdp_session(page)
    line.send("Network.enable")
    line.on(
        "Network.loadingFinished", lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]})
    )
    page.goto(f"{fake.url}/c/cz01")
    page.wait_for_selector("#who[data-status=bot]")
    say(page, "路灯坏了")
    expect(page.locator(".bot")).to_have_count(1)
    files = [path for path in STATIC.rglob("*") if path.is_file()]
    assert len(sizes) >= len(files)
    assert sum(path.stat().st_size for path in files) <= sum(sizes.values()) < 60_000


def test_both_languages_have_the_same_texts() -> None:
    source = (STATIC / "texts.js").read_text("utf-8")
    blocks = re.findall(r"const (zh|en) = \{(.*?)\n\};", source, re.DOTALL)
    names = {language: re.findall(r"^  (\w+):", block, re.MULTILINE) for language, block in blocks}
    assert names["zh"] == names["en"]


@pytest.mark.parametrize("name", ["texts.js", "index.html"])
def test_chinese_texts_have_chinese_punctuation(name: str) -> None:
    source = (STATIC / name).read_text("utf-8")
    assert re.findall(r"[\u4e00-\u9fff][,;:!?.]|[,;:!?][\u4e00-\u9fff]", source) == []


@pytest.mark.parametrize("path", sorted(STATIC.rglob("*.js")), ids=lambda path: path.name)
def test_scripts_keep_to_what_an_old_phone_knows(path: Path) -> None:
    source = path.read_text("utf-8")
    too_new = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\("
    too_new += r"|\?\.|\?\?|\.at\(|randomUUID"
    too_new += r"|replaceAll|matchAll|\.flat(Map)?\(|fromEntries|allSettled|catch \{"
    assert re.findall(too_new, source.replace("crypto.randomUUID is missing", "")) == []


def test_the_focus_is_in_sight_on_an_old_phone_too() -> None:
    """Where :focus-visible is unknown, a rule with it is dropped whole."""
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", (STATIC / "style.css").read_text("utf-8"))
    hiding = [one.strip() for one, body in rules if ":focus" in one and "outline: none" in body]
    assert hiding == [":focus:not(:focus-visible)"]


def test_every_button_shows_its_focus(page: Page, fake: FakeApi) -> None:
    fake.bot_says(READ_BACK, choices=["对"], card={"kind": "read_back", "rows": ROWS})
    expect(page.locator("#choices button")).to_have_count(1)
    for _ in range(page.locator("a:visible, button:visible:enabled, textarea").count()):
        page.keyboard.press("Tab")
        focus = page.evaluate(
            "(s => [s.outlineStyle, parseFloat(s.outlineWidth)])"
            "(getComputedStyle(document.activeElement))"
        )
        assert focus[0] == "solid"
        assert focus[1] >= 2


def test_the_page_has_no_inline_script_or_style() -> None:
    source = (STATIC / "index.html").read_text("utf-8")
    assert re.findall(r"<style|style=|\son\w+=|<script(?![^>]*src=)", source) == []
    assert "http://" not in source
    assert "https://" not in source
