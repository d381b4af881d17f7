"""Who accuses an official of a corrupt deed is heard, whether or not the word 举报 is said."""

import pytest

from backend_api.understanding.officials import accuses_official


@pytest.mark.parametrize(
    "text",
    [
        "我实名举报村支书收红包，低保名额都给了他亲戚",
        "村主任把征地补偿款贪了，一百多万",
        "镇上的书记和开发商吃饭收钱，我有照片",
        "社区主任把我们的救助金扣下来自己花",
        "派出所的民警收了对方的钱，不给我立案",
        "我要举报局长受贿",
        "我们校长挪用食堂的钱",
        "村干部虚报亩数套取国家补贴",
        "城管队长问我要好处费才给摆摊",
        "检举我们科长让老婆开公司接单位的活",
        "收红包的科长还在上班",
        "民政办那个主任，他要我送两条烟才肯盖章",
        "实名举报街道办一个科长收红包，在南湖街道",
        "我們村書記貪污扶貧款",
        "法官收了他的好处，判得不公",
    ],
)
def test_an_accusation_is_heard(text: str) -> None:
    assert accuses_official(text)


@pytest.mark.parametrize(
    "text",
    [
        "居委会的人不作为，找了三次都不理",
        "村委会的账三年没公开了，不知道钱去哪了",
        "举报楼下烧烤店油烟太大",
        "举报隔壁开赌场",
        "我要投诉物业经理收停车费不给发票",
        "信访局的干部态度恶劣",
        "街道办的政策朝令夕改，这样的领导不配当干部",
        "老师收礼才给调座位",
        "医生收红包才给做手术",
        "公司领导克扣我的工资",
        "老板把工程款挪用了，不发工资",
        "物业主任收了装修押金不退",
        "班主任让我们交补课费",
        "找了书记好几次，补偿款还没发下来",
        "民警让我去所里做笔录，收了我的身份证复印件",
        "村长说补贴下个月发",
        "中介骗取我的定金",
        "业委会主任挪用维修资金",
        "领导您好，房东不退押金三千块",
        "尊敬的书记：您好！开发商挪用我们的房款，楼停了一年",
        "局长你好，老板收了我的押金，还收红包",
        "",
    ],
)
def test_an_ordinary_complaint_is_none(text: str) -> None:
    assert not accuses_official(text)


def test_a_long_text_is_judged_quickly() -> None:
    assert not accuses_official("书记把钱" * 2500)


@pytest.mark.parametrize(
    "text",
    ["书记拿了开发商的钱", "村支书拿了工程队的好处", "局长拿了老板一套房", "村长拿了人家的黑钱"],
)
def test_who_took_a_firms_money_is_accused(text: str) -> None:
    assert accuses_official(text)


@pytest.mark.parametrize("text", ["书记拿了我的材料", "领导拿了文件给我看", "老板拿了我的钱跑了"])
def test_who_took_papers_is_not_accused(text: str) -> None:
    assert not accuses_official(text)
