import pytest

from backend_api.understanding import Region, locate
from backend_api.understanding.models import Models
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
    ],
)
def test_consecutive_pieces_are_one_place(text: str, found: str, read: Read) -> None:
    assert [one.text for one in read(text).fields.places] == [found]


def test_a_place_has_its_parts(read: Read) -> None:
    [place] = read("杭州市余杭区五常街道西溪花园12栋漏水").fields.places

    assert (place.province, place.city, place.county) == ("浙江省", "杭州市", "余杭区")
    assert (place.street, place.poi) == ("五常街道", "西溪花园12栋")


def test_a_place_without_a_city_is_near_the_site(read: Read) -> None:
    [place] = read("锦绣花园3栋漏水", SITE).fields.places

    assert (place.city, place.county, place.from_site) == ("深圳市", "罗湖区", True)


@pytest.mark.parametrize(
    "text", ["我们小区很吵", "我是河南信阳人", "走路摔了", "农村老家", "去医院看病"]
)
def test_generic_words_are_no_place(text: str, read: Read) -> None:
    assert read(text).fields.places == ()


def test_a_site_is_located_by_its_line(models: Models) -> None:
    assert locate("深圳市罗湖区翠竹街道水贝社区", models=models) == SITE
    assert locate("门口", models=models) == Region(poi="门口")
