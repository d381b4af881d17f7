"""Who it is about, who stands behind it, and how they may be reached."""

import pytest

from tests.engine.conftest import Citizen, at


@pytest.mark.parametrize(
    "text",
    ["我替我妈反映,她的退休金三个月没发了", "帮我爸问的,他的拆迁款五年了还没拿到手"],
)
def test_a_matter_told_for_somebody_else_is_an_account(citizen: Citizen, text: str) -> None:
    reply = citizen.says(text, "on_behalf")
    assert reply.facts == {"what": "p0", "on_behalf": "p2"}
    assert reply.questions == ["utter_ask_where"]


@pytest.mark.parametrize("text", ["我替我爸反映", "我是帮邻居问的", "不是我，是我妈"])
def test_for_somebody_else_without_a_word_of_the_matter_asks_for_it(
    citizen: Citizen, text: str
) -> None:
    reply = citizen.says(text, "on_behalf")
    assert reply.responses == ["utter_for_other", "utter_ask_what"]
    assert reply.facts == {"on_behalf": "p2"}


@pytest.mark.parametrize("asking", ["where", "demand", "contact", "confirmed"])
def test_not_me_but_my_mother_is_taken_at_every_question(citizen: Citizen, asking: str) -> None:
    reply = at(citizen, asking).says("不是我，是我妈", "on_behalf")
    assert reply.facts["on_behalf"] == "p2"
    assert reply.questions == [f"utter_ask_{asking}"]


def test_the_newer_word_on_whom_it_is_for_holds(citizen: Citizen) -> None:
    citizen = at(citizen, "confirmed")
    citizen.draft["on_behalf"] = "known"
    assert citizen.says("不是我妈，我是替我爸反映的", "on_behalf").facts["on_behalf"] == "p2"


@pytest.mark.parametrize(
    "text",
    [
        "我们二十几户一起反映的,楼下工地天天半夜施工",
        "我们三十多个工友一起来的,包工头欠我们半年工资",
    ],
)
def test_a_matter_of_many_is_an_account_and_tells_of_representatives(
    citizen: Citizen, text: str
) -> None:
    reply = citizen.says(text, "people")
    assert reply.responses == ["utter_group", "utter_ask_where"]
    assert reply.facts == {"what": "p0", "people": "p2"}


@pytest.mark.parametrize("text", ["我们几户一起来的", "我是业主代表", "我们大家推我来说的"])
def test_many_together_without_the_matter_are_asked_for_it(citizen: Citizen, text: str) -> None:
    assert citizen.says(text).responses == ["utter_group", "utter_ask_what"]


def test_representatives_are_taken_and_the_question_is_put_again(citizen: Citizen) -> None:
    citizen = at(citizen, "where")
    citizen.says("我们是五户人家一起反映的", "people")
    reply = citizen.says("我们是业主代表，王芳和李强", "representatives")
    assert reply.facts["representatives"] == "p2"
    assert reply.questions == ["utter_ask_where"]


@pytest.mark.parametrize("text", ["别打电话，发短信", "晚上七点以后再打给我", "别让我老公知道"])
def test_how_to_be_reached_may_be_said_at_any_time(citizen: Citizen, text: str) -> None:
    for asking in ("where", "contact", "confirmed"):
        reply = at(Citizen(citizen.client), asking).says(text, "safe_contact")
        assert reply.responses == ["utter_safe_contact_noted", f"utter_ask_{asking}"]
        assert reply.facts["safe_contact"] == "p2"


def test_a_delicate_matter_asks_how_to_be_reached_and_no_other_does(citizen: Citizen) -> None:
    for delicate, question in ((True, "utter_ask_safe_contact"), (False, "utter_ask_confirmed")):
        citizen = at(Citizen(citizen.client), "contact")
        citizen.delicate = delicate
        assert citizen.says("13800138000", "contact").questions == [question]


def test_who_leaves_no_number_is_not_asked_how_to_be_reached(citizen: Citizen) -> None:
    citizen = at(citizen, "contact")
    citizen.delicate = True
    assert citizen.says("我不想留电话").questions == ["utter_ask_confirmed"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("方便，打电话就行", "yes"), ("方便的", "yes"), ("可以", "yes")),
        *(("不方便", "no"), ("不行", "no"), ("发短信就好", "p1"), ("先不要联系我", "p1")),
    ],
)
def test_how_to_be_reached_is_answered_in_any_words(
    citizen: Citizen, text: str, value: str
) -> None:
    reply = at(citizen, "safe_contact").says(text)
    assert reply.facts["safe_contact"] == value
    assert reply.questions == ["utter_ask_confirmed"]


def test_who_does_not_want_to_say_how_is_asked_no_third_time(citizen: Citizen) -> None:
    citizen = at(citizen, "safe_contact")
    first = citizen.says("不知道")
    assert first.responses == ["utter_why_safe_contact", "utter_ask_safe_contact"]
    second = citizen.says("不知道")
    assert second.responses == ["utter_safe_contact_open", "utter_ask_confirmed"]
    assert citizen.says("要收费吗").questions == ["utter_ask_confirmed"]
