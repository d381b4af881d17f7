"""What is taken back, what is put in its place, and of which field."""

import pytest

from backend_api.understanding.corrections import find_corrections
from tests.understanding.conftest import Read


@pytest.mark.parametrize(
    ("text", "wrong", "right", "field"),
    [
        ("不是12号，是13号", "12号", "13号", ""),
        ("不是12号是13号", "12号", "13号", ""),
        ("不事12号，事13号", "12号", "13号", ""),
        ("不是12号，13号", "12号", "13号", ""),
        ("唔係12號，係13號", "12號", "13號", ""),
        ("不是南山，是宝安", "南山", "宝安", ""),
        ("不是在南山 在宝安", "南山", "宝安", ""),
        ("是13号，不是12号", "12号", "13号", ""),
        ("应该是3月5号不是3月15号", "3月15号", "3月5号", ""),
        ("不是三千而是五千", "三千", "五千", ""),
        ("不是鑫达电子厂，是鑫大电子厂", "鑫达电子厂", "鑫大电子厂", ""),
        ("我不是业主，是租户", "业主", "租户", ""),
        ("12号打错了，是13号", "12号", "13号", ""),
        ("三千写错了 是五千", "三千", "五千", ""),
        ("不是12号", "12号", None, ""),
        ("地址改成翠竹路8号", None, "翠竹路8号", "where"),
        ("把电话换成13912345678", None, "13912345678", "contact"),
        ("金额改成五千", None, "五千", "amount"),
        ("時間改成下午三點", None, "下午三點", "when"),
        ("公司名字错了，叫鑫达电子厂", None, "鑫达电子厂", "respondent"),
        ("电话打错了，是13912345678", None, "13912345678", "contact"),
        ("手机号码有误 13912345678", None, "13912345678", "contact"),
        ("名字打错了，我叫李梅", None, "李梅", "name"),
        ("日期写错了，9月3号", None, "9月3号", "when"),
        ("地址不对，应该是水贝二街6号", None, "水贝二街6号", "where"),
        ("人数错了，是二十个", None, "二十个", "people"),
        ("上面写错了 是罗湖区", None, "罗湖区", ""),
        ("搞错了是南山", None, "南山", ""),
        ("说错了啊 是福田", None, "福田", ""),
        ("不好意思打错了，五千", None, "五千", ""),
        ("不对，应该是18栋", None, "18栋", "where"),
        ("写错了，是8号楼", None, "8号楼", "where"),
        ("不是5栋是6栋", "5栋", "6栋", "where"),
        ("单元写错了 应该是2单元", None, "2单元", "where"),
        ("不是人民路，人民东路", "人民路", "人民东路", ""),
        ("不是五千，六千", "五千", "六千", ""),
        ("口误，是城东路", None, "城东路", ""),
        ("不对不对，是三万五", None, "三万五", ""),
        ("错了错了 应该是周五", None, "周五", ""),
        ("更正：欠款是4800元", None, "4800元", "amount"),
        ("刚才那个数不对 是7200块", None, "7200块", ""),
        ("确切地说，是11月3号", None, "11月3号", ""),
        ("应该是15号，我记错了", None, "15号", ""),
        ("记错了日期，是10月8号", None, "10月8号", "when"),
        ("不是12号是15号", "12号", "15号", ""),
        ("等等，应该是4号楼", None, "4号楼", "where"),
        ("不，是李强", None, "李强", ""),
        ("房号写成301了，应该是302", "301", "302", "where"),
        ("是6栋，写成5栋了", "5栋", "6栋", "where"),
        ("把502写成520了", "520", "502", ""),
        ("小区叫锦绣园，不是锦秀园", "锦秀园", "锦绣园", "where"),
        ("六千才对", None, "六千", ""),
        ("换成15号吧", None, "15号", ""),
    ],
)
def test_a_correction_has_its_parts(
    text: str, wrong: str | None, right: str | None, field: str
) -> None:
    [found] = find_corrections(text)

    parts = [span and text[span.start : span.end] for span in (found.wrong, found.right)]
    assert (parts, found.field) == ([wrong, right], field)


@pytest.mark.parametrize(
    "text",
    [
        "是不是12号",
        "要不是12号那天下雨",
        "不是5000吗，是他们说的",
        "不是12号就是13号",
        "不是第一次了，是第三次",
        "不是说好5000吗",
        "医院搞错了，是他们的责任",
        "老板算错了工资",
        "开庭时间改成下周三",
        "他把房子改成了仓库",
        "不是因为钱，是因为面子",
        "物业费从2块改成3块",
        "回复文不对题",
        "叫停了开发商错误的行为",
        "他说不对，应该找社区",
        "不是钱的问题，是态度问题",
        "是他打我，不是我打他",
        "应该是物业的责任，不是业主的责任",
        "说好的是5000，不是3000",
        "换成别人早就报警了",
        "我打错电话了",
        "是不是写错了",
        "不对劲，是不是漏气",
        "不，是他们不讲理",
        "不是我不搬，他们不退钱",
        "不好意思，是这样的",
    ],
)
def test_a_story_corrects_nothing(text: str) -> None:
    assert find_corrections(text) == ()


@pytest.mark.parametrize(
    ("text", "slot", "left"),
    [
        ("不是12号", "times", []),
        ("不是12号，是13号", "times", ["13号"]),
        ("不是南山，是宝安", "places", ["宝安"]),
        ("我说错了，不是三千是五千", "money", ["五千"]),
        ("唔係12號，係13號", "times", ["13號"]),
        ("不是鑫达电子厂，是鑫大电子厂", "orgs", ["鑫大电子厂"]),
        ("这不是南山区第一次停电了", "places", ["南山区"]),
        ("不是12号就是13号去的", "times", ["12号", "13号"]),
    ],
)
def test_what_is_taken_back_is_no_fact(text: str, slot: str, left: list[str], read: Read) -> None:
    assert [one.text for one in getattr(read(text).fields, slot)] == left


def test_a_phone_number_that_is_taken_back_is_masked_all_the_same(read: Read) -> None:
    analysis = read("电话不是13812345678，是13912345678")

    assert [one.value for one in analysis.fields.phones] == ["13912345678"]
    assert [one.type for one in analysis.pii] == ["phone", "phone"]
