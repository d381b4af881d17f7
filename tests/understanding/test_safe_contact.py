"""How somebody may be reached: each row is what is said and what may be concluded."""

import pytest

from backend_api.understanding.safe_contact import SafeContact, find_safe_contact


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("别打电话", False),
        ("请不要打电话给我", False),
        ("麻烦别来电", False),
        ("電話唔好打", False),
        ("我不方便接电话", False),
        ("莫打电话，我男人在家", False),
        ("耳朵不好，听不清", False),
        ("手机不能接，只能看消息", False),
        ("别给我打电话，有事微信说", False),
        ("可以打电话", True),
        ("随时都可以联系", True),
        ("电话联系就行", True),
        ("请打我手机", True),
        ("眼睛不好，打电话吧", True),
        ("晚上七点以后打", True),
        ("电话短信都行", True),
        ("白天别打电话", None),
        ("千万别打电话给我老公", None),
        ("电话打不通", None),
        ("我给物业打电话没人接", None),
        ("他天天打电话骚扰我", None),
        ("老板叫我别打电话", None),
    ],
)
def test_whether_a_call_is_welcome(text: str, allowed: bool | None) -> None:
    assert find_safe_contact(text).may_call is allowed


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("发短信就行", True),
        ("最好发微信", True),
        ("發信息給我", True),
        ("我听不见，文字沟通", True),
        ("联系前先发短信", True),
        ("可以发短信也可以打电话", True),
        ("不要发短信，我不识字", False),
        ("短信会被他看到", False),
        ("只接电话，微信我不看", False),
        ("别发信息过来", False),
        ("好的", None),
        ("对方发短信威胁我", None),
    ],
)
def test_whether_a_message_is_welcome(text: str, allowed: bool | None) -> None:
    assert find_safe_contact(text).may_text is allowed


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("晚上七点以后打", "晚上七点以后"),
        ("工作日中午12点到1点可以打", "工作日中午12点到1点"),
        ("周末打给我吧", "周末"),
        ("下午三点到五点方便接电话", "下午三点到五点"),
        ("白天不方便", "白天不方便"),
        ("早上九点之前不要打", "早上九点之前不要打"),
        ("我白天上班，晚上八点后再联系", "白天上班；晚上八点后"),
        ("上班时间别打，下班后可以打", "上班时间别打；下班后"),
        ("我晚上睡不着", ""),
        ("楼上晚上十点以后吵", ""),
    ],
)
def test_when_somebody_may_be_reached(text: str, hours: str) -> None:
    assert find_safe_contact(text).hours == hours


@pytest.mark.parametrize(
    "text",
    [
        "别让我老公知道",
        "不要说是什么事",
        "千万别打电话给我老公",
        "不要打到我单位",
        "别跟我家里人说",
        "怕老板知道",
        "请保密",
        "就说是送快递的",
        "不想让同事知道我投诉",
        "唔好俾人知，要保密",
        "瞒着我爸妈的",
        "别打我老公的电话",
    ],
)
def test_what_must_not_become_known(text: str) -> None:
    assert find_safe_contact(text).discreet


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("打我女儿的电话", "女儿"),
        ("联系我儿子吧", "儿子"),
        ("让我老婆接", "老婆"),
        ("这个号码是我妹妹的", "妹妹"),
        ("我女婿的电话是13912345678", "女婿"),
        ("打给我朋友就行", "朋友"),
        ("别打我老公的电话", ""),
        ("我女儿被打了", ""),
    ],
)
def test_who_else_is_to_be_reached(text: str, person: str) -> None:
    assert find_safe_contact(text).other_person == person


@pytest.mark.parametrize("text", ["", "物业不作为", "我住3栋", "13912345678", "打人的是他儿子"])
def test_nothing_said_is_nothing_concluded(text: str) -> None:
    assert find_safe_contact(text) == SafeContact()


def test_every_wish_has_its_place_in_the_text() -> None:
    text = "  別打電話，晚上八點後發短信就行，別讓我老公知道"
    found = find_safe_contact(text)

    assert (found.may_call, found.may_text, found.discreet) == (False, True, True)
    assert [text[one.start : one.end] for one in found.wishes] == [one.text for one in found.wishes]


@pytest.mark.parametrize(
    ("text", "may_call", "may_text", "hours"),
    [
        ("可以打", True, None, ""),
        ("能打的", True, None, ""),
        ("随时", True, None, ""),
        ("没关系随便打", True, None, ""),
        ("什么时候都行", True, None, ""),
        ("打吧", True, None, ""),
        ("发短信吧", None, True, ""),
        ("别打，发消息", False, True, ""),
        ("我不方便，我老公在家", False, None, ""),
        ("先不要联系我", False, None, ""),
        ("中午12点到2点", None, None, "中午12点到2点"),
        ("只能晚上", None, None, "晚上"),
        ("白天上班没空，晚上八点以后", None, None, "白天上班；晚上八点以后"),
        ("晚上七点以后打，别说是什么事，别发短信", True, False, "晚上七点以后"),
        ("短信可以，电话不行", False, True, ""),
    ],
)
def test_who_was_asked_says_it_in_few_words(
    text: str, may_call: bool | None, may_text: bool | None, hours: str
) -> None:
    found = find_safe_contact(text, asked=True)

    assert (found.may_call, found.may_text, found.hours) == (may_call, may_text, hours)


@pytest.mark.parametrize("asked", [True, False])
@pytest.mark.parametrize(
    "text", ["他不接我电话", "物业电话打不通", "他把我电话拉黑了", "打电话没人接", "他发信息骂我"]
)
def test_what_happened_on_the_telephone_is_no_wish(text: str, *, asked: bool) -> None:
    assert find_safe_contact(text, asked=asked) == SafeContact()


@pytest.mark.parametrize("text", ["随时", "可以打", "晚上八点以后"])
def test_few_words_that_answer_no_question_are_no_wish(text: str) -> None:
    assert find_safe_contact(text) == SafeContact()


def test_all_wishes_of_an_answer_are_kept() -> None:
    wishes = find_safe_contact("随时都能打，别提投诉的事，也别发短信", asked=True).wishes

    assert [one.kind.value for one in wishes] == ["call", "discreet", "no_text"]


@pytest.mark.parametrize(
    "text",
    [
        "白天我在家，听见楼上一直砸墙",
        "周末在家休息，楼下装修吵死人",
        "我打电话给我同事，同事说也没发工资",
        "打电话给我老公，他说还在加班",
        "电话联系不上他们",
        "工地晚上八点打桩",
        "昨天晚上八点打电话给物业没人接",
        "我妈的电话是骗子打的",
    ],
)
def test_what_is_told_is_no_wish_to_be_reached_so(text: str) -> None:
    assert find_safe_contact(text).wishes == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("白天我在家，可以打给我", "hours"),
        ("晚上八点打我手机", "hours"),
        ("打电话给我同事就行", "person"),
        ("有事打给我老婆", "person"),
        ("我妈的电话是13600334455", "person"),
        ("电话联系我", "call"),
    ],
)
def test_what_is_wished_stays_a_wish(text: str, kind: str) -> None:
    assert find_safe_contact(text).wishes[0].kind == kind


@pytest.mark.parametrize(
    "text",
    [
        "我男人昨夜打我，脸都肿了",
        "他每天半夜打我",
        "喝多了晚上打人",
        "前妻每天晚上打电话骂我",
        "骗子中午打我手机说中奖了",
        "隔壁每天早上七点就打桩",
        "对面店里晚上打鼓",
        "今天我打电话问了社保局",
        "钱包被小偷偷走了",
        "有人半夜偷偷倒垃圾",
        "我悄悄跟您说，厂里招童工",
        "叫他们把喇叭关小声",
        "能不能让人来看看",
        "可不可以给他们说说",
        "我妈眼睛不好，走路看不清",
        "我爸不识字，合同是别人骗他签的",
        "耳朵被打得听不见了",
        "对门是聋哑人，被人欺负",
        "我白天上班，晚上被吵得睡不着",
        "单位有保密协议",
        "老板说是快递弄丢的",
        "这是我爸的宅基地",
        "电话沟通了好多次没有结果",
        "物业微信通知停水",
        "孩子去找老师，老师不管",
        "求他别打我了",
    ],
)
def test_words_of_an_account_are_no_wish_to_be_reached_so(text: str) -> None:
    assert find_safe_contact(text).wishes == ()


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("她会翻我手机的", ["no_text"]),
        ("手机被他管着", ["no_call"]),
        ("晚上九点后给我发信息", ["hours", "text"]),
        ("有事晚上打我电话", ["hours"]),
        ("下午两点以后打13912345678", ["hours"]),
        ("13912345678，晚上打", ["hours"]),
        ("我白天睡觉，晚上六点以后再打给我", ["not_hours", "hours"]),
        ("我不识字，打电话吧", ["no_text", "call"]),
        ("手机是偷偷发的", ["discreet"]),
        ("打的时候小声点", ["discreet"]),
        ("我只能悄悄接电话", ["discreet"]),
        ("请替我保密", ["discreet"]),
    ],
)
def test_a_wish_has_the_citizen_for_its_object(text: str, kinds: list[str]) -> None:
    assert [one.kind.value for one in find_safe_contact(text).wishes] == kinds


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("不安全", ["no_call"]),
        ("不太安全，他会看我手机", ["no_call", "no_text"]),
        ("她天天查我手机", ["no_text"]),
        ("白天上班", ["not_hours"]),
        ("晚上打我", ["hours"]),
        ("打我手机", ["call"]),
        ("耳朵背", ["no_call"]),
    ],
)
def test_who_was_asked_need_not_speak_of_a_call(text: str, kinds: list[str]) -> None:
    assert [one.kind.value for one in find_safe_contact(text, asked=True).wishes] == kinds
