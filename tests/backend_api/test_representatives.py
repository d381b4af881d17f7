"""Who speaks for a group, in a list or in a sentence."""

import pytest

from backend_api.turns.representatives import find_representatives, number_of_named

LISTED = "林立秋 13711110001\n冯晓燕 13711110002\n葛大军 13711110003"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("代表是林立秋、冯晓燕和葛大军，电话13711110001", ("林立秋", "冯晓燕", "葛大军")),
        ("我们推林立秋、冯晓燕、葛大军做代表", ("林立秋", "冯晓燕", "葛大军")),
        ("由欧阳锋、周立波代表我们", ("欧阳锋", "周立波")),
        ("代表有三个，老王、小李和赵阿姨", ("老王", "小李", "赵阿姨")),
        ("林立秋、冯晓燕、葛大军", ("林立秋", "冯晓燕", "葛大军")),
        ("我们是业主代表，王芳和李强", ("王芳", "李强")),
        (
            "代表有林立秋13711110001、冯晓燕13711110002",
            ("林立秋13711110001", "冯晓燕13711110002"),
        ),
        (LISTED, tuple(LISTED.split("\n"))),
    ],
)
def test_they_are_found_in_a_list_and_in_a_sentence(text: str, names: tuple[str, ...]) -> None:
    found = find_representatives(text)
    assert found is not None
    assert found.texts == names
    assert not found.are_too_many


@pytest.mark.parametrize(
    "text",
    [
        "我和李强、王芳都在厂里上班，老板姓张，欠了我们三个月工资",
        "物业代表说要我们赶紧交钱，和平解决",
        "王经理和李主任骗了我们，说好的补偿没有给",
        "代表是林立秋",
        "我的电话13711110001，他的13711110002",
    ],
)
def test_others_than_those_who_speak_for_a_group_are_none(text: str) -> None:
    assert find_representatives(text) is None


def test_five_are_kept_of_more() -> None:
    found = find_representatives("代表是林立秋、冯晓燕、葛大军、邹芳、骆家明、阮小燕")
    assert found is not None
    assert found.are_too_many
    assert len(found.kept) == 5


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("打冯晓燕的就行", "13711110002"),
        ("联系葛大军吧", "13711110003"),
        ("都可以", ""),
        ("林立秋或者冯晓燕都行", ""),
    ],
)
def test_whose_number_is_meant_is_told_by_the_name(text: str, number: str) -> None:
    assert number_of_named(text, LISTED.replace("\n", "；")) == number
