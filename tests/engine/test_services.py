"""One entrance for the seven services, and reports on officials."""

import pytest

from tests.engine.conftest import Citizen, FakeApi, at

NAMED = [
    *(("信访诉求", "petition"), ("我想走信访程序", "petition")),
    *(("能帮我们调解一下吗", "mediation"), ("邻里纠纷找谁化解", "mediation")),
    *(("请人来调停", "mediation"), ("想找人评评理", "mediation")),
    *(("我想问律师", "law"), ("法律援助怎么申请", "law"), ("我要法律咨询", "law")),
    *(("治安联防", "security"), ("派人来巡逻", "security")),
    *(("我要上报一个隐患", "hazard"), ("小区电梯隐患上报", "hazard")),
    *(("我有个建议想提", "suggestion"), ("想给市里提个金点子", "suggestion")),
]


@pytest.mark.parametrize(("text", "service"), NAMED)
def test_a_service_is_known_by_its_name(citizen: Citizen, text: str, service: str) -> None:
    reply = citizen.says(text)
    assert reply.slots["service"] == service
    assert reply.responses == ["utter_service", "utter_ask_what"]


def test_every_service_is_answered_with_words_of_its_own(citizen: Citizen) -> None:
    said = {Citizen(citizen.client).says(text).body["messages"][0]["text"] for text, _ in NAMED}
    assert len(said) == len({service for _, service in NAMED})


@pytest.mark.parametrize("text", ["我想做心理咨询", "有没有心理医生可以聊聊", "想找人做心理疏导"])
@pytest.mark.parametrize("asking", [None, "where", "confirmed", "lookup"])
def test_who_wants_counsel_gets_a_person_and_no_form(
    citizen: Citizen, api: FakeApi, asking: str | None, text: str
) -> None:
    reply = at(citizen, asking).says(text)
    assert reply.responses == ["utter_service", "utter_human_requested"]
    assert "12356" in reply.body["messages"][0]["text"]
    assert api.paths == ["handoffs"]


@pytest.mark.parametrize(
    "text",
    [
        "我要调解,楼上天天半夜拖桌子吵得睡不着",
        "想请人民调解员管管,邻居占了我家过道不让走",
        "我要上报隐患,小区3栋的电线都掉下来了",
    ],
)
def test_a_service_named_with_the_account_asks_no_account(citizen: Citizen, text: str) -> None:
    reply = citizen.says(text)
    assert reply.facts["what"] == "p0"
    assert reply.questions == ["utter_ask_where"]


def test_a_service_named_in_the_middle_is_noted_and_the_question_put_again(
    citizen: Citizen,
) -> None:
    reply = at(citizen, "where").says("能帮我们调解一下吗")
    assert reply.responses == ["utter_service_noted", "utter_ask_where"]
    assert reply.slots["service"] == "mediation"


REPORTS = (
    *("我要举报我们镇长收钱", "实名举报村主任套取补贴款", "举报派出所所长吃拿卡要"),
    *("有个公务员索贿", "局长受贿二十万给亲戚安排工作,我要举报"),
)


@pytest.mark.parametrize("text", REPORTS)
@pytest.mark.parametrize("asking", [None, "where", "confirmed", "lookup", "withdrawal"])
def test_a_report_on_an_official_is_sealed_wherever_it_is_made(
    citizen: Citizen, asking: str | None, text: str
) -> None:
    reply = at(citizen, asking).says(text)
    assert reply.slots["report"] == "yes"
    assert reply.responses[0] == "utter_report_official"
    assert reply.form == "intake_form"


@pytest.mark.parametrize("text", ["物业经理乱收费", "老板跑了不给工钱", "邻居打人", "村里的路坏了"])
def test_a_matter_about_others_is_no_report(citizen: Citizen, text: str) -> None:
    assert "report" not in citizen.says(text).slots


def test_a_report_after_filing_is_a_matter_of_its_own(citizen: Citizen) -> None:
    reply = at(citizen, None, filed=True).says("局长受贿二十万给亲戚安排工作,我要举报")
    assert reply.responses == ["utter_report_official", "utter_ask_where"]
