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
        ("带着两个孩子", 2, 2, "person"),
    ],
)
def test_people_are_counted(text: str, low: float, high: float | None, unit: str) -> None:
    [count] = find_counts(text)

    assert (count.min, count.max, count.unit) == (low, high, unit)


@pytest.mark.parametrize("text", ["我一个人住", "第三名", "两个月没发", "三户型", "万一小孩受伤"])
def test_other_numbers_count_nobody(text: str) -> None:
    assert [one for one in find_counts(text) if one.unit == "person"] == []
