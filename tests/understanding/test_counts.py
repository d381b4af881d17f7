import pytest

from backend_api.understanding.counts import find_counts


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("二十多个工友没拿到钱", 20, 30, "person"),
        ("我们三十几户都受影响", 31, 39, "household"),
        ("62名女工", 62, 62, "person"),
        ("一家五口", 5, 5, "person"),
        ("一栋楼的人都睡不着", 10, None, "person"),
        ("附近百来户人家", 90, 110, "household"),
        ("300多户业主", 300, 400, "household"),
        ("几百号人", 300, 900, "person"),
        ("幼儿园有两个孩子受伤", 2, 2, "person"),
        ("我们班三个孩子被打", 3, 3, "person"),
        ("厂里压伤了两个工友", 2, 2, "person"),
        ("同村三个老人都被骗了", 3, 3, "person"),
        ("我们一栋楼30多户", 30, 40, "household"),
        ("我们三家都漏水", 3, 3, "household"),
        ("整栋楼都没水", 10, None, "person"),
        ("我们七个人干了两个月", 7, 7, "person"),
        ("两个孩子吃了食堂的饭中毒了", 2, 2, "person"),
    ],
)
def test_people_are_counted(text: str, low: float, high: float | None, unit: str) -> None:
    [count] = find_counts(text)

    assert (count.min, count.max, count.unit) == (low, high, unit)


@pytest.mark.parametrize("text", ["我一个人住", "第三名", "两个月没发", "三户型", "万一小孩受伤"])
def test_other_numbers_count_nobody(text: str) -> None:
    assert [one for one in find_counts(text) if one.unit == "person"] == []


@pytest.mark.parametrize(
    "text",
    [
        "房东赶我走，我和老婆还有两个孩子没地方住",
        "我一个人带着两个孩子租房",
        "家里有三个小孩，押金不退我们没法过",
        "我家两个孩子都在这边上学",
        "上有两个老人要养，工资还不发",
        "老公不管，我养着两个娃",
        "我和老婆在这租了两年",
        "三个孩子都在这里上学",
        "两个老人一个孩子住六楼没电梯",
        "我是两个孩子的妈妈",
        "我和我老公两个人",
    ],
)
def test_the_citizens_own_family_is_nobody_affected(text: str) -> None:
    assert find_counts(text) == ()


@pytest.mark.parametrize(
    "text",
    ["他找了三个人打我", "来了两个师傅修不好", "被三个人打了", "四个人堵我家门", "一梯两户"],
)
def test_who_did_it_or_was_sent_is_nobody_affected(text: str) -> None:
    assert find_counts(text) == ()
