import pytest

from backend_api.understanding.analysis import Region
from backend_api.understanding.models import Models
from backend_api.understanding.pipeline import locate
from tests.understanding.conftest import Read

SITE = Region("广东省", "深圳市", "罗湖区", "翠竹街道", "水贝社区")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("深圳市罗湖区翠竹街道水贝社区的物业不作为", "深圳市罗湖区翠竹街道水贝社区"),
        ("我住和平里7区14号楼，对门很吵", "和平里7区14号楼"),
        ("我在人民路和建设路交叉口被撞了", "人民路和建设路交叉口"),
        ("我们小区叫锦绣花园，电梯坏了", "锦绣花园"),
        ("A7县暮云镇暮云工业园水污染严重", "A7县暮云镇暮云工业园"),
        ("住在翠竹苑小区6栋2单元501", "翠竹苑小区6栋2单元501"),
        ("油烟直接往屋里灌。就在永兴五金厂6栋。", "永兴五金厂6栋"),
        ("事情发生在梅林二路87号石坝村", "梅林二路87号石坝村"),
        ("我住安居苑B区，天天停水", "安居苑B区"),
        ("白鹤村11组的水渠被人填了", "白鹤村11组"),
        ("A3区航天溪湖的业主拿不到证", "A3区航天溪湖"),
        ("东环二路与学府路交汇处的红绿灯坏了", "东环二路与学府路交汇处"),
        ("解放东路12号育才中学门口每天堵车", "解放东路12号育才中学"),
        ("人民医院门口乱停车", "人民医院"),
        ("我住红砖厂宿舍三单元", "红砖厂宿舍三单元"),
        ("事情就发生在我家楼下的小广场", "我家楼下的小广场"),
        ("地址：平桥里老菜场", "平桥里老菜场"),
        ("平湖街道龙悦花园停电两天", "平湖街道龙悦花园"),
        ("坪地街道万科翠湾漏水没人修", "坪地街道万科翠湾"),
        ("布吉街道中海春翠电梯坏了", "布吉街道中海春翠"),
    ],
)
def test_consecutive_pieces_are_one_place(text: str, found: str, read: Read) -> None:
    assert [one.text for one in read(text).fields.places] == [found]


def test_a_place_has_its_parts(read: Read) -> None:
    [place] = read("杭州市余杭区五常街道西溪花园12栋漏水").fields.places

    assert (place.province, place.city, place.county) == ("浙江省", "杭州市", "余杭区")
    assert (place.street, place.poi) == ("五常街道", "西溪花园12栋")


@pytest.mark.parametrize("text", ["中山北路的护栏断了", "我住航天溪湖，电梯坏了"])
def test_a_region_inside_another_name_is_none(text: str, read: Read) -> None:
    [place] = read(text).fields.places

    assert (place.province, place.city, place.county) == ("", "", "")


def test_a_place_without_a_city_is_near_the_site(read: Read) -> None:
    [place] = read("锦绣花园3栋漏水", SITE).fields.places

    assert (place.city, place.county, place.from_site) == ("深圳市", "罗湖区", True)


@pytest.mark.parametrize(
    "text",
    [
        "我们小区很吵",
        "我是河南信阳人",
        "走路摔了",
        "农村老家",
        "去医院看病",
        "在富士康上班",
        "我住院了",
        "事情发生在去年三月",
        "学校食堂涨价",
    ],
)
def test_generic_words_are_no_place(text: str, read: Read) -> None:
    assert read(text).fields.places == ()


def test_a_site_is_located_by_its_line(models: Models) -> None:
    assert locate("深圳市罗湖区翠竹街道水贝社区", models=models) == SITE
    assert locate("门口", models=models) == Region(poi="门口")


@pytest.mark.parametrize(
    ("text", "found", "county"),
    [
        ("龙华民治", "龙华民治", "龙华区"),
        ("在龙华民治租的房子", "龙华民治", "龙华区"),
        ("龙华大浪那边的工地", "龙华大浪", "龙华区"),
        ("光明公明一个厂", "光明公明", "光明区"),
        ("我在宝安福永租房", "宝安福永", "宝安区"),
        ("我在宝安西乡上班", "宝安西乡", "宝安区"),
        ("罗湖区东门被骗了", "罗湖区东门", "罗湖区"),
        ("龙华投诉没人管", "", ""),
        ("龙岗老板不给钱", "龙岗", "龙岗区"),
    ],
)
def test_a_subdistrict_belongs_to_the_district_before_it(
    text: str, found: str, county: str, read: Read
) -> None:
    fields = read(text).fields

    assert [(one.text, one.county) for one in fields.places] == ([(found, county)] if found else [])
    assert [one.text for one in fields.orgs if one.kind == "named"] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("就是西乡固戍那边的", "西乡固戍"),
        ("坂田雪岗路的那个华兴五金厂", "坂田雪岗路的那个华兴五金厂"),
        ("我在坂田雪岗路的那个华兴五金厂上班，工资没发", "坂田雪岗路的那个华兴五金厂"),
        ("在福永和平路的宏发鞋厂", "福永和平路的宏发鞋厂"),
        ("民治大道的那家鑫源印刷厂排黑水", "民治大道的那家鑫源印刷厂"),
        ("雪岗路的房东不退押金", "雪岗路"),
    ],
)
def test_what_stands_at_a_place_is_told_with_it(text: str, found: str, read: Read) -> None:
    assert [one.text for one in read(text).fields.places] == [found]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("我住清水河街道和顺里，楼道灯坏了", "清水河街道和顺里"),
        ("香蜜湖街道绿映苑5栋电梯坏了", "香蜜湖街道绿映苑5栋"),
        ("桂园街道松风阁，水管爆了", "桂园街道松风阁"),
        ("清水河街道和物业都不管", "清水河街道"),
    ],
)
def test_a_place_goes_on_behind_its_subdistrict(text: str, place: str, read: Read) -> None:
    assert [one.text for one in read(text).fields.places] == [place]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("龙湖香醍的物业从来不修电梯", "龙湖香醍"),
        ("恒大御景半岛交房晚了一年", "恒大御景半岛"),
        ("我们小区是中海华庭，物业不管事", "中海华庭"),
        ("东风路菜市场门口天天堵车", "东风路菜市场"),
    ],
)
def test_what_is_named_like_a_place_is_no_organisation(text: str, place: str, read: Read) -> None:
    fields = read(text).fields

    assert [one.text for one in fields.places] == [place]
    assert [one.text for one in fields.orgs if one.kind == "named"] == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("水表坏了，光明楼村，尽快换", "光明楼村"),
        ("福田岗厦，楼上漏水", "福田岗厦"),
        ("我走到龙华，手机被抢了", "龙华"),
        ("房子五年没办证，光明，办证", "光明"),
        ("我们项目在光明的隧道里", "光明"),
        ("我是在坂田那边打工的", "坂田"),
        ("垃圾没人收 都在宝安石岩", "宝安石岩"),
        ("水漫出来了 路上都是水 龙岗横岗花园", "龙岗横岗花园"),
        ("在振兴工地干活，钱没给", "振兴工地"),
    ],
)
def test_a_district_named_in_few_words_is_a_place(text: str, place: str, read: Read) -> None:
    assert [one.text for one in read(text).fields.places] == [place]


@pytest.mark.parametrize(
    "text",
    ["光明正大地收钱", "第一，小区没灯；第二，小区没水", "城中村没人管", "把我的手机弄丢了"],
)
def test_words_that_begin_or_end_like_a_place_are_none(text: str, read: Read) -> None:
    assert read(text).fields.places == ()
