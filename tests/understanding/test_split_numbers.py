"""A number typed in two messages."""

import pytest

from backend_api.understanding.split_numbers import find_split_number


@pytest.mark.parametrize(
    ("before", "text", "value", "kind"),
    [
        ("1380013", "8000", "13800138000", "phone"),
        ("我电话138 0013", "8000，打给我就行", "13800138000", "phone"),
        ("手机是139", "1234 5678", "13912345678", "phone"),
        ("139\n1234", "5678", "13912345678", "phone"),
        ("打 137-0013-", "8000", "13700138000", "phone"),
        ("１３８００１３", "８０００", "13800138000", "phone"),
        ("幺三八零零幺三", "八零零零", "13800138000", "phone"),
        ("1380013,", "后面是8000", "13800138000", "phone"),
        ("座机0755", "82345678", "075582345678", "phone"),
        ("110105194912", "31002X", "11010519491231002X", "idcard"),
    ],
)
def test_two_parts_make_a_number(before: str, text: str, value: str, kind: str) -> None:
    found = find_split_number(before, text)

    assert found is not None
    assert (found.value, found.kind) == (value, kind)
    left = before[found.before.start : found.before.end]
    right = text[found.after.start : found.after.end]
    assert len(left) + len(right) >= len(value)
    assert before.rstrip(" ,-").endswith(left.rstrip("-"))


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("13800138000", "8000"),
        ("欠我15000", "200000块"),
        ("去年12", "月的事"),
        ("138", "好的"),
        ("我电话1380013", "电话记不清了"),
        ("", "13800138000"),
        ("我住3栋", "502"),
        ("139", "13912345678"),
        ("1", "3800138000"),
        ("2024", "1231"),
        ("8" * 30, "8000"),
    ],
)
def test_other_parts_stay_apart(before: str, text: str) -> None:
    assert find_split_number(before, text) is None
