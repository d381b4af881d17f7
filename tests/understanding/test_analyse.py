import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend_api.understanding.analysis import Analysis
from backend_api.understanding.masking import mask
from tests.understanding.conftest import Read

STORY = (
    "我叫王建国，住深圳市罗湖区翠竹街道水贝社区，去年底到现在老板欠我三万五千块，"
    "电话13812345678，身份证11010519491231002X。要求付清。"
)
PIECES = (
    "我叫王建国", "13812345678", "身份证11010519491231002X", "三万五", "去年12月", "深圳市", "😡",
    "\ud800", "２０", "銀行", "不想活了", "<b>", "工友二十多个", "幺三八零零一三八零零零",
    "张三丰说", "a@b.cn", "粤B12345", "\u200b", "\x00", "到", "。",
)  # fmt: skip

pieces = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=12).map("".join)
any_text = pieces | st.text(alphabet=st.characters(exclude_categories=()), max_size=120)
quiet = settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def test_the_contract_survives_json(read: Read) -> None:
    analysis = read(STORY)

    assert Analysis.from_json(json.loads(json.dumps(analysis.to_json()))) == analysis
    assert set(analysis.to_json()) >= {
        "text", "script", "matters", "case_type", "urgency", "crisis", "role", "fields", "pii",
    }  # fmt: skip
    assert set(analysis.to_json()["fields"]["times"][0]) == {
        "start", "end", "text", "from", "to", "precision",
    }  # fmt: skip


def test_personal_data_is_masked(read: Read) -> None:
    analysis = read(STORY)

    masked = mask(analysis.text, analysis.pii)
    assert "我叫〔姓名〕" in masked
    assert "电话〔电话〕" in masked
    assert "身份证〔证件〕" in masked
    assert "三万五千块" in masked


@pytest.mark.parametrize(
    ("text", "script"),
    [("銀行卡被盜刷", "Hant"), ("银行卡", "Hans"), ("hello", "Latn"), ("。。", "Zyyy")],
)
def test_the_script_is_told(text: str, script: str, read: Read) -> None:
    assert read(text).script == script


def test_traditional_and_full_width_text_keeps_its_own_characters(read: Read) -> None:
    analysis = read("被盜刷了兩萬塊，電話１３８１２３４５６７８")

    assert [(one.text, one.max) for one in analysis.fields.money] == [("兩萬塊", 20_000)]
    assert [(one.text, one.value) for one in analysis.fields.phones] == [
        ("１３８１２３４５６７８", "13812345678")
    ]


@given(text=any_text)
@quiet
def test_every_offset_is_valid_for_any_text(text: str, read: Read) -> None:
    analysis = read(text)

    assert len(analysis.text) == len(text)
    for slot in analysis.fields.__slots__:
        for one in getattr(analysis.fields, slot):
            assert 0 <= one.start < one.end <= len(text)
            assert analysis.text[one.start : one.end] == one.text
    for span in (*analysis.pii, *analysis.crisis.evidence):
        assert 0 <= span.start < span.end <= len(text)
    json.dumps(analysis.to_json()).encode()


@given(text=any_text)
@quiet
def test_masking_hides_every_personal_span(text: str, read: Read) -> None:
    analysis = read(text)
    masked = mask(analysis.text, analysis.pii)

    kept = analysis.text
    for span in reversed(analysis.pii):
        kept = kept[: span.start] + kept[span.end :]
    assert len(masked) >= len(kept)
    for number in (*analysis.fields.phones, *analysis.fields.idcards):
        hidden = any(one.start <= number.start and number.end <= one.end for one in analysis.pii)
        assert hidden or getattr(number, "kind", "") == "service"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "1" * 50_000,
        "十" * 50_000,
        "😡" * 20_000,
        "\ud800" * 500,
        "我" * 50_000,
        "尊敬的" * 2000,
        "我们业主" * 1500,
        "学校公司" * 1500,
        "有关部门" * 1500,
    ],
)
def test_extreme_text_is_read_without_trouble(text: str, read: Read) -> None:
    assert read(text).cut == (len(text) > 1600)


def test_a_very_long_text_is_read_at_both_ends_and_its_numbers_everywhere(read: Read) -> None:
    filler = "这件事说来话长。" * 2000
    text = (
        f"老板欠我５千元。{filler}电话１３８１２３４５６７８。{filler}希望尽快处理，我住翠园路8号"
    )
    analysis = read(text)

    assert analysis.cut
    assert [one.text for one in analysis.fields.money] == ["５千元"]
    assert [one.value for one in analysis.fields.phones] == ["13812345678"]
    assert [one.text for one in analysis.fields.demand] == ["希望尽快处理"]
    assert [one.text for one in analysis.fields.places] == ["翠园路8号"]
    for one in (*analysis.fields.phones, *analysis.fields.demand, *analysis.fields.places):
        assert text[one.start : one.end] == one.text


FILLER = "这件事说来话长，物业一直没有给说法。"


@pytest.mark.parametrize("length", [1700, 3000, 5900, 6100, 9000, 20_000])
@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
@pytest.mark.parametrize(
    ("said", "hidden"),
    [
        ("我叫王建国，电话13812345678。", ("王建国", "13812345678")),
        ("我是3栋的李梅，身份证11010519491231002X。", ("李梅", "11010519491231002X")),
        ("联系人陳美玲，139-1234-5678。", ("陳美玲", "139-1234-5678")),
        ("本人刘志强，微信号liuzq_8899。", ("刘志强", "liuzq_8899")),
    ],
)
def test_personal_data_is_masked_wherever_it_stands_in_a_long_text(
    said: str, hidden: tuple[str, ...], share: float, length: int, read: Read
) -> None:
    before = FILLER * int(length * share / len(FILLER))
    text = f"{before}{said}{FILLER * ((length - len(before)) // len(FILLER))}"
    analysis = read(text)

    masked = mask(analysis.text, analysis.pii)
    assert [one for one in hidden if one in masked] == []
    assert masked.count("这件事说来话长") == text.count("这件事说来话长")


def test_a_name_across_the_edge_of_what_is_read_is_masked_once(read: Read) -> None:
    for shift in range(2988, 3010, 2):
        text = f"{'啊' * shift}，我叫王建国，{'啊' * 4000}"
        analysis = read(text)

        assert "王建国" not in mask(analysis.text, analysis.pii)
        assert len([one for one in analysis.fields.persons if one.text == "王建国"]) == 1
