"""What the words themselves decide, whatever the classifier makes of them."""

import pytest

from tests.engine.conftest import Citizen, FakeApi, Reply, at

WHOLE = "我叫李国强，今年5月8号在东城体育路的健身馆办了年卡，交了3600元，上周关门了，我要求退钱"


def asked(citizen: Citizen, asking: str | None, text: str, *facts: str) -> Reply:
    return at(Citizen(citizen.client), asking).says(text, *facts)


@pytest.mark.parametrize("text", [WHOLE, WHOLE[:30]])
@pytest.mark.parametrize("asking", [None, "what"])
def test_a_first_message_full_of_facts_is_the_account(
    citizen: Citizen, asking: str | None, text: str
) -> None:
    reply = asked(citizen, asking, text, "name", "when", "where")
    assert reply.intent == "tell_story"
    assert reply.facts["what"] == "p0"


@pytest.mark.parametrize(
    "text",
    [
        *("要钱", "要钱治病", "要钱看病用", "想要回工资", "要他还钱", "要回我的钱"),
        *("要讨个说法", "我要告他", "想攞返啲人工", "攞返份人工", "把人工费结给我", "快点解决"),
    ],
)
def test_a_wish_is_no_question(citizen: Citizen, text: str) -> None:
    reply = asked(citizen, "demand", text)
    assert reply.asking == "contact"
    assert reply.facts["demand"] == "p1"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        *(("要钱吗", "ask_fee"), ("收不收钱", "ask_fee"), ("多少钱", "ask_fee")),
        *(("这个违法吗", "ask_law"), ("查一下进度", "ask_progress")),
        *(("转人工", "ask_human"), ("找工作人员", "ask_human")),
    ],
)
def test_a_question_stays_a_question(citizen: Citizen, text: str, intent: str) -> None:
    reply = asked(citizen, "demand", text)
    assert reply.intent == intent
    assert "demand" not in reply.facts


def test_wages_in_cantonese_are_no_wish_for_a_person(citizen: Citizen) -> None:
    assert asked(citizen, None, "想攞返啲人工").intent == "tell_story"


@pytest.mark.parametrize(
    "text",
    [
        "不用留了",
        "不用了",
        "免了",
        "免",
        "不方便",
        "没有电话",
        "没手机",
        "不留了",
        "就不用留电话了吧",
    ],
)
def test_a_clear_refusal_of_the_phone_is_accepted(citizen: Citizen, text: str) -> None:
    reply = asked(citizen, "contact", text)
    assert reply.responses == ["utter_anonymous", "utter_ask_confirmed"]
    assert reply.facts["contact"] == "anonymous"


def test_a_number_after_a_refusal_is_taken(citizen: Citizen) -> None:
    assert asked(citizen, "contact", "座机不用了", "contact").facts["contact"] == "p2"


@pytest.mark.parametrize("text", ["不", "没有", "跳过", "不想说", "算了", "那算了吧"])
def test_a_bare_no_to_the_phone_is_explained_with_a_way_out(citizen: Citizen, text: str) -> None:
    citizen = at(citizen, "contact")
    first = citizen.says(text)
    assert first.responses == ["utter_why_contact", "utter_ask_contact"]
    second = citizen.says("好")
    assert second.responses == ["utter_hint_contact", "utter_ask_contact"]
    for reply in (first, second):
        assert all(each["choices"] == ["我不想留电话"] for each in reply.body["messages"])
    assert citizen.says("我不想留电话").facts["contact"] == "anonymous"


@pytest.mark.parametrize(
    ("asking", "choice", "kept", "following"),
    [
        ("where", "我说不清具体地点", "unknown", "demand"),
        ("demand", "请工作人员帮我想想办法", "p1", "contact"),
    ],
)
def test_the_way_out_of_a_question_is_an_answer(
    citizen: Citizen, asking: str, choice: str, kept: str, following: str
) -> None:
    for refusal in ("不知道怎么说", "不想说"):
        citizen = at(Citizen(citizen.client), asking)
        reply = citizen.says(refusal)
        assert reply.responses == [f"utter_why_{asking}", f"utter_ask_{asking}"]
        assert reply.body["messages"][0]["choices"] == [choice]
    citizen.memory["asked_again"] = True  # the worker counts the question that got nowhere
    reply = citizen.says(choice)
    assert reply.facts[asking] == kept
    assert reply.asking == following


@pytest.mark.parametrize(
    "text", ["先这样吧，谢谢", "先这样吧", "就先这样", "那就先这样吧", "好，先这样", "先到这里吧"]
)
def test_a_vague_yes_is_read_back_again(citizen: Citizen, text: str) -> None:
    reply = asked(citizen, "confirmed", text)
    assert reply.responses == ["utter_why_confirmed", "utter_ask_confirmed"]


@pytest.mark.parametrize(
    "text",
    [
        "不要赔偿了，只要他道歉",
        "我不要修了，我要换新的",
        "我要双倍赔偿",
        "我不要工资了，我要双倍赔偿",
    ],
)
def test_another_wish_at_the_read_back_replaces_the_first(citizen: Citizen, text: str) -> None:
    reply = asked(citizen, "confirmed", text, "demand")
    assert reply.responses == ["utter_corrected", "utter_ask_confirmed"]
    assert reply.facts["demand"] == "p2"


@pytest.mark.parametrize("text", ["删掉电话", "把我的电话删了", "手机号去掉"])
def test_a_phone_can_be_taken_back(citizen: Citizen, text: str) -> None:
    reply = asked(citizen, "confirmed", text)
    assert reply.responses == ["utter_anonymous", "utter_ask_confirmed"]
    assert reply.facts["contact"] == "anonymous"


@pytest.mark.parametrize("asking", [None, "what", "where", "demand", "contact", "confirmed"])
@pytest.mark.parametrize("text", ["那我跟你说有啥用", "1111", "登记有用吗", "快点", "9999"])
def test_only_a_farewell_is_goodbye(citizen: Citizen, asking: str | None, text: str) -> None:
    assert asked(citizen, asking, text).intent not in {"goodbye", "insult", "ask_law", "affirm"}


@pytest.mark.parametrize("text", ["登记有用吗", "那我跟你说有啥用", "反映了管用吗"])
@pytest.mark.parametrize("asking", [None, "where", "demand", "contact"])
def test_what_it_is_good_for_is_answered(citizen: Citizen, asking: str | None, text: str) -> None:
    assert asked(citizen, asking, text).responses[0] == "utter_help"


@pytest.mark.parametrize("text", ["再见", "拜拜", "我先去忙了", "88"])
def test_a_farewell_is_goodbye(citizen: Citizen, text: str) -> None:
    assert asked(citizen, None, text).responses == ["utter_goodbye"]


def test_who_thinks_better_of_it_goes_on(citizen: Citizen, api: FakeApi) -> None:
    citizen = at(citizen, "confirmed")
    api.parked = list(citizen.draft)
    assert citizen.says("先不登记了").facts == {}
    assert citizen.says("算了还是登记吧").responses == ["utter_ask_confirmed"]
    assert asked(citizen, "confirmed", "算了，还是帮我登记吧").questions == ["utter_ask_confirmed"]
    assert asked(citizen, "confirmed", "还是别登记了").intent == "cancel"


@pytest.mark.parametrize("text", ["没有什么要求", "没要求", "不知道该怎么办"])
def test_who_has_no_wish_is_shown_a_way_out(citizen: Citizen, text: str) -> None:
    reply = asked(citizen, "demand", text)
    assert reply.responses == ["utter_why_demand", "utter_ask_demand"]


def test_money_for_the_doctor_is_no_question_of_fees(citizen: Citizen) -> None:
    assert asked(citizen, None, "要钱治病").intent == "tell_story"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "对",
            "对的对的",
            "嗯 没错",
            "是的，就这样登记吧",
            "可以",
            "OK",
            "yes",
            "都对，麻烦您了",
            "好嘞",
        ),
        *("没问题，提交吧", "行，就按这个报", "确认无误", "中", "要得", "冇错", "我说的都对"),
    ],
)
def test_a_plain_yes_files(citizen: Citizen, text: str) -> None:
    assert asked(citizen, "confirmed", text).responses[0] == "utter_filed"


@pytest.mark.parametrize(
    "text",
    [
        *("我不同意", "不可以登记", "可以先不登记吗", "确定要登记吗", "可以改吗", "嗯？", "对个屁"),
        *(
            "好了没有啊",
            "对不起打扰了",
            "对\n等一下\n地址不对",
            "是不是登记了就完了",
            "行不行啊你们",
        ),
    ],
)
def test_a_doubtful_word_files_nothing(citizen: Citizen, text: str) -> None:
    assert "utter_filed" not in asked(citizen, "confirmed", text).responses


@pytest.mark.parametrize(
    "text",
    [
        *("还是那个电话", "电话就是我现在用的这个", "你们不是有我电话吗", "上次不是留过了"),
        *("号码我记不住", "我手机丢了", "我怕你们不管"),
    ],
)
def test_nobody_is_made_anonymous_who_did_not_say_so(citizen: Citizen, text: str) -> None:
    reply = asked(citizen, "contact", text)
    assert reply.asking == "contact"
    assert reply.slots.get("contact") != "anonymous"
