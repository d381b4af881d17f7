"""More than one matter: told together, one after the other, or after the first was filed."""

import pytest

from tests.engine.conftest import Citizen, FakeApi, at

STORIES = ["小区路灯坏了三个月没人修", "楼下烧烤店每天吵到半夜,睡都睡不着", "厂里三个月没发工资了"]
ANOTHER = ["还有一件别的事", "另外我还要反映个问题", "除了这个还有一桩事"]
MORE = ["我再补充一点", "刚才漏说了一点", "还有一点刚才忘讲了"]


@pytest.fixture
def after_filing(citizen: Citizen) -> Citizen:
    return at(citizen, None, filed=True)


@pytest.mark.parametrize("asking", ["what", "where", "demand", "contact", "confirmed"])
@pytest.mark.parametrize("text", ANOTHER)
def test_one_matter_is_finished_before_the_next(citizen: Citizen, asking: str, text: str) -> None:
    reply = at(citizen, asking).says(text)
    assert reply.responses == ["utter_one_by_one", f"utter_ask_{asking}"]


@pytest.mark.parametrize("asking", [None, "where", "contact", "confirmed"])
@pytest.mark.parametrize("text", MORE)
def test_who_wants_to_add_is_let_speak(citizen: Citizen, asking: str | None, text: str) -> None:
    citizen = at(citizen, asking)
    reply = citizen.says(text)
    assert reply.responses == ["utter_go_ahead"]
    assert reply.asking == asking


def test_what_is_added_in_the_middle_is_noted(citizen: Citizen) -> None:
    citizen = at(citizen, "contact")
    citizen.says("我再补充一点")
    reply = citizen.says("他们上个月还把我家的锁换了不让我进门")
    assert reply.responses == ["utter_noted", "utter_ask_contact"]


@pytest.mark.parametrize("text", STORIES)
def test_a_story_after_filing_asks_whether_it_is_another_matter(
    after_filing: Citizen, text: str
) -> None:
    reply = after_filing.says(text)
    assert reply.responses == ["utter_ask_relation"]
    assert reply.facts["what"] == "p0"


@pytest.mark.parametrize("text", ["补充刚才那件", "是同一件事", "对，补充的", "还是那件事"])
def test_more_of_the_same_is_added_to_the_case(
    after_filing: Citizen, api: FakeApi, text: str
) -> None:
    after_filing.says(STORIES[0])
    reply = after_filing.says(text)
    assert reply.responses == ["utter_added"]
    assert reply.asking is None
    assert api.paths == ["cases/add"]
    assert after_filing.says("办到哪了").responses == ["utter_status"]


@pytest.mark.parametrize("text", ["是另外一件事", "不是，另一件", "别的事", "两码事"])
def test_another_matter_goes_on_with_what_was_told(
    after_filing: Citizen, api: FakeApi, text: str
) -> None:
    after_filing.says(STORIES[0])
    assert after_filing.says(text).responses == ["utter_heard", "utter_ask_where"]
    assert after_filing.says("要收费吗").questions == ["utter_ask_where"]
    assert api.paths == []


@pytest.mark.parametrize("text", [*ANOTHER, "我要投诉", "我想问律师"])
def test_who_announces_another_matter_after_filing_is_not_asked_whether_it_is_one(
    after_filing: Citizen, api: FakeApi, text: str
) -> None:
    assert after_filing.says(text).questions == ["utter_ask_what"]
    assert after_filing.says("要收费吗").questions == ["utter_ask_what"]
    reply = after_filing.says(STORIES[0])
    assert reply.facts["what"] == "p0"
    assert reply.questions == ["utter_ask_where"]
    assert api.paths == []


def test_the_question_whether_it_is_another_matter_is_put_again(after_filing: Citizen) -> None:
    after_filing.says(STORIES[0])
    assert after_filing.says("要收费吗").responses == ["utter_fee", "utter_ask_relation"]
    assert after_filing.says("问这个干嘛").responses == ["utter_why_relation", "utter_ask_relation"]
    assert after_filing.says("什么意思").responses == [
        "utter_explain_relation",
        "utter_ask_relation",
    ]


@pytest.mark.parametrize("text", ["那个老板昨天又来骂我了", "楼上昨晚又漏水了,地板全泡了"])
def test_what_got_worse_is_no_good_news(after_filing: Citizen, text: str) -> None:
    assert after_filing.says(text).responses == ["utter_ask_relation"]


@pytest.mark.parametrize("text", ["已经解决了,不用管了", "老板把钱给我了", "漏水的地方修好了"])
def test_good_news_is_good_news(citizen: Citizen, text: str) -> None:
    assert at(citizen, None, filed=True).says(text).responses == ["utter_resolved"]


@pytest.mark.parametrize("asking", ["where", "confirmed"])
@pytest.mark.parametrize("text", ["已经解决了,不用管了", "漏水的地方修好了", "问题都解决了"])
def test_good_news_in_the_middle_asks_whether_to_go_on(
    citizen: Citizen, asking: str, text: str
) -> None:
    reply = at(citizen, asking).says(text)
    assert reply.responses == ["utter_resolved_open"]
    assert reply.asking == asking


def test_the_other_matter_is_offered_once_the_first_is_filed(
    citizen: Citizen, api: FakeApi
) -> None:
    citizen = at(citizen, "confirmed")
    citizen.parked, citizen.memory["parked"] = 1, True
    assert citizen.says("对，就这样登记").responses == ["utter_filed", "utter_offer_parked"]
    api.parked = ["what", "contact"]
    reply = citizen.says("好的，接着登记")
    assert reply.responses == ["utter_ask_where"]
    assert reply.facts == {"what": "known", "contact": "known"}
    assert citizen.parked == 0


@pytest.mark.parametrize("text", ["先不用", "不用了", "以后再说", "不", "算了", "不登记了"])
def test_the_other_matter_may_wait(citizen: Citizen, text: str) -> None:
    citizen = at(citizen, None, filed=True)
    citizen.parked = 1
    citizen.memory |= {"parked": True, "parked_offered": True}
    assert citizen.says(text).responses == ["utter_parked_kept"]
    assert citizen.parked == 1


@pytest.mark.parametrize("text", ["还有一件事", "接着登记", "我回来了，接着说"])
def test_a_matter_that_waits_is_gone_on_with(citizen: Citizen, api: FakeApi, text: str) -> None:
    api.parked = ["what", "where", "contact"]
    citizen = at(citizen, None, filed=True)
    citizen.parked, citizen.memory["parked"] = 1, True
    assert citizen.says(text).responses == ["utter_ask_demand"]


def test_who_stopped_goes_on_where_it_was(citizen: Citizen, api: FakeApi) -> None:
    citizen = at(citizen, "contact")
    assert citizen.says("先不登记了").responses == ["utter_cancelled"]
    api.parked = ["what", "where", "demand"]
    assert citizen.says("接着登记").responses == ["utter_ask_contact"]
    assert api.paths == ["drafts/park", "drafts/parked"]


def test_who_has_nothing_waiting_is_asked_what_it_is(citizen: Citizen) -> None:
    citizen.memory["parked"] = True
    assert citizen.says("还有一件事").responses == ["utter_no_parked", "utter_ask_what"]
