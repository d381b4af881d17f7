import pytest

from tests.understanding.conftest import Read


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("老板拖欠我三个月工资，要求付清", "求决"),
        ("房东不退我押金", "求决"),
        ("楼下烧烤店天天吵到凌晨两点", "投诉"),
        ("请问身份证丢了怎么补办", "咨询"),
        ("你好，想问下能不能申请法律援助", "咨询"),
        ("建议在学校门口装红绿灯", "建议"),
        ("举报村支书贪污扶贫款", "举报"),
        ("路口的井盖丢了，很危险", "隐患"),
        ("心里难受，想找人说说话", "求助"),
    ],
)
def test_the_case_type_follows_what_is_said(text: str, kind: str, read: Read) -> None:
    assert read(text).case_type == kind


@pytest.mark.parametrize(
    ("text", "demand"),
    [
        ("工资没发。要求老板马上付清。", "要求老板马上付清"),
        ("希望有关部门管一管，谢谢", "希望有关部门管一管"),
        ("太吵了，能不能派人来看看？", "能不能派人来看看"),
        ("房东不退钱，我想要回押金", "我想要回押金"),
        ("恳请领导为我做主！", "恳请领导为我做主"),
    ],
)
def test_the_demand_is_a_span(text: str, demand: str, read: Read) -> None:
    assert [one.text for one in read(text).fields.demand] == [demand]


@pytest.mark.parametrize(
    "text", ["我不要求赔偿", "老板要求我们加班", "没有希望了", "物业提出不合理的要求，我没交"]
)
def test_a_denied_or_foreign_wish_is_no_demand(text: str, read: Read) -> None:
    assert read(text).fields.demand == ()


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("我妈的低保被取消了", "other"),
        ("帮我爸问一下退休的事", "other"),
        ("替邻居反映一下，他家漏水", "other"),
        ("我的工资没发", "self"),
        ("我老公打我", "self"),
        ("楼上太吵", "self"),
    ],
)
def test_the_role_tells_for_whom(text: str, role: str, read: Read) -> None:
    assert read(text).role == role
