import pytest

from backend_api.understanding.money import find_money


@pytest.mark.parametrize(
    ("text", "found", "low", "high"),
    [
        ("老板欠我5000元", "5000元", 5000, 5000),
        ("花了三千五，不给退", "三千五", 3500, 3500),
        ("一共1.2万", "1.2万", 12_000, 12_000),
        ("月薪8k拖着", "8k", 8000, 8000),
        ("赔了两万多", "两万多", 20_000, 30_000),
        ("损失好几万", "好几万", 30_000, 90_000),
        ("每月三五千", "三五千", 3000, 5000),
        ("押金4500不退", "4500", 4500, 4500),
        ("一个月两千二", "两千二", 2200, 2200),
        ("要价三千到五千", "三千到五千", 3000, 5000),
        ("要3到5万", "3到5万", 30_000, 50_000),
        ("从1块8涨价", "1块8", 1.8, 1.8),
        ("五毛钱一张", "五毛钱", 0.5, 0.5),
        ("￥99.5", "￥99.5", 99.5, 99.5),
        ("大概50万左右", "大概50万左右", 450_000, 550_000),
        ("补偿3.5万元", "3.5万元", 35_000, 35_000),
        ("金额改成5000", "5000", 5000, 5000),
        ("三千五没给", "三千五", 3500, 3500),
        ("还差我两千二", "两千二", 2200, 2200),
        ("八千五到现在不退", "八千五", 8500, 8500),
        ("欠我们3个月,一个月5000", "5000", 5000, 5000),
        ("拖了两个月，每月四千五", "四千五", 4500, 4500),
    ],
)
def test_a_sum_is_found_with_its_value(text: str, found: str, low: float, high: float) -> None:
    [money] = find_money(text)

    assert (money.text, money.min, money.max) == (found, low, high)
    assert text[money.start : money.end] == money.text


def test_an_amount_that_is_said_again_is_read_each_time() -> None:
    sums = find_money("欠我三千五，金额就是3500")

    assert [(one.text, one.max) for one in sums] == [("三千五", 3500), ("3500", 3500)]


@pytest.mark.parametrize(
    "text",
    [
        "我住3栋502",
        "投诉八百遍了没人理",
        "跑了三百趟都没办成",
        "二十多个工友",
        "2019年的事",
        "万一出事怎么办",
        "千万别打电话",
        "三千多户居民",
        "房子一百二十平",
        "千千万万的家庭",
        "一块去看看",
    ],
)
def test_other_numbers_are_no_money(text: str) -> None:
    assert find_money(text) == ()
