import pytest

from backend_api.understanding.accounts import find_accounts
from backend_api.understanding.digits import find_numbers


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("电话13812345678", "13812345678", "mobile"),
        ("打139-1234-5678", "13912345678", "mobile"),
        ("+86 138 0013 8000", "13800138000", "mobile"),
        ("电话是幺三八零零一三八零零零", "13800138000", "mobile"),
        ("一三八 0013 8000", "13800138000", "mobile"),
        ("0755-12345678", "075512345678", "landline"),
        ("座机82345678", "82345678", "landline"),
        ("400-800-1234", "4008001234", "service"),
    ],
)
def test_a_phone_is_found(text: str, value: str, kind: str) -> None:
    [phone] = find_numbers(text).phones

    assert (phone.value, phone.kind) == (value, kind)


def test_two_phones_with_a_blank_between_are_two() -> None:
    phones = find_numbers("13812345678 13912345678").phones

    assert [one.value for one in phones] == ["13812345678", "13912345678"]


@pytest.mark.parametrize("text", ["拨打12345", "2025年12月13日", "每月1200", "报警110", "三千五百"])
def test_other_numbers_are_no_phone(text: str) -> None:
    assert find_numbers(text).phones == ()


@pytest.mark.parametrize(
    ("text", "valid"),
    [("身份证11010519491231002X", True), ("身份证号411325198503074210", False)],
)
def test_an_identity_card_is_masked_even_with_a_wrong_checksum(text: str, valid: bool) -> None:
    numbers = find_numbers(text)

    assert [one.valid for one in numbers.idcards] == [valid]
    assert [one.type for one in numbers.pii] == ["idcard"]


@pytest.mark.parametrize("text", ["卡号6222 0212 3456 7890 128", "打到4111111111111111"])
def test_a_bank_card_is_personal(text: str) -> None:
    assert [one.type for one in find_numbers(text).pii] == ["bankcard"]


@pytest.mark.parametrize(
    ("text", "kind", "span"),
    [
        ("邮箱zhang.san@example.com", "email", "zhang.san@example.com"),
        ("微信号chenhao_88", "account", "chenhao_88"),
        ("QQ：12345678", "account", "12345678"),
        ("车牌粤B12345撞了我", "plate", "粤B12345"),
    ],
)
def test_handles_are_personal(text: str, kind: str, span: str) -> None:
    [pii] = find_accounts(text)

    assert (pii.type, text[pii.start : pii.end]) == (kind, span)


@pytest.mark.parametrize("text", ["李三13812345678", "王五 13812345678", "我叫赵一，13812345678"])
def test_a_name_that_ends_in_a_numeral_is_no_part_of_the_number(text: str) -> None:
    assert [one.value for one in find_numbers(text).phones] == ["13812345678"]
