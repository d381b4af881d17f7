import pytest

from backend_api.understanding.lead_ins import is_lead_in


@pytest.mark.parametrize(
    "text",
    [
        "我就一个要求",
        "是这样的，",
        "怎么说呢…",
        "我想想",
        "等一下",
        "你听我说",
        "还有",
        "也没别的",
        "嗯…",
        "我有两个诉求：",
        "有个事想咨询一下",
        "好的，我想一下",
        "是這樣的",
        "我打字慢",
    ],
)
def test_an_announcement_is_a_lead_in(text: str) -> None:
    assert is_lead_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "退钱",
        "道歉",
        "修好",
        "没有",
        "嗯",
        "好的",
        "我的要求是退钱",
        "没别的要求，退钱就行",
        "等处理结果",
        "一个问题：谁来赔",
        "三个人",
        "水贝二路",
        "查一下",
        "我" * 10_000,
    ],
)
def test_an_answer_is_none(text: str) -> None:
    assert not is_lead_in(text)
