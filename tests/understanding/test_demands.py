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
        ("退钱", "退钱"),
        ("把排烟口改到楼顶", "把排烟口改到楼顶"),
        ("烟往我家灌，把烟囱加高", "把烟囱加高"),
        ("尽快修好电梯", "尽快修好电梯"),
        ("电梯坏了半个月了尽快修好", "尽快修好"),
        ("把路灯修好", "把路灯修好"),
        ("补发我三个月工资", "补发我三个月工资"),
        ("停止施工", "停止施工"),
        ("物业不管，派人来清理垃圾", "派人来清理垃圾"),
        ("加装路灯", "加装路灯"),
        ("给我们装个电梯吧", "给我们装个电梯吧"),
        ("让他们别半夜施工", "让他们别半夜施工"),
        ("别再半夜打桩了", "别再半夜打桩了"),
        ("老板道歉", "老板道歉"),
        ("让学校把钱退回来，我孩子才读了一个月", "让学校把钱退回来"),
        ("我就是想拿回我的押金", "拿回我的押金"),
        ("麻烦你们尽快处理一下", "尽快处理一下"),
        ("请你们帮我把身份证的事办了", "把身份证的事办了"),
        ("希望能把公交站往前挪一点，现在要走二十分钟", "希望能把公交站往前挪一点"),
        ("我想要回我的工资，他们欠我三个月了", "要回我的工资"),
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
        "把我赶出来了",
        "退钱他不肯",
        "物业说尽快修好",
        "老板让我们停工",
        "修路把我家的水管挖断了",
        "停止供水三天了",
        "退押金的时候扣了我八百",
        "恢复供水后又停了",
        "给我开了罚单",
        "补发工资一直没动静",
        "开证明要跑三趟",
        "取消了我的低保",
        "别打电话",
        "不要让我老公知道",
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


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("希望三天内解决", []),
        ("路灯上个月坏的，要求本月底前修好", ["上个月"]),
        ("恳请年前把钱结清", []),
        ("要求补发三月份的工资", ["三月份"]),
    ],
)
def test_a_time_that_is_wished_for_is_none_of_the_event(
    text: str, times: list[str], read: Read
) -> None:
    assert [one.text for one in read(text).fields.times] == times


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("烧烤店太吵，晚上十一点以后别再放音响", "晚上十一点以后别再放音响"),
        ("周末早上九点前不许开工", "周末早上九点前不许开工"),
        ("中午十二点到两点不要施工就行", "中午十二点到两点不要施工就行"),
        ("楼上装修，半夜请停止打孔", "半夜请停止打孔"),
        ("月底之前把工资发了", "月底之前把工资发了"),
        ("下个月一号前把押金退给我", "下个月一号前把押金退给我"),
    ],
)
def test_a_wish_may_begin_with_its_time(text: str, wish: str, read: Read) -> None:
    fields = read(text).fields

    assert [one.text for one in fields.demand] == [wish]
    assert fields.times == ()


@pytest.mark.parametrize(
    "text",
    [
        "物业晚上十点以后不准我们进小区",
        "老板规定夜里十二点前不许走",
        "晚上十点以后还在施工",
        "过年前把我们的工资只发了一半",
        "去年十月把我辞退了",
    ],
)
def test_a_time_in_an_account_makes_no_wish(text: str, read: Read) -> None:
    assert read(text).fields.demand == ()


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("我们全村就盼着早点通水", "就盼着早点通水"),
        ("别的不说，只盼能拿回血汗钱", "只盼能拿回血汗钱"),
        ("我就一个要求，把押金退给我", "把押金退给我"),
        ("麻烦你们，帮我把水管修好", "帮我把水管修好"),
    ],
)
def test_hopes_are_wishes(text: str, wish: str, read: Read) -> None:
    assert [one.text for one in read(text).fields.demand] == [wish]


@pytest.mark.parametrize(
    "text",
    ["麻烦你哋，我屋企楼上成日漏水", "拜托你们，我家从上个月就没水了", "我妈一直盼着过年"],
)
def test_a_courtesy_before_an_account_is_no_wish(text: str, read: Read) -> None:
    assert read(text).fields.demand == ()


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("房东停了我家的水，要他马上恢复供水", "要他马上恢复供水"),
        ("门口全是他的纸箱，让他搬开", "让他搬开"),
        ("墙裂了一大条缝，要他们补", "要他们补"),
        ("修车铺扣着不放，我要车", "我要车"),
        ("他把我家菜地围起来了，要他还地", "要他还地"),
        ("孩子在班里被欺负，要学校处理", "要学校处理"),
        ("工地尘土飞扬，想他们洒水", "想他们洒水"),
        ("还差一个月，要老板把工资补齐", "要老板把工资补齐"),
        ("天天拍球，叫楼上的铺地垫", "叫楼上的铺地垫"),
    ],
)
def test_whatever_somebody_is_to_do_is_a_wish(text: str, wish: str, read: Read) -> None:
    assert [one.text for one in read(text).fields.demand] == [wish]


@pytest.mark.parametrize(
    "text",
    [
        "叫他搬他不搬",
        "要他修他又不修",
        "经理要他值班",
        "上个月让他修过",
        "我想他可能是忘记",
        "让他给坑了",
        "一到晚上这样，让邻居都很烦",
    ],
)
def test_what_somebody_was_told_to_do_is_no_wish(text: str, read: Read) -> None:
    assert read(text).fields.demand == ()


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("车被刮了，布吉，赔两千，13812345678", "赔两千"),
        ("手机进水不保修，罗湖，换新的，13812345678", "换新的"),
        ("买到假酒，坪山，假一赔十", "假一赔十"),
        ("押金不退，南山，退1500，匿名", "退1500"),
        ("店家不给票，龙岗，开发票，13812345678", "开发票"),
        ("等了三年，盐田，办房产证，13812345678", "办房产证"),
        ("孩子没书读，沙井，想读公办，13812345678", "想读公办"),
        ("前夫天天骚扰，龙岗，让他别再来，13812345678", "让他别再来"),
        ("中介骗我，福田，退，13812345678", "退"),
        ("楼道堆杂物，罗湖，清走，13812345678，晚上打", "清走"),
        ("工头跑了，我去找过两次，坪地，还钱，13812345678", "还钱"),
        ("村里断水，要个说法", "要个说法"),
        ("太阳能漏水，修好就行，电话13812345678", "修好就行"),
        ("快递弄坏了我的琴，照价赔偿，13812345678", "照价赔偿"),
        ("还我血汗钱", "还我血汗钱"),
    ],
)
def test_a_terse_bid_at_the_end_is_a_wish(text: str, wish: str, read: Read) -> None:
    assert [one.text for one in read(text).fields.demand] == [wish]


@pytest.mark.parametrize(
    "text",
    [
        "老板只赔两千",
        "商家说，退钱",
        "学校乱收钱，补课费，资料费",
        "社保停了，退休金，也没了",
        "装好了还得收费",
        "退钱的事他们一直拖",
        "经理骂我，让我滚",
        "工地不停工，修路修到半夜",
    ],
)
def test_the_same_words_in_an_account_are_no_wish(text: str, read: Read) -> None:
    assert read(text).fields.demand == ()


def test_what_is_looked_forward_to_is_a_wish(read: Read) -> None:
    text = "宅基地少量了半分，镇里村里互相推。俺就盼着重新丈量一回宅子"
    assert "重新丈量" in read(text).fields.demand[0].text
