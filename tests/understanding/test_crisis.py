import pytest

from tests.understanding.conftest import Read


@pytest.mark.parametrize(
    ("text", "level", "kind"),
    [
        ("我不想活了", 2, "self_harm"),
        ("老板说要弄死我", 2, "violence"),
        ("他们放话要打死我们全家", 2, "violence"),
        ("活着没意思了", 2, "self_harm"),
        ("要不到钱我就跳楼", 2, "self_harm"),
        ("药都买好了，今晚就解脱", 3, "self_harm"),
        ("我已经站在楼顶了", 3, "self_harm"),
        ("替我照顾好孩子", 3, "self_harm"),
        ("老公喝了酒就打我", 2, "domestic_violence"),
        ("他正在砸门，要打死我", 3, "domestic_violence"),
        ("我拿着刀去找老板拼命", 3, "threat_to_others"),
        ("真想把他砍死", 2, "threat_to_others"),
        ("老师猥亵我女儿", 2, "minor"),
        ("楼下着火了，快来人", 3, "fire_or_accident"),
        ("明天我们几十个人去堵路", 2, "group_action"),
        ("我唔想活了，想自殺", 2, "self_harm"),
    ],
)
def test_danger_is_seen(text: str, level: int, kind: str, read: Read) -> None:
    analysis = read(text)

    assert analysis.crisis.level >= level
    assert kind in analysis.crisis.kinds
    assert analysis.urgency == "crisis"
    assert all(text[one.start : one.end] for one in analysis.crisis.evidence)


@pytest.mark.parametrize(
    "text",
    [
        "气死我了",
        "跳楼价处理衣服是假的",
        "抽烟就是慢性自杀",
        "累死了，笑死我了",
        "想死你了",
        "手机老死机",
        "一刀切的政策不合理",
        "河里的鱼都死了",
        "我只想讨个说法",
        "餐厅的火锅吃坏肚子",
    ],
)
def test_idiom_is_no_danger(text: str, read: Read) -> None:
    assert read(text).crisis.level == 0


@pytest.mark.parametrize("text", ["儿子服毒自杀身亡，医院不赔", "十年前我想过自杀，早过去了"])
def test_a_danger_that_is_over_is_no_alarm(text: str, read: Read) -> None:
    assert read(text).crisis.level == 1
