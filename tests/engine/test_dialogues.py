"""Journeys of a citizen through the real engine."""

import pytest

from tests.engine.conftest import Citizen, FakeApi

SETTLED = dict.fromkeys(("what", "where", "demand", "contact"), "known")


@pytest.fixture
def at_read_back(citizen: Citizen) -> Citizen:
    citizen.draft, citizen.asking, citizen.form = dict(SETTLED), "confirmed", "intake_form"
    return citizen


def test_a_story_is_asked_only_what_is_missing(citizen: Citizen, api: FakeApi) -> None:
    first = citizen.says("老板欠我三个月工资,人也找不到了", "where")
    assert first.responses == ["utter_heard", "utter_ask_demand"]
    assert first.facts == {"what": "p0", "where": "p2"}
    assert citizen.says("把工资给我就行").asking == "contact"
    assert citizen.says("13800138000", "contact").questions == ["utter_ask_confirmed"]
    filed = citizen.says("对，就这样登记")
    assert filed.responses == ["utter_filed"]
    assert filed.body["messages"][0]["card"] == "receipt"
    assert citizen.form is None
    assert api.paths == ["cases"]


def test_a_message_that_tells_everything_is_read_back_at_once(citizen: Citizen) -> None:
    reply = citizen.says("阳光花园楼上漏水,让他赔我", "where", "demand", "contact")
    assert reply.questions == ["utter_ask_confirmed"]
    read_back = reply.body["messages"][-1]
    assert read_back["card"] == "read_back"
    assert len(read_back["choices"]) == 3


def test_what_is_not_needed_is_not_asked(citizen: Citizen) -> None:
    citizen.case_type = "建议"
    assert citizen.says("建议在路口装个红绿灯", "where").asking == "contact"


def test_a_place_without_a_name_is_accepted(citizen: Citizen) -> None:
    citizen.says("楼下烧烤店每天吵到半夜")
    reply = citizen.says("就在前面那个路口往里走一点")
    assert reply.facts["where"] == "p1"


def test_more_of_the_story_changes_nothing_that_is_known(citizen: Citizen) -> None:
    citizen.draft, citizen.asking, citizen.form = dict(SETTLED), "contact", "intake_form"
    citizen.draft.pop("contact")
    reply = citizen.says("他们一群人围着打我儿子,还拍了视频", "where")
    assert reply.responses == ["utter_noted", "utter_ask_contact"]
    assert reply.facts["what"] == "known"
    assert reply.facts["where"] == "known"


def test_a_question_that_names_a_place_is_answered_and_the_place_is_kept(citizen: Citizen) -> None:
    citizen.says("老板欠我三个月工资")
    reply = citizen.says("你们会保密吗", "where")
    assert reply.responses == ["utter_privacy", "utter_ask_demand"]
    assert reply.facts["where"] == "p2"


def test_two_questions_in_a_row_lead_back_to_the_open_one(citizen: Citizen) -> None:
    citizen.says("老板欠我三个月工资")
    assert citizen.says("要收费吗").responses == ["utter_fee", "utter_ask_where"]
    assert citizen.says("你是机器人吗").responses == ["utter_bot_challenge", "utter_ask_where"]
    assert citizen.says("你刚才问什么").responses == ["utter_ask_where"]


def test_an_answer_without_a_phone_number_is_no_contact(citizen: Citizen) -> None:
    citizen.draft, citizen.asking, citizen.form = dict(SETTLED), "contact", "intake_form"
    citizen.draft.pop("contact")
    reply = citizen.says("189开头那个")
    assert reply.responses == ["utter_hint_contact", "utter_ask_contact"]
    assert "contact" not in reply.facts


def test_who_does_not_want_to_be_known_is_told_what_that_means(citizen: Citizen) -> None:
    citizen.draft, citizen.asking, citizen.form = dict(SETTLED), "contact", "intake_form"
    citizen.draft.pop("contact")
    assert citizen.says("不想说").responses[0] == "utter_why_contact"
    reply = citizen.says("我不想留电话")
    assert reply.responses == ["utter_anonymous", "utter_ask_confirmed"]
    assert reply.facts["contact"] == "anonymous"


def test_a_refused_read_back_asks_what_to_change(at_read_back: Citizen) -> None:
    reply = at_read_back.says("有地方要改")
    assert reply.questions == ["utter_ask_change"]
    assert reply.body["messages"][-1]["card"] == "change"
    assert at_read_back.says("要收费吗").questions == ["utter_ask_change"]
    assert at_read_back.says("地点").questions == ["utter_ask_where"]
    assert at_read_back.says("要收费吗").questions == ["utter_ask_where"]
    again = at_read_back.says("东门市场旁边")
    assert again.questions == ["utter_ask_confirmed"]
    assert again.facts["where"] == "p1"


@pytest.mark.parametrize(
    ("choice", "question"),
    [
        ("地点", "utter_ask_where"),
        ("电话", "utter_ask_contact"),
        ("事情经过", "utter_ask_what"),
        ("诉求", "utter_ask_demand"),
        ("没有要改的了", "utter_ask_confirmed"),
    ],
)
def test_every_choice_of_what_to_change_leads_there(
    at_read_back: Citizen, choice: str, question: str
) -> None:
    at_read_back.says("有地方要改")
    assert at_read_back.says(choice).questions == [question]


@pytest.mark.parametrize(
    ("text", "fact"),
    [("不对,是12号", "when"), ("金额改成五千", "amount"), ("对,电话是〔电话〕", "contact")],
)
def test_a_correction_with_the_right_value_is_taken_at_once(
    at_read_back: Citizen, text: str, fact: str
) -> None:
    reply = at_read_back.says(text, fact)
    assert reply.responses == ["utter_corrected", "utter_ask_confirmed"]
    assert reply.facts[fact] == "p2"


def test_a_value_the_form_does_not_ask_for_can_be_changed(at_read_back: Citizen) -> None:
    at_read_back.says("有地方要改")
    assert at_read_back.says("时间").responses == ["utter_ask_right_value"]
    reply = at_read_back.says("上个月12号", "when")
    assert reply.responses == ["utter_corrected", "utter_ask_confirmed"]


def test_a_wrong_phone_is_asked_anew(at_read_back: Citizen) -> None:
    assert at_read_back.says("电话写错了").questions == ["utter_ask_contact"]


def test_an_affirmation_with_a_wish_is_an_affirmation(at_read_back: Citizen) -> None:
    assert at_read_back.says("对的,没问题", "demand").responses == ["utter_filed"]


def test_what_the_backend_misses_is_asked(at_read_back: Citizen, api: FakeApi) -> None:
    api.answers.append((409, {"code": "incomplete_draft", "missing": ["where"]}))
    reply = at_read_back.says("对，就这样登记")
    assert reply.responses == ["utter_ask_where"]
    assert reply.asking == "where"


def test_who_does_not_want_to_go_on_is_let_go(at_read_back: Citizen, api: FakeApi) -> None:
    reply = at_read_back.says("先不登记了")
    assert reply.responses == ["utter_cancelled"]
    assert reply.facts == {}
    assert api.paths == ["drafts/park"]


def test_starting_over_forgets_everything(at_read_back: Citizen, api: FakeApi) -> None:
    reply = at_read_back.says("重新开始")
    assert reply.responses == ["utter_start_over", "utter_ask_what"]
    assert reply.facts == {}
    assert api.paths == ["drafts/cancel"]


def test_a_request_for_a_person_promises_nobody(at_read_back: Citizen, api: FakeApi) -> None:
    reply = at_read_back.says("找工作人员")
    assert reply.responses == ["utter_human_requested"]
    assert reply.asking == "confirmed"
    assert api.calls[0][1]["reason"] == "asked"
    assert at_read_back.says("继续").questions == ["utter_ask_confirmed"]


def test_the_third_misunderstanding_offers_a_person(citizen: Citizen) -> None:
    for _ in range(2):
        assert citizen.says("asdf").responses == ["utter_default"]
    reply = citizen.says("asdf")
    assert reply.responses == ["utter_offer_human"]
    assert reply.body["messages"][0]["choices"] == ["找工作人员", "继续"]


def test_after_filing_life_goes_on(citizen: Citizen) -> None:
    citizen.memory["filed"] = True
    assert citizen.says("谢谢").responses == ["utter_thanks"]
    assert citizen.says("好的").responses == ["utter_idle"]
    assert citizen.says("电话写错了").responses == ["utter_after_filing"]


LONG = (
    "你好,我想咨询一下,我在一家电子厂上了两年班,上个月辞职,厂里说要等到下个月才结工资,还要扣五百"
    "块培训费,合同上没有写这一条。请问他们这样合法吗?我要去哪里投诉?要不要收费?大概多久能拿回来?"
)


def test_a_long_story_full_of_questions_is_a_story(citizen: Citizen) -> None:
    assert citizen.says(LONG).responses == ["utter_heard", "utter_ask_where"]
    citizen = Citizen(citizen.client)
    assert citizen.says(LONG * 8).intent == "tell_story"


def test_a_turn_leaves_nothing_behind(citizen: Citizen) -> None:
    turn = citizen.turn("老板欠我三个月工资")
    path = "/webhooks/turn/webhook"
    first, second = (citizen.client.post(path, json=turn).json() for _ in range(2))
    assert first["state"] == second["state"]
