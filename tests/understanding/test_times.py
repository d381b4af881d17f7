from collections.abc import Mapping
from datetime import datetime

import pytest

from backend_api.understanding.models import Models
from backend_api.understanding.times import find_times

NOW = datetime(2026, 11, 21, 10, 0)  # noqa: DTZ001 -- a citizen's local time; a Saturday

TABLE: Mapping[str, tuple[str, str]] = {
    "上个月15号": ("2026-10-15", "2026-10-15"),
    "去年底": ("2025-12", "2025-12"),
    "昨晚十点多": ("2026-11-20T22", "2026-11-20T22"),
    "9月初": ("2026-09-01", "2026-09-10"),
    "12月": ("2025-12", "2025-12"),
    "这半年": ("2026-05", "2026-11"),
    "前年腊月": ("2024-12-31", "2025-01-28"),
    "国庆前": ("2026-09-17", "2026-09-30"),
    "去年中秋": ("2025-10-06", "2025-10-08"),
    "农历八月十五": ("2026-09-25", "2026-09-25"),
    "正月初六": ("2026-02-22", "2026-02-22"),
    "大年初三": ("2026-02-19", "2026-02-19"),
    "年前": ("2026-01-18", "2026-02-16"),
    "上周三晚上十一点多": ("2026-11-11T23", "2026-11-11T23"),
    "周三": ("2026-11-18", "2026-11-18"),
    "两个多月前": ("2026-09", "2026-09"),
    "2025年3月12日下午两点半": ("2025-03-12T14:30", "2025-03-12T14:30"),
    "2025-03-12": ("2025-03-12", "2025-03-12"),
    "去年12月到今年3月": ("2025-12", "2026-03"),
    "去年3月至今": ("2025-03", "2026-11"),
    "2021年到2025年": ("2021", "2025"),
    "凌晨两点": ("T02:00", "T02:00"),
    "上半年": ("2026-01", "2026-06"),
    "下个月5号": ("2026-12-05", "2026-12-05"),
    "开春那会儿": ("2026-02", "2026-03"),
    "二零二四年五月": ("2024-05", "2024-05"),
}


@pytest.mark.parametrize("text", TABLE)
def test_a_time_is_read_as_past_as_of_now(text: str, models: Models) -> None:
    [time] = find_times(text, NOW, models.times)

    assert (time.text, time.begin, time.until) == (text, *TABLE[text])


@pytest.mark.parametrize(
    "text", ["便宜一点", "第十一条", "五一路88", "有两点意见", "五十一个人", "2月31日", "8号楼"]
)
def test_other_words_are_no_time(text: str, models: Models) -> None:
    assert find_times(text, NOW, models.times) == ()


def test_the_lunar_table_agrees_with_known_new_years(models: Models) -> None:
    known = {2024: (2, 10), 2025: (1, 29), 2026: (2, 17), 2027: (2, 6)}

    for year, (month, day) in known.items():
        first = models.times.calendar.lunar(year, 1)
        assert first is not None
        assert (first.month, first.day) == (month, day)


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("我今年六十八了，从3月5号起没水", ["3月5号"]),
        ("我妈今年七十三腿脚不便", []),
        ("孩子今年9岁，今年9月没学上", ["今年9月"]),
        ("今年三十岁", []),
        ("今年10月开始", ["今年10月"]),
        ("今年十一放假时被辞退", ["今年十一放假"]),
        ("大年三十还在上班", ["大年三十"]),
    ],
)
def test_an_age_is_no_time(text: str, times: list[str], models: Models) -> None:
    assert [one.text for one in find_times(text, NOW, models.times)] == times
