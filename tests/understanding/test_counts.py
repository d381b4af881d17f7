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
    ],
)
def test_the_citizens_own_family_is_nobody_affected(text: str) -> None:
    assert find_counts(text) == ()
