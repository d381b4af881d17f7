"""What a place is to the matter, and employers that are places."""

import pytest

from backend_api.understanding.analysis import Region
from tests.understanding.conftest import Read

SITE = Region("广东省", "深圳市", "罗湖区", "翠竹街道", "水贝社区")


@pytest.mark.parametrize(
    ("text", "place", "role"),
    [
        ("我从湖南来深圳打工，老板不给钱", "湖南", "origin"),
        ("从江西过来做事，住在布吉", "江西", "origin"),
        ("老家河南的，在深圳送外卖被罚了钱", "河南", "origin"),
        ("我户口在湖北黄冈，孩子在罗湖读不了书", "湖北黄冈", "origin"),
        ("身份证地址是四川省达州市，现在租住龙岗区", "四川省达州市", "origin"),
        ("我来自广西，在宝安区一个工地受了伤", "广西", "origin"),
        ("我是湖南的，在福田区莲花街道租房", "湖南", "origin"),
        ("贵州过来的，在龙岗区做小工", "贵州", "origin"),
        ("坐车去广州的路上手机被偷了", "广州", "destination"),
        ("我有个包裹寄到北京，快递弄丢了不赔", "北京", "destination"),
        ("去武汉的火车上跟人吵架", "武汉", "destination"),
        ("家在龙岗区，回四川过年的时候门被撬了", "四川", "destination"),
        ("打算去上海找工作，被中介骗了", "上海", "destination"),
        ("告到北京也没人管，我们村在阳新县", "北京", "mention"),
        ("儿子在北京上班，我一个人住罗湖区", "北京", "mention"),
        ("以前住在福田区，现在住龙岗区，楼上太吵", "福田区", "mention"),
        ("我在东莞打工，老家湖南省浏阳市的宅基地被邻居占了", "东莞", "mention"),
    ],
)
def test_a_place_elsewhere_is_told_from_the_scene(
    text: str, place: str, role: str, read: Read
) -> None:
    roles = {one.text: one.role for one in read(text).fields.places}

    assert roles[place] == role


@pytest.mark.parametrize(
    ("text", "scene"),
    [
        ("我从湖南来深圳打工，老板不给钱", "深圳"),
        ("老家河南省信阳市的宅基地被人占了", "河南省信阳市"),
        ("老家河南的，在深圳送外卖", "深圳"),
        ("从人民路到建设路一段没有路灯", "人民路"),
        ("回到翠园小区3栋发现门被撬了", "翠园小区3栋"),
        ("我是罗湖区的，小区天天停水", "罗湖区"),
        ("我在深圳打工，工资没发", "深圳"),
        ("去年到宝安区进了一家厂", "宝安区"),
        ("我儿子在福田区上学，被老师打了", "福田区"),
        ("我们是阳新县枫林镇的，村里修路占了田", "阳新县枫林镇"),
    ],
)
def test_where_it_happened_is_the_scene(text: str, scene: str, read: Read) -> None:
    scenes = [one.text for one in read(text).fields.places if one.role == "scene"]

    assert scene in scenes


@pytest.mark.parametrize(
    ("text", "place", "org"),
    [
        ("我在宝安沙井宏达电子厂上班，三个月没发工资", "宝安沙井宏达电子厂", "宝安沙井宏达电子厂"),
        ("在横岗眼镜厂做工，押金不退", "横岗眼镜厂", "横岗眼镜厂"),
        ("在龙华富士康干活，加班费没给", "龙华", "富士康"),
        ("我在坂田华为上班", "坂田", "华为"),
        ("在郑州宏达建筑劳务有限公司干活", "郑州", "郑州宏达建筑劳务有限公司"),
        (
            "在深圳市龙岗区宝龙街道同乐社区恒基五金厂打工",
            "深圳市龙岗区宝龙街道同乐社区恒基五金厂",
            "同乐社区恒基五金厂",
        ),
        ("我在城东鑫源家具厂干了三个月", "城东鑫源家具厂", "城东鑫源家具厂"),
    ],
)
def test_an_employer_says_where_somebody_works(text: str, place: str, org: str, read: Read) -> None:
    fields = read(text).fields

    assert place in [one.text for one in fields.places]
    assert org in [one.text for one in fields.orgs]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("在岗头村工地干活，包工头跑了", "岗头村工地"),
        ("我在翠湖小区做保洁", "翠湖小区"),
        ("我在水贝金座大厦当保安", "水贝金座大厦"),
    ],
)
def test_a_place_of_work_is_a_place(text: str, place: str, read: Read) -> None:
    assert place in [one.text for one in read(text).fields.places]


@pytest.mark.parametrize(
    "text", ["在宏达建筑公司上班", "我在家乡一工厂务工", "找到项目部工作人员", "在平安保险公司上班"]
)
def test_an_employer_without_a_place_in_it_is_none(text: str, read: Read) -> None:
    assert read(text).fields.places == ()


def test_regions_that_the_tagger_takes_for_an_organisation_are_a_place(read: Read) -> None:
    fields = read("老家河南信阳的宅基地被占了").fields

    assert [one.text for one in fields.places] == ["河南信阳"]
    assert fields.orgs == ()


def test_a_county_near_the_site_is_believed_without_its_city(read: Read) -> None:
    [place] = read("我住龙岗坂田，楼上太吵", SITE).fields.places

    assert (place.city, place.county, place.from_site) == ("深圳市", "龙岗区", False)
