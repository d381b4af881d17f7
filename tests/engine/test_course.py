"""The course of a talk: back, again, wait, resume, and a question that gets nowhere."""

import pytest

from tests.engine.conftest import ASKED, INTAKE, Citizen, FakeApi, at

OPEN = INTAKE


@pytest.mark.parametrize("text", ["上一个问题", "回到上一步", "我想改一下上一个回答"])
def test_the_question_before_is_asked_again(citizen: Citizen, text: str) -> None:
    before = ("what", *ASKED, "contact")
    for asking, question in zip((*ASKED, "safe_contact", "confirmed"), before, strict=True):
        reply = at(Citizen(citizen.client), asking).says(text)
        assert reply.responses == [f"utter_ask_{question}"]


def test_what_was_asked_again_is_answered_and_the_talk_goes_on(citizen: Citizen) -> None:
    citizen = at(citizen, "contact")
    assert citizen.says("上一步").asking == "demand"
    assert citizen.says("要收费吗").questions == ["utter_ask_demand"]
    reply = citizen.says("让他们赔我三千块")
    assert reply.facts["demand"] == "p1"
    assert reply.asking == "contact"


@pytest.mark.parametrize("asking", [*OPEN, "lookup", "withdrawal"])
@pytest.mark.parametrize("text", ["什么意思", "听不懂你说的", "看不懂这个问题"])
def test_every_question_is_explained_in_other_words(
    citizen: Citizen, asking: str, text: str
) -> None:
    reply = at(citizen, asking).says(text)
    assert reply.responses == [f"utter_explain_{asking}", f"utter_ask_{asking}"]


@pytest.mark.parametrize("asking", [None, *OPEN])
@pytest.mark.parametrize("text", ["等一下我找找", "稍等，接个电话", "等我一会儿"])
def test_who_asks_for_a_moment_is_not_pressed(
    citizen: Citizen, asking: str | None, text: str
) -> None:
    reply = at(citizen, asking).says(text)
    assert reply.responses == ["utter_wait"]
    assert reply.asking == asking


@pytest.mark.parametrize("asking", OPEN)
@pytest.mark.parametrize("text", ["我回来了", "接着说", "刚才说到哪了"])
def test_who_is_back_goes_on_where_it_was(citizen: Citizen, asking: str, text: str) -> None:
    reply = at(citizen, asking).says(text)
    assert reply.responses == ["utter_go_on", f"utter_ask_{asking}"]


MEDIA = {
    "utter_photo": ["[图片]", "【图片】", "[Image]", "[photo]"],
    "utter_voice": ["[语音]", "[语音消息]", "[语音 12秒]", "[voice]"],
    "utter_location": ["[位置]", "[定位]", "[location]"],
    "utter_sticker": ["[表情]", "[动画表情]", "[微笑]", "[捂脸][捂脸]", "😀😀", "🌹"],
    "utter_file": ["[文件]", "[视频]", "[链接]", "[名片]"],
}


@pytest.mark.parametrize(
    ("text", "response"), [(text, response) for response, texts in MEDIA.items() for text in texts]
)
@pytest.mark.parametrize("asking", [None, *OPEN, "lookup", "withdrawal"])
def test_what_is_no_text_is_answered_and_answers_no_question(
    citizen: Citizen, asking: str | None, text: str, response: str
) -> None:
    reply = at(citizen, asking).says(text)
    assert reply.responses == [response, *([f"utter_ask_{asking}"] if asking else [])]
    assert "p0" not in reply.facts.values()
    assert "p1" not in reply.facts.values()


def test_a_place_the_channel_names_is_no_account(citizen: Citizen) -> None:
    reply = citizen.says("[位置] 深圳市罗湖区翠竹街道", "where")
    assert reply.facts == {"where": "p2"}
    assert reply.questions == ["utter_ask_what"]


def test_a_masked_number_is_no_sticker(citizen: Citizen) -> None:
    reply = at(citizen, "contact").says("〔电话〕", "contact")
    assert reply.questions == ["utter_ask_confirmed"]


@pytest.mark.parametrize("asking", ["where", "demand"])
@pytest.mark.parametrize("text", ["不知道", "说不清楚", "不"])
def test_what_is_not_known_when_asked_again_is_left_open(
    citizen: Citizen, asking: str, text: str
) -> None:
    citizen = at(citizen, asking)
    assert citizen.says(text).responses == [f"utter_why_{asking}", f"utter_ask_{asking}"]
    reply = citizen.says(text)
    assert reply.responses[0] == "utter_left_open"
    assert reply.facts[asking] == "unknown"
    assert reply.asking != asking
    assert citizen.says("要收费吗").asking == reply.asking


def test_what_was_left_open_is_taken_when_it_is_said_after_all(citizen: Citizen) -> None:
    citizen = at(citizen, "where")
    citizen.says("不知道")
    citizen.says("不知道")
    assert citizen.says("想起来了，在东门老街", "where").facts["where"] == "p2"


@pytest.mark.parametrize(
    ("asking", "texts"),
    [
        *(("what", ["不知道"] * 3), ("what", ["对"] * 3), ("contact", ["不知道"] * 3)),
        *(("contact", ["189开头的", "就那个", "没记住"]), ("confirmed", ["先这样吧"] * 3)),
        *(("where", ["asdf", "对", "qwer"]), ("lookup", ["20260000001"] * 3)),
        *(("lookup", ["asdf"] * 3), ("withdrawal", ["asdf"] * 3)),
    ],
)
def test_the_third_time_a_question_gets_nowhere_a_person_is_offered(
    citizen: Citizen, asking: str, texts: list[str]
) -> None:
    citizen = at(citizen, asking)
    replies = [citizen.says(text, answers=False) for text in texts]
    assert [reply.asking for reply in replies] == [asking] * 3
    assert ["utter_offer_human" in reply.responses for reply in replies] == [False, False, True]


LOST = ["asdf", "asdf", "asdf"]


@pytest.mark.parametrize("asking", [None, "what", "contact", "confirmed", "lookup", "withdrawal"])
@pytest.mark.parametrize("text", ["好的", "要", "嗯", "行", "可以啊", "找工作人员"])
def test_a_yes_to_the_offered_person_is_about_the_person(
    citizen: Citizen, api: FakeApi, asking: str | None, text: str
) -> None:
    citizen = at(citizen, asking)
    replies = [citizen.says(each, answers=False) for each in LOST]
    assert replies[-1].responses == ["utter_offer_human"]
    reply = citizen.says(text)
    assert reply.responses == ["utter_human_requested"]
    assert reply.asking == (None if asking == "lookup" else asking)
    assert api.paths == ["handoffs"]


@pytest.mark.parametrize("asking", ["what", "contact", "confirmed", "lookup", "withdrawal"])
@pytest.mark.parametrize("text", ["不用", "不用了谢谢", "先不要", "不需要", "继续"])
def test_who_wants_no_person_is_asked_on(
    citizen: Citizen, api: FakeApi, asking: str, text: str
) -> None:
    citizen = at(citizen, asking)
    for each in LOST:
        citizen.says(each, answers=False)
    assert citizen.says(text).questions == [f"utter_ask_{asking}"]
    assert api.paths == []


def test_who_was_offered_a_person_may_still_file(citizen: Citizen) -> None:
    citizen = at(citizen, "confirmed")
    for each in LOST:
        citizen.says(each)
    assert citizen.says("对，就这样登记").responses == ["utter_filed"]


def test_who_waits_for_a_person_is_not_queued_twice(citizen: Citizen, api: FakeApi) -> None:
    for asking in (None, "where"):
        citizen = at(Citizen(citizen.client), asking)
        citizen.says("找工作人员")
        assert citizen.says("人工怎么还不来").responses == ["utter_still_queued"]
    assert api.paths == ["handoffs", "handoffs"]
