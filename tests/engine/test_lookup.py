"""A case is found by number and query code, and taken back by the citizen only."""

import pytest

from tests.engine.conftest import Citizen, FakeApi, at

BOTH = ("20260000001 ABCD2345", "lookup")


def test_the_case_that_was_filed_here_is_shown_at_once(citizen: Citizen) -> None:
    reply = at(citizen, None, filed=True).says("我的事办到哪了")
    assert reply.responses == ["utter_status"]
    assert reply.body["messages"][0]["card"] == "status"


def test_a_case_filed_elsewhere_needs_number_and_code(citizen: Citizen) -> None:
    assert citizen.says("我的事办到哪了").responses == ["utter_ask_lookup"]
    reply = citizen.says(*BOTH)
    assert reply.responses == ["utter_status"]
    assert reply.slots["lookup"] == "p2"
    assert reply.asking is None


@pytest.mark.parametrize(
    "text",
    [BOTH[0], "编号20260000001,查询码ABCD2345", "20260000001\nABCD2345", "是20260000001 ABCD2345"],
)
def test_number_and_code_are_taken_out_of_the_blue(citizen: Citizen, text: str) -> None:
    assert citizen.says(text, "lookup").responses == ["utter_status"]


@pytest.mark.parametrize("text", ["20260000001", "ABCD2345", "我只有编号20260000001"])
def test_one_of_the_two_is_not_enough(citizen: Citizen, text: str) -> None:
    reply = at(citizen, "lookup").says(text)
    assert reply.responses == ["utter_hint_lookup", "utter_ask_lookup"]
    assert "lookup" not in reply.slots


@pytest.mark.parametrize("text", ["找不到编号了", "编号丢了", "查询码忘记了", "没有", "不记得了"])
def test_who_lost_them_is_shown_another_way(citizen: Citizen, text: str) -> None:
    reply = at(citizen, "lookup").says(text)
    assert reply.responses == ["utter_lookup_lost"]
    assert reply.body["messages"][0]["choices"] == ["找工作人员"]
    assert reply.asking is None


@pytest.mark.parametrize(
    ("text", "responses"),
    [
        ("老板欠我三个月工资不给,人也找不到了", ["utter_heard", "utter_ask_where"]),
        ("我要投诉", ["utter_ask_what"]),
        ("还有一件别的事", ["utter_ask_what"]),
        ("我替我爸反映", ["utter_for_other", "utter_ask_what"]),
        ("我们几户一起来的", ["utter_group", "utter_ask_what"]),
        ("我想问律师", ["utter_service", "utter_ask_what"]),
    ],
)
def test_a_matter_instead_of_number_and_code_opens_a_case(
    citizen: Citizen, text: str, responses: list[str]
) -> None:
    assert at(citizen, "lookup").says(text).responses == responses


@pytest.mark.parametrize("asking", ["lookup", "withdrawal"])
@pytest.mark.parametrize(
    ("text", "response"),
    [
        *(
            ("要收费吗", "utter_fee"),
            ("你是机器人吗", "utter_bot_challenge"),
            ("谢谢", "utter_thanks"),
        ),
        *(("我心里好难受", "utter_feeling"), ("什么意思", "utter_explain_{}")),
        *(("问这个干嘛", "utter_why_{}"), ("[图片]", "utter_photo")),
    ],
)
def test_a_question_in_between_is_answered_and_ours_put_again(
    citizen: Citizen, asking: str, text: str, response: str
) -> None:
    reply = at(citizen, asking).says(text)
    assert reply.responses == [response.format(asking), f"utter_ask_{asking}"]


@pytest.mark.parametrize("asking", ["lookup", "withdrawal"])
@pytest.mark.parametrize("text", ["等一下我找找", "稍等，接个电话"])
def test_who_needs_a_moment_is_given_one(citizen: Citizen, asking: str, text: str) -> None:
    reply = at(citizen, asking).says(text)
    assert reply.responses == ["utter_wait"]
    assert reply.asking == asking


@pytest.mark.parametrize("asking", ["lookup", "withdrawal"])
@pytest.mark.parametrize("text", ["找工作人员", "转人工"])
def test_a_person_comes_at_these_questions_too(
    citizen: Citizen, api: FakeApi, asking: str, text: str
) -> None:
    assert at(citizen, asking).says(text).responses == ["utter_human_requested"]
    assert api.paths == ["handoffs"]


@pytest.mark.parametrize("text", ["撤了吧", "我想撤回", "那个不告了，帮我撤了"])
def test_taking_back_is_asked_once_more(citizen: Citizen, api: FakeApi, text: str) -> None:
    reply = at(citizen, None, filed=True).says(text)
    assert reply.responses == ["utter_ask_withdrawal"]
    assert reply.body["messages"][0]["card"] == "status"
    assert api.paths == []


def test_the_citizen_alone_takes_it_back(citizen: Citizen, api: FakeApi) -> None:
    citizen = at(citizen, "withdrawal")
    assert citizen.says("要收费吗").questions == ["utter_ask_withdrawal"]
    assert citizen.says("是的，撤回").responses == ["utter_withdrawn"]
    assert api.paths == ["cases/withdraw"]


@pytest.mark.parametrize("text", ["不撤了", "不要撤回", "还是算了，不撤", "我再想想吧，先不撤"])
def test_who_thinks_better_of_it_keeps_the_case(citizen: Citizen, api: FakeApi, text: str) -> None:
    reply = at(citizen, "withdrawal").says(text)
    assert reply.responses == ["utter_not_withdrawn"]
    assert reply.asking is None
    assert api.paths == []


def test_another_matter_withdraws_nothing(citizen: Citizen, api: FakeApi) -> None:
    reply = at(citizen, "withdrawal").says("还有一件别的事")
    assert reply.responses == ["utter_not_withdrawn", "utter_ask_what"]
    assert api.paths == []


def test_a_case_filed_elsewhere_is_found_before_it_is_taken_back(
    citizen: Citizen, api: FakeApi
) -> None:
    reply = citizen.says("我想撤回上次的投诉")
    assert reply.responses == ["utter_withdraw_how", "utter_ask_lookup"]
    assert citizen.says(*BOTH).responses == ["utter_status"]
    assert citizen.says("撤回").responses == ["utter_ask_withdrawal"]
    assert citizen.says("是的，撤回").responses == ["utter_withdrawn"]
    assert api.paths == ["cases/withdraw"]


def test_what_was_told_after_filing_is_kept_when_the_case_is_taken_back(
    citizen: Citizen, api: FakeApi
) -> None:
    reply = at(citizen, "relation").says("那个不告了，撤了吧")
    assert reply.responses == ["utter_ask_withdrawal"]
    assert api.paths == ["cases/add"]
