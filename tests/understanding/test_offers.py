"""What a turn takes out of a message that was really read: the right words for the right field."""

from uuid import uuid4

import pytest

from backend_api.turns.finders import Said
from backend_api.turns.proposals import Question, propose
from backend_api.understanding.corrections import find_corrections
from tests.understanding.conftest import Read


def offers(read: Read, text: str, asking: str | None = None) -> dict[str, str]:
    one = Said(uuid4(), 5, text, read(text), find_corrections(text))
    found = propose([one], Question(asking, 4 if asking else 0))
    return {offer.entity: offer.value for offer in found if offer.entity != "story"}


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("我爸今年八十一了，上个月3号摔了一跤", "上个月3号"),
        ("大概前年吧，是前年五月，签的合同", "前年五月"),
        ("楼下烧烤天天晚上九点出摊", None),
        ("一到凌晨两点就开始装卸货", None),
        ("昨天凌晨两点有人撬锁", "昨天凌晨两点"),
        ("路灯坏了，13812345678，晚上八点以后打", None),
    ],
)
def test_an_hour_of_every_day_is_no_day(text: str, when: str | None, read: Read) -> None:
    assert offers(read, text).get("when") == when


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("欠我九千 宝安西乡", "宝安西乡"),
        ("押金被扣了三个月 龙华大浪", "龙华大浪"),
        ("我家住盐田沙头角", "盐田沙头角"),
        ("我现在住在龙岗横岗", "龙岗横岗"),
        ("罗湖翠竹菜场脏死了", "罗湖翠竹"),
        ("山姆", "山姆"),
        ("宏图工地", "宏图工地"),
    ],
)
def test_a_place_begins_and_ends_with_its_name(text: str, where: str, read: Read) -> None:
    assert offers(read, text, "where")["where"] == where


@pytest.mark.parametrize(
    ("text", "demand"),
    [
        ("就要求把暖气修好，李秀兰13912345678", "要求把暖气修好"),
        ("希望装个护栏，我女儿电话13912345678", "希望装个护栏"),
        ("能不能修一修路灯，龙岗布吉", "能不能修一修路灯"),
        ("想要回押金，中介不理", "要回押金"),
    ],
)
def test_a_demand_ends_before_a_name_or_a_place(text: str, demand: str, read: Read) -> None:
    assert offers(read, text)["demand"] == demand


@pytest.mark.parametrize(
    "text",
    [
        *("修", "给", "管", "通", "停", "换", "退", "赔", "离", "查", "搬吧", "拆了", "关掉"),
        *("执行", "查处", "查他", "给钱", "禁止", "补发", "来水", "安静点", "能报销", "讨工资"),
    ],
)
def test_the_act_alone_answers_what_is_wanted(text: str, read: Read) -> None:
    found = offers(read, text, "demand")
    assert (found["demand"], found["answer"]) == (text, text)


@pytest.mark.parametrize(
    "text",
    [
        "王五13912345678",
        "我的名字叫何琴",
        "日期是10月2号",
        "我录了视频",
        "还有聊天记录",
        "福田上沙",
        "没有电话，手机是我邻居的",
        "都不对，从头填",
        "不对，重来",
        "把我们赶出来了",
        "老板跑路了",
        "查进度",
        "要多久才能办好",
        "你们快点",
    ],
)
def test_other_words_are_no_demand(text: str, read: Read) -> None:
    found = offers(read, text, "demand")
    assert "demand" not in found
    assert "answer" not in found


def test_the_sum_of_another_matter_is_not_the_amount(read: Read) -> None:
    assert "amount" not in offers(read, "物业不修电梯，另外老乡还欠我三千")
    assert offers(read, "房东不退押金两千，另外还骂人")["amount"] == "两千"


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("我舅妈不识字，让我来反映一下", "我舅妈"),
        ("邻居不会用手机，托我来登记", "邻居"),
        ("我同事是聋哑人，工资被扣，我替他说", "我同事"),
        ("代我媳妇反映", "我媳妇"),
    ],
)
def test_for_whom_somebody_writes_is_heard(text: str, person: str, read: Read) -> None:
    assert offers(read, text)["on_behalf"] == person


def test_a_wish_is_listed_once(read: Read) -> None:
    assert offers(read, "晚上九点后发短信")["safe_contact"] == "晚上九点后发短信"
