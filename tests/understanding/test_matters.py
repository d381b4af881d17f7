import pytest

from backend_api.understanding.models import Models
from tests.understanding.conftest import Read

FIRST = [
    "劳动欠薪",
    "工伤",
    "劳动其他",
    "物业纠纷",
    "邻里纠纷",
    "婚姻家庭",
    "家庭暴力",
    "未成年人保护",
    "消费维权",
    "医患纠纷",
    "房屋租赁",
    "房产买卖",
    "征地拆迁",
    "交通事故",
    "噪音扰民",
    "民间借贷",
    "合同经营",
    "教育入学",
    "社保医保",
    "环境污染",
    "违建城管",
    "公共设施",
    "诈骗治安",
    "意见建议",
    "心理求助",
    "其他咨询",
]
SECOND = [
    "退役军人",
    "土地确权",
    "城市更新",
    "社会救助",
    "消防隐患",
    "检举控告",
    "涉法涉诉",
    "楼市停车",
]


def test_every_matter_of_the_domain_exists(models: Models) -> None:
    names = [one.name for one in models.matters.values()]
    below = [two.name for one in models.matters.values() for two in one.second]

    assert names == FIRST
    assert set(SECOND) <= set(below)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("包工头欠我们三个月工资", "wages"),
        ("楼上漏水把我家天花板泡坏了", "neighbours"),
        ("物业费涨价没有征求业主意见", "property"),
        ("健身房跑路了，年卡不退", "consumer"),
        ("房东不退押金", "renting"),
        ("我是退伍军人，安置一直没有落实", "social"),
    ],
)
def test_a_plain_message_finds_its_matter(text: str, code: str, read: Read) -> None:
    matter = read(text).matters[0]

    assert matter.code == code
    assert matter.p > 0.3


@pytest.mark.parametrize(
    "text",
    [
        "他",
        "我",
        "没事",
        "好的",
        "我现在安全",
        "我没事，谢谢",
        "你们说",
        "不是的",
        "我老公",
        "。。",
    ],
)
def test_a_message_that_says_nothing_has_no_matter(text: str, read: Read) -> None:
    assert read(text).matters == ()


@pytest.mark.parametrize("text", ["欠薪", "离婚", "家暴", "漏水", "老公打我"])
def test_two_words_are_enough_for_a_matter(text: str, read: Read) -> None:
    assert read(text).matters[0].p >= 0.45


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("不发钱", {"wages"}),
        ("工伤不赔", {"injury"}),
        ("没签合同", {"labour"}),
        ("电动车在楼道充电", {"facilities"}),
        ("电瓶车进电梯", {"facilities", "property"}),
        ("公交太少", {"facilities"}),
        ("油烟呛人", {"pollution"}),
        ("厂里排黑烟", {"pollution"}),
        ("楼上渗水", {"neighbours"}),
        ("宠物伤人", {"neighbours"}),
        ("半夜施工", {"noise"}),
        ("退押金", {"renting"}),
        ("延期交房", {"housing"}),
        ("网购不发货", {"consumer"}),
        ("高利贷", {"lending", "crime"}),
        ("医保报不了", {"social"}),
        ("学位不够", {"education"}),
        ("赡养老人", {"family"}),
        ("占道经营", {"illegal_building"}),
        ("肇事逃逸", {"traffic"}),
    ],
)
def test_a_few_words_find_their_matter(text: str, codes: set[str], read: Read) -> None:
    assert read(text).matters[0].code in codes


@pytest.mark.parametrize(
    "text",
    [
        "有只狗咬了我儿子",
        "我儿子被一条狗咬伤了",
        "狗咬人了主人不赔",
        "楼上的狗不拴绳扑倒我妈",
        "邻居养的狗吓到孩子了",
    ],
)
def test_a_dog_that_bites_a_child_is_between_neighbours(text: str, read: Read) -> None:
    assert read(text).matters[0].code == "neighbours"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("孩子分到很远的学校", "education"),
        ("我家孩子被分到离家十公里的小学，家门口的学校不收", "education"),
        ("小升初孩子被安排到远处的中学", "education"),
        ("孩子在学校被同学欺负", "minors"),
        ("停车场乱收费", "property"),
        ("商场停车场乱收费一小时二十", "property"),
        ("停车场里我的车被刮了", "traffic"),
        ("路上被车撞了，对方不赔", "traffic"),
    ],
)
def test_schools_and_car_parks_have_their_own_matters(text: str, code: str, read: Read) -> None:
    assert read(text).matters[0].code == code
