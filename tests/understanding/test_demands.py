"""Bare wishes, and where a wish ends; the wishes with a verb of asking are in test_kinds."""

import pytest

from tests.understanding.conftest import Read


@pytest.mark.parametrize(
    ("text", "demand"),
    [
        ("让老板给钱就行", "让老板给钱就行"),
        ("叫他们小声点", "叫他们小声点"),
        ("叫物业赶紧来修", "叫物业赶紧来修"),
        ("让驾校退钱吧", "让驾校退钱吧"),
        ("楼上天天蹦迪，叫他们晚上安静点", "叫他们晚上安静点"),
        ("让房东把押金退给我就行", "让房东把押金退给我就行"),
        ("让他们停工，电话13812345678", "让他们停工"),
        ("要回工资", "要回工资"),
        ("要回押金", "要回押金"),
        ("老板欠我八千块，干了三个月，要回工资", "要回工资"),
        ("房东把我们赶出来了，还差两个月，要回押金", "要回押金"),
        ("把工钱要回来", "把工钱要回来"),
        ("干了一年没给钱。把工钱要回来", "把工钱要回来"),
        ("包工头跑了，把血汗钱要回来就好，谢谢", "把血汗钱要回来就好"),
        ("把我的学费退了就行，别的不要", "把我的学费退了就行"),
    ],
)
def test_a_bare_bid_at_the_end_is_a_demand(text: str, demand: str, read: Read) -> None:
    assert [one.text for one in read(text).fields.demand] == [demand]


@pytest.mark.parametrize(
    "text",
    [
        "叫他们小声点，他们还骂人",
        "叫他还钱他不还",
        "让老板骂了",
        "让老板给坑了",
        "让他们给打了",
        "我去敲门，叫他们小声点",
        "我们多次让老板给钱",
        "他把押金退给我了",
        "没把钱退回来",
        "昨天终于把工钱要回来",
        "报警后，把钱要回来了",
        "要回工资的希望很小",
        "老板让他们加班",
        "公司叫他们别说话",
        "警察让他们把钱退了",
        "让他们停工了一段时间",
    ],
)
def test_what_is_told_is_no_bid(text: str, read: Read) -> None:
    assert read(text).fields.demand == ()


@pytest.mark.parametrize(
    ("text", "demand"),
    [
        ("要求马上付清，已经去劳动局投诉过没结果", "要求马上付清"),
        ("希望退还押金，之前找过居委会也没用", "希望退还押金"),
        ("要求道歉，报过警没人管", "要求道歉"),
        ("恳请尽快解决，我们都等了半年了", "恳请尽快解决"),
        ("请物业派人来修，已跟他们说过三次", "请物业派人来修"),
        ("要求取消收费，已经收了的退给业主", "要求取消收费，已经收了的退给业主"),
        ("希望查清楚，我们已反映到区里", "希望查清楚"),
    ],
)
def test_what_was_done_already_is_no_part_of_the_demand(text: str, demand: str, read: Read) -> None:
    assert [one.text for one in read(text).fields.demand] == [demand]
