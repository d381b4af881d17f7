"""What messages propose, and what becomes of it: tables without a database."""

import re
from dataclasses import replace
from uuid import uuid4

import pytest

from backend_api.cases.rules import is_registration_number, registration_number
from backend_api.core.clock import CHINA, now
from backend_api.core.text import scrub
from backend_api.drafts.rules import How, masked_value, missing_fields, settled_slots
from backend_api.turns.finders import Found, Said
from backend_api.turns.merging import (
    Known,
    is_typing_on,
    merge,
    replaces,
    restated,
    with_more_story,
)
from backend_api.turns.proposals import Proposal, Question, propose
from backend_api.turns.rules import GIVE_UP_AT, is_out_of_danger, wait_before_retry
from backend_api.understanding.analysis import (
    Analysis,
    Crisis,
    Demand,
    Fields,
    Phone,
    Pii,
    Place,
)

EMPTY = Analysis("", "zh-Hans", (), "求决", "normal", Crisis(), "self", Fields(), ())


def said(seq: int, text: str, *places: tuple[str, str], phone: str = "") -> Said:
    found = tuple(
        Place(text.index(name), text.index(name) + len(name), name, **{level: name})
        for name, level in places
    )
    phones, pii = (), ()
    if phone:
        start = text.index(phone)
        phones = (Phone(start, start + len(phone), phone, phone, "mobile"),)
        pii = (Pii(start, start + len(phone), "phone"),)
    fields = Fields(places=found, phones=phones)
    return Said(uuid4(), seq, text, replace(EMPTY, text=text, fields=fields, pii=pii))


def by_entity(proposals: list[Proposal]) -> dict[str, str]:
    return {one.entity: one.value for one in proposals}


def test_pieces_are_one_story() -> None:
    found = by_entity(propose([said(1, "楼上漏水"), said(2, "没人管")], Question()))
    assert found == {"story": "楼上漏水\n没人管"}


def test_words_written_before_the_question_do_not_answer_it() -> None:
    early, late = said(2, "我叫李敏"), said(5, "让他赔钱")
    assert "answer" not in by_entity(propose([early], Question("demand", 4)))
    found = by_entity(propose([early, late], Question("demand", 4)))
    assert found["answer"] == "让他赔钱"


def test_a_short_answer_counts_as_a_whole_and_a_long_one_does_not() -> None:
    short = said(5, "水贝村3栋,超市楼上", ("水贝村3栋", "community"))
    assert by_entity(propose([short], Question("where", 4)))["where"] == short.text
    long = said(5, "水贝村3栋" + "他们一直推来推去" * 10, ("水贝村3栋", "community"))
    assert by_entity(propose([long], Question("where", 4)))["where"] == "水贝村3栋"


def test_an_answer_ends_where_the_next_thing_begins() -> None:
    text = "翡翠园小区3栋一楼，希望马上把电梯修好，电话13800138000"
    one = said(5, text, ("翡翠园小区3栋", "community"), phone="13800138000")
    span = Demand(text.index("希望"), text.index("，电话"), "希望马上把电梯修好")
    fields = replace(one.analysis.fields, demand=(span,))
    whole = replace(one, analysis=replace(one.analysis, fields=fields))
    found = by_entity(propose([whole], Question("where", 4)))
    assert found["where"] == "翡翠园小区3栋一楼"
    named = said(5, "华为旁边的工地，我叫李强", ("华为旁边的工地", "poi"))
    assert by_entity(propose([named], Question("where", 4)))["where"] == "华为旁边的工地"
    assert by_entity(propose([whole], Question("demand", 4)))["demand"] == (
        "一楼，希望马上把电梯修好"
    )


@pytest.mark.parametrize(
    ("message", "where"),
    [
        (said(1, "西地省A市的翠园路漏水", ("西地省A市", "city"), ("翠园路", "street")), "翠园路"),
        (
            said(1, "我在金环大厦上班,地址是水贝村", ("金环大厦", "poi"), ("水贝村", "community")),
            "水贝村",
        ),
    ],
)
def test_the_place_named_as_such_or_the_exact_one_wins(message: Said, where: str) -> None:
    assert by_entity(propose([message], Question()))["where"] == where


def test_the_engine_gets_no_phone_and_the_draft_does() -> None:
    one = next(
        one
        for one in propose([said(1, "打我13800138000", phone="13800138000")], Question())
        if one.entity == "contact"
    )
    assert (one.value, one.masked) == ("13800138000", "138****8000")


def proposal(entity: str, value: str) -> Proposal:
    return Proposal("p1", entity, value, value, How.SAID, uuid4(), 3)


@pytest.mark.parametrize(
    ("known", "new", "replacing", "result"),
    [
        pytest.param(None, proposal("where", "东门"), False, "东门", id="first-word"),
        pytest.param(
            Known("东门", "东门", How.SAID), proposal("where", "西门"), False, None, id="in-passing"
        ),
        pytest.param(
            Known("东门", "东门", How.SAID), proposal("where", "西门"), True, "西门", id="corrected"
        ),
        pytest.param(
            Known("本街道", "本街道", How.SITE), proposal("where", "西门"), False, "西门", id="site"
        ),
        pytest.param(
            Known("漏水", "漏水", How.SAID),
            proposal("story", "还停电"),
            False,
            "漏水\n还停电",
            id="story-goes-on",
        ),
        pytest.param(
            Known("漏水", "漏水", How.SAID), proposal("story", "漏水"), False, None, id="repeated"
        ),
        pytest.param(
            Known("赔钱", "赔钱", How.SAID),
            proposal("demand", "道歉"),
            False,
            "赔钱\n道歉",
            id="second-demand",
        ),
    ],
)
def test_merge(known: Known | None, new: Proposal, *, replacing: bool, result: str | None) -> None:
    merged = merge(known, new, replacing=replacing)
    assert merged == (Found(result, result) if result is not None else None)


@pytest.mark.parametrize(
    ("field", "intent", "asking", "result"),
    [
        ("where", "tell_story", None, False),
        ("where", "tell_story", "where", True),
        ("where", "correct", "confirmed", True),
        ("where", "inform", "contact", True),
        ("demand", "inform", "contact", False),
        ("what", "tell_story", "where", False),
        ("what", "correct", "confirmed", False),
        ("what", "inform", "what", True),
    ],
)
def test_replaces(field: str, intent: str, asking: str | None, *, result: bool) -> None:
    assert replaces(field, intent, asking) is result


@pytest.mark.parametrize(
    ("case_type", "known", "missing"),
    [
        (None, (), ("what", "where", "demand", "contact")),
        ("投诉", ("what",), ("where", "demand", "contact")),
        ("咨询", ("what", "where"), ("contact",)),
        ("举报", ("what", "where", "contact"), ()),
    ],
)
def test_only_what_the_type_needs_is_missing(
    case_type: str | None, known: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    assert missing_fields(known, case_type) == missing


def test_the_open_question_is_never_settled() -> None:
    facts = {"what": "x", "where": "y", "type": "咨询"}
    assert settled_slots(facts, "where") == {
        "what": "known",
        "demand": "not_needed",
        "safe_contact": "not_needed",
    }


@pytest.mark.parametrize(
    ("field", "value", "masked"),
    [
        ("contact", "13812345678", "138****5678"),
        ("contact", "0755-1234", "075****1234"),
        ("contact", "anonymous", "anonymous"),
        ("name", "王建国", "王**"),
        ("name", "王", "王*"),
        ("where", "东门", "东门"),
    ],
)
def test_masked_value(field: str, value: str, masked: str) -> None:
    assert masked_value(field, value) == masked


def test_a_misheard_digit_of_the_number_is_noticed() -> None:
    number = registration_number(now().astimezone(CHINA).date(), 42)
    assert is_registration_number(number)
    for place in range(len(number)):
        other = str((int(number[place]) + 1) % 10)
        assert not is_registration_number(number[:place] + other + number[place + 1 :])


def test_retries_end_after_about_two_minutes() -> None:
    waits = [wait_before_retry(attempts) for attempts in range(GIVE_UP_AT)]
    total = sum(wait.total_seconds() for wait in waits if wait is not None)
    assert 90 <= total <= 150
    assert wait_before_retry(GIVE_UP_AT) is None


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (" 漏水\r\n了 ", "漏水\n了"),
        ("漏\x00水\x1b", "漏水"),
        ("\u202e反", "反"),
        ("\x00\u200b\u200d", ""),
        ("👨\u200d👧", "👨\u200d👧"),
        ("漏\ud83d水", "漏\ufffd水"),
        ("😀\ud83d\ude00", "😀😀"),
    ],
)
def test_scrub(text: str, clean: str) -> None:
    assert scrub(text) == clean


def test_a_story_goes_on_while_something_else_is_asked() -> None:
    story, answer = proposal("story", "还断电"), proposal("answer", "还断电")
    assert with_more_story({}, [story], goes_on=True) == {"what": story}
    assert with_more_story({}, [story], goes_on=False) == {}
    assert with_more_story({"where": answer}, [story, answer], goes_on=True) == {"where": answer}


def test_what_came_before_the_question_goes_on_where_it_was() -> None:
    assert is_typing_on([said(2, "十几个人"), said(3, "二十来万")], Question("where", 5))
    assert not is_typing_on([said(2, "十几个人"), said(6, "在东门")], Question("where", 5))
    assert not is_typing_on([said(2, "十几个人")], Question())


def test_a_place_named_outright_takes_the_place_of_one_that_was_found() -> None:
    one = said(3, "地点是水贝村", ("水贝村", "community"))
    found = propose([one], Question())
    assert restated(found, {}) == {"where"}
    where = next(each for each in found if each.entity == "where")
    guess = Known("B市", "B市", How.SAID)
    assert merge(guess, where, replacing=False) == Found("水贝村", "水贝村")
    answered = Known("东门", "东门", How.ANSWERED)
    assert merge(answered, where, replacing=False) is None


def test_a_number_alone_does_not_answer_where() -> None:
    one = said(5, "有事打我13800138000", phone="13800138000")
    assert "answer" not in by_entity(propose([one], Question("where", 4)))
    assert by_entity(propose([one], Question("contact", 4)))["answer"] == one.text


def test_a_blanked_number_is_no_contact() -> None:
    one = said(1, "打我00000000000", phone="00000000000")
    assert "contact" not in by_entity(propose([one], Question()))


def test_of_an_answer_in_pieces_the_piece_that_says_something_counts() -> None:
    lead_in = Known("我就一个要求", "我就一个要求", How.TAKEN, 5)
    demand = proposal("demand", "尽快派人")
    near, far = replace(demand, seq=7), replace(demand, seq=30)
    assert restated([near], {"demand": lead_in}) == {"demand"}
    assert merge(lead_in, near, replacing=False) == Found("尽快派人", "尽快派人")
    assert restated([far], {"demand": lead_in}) == frozenset()


def test_words_that_only_announce_an_answer_are_none() -> None:
    assert "answer" not in by_entity(propose([said(5, "我就一个要求")], Question("demand", 4)))
    both = [said(5, "我就一个要求"), said(6, "把押金退了")]
    assert by_entity(propose(both, Question("demand", 4)))["answer"] == "把押金退了"


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("我的电话是13590001238，他的电话13700000001", "13590001238"),
        ("房东不退押金。房东电话13700000002，我要退押金", None),
        ("13700000003是骗子的电话，他骗了我两万", None),
        ("打我女儿电话13700000004", "13700000004"),
        ("老板跑路了，13700000005", "13700000005"),
    ],
)
def test_the_other_sides_number_is_never_the_citizens(text: str, contact: str | None) -> None:
    phones = tuple(
        Phone(match.start(), match.end(), match.group(), match.group(), "mobile")
        for match in re.finditer(r"\d{11}", text)
    )
    one = Said(uuid4(), 1, text, replace(EMPTY, text=text, fields=Fields(phones=phones)))
    assert by_entity(propose([one], Question())).get("contact") == contact


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("我现在安全", True),
        ("安全了", True),
        ("还是登记吧", True),
        ("我现在安全了，谢谢", True),
        ("现在没事了！", True),
        ("帮我登记", True),
        ("继续说吧", True),
        ("我不安全", False),
        ("我这里不太安全", False),
        ("他不在家我才安全", False),
        ("谁来保证我安全", False),
        ("你说我有没有危险", False),
        ("还是说不出口", False),
        ("他还是说要打我", False),
        ("不太好", False),
        ("没有安全感", False),
        ("我没事了，继续说吧", True),
        ("我没事了继续说吧", True),
        ("我现在安全，在我妈家", True),
        ("不用担心我 已经到派出所了", True),
        ("谢谢关心；我和孩子都没事了", True),
        ("谢谢关心；孩子没事了，在医院", True),
        ("警察来了，他被警察带走了，我很安全", True),
        ("我爸醒过来了，已经送到医院了，谢谢", True),
        ("好的，我住在朋友家，放心", True),
        ("没事了，还是说说我工资的事吧", True),
        ("人救出来了 接着登记吧", True),
        ("嗯嗯", False),
        ("不用管我了，没事", False),
        ("目前安全，他被抓了", True),
        ("不用担心我", False),
        ("警察来了", False),
        ("他走了", False),
        ("我在家里", False),
        ("他不在家，我才安全", False),
        ("我现在安全，但是他晚上会回来", False),
        ("安全，不过孩子还在他手里", False),
        ("现在不安全，在派出所门口", False),
        ("我没事，就是不想活了", False),
        ("我安全吗?", False),
        ("到派出所了没人理我", False),
        ("继续说他要打我的事", False),
    ],
)
def test_is_out_of_danger(text: str, *, safe: bool) -> None:
    assert is_out_of_danger(text) is safe


@pytest.mark.parametrize(
    ("text", "kind", "safe"),
    [
        ("打过119了，没事了", "fire_or_accident", True),
        ("火灭了，没人受伤", "fire_or_accident", True),
        ("火已经灭了，人都没事", "fire_or_accident", True),
        ("火已經撲滅了", "fire_or_accident", True),
        ("人都救出来了", "fire_or_accident", True),
        ("水退了，大家都平安", "fire_or_accident", True),
        ("火还没灭", "fire_or_accident", False),
        ("火灭不了", "fire_or_accident", False),
        ("有人受伤了", "fire_or_accident", False),
        ("找到了找到了", "minor", True),
        ("孩子自己回来了", "minor", True),
        ("揾到喇", "minor", True),
        ("还没找到", "minor", False),
        ("现在安静了", "domestic_violence", True),
        ("外面都散了", "violence", True),
        ("他找到了我", "violence", False),
        ("而家冇事喇", "violence", True),
        ("我哋而家安全喇", "", True),
        ("而家冇事喇", "self_harm", True),
        ("火灭了", "self_harm", False),
        ("现在安静了", "self_harm", False),
        ("找到了", "self_harm", False),
        ("没人受伤", "self_harm", False),
    ],
)
def test_what_is_over_ends_the_danger_that_it_was(text: str, kind: str, *, safe: bool) -> None:
    assert is_out_of_danger(text, kind) is safe


def test_a_place_alone_does_not_answer_what_is_wanted() -> None:
    one = said(5, "水贝村3栋", ("水贝村3栋", "community"))
    assert "answer" not in by_entity(propose([one], Question("demand", 4)))
    assert "answer" not in by_entity(propose([said(5, "嗨")], Question("where", 4)))


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("帮隔壁的李奶奶问一下低保怎么办", "隔壁的李奶奶"),
        ("替楼上独居的周大爷反映水管漏水", "楼上独居的周大爷"),
        ("给我们村的五保户说一声，房子漏雨", "我们村的五保户"),
        ("我替我妈反映", "我妈"),
        ("我是替我们家老头子来说的", "我们家老头子"),
        ("为工友讨薪", "工友"),
        ("不是我的事，是我隔壁的张阿姨", "我隔壁的张阿姨"),
    ],
)
def test_for_whom_it_is_filed_is_heard(text: str, person: str) -> None:
    assert by_entity(propose([said(1, text)], Question()))["on_behalf"] == person


@pytest.mark.parametrize(
    "text",
    ["我给邻居说过好几次了", "给孩子报名被学校拒绝", "帮我问一下", "老板让我给工友说一声不许去"],
)
def test_a_talk_or_an_errand_is_filed_for_nobody(text: str) -> None:
    assert "on_behalf" not in by_entity(propose([said(1, text)], Question()))
