import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_api.understanding.numerals import Range, find, number, quantity


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("三千五", 3500),
        ("两千二", 2200),
        ("一万二千", 12_000),
        ("二十三万六", 236_000),
        ("一千二百五", 1250),
        ("三千零五", 3005),
        ("1.2万", 12_000),
        ("3万5", 35_000),
        ("12万5千", 125_000),
        ("8k", 8000),
        ("1,260", 1260),
        ("十二", 12),
        ("二零二五", 2025),
    ],
)
def test_a_plain_numeral_has_its_value(text: str, value: float) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("两万多", 20_000, 30_000),
        ("好几万", 30_000, 90_000),
        ("三五千", 3000, 5000),
        ("十几万", 110_000, 190_000),
        ("15000多", 15_000, 16_000),
        ("50万左右", 450_000, 550_000),
        ("三万以上", 30_000, None),
        ("最多三万", None, 30_000),
    ],
)
def test_a_vague_quantity_is_a_range(text: str, low: float | None, high: float | None) -> None:
    match = find(text)

    assert match is not None
    assert quantity(match) == Range(low, high)


@given(st.integers(min_value=0, max_value=99_999_999))
def test_every_written_numeral_reads_back(value: int) -> None:
    written = cn2an.an2cn(value)

    assert number(written) == value
