from uuid import UUID

import pytest

from backend_api.turns.finders import Said, find
from tests.understanding.conftest import Read


@pytest.mark.parametrize(
    ("text", "name", "role"),
    [
        ("我叫王建国，在工地干活", "王建国", "applicant"),
        ("包工头叫李大强，不给钱", "李大强", "respondent"),
        ("我妈张秀兰住院了", "张秀兰", "beneficiary"),
        ("村东头刘老四家占了我家宅基地", "刘老四", "other"),
        ("承包地被村主任何志远转租了", "何志远", "respondent"),
    ],
)
def test_a_name_is_found_with_its_part(text: str, name: str, role: str, read: Read) -> None:
    [person] = read(text).fields.persons

    assert (person.text, person.role) == (name, role)


def test_a_title_is_found_but_not_masked(read: Read) -> None:
    analysis = read("物业的王经理说不归他管")

    assert [(one.text, one.kind) for one in analysis.fields.persons] == [("王经理", "title")]
    assert analysis.pii == ()


@pytest.mark.parametrize("text", ["😡😡太气人了", "老板跑了", "老公不管", "小区很吵", "金额不对"])
def test_other_words_are_nobody(text: str, read: Read) -> None:
    assert read(text).fields.persons == ()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("在郑州宏达建筑劳务有限公司干活", "郑州宏达建筑劳务有限公司"),
        ("在富士康上班", "富士康"),
        ("培训机构“启航教育”关门了", "启航教育"),
        ("儿子在育才小学被打", "育才小学"),
        ("在佛山市顺德区北滘镇美的集团打工", "美的集团"),
    ],
)
def test_an_organisation_is_found(text: str, name: str, read: Read) -> None:
    orgs = [one.text for one in read(text).fields.orgs if one.kind == "named"]

    assert orgs == [name]


def test_a_generic_respondent_is_kept_apart(read: Read) -> None:
    orgs = read("物业收钱不办事").fields.orgs

    assert [(one.text, one.kind) for one in orgs] == [("物业", "generic")]


@pytest.mark.parametrize(
    ("text", "respondents"),
    [
        ("我在宏达建筑公司干了半年，工资一分没给，打了12345也没用", ["宏达建筑公司"]),
        ("被东方驾校骗了四千块", ["东方驾校"]),
        ("反映给住建局，住建局让我找街道办", []),
        ("开发商一直拖着不交房，信访局说正在协调", ["开发商"]),
        ("鑫达电子厂排放污水，环保局来过一次就没下文了", ["鑫达电子厂"]),
        ("要求碧水湾物业公司退还多收的费用", ["碧水湾物业公司"]),
        ("我向安居置业交了五万定金，现在楼盘停工了", ["安居置业"]),
        ("社保局不给我办退休", ["社保局"]),
        ("三楚物业公司的电梯老出质量问题", ["三楚物业公司"]),
        ("尊敬的区教育局领导，您好", []),
    ],
)
def test_the_respondent_is_told_by_the_words_around(
    text: str, respondents: list[str], read: Read
) -> None:
    orgs = read(text).fields.orgs

    assert [one.text for one in orgs if one.role == "respondent"] == respondents


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("我姓陈，住水贝", "陈", "surname"),
        ("敝姓王，想问个事", "王", "surname"),
        ("免贵姓赵", "赵", "surname"),
        ("我姓諸葛", "諸葛", "surname"),
        ("叫我老李就行", "老李", "nickname"),
        ("称呼我小张吧", "小张", "nickname"),
        ("叫我王姐就好", "王姐", "title"),
        ("我是3栋的李梅", "李梅", "name"),
        ("我是翠园小区的住户刘强，楼上漏水", "刘强", "name"),
        ("我是2栋业主陈红，电梯坏了", "陈红", "name"),
        ("李梅,13912345678", "李梅", "name"),
        ("你好，李梅 电话13912345678", "李梅", "name"),
        ("王建国，男，45岁，想反映个问题", "王建国", "name"),
        ("陈女士", "陈女士", "title"),
        ("周先生 13800138000", "周先生", "title"),
        ("本人王建国，男，45岁", "王建国", "name"),
        ("我，李梅，实名举报", "李梅", "name"),
        ("求助人：何文辉，电话13912345678", "何文辉", "name"),
    ],
)
def test_the_citizen_names_themselves(text: str, name: str, kind: str, read: Read) -> None:
    own = [one for one in read(text).fields.persons if one.role == "applicant"]

    assert [(one.text, one.kind) for one in own] == [(name, kind)]


@pytest.mark.parametrize(
    "text",
    [
        "我是租户",
        "我是业主",
        "我是一所小学的代课老师",
        "我是外地来的农民工",
        "老板姓陈",
        "楼上住的姓王的",
        "我姓氏很少见",
        "我叫他还钱他不还",
        "叫我老实点",
        "包工头李大强,13912345678",
        "我是李梅的妈妈",
        "本人已经报警",
    ],
)
def test_other_words_name_nobody_as_the_citizen(text: str, read: Read) -> None:
    assert [one for one in read(text).fields.persons if one.role == "applicant"] == []


def test_a_whole_name_says_more_than_the_surname(read: Read) -> None:
    own = [one for one in read("我姓陈，叫陈美玲").fields.persons if one.role == "applicant"]

    assert [one.text for one in own] == ["陈美玲"]


def test_who_speaks_for_another_is_not_them(read: Read) -> None:
    [person] = read("我是李梅的妈妈").fields.persons

    assert person.role == "beneficiary"


@pytest.mark.parametrize(
    "text",
    [
        "对方跑球了莫得人管",
        "这个事情莫得法，你们看到办",
        "楼上漏水说了莫人管，都没得人理",
        "钱莫得了，巴到找他也没用",
        "都说莫管闲事，我就是不服",
        "我叫马上办",
        "我叫关门他们不听",
        "我叫关门",
        "我叫安静点",
        "我叫都别吵",
        "我叫全部退",
    ],
)
def test_dialect_and_orders_name_nobody(text: str, read: Read) -> None:
    assert read(text).fields.persons == ()


@pytest.mark.parametrize("name", ["李秀英", "欧阳春", "覃三妹", "黄开会", "莫有才", "司马光"])
@pytest.mark.parametrize(
    "card",
    [
        "{} 13812345678",
        "{}13812345678",
        "{}：138 1234 5678",
        "{}\n13812345678",
        "{} 幺三八零零一三八零零零",
        "{} 0755-25551234",
        "{}（13812345678）",
        "你好，{}，我的电话13812345678",
        "13812345678 {}",
    ],
)
def test_a_name_with_a_number_and_no_more_is_the_citizen(name: str, card: str, read: Read) -> None:
    own = [one for one in read(card.format(name)).fields.persons if one.role == "applicant"]

    assert [one.text for one in own] == [name]


@pytest.mark.parametrize(
    "text",
    ["房主 13812345678", "司机 13812345678", "王经理 13812345678", "老板李大强 13812345678"],
)
def test_the_number_of_somebody_else_is_no_card(text: str, read: Read) -> None:
    assert [one for one in read(text).fields.persons if one.role == "applicant"] == []


@pytest.mark.parametrize(
    ("text", "respondent"),
    [
        ("老板拖工资，公司叫鑫达电子厂", "鑫达电子厂"),
        ("公司是深圳市恒泰建筑有限公司，老板说没钱", "深圳市恒泰建筑有限公司"),
        ("公司不给认定，是宏远物流的", "宏远物流"),
        ("鑫源驾校骗钱，老板跑路了", "鑫源驾校"),
        ("我们老板不给钱，他叫李大强", "李大强"),
        ("包工头刘老四欠我两万，公司说不归他们管", "刘老四"),
        ("我借给赵国强五万块，他公司倒闭了不还", "赵国强"),
        ("楼上住户陈军天天打麻将，物业也不管", "陈军"),
        ("被孙丽骗了八千，平台不处理", "孙丽"),
        ("老板不发工资，招商银行催我还款", "老板"),
        ("我在星巴克门口被物业的人打了", "物业"),
        ("物业乱收费", "物业"),
    ],
)
def test_who_is_named_wins_over_who_is_only_meant(text: str, respondent: str, read: Read) -> None:
    found = find("respondent", Said(UUID(int=0), 1, text, read(text)))

    assert found
    assert found.value == respondent


@pytest.mark.parametrize("text", ["我叫没人管", "叫花子多", "莫办法", "何人来管", "老大爷摔了"])
def test_words_that_begin_like_a_family_name_are_nobody(text: str, read: Read) -> None:
    assert read(text).fields.persons == ()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我在奶茶店充了卡，店叫春日里巷，关门不退钱", "春日里巷"),
        ("报了个班，机构叫小海豚，老师跑路了", "小海豚"),
        ("公司名是恒利达，欠我三个月工资", "恒利达"),
        ("店名叫阿旺烧烤，半夜吵死人", "阿旺烧烤"),
    ],
)
def test_a_name_that_no_ending_tells_is_read_where_it_is_said(
    text: str, name: str, read: Read
) -> None:
    found = [one.text for one in read(text).fields.orgs if one.role == "respondent"]
    assert name in found


@pytest.mark.parametrize("text", ["公司叫我加班", "店叫我退卡", "机构叫停了课", "学校叫家长去签字"])
def test_whom_a_firm_calls_is_no_name_of_it(text: str, read: Read) -> None:
    assert not [one for one in read(text).fields.orgs if one.kind == "named"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("砌墙的是刘大柱，把我家过道堵了", "刘大柱"),
        ("打人的是张小虎", "张小虎"),
        ("占地盖房的人叫王海涛", "王海涛"),
    ],
)
def test_who_did_it_is_the_respondent(text: str, name: str, read: Read) -> None:
    found = [one.text for one in read(text).fields.persons if one.role == "respondent"]
    assert found == [name]


def test_who_was_beaten_is_no_respondent(read: Read) -> None:
    persons = read("昨天被打的是刘大柱").fields.persons
    assert not [one for one in persons if one.role == "respondent"]


def test_a_court_is_read_by_its_name(read: Read) -> None:
    orgs = read("法院是清平县人民法院，判了一直没执行").fields.orgs
    assert "清平县人民法院" in [one.text for one in orgs]


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("我爸摔伤了没人管，他叫刘国庆", "beneficiary"),
        ("帮朋友问问，她叫李翠花", "beneficiary"),
        ("我妈租的房子，房东不退押金，他叫李强", "respondent"),
        ("老板一直躲着，他叫钱大有", "respondent"),
    ],
)
def test_a_pronoun_means_who_was_spoken_of_last(text: str, role: str, read: Read) -> None:
    assert [one.role for one in read(text).fields.persons if one.kind == "name"] == [role]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("找了五次物业都不修", "物业"),
        ("龙岗富士康拖欠加班费", "富士康"),
        ("瑞丰健身房卷钱跑了", "瑞丰健身房"),
        ("在福永桥头工业区鸿达厂上班，不交社保", "鸿达厂"),
        ("房东乱涨电费，我找过村委会也没结果", "房东"),
    ],
)
def test_the_respondent_is_called_by_its_name_alone(text: str, name: str, read: Read) -> None:
    found = {one.text for one in read(text).fields.orgs if one.role == "respondent"}
    assert found == {name}


def test_whom_a_citizen_asked_about_the_neighbours_is_no_respondent(read: Read) -> None:
    orgs = read("楼上天天拖桌子，找物业没用").fields.orgs
    assert [one for one in orgs if one.role == "respondent"] == []
