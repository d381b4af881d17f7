"""The console's words."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.clock import hour, minutes_between, stamp
from console.pages.unmasking import REASONS
from console.texts import LANGUAGES, catalogue, text_in, word_in
from console.values import words

CONSOLE = Path(__file__).parents[2] / "console"


def test_both_languages_have_the_same_texts() -> None:
    assert list(catalogue("zh")) == list(catalogue("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_named_in_the_code_exists(language: str) -> None:
    source = "\n".join(path.read_text("utf-8") for path in CONSOLE.rglob("*.py"))
    names = set(re.findall(r'\btext\("([a-z_.]+)"', source))
    assert len(names) > 20
    assert names <= set(catalogue(language))


def test_chinese_texts_have_chinese_punctuation() -> None:
    half = re.compile(r"[\u4e00-\u9fff][,;:!?.]|[,;:!?][\u4e00-\u9fff]")
    assert [text for text in catalogue("zh").values() if half.search(text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_to_see_a_number_has_its_words(language: str) -> None:
    assert all(word_in(language, "unmask_reason", reason) != reason for reason in REASONS)


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert word_in("zh", "status", "registered") == "已登记"
    assert word_in("zh", "status", "quite-new") == "quite-new"


def test_values_are_filled_in() -> None:
    assert text_in("zh", "case.source", seq=3) == "来自第 3 条"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, ""), (False, ""), (0, "0"), ("翠竹", "翠竹"), ({"id": "1", "name": "翠竹"}, "翠竹")],
)
def test_a_unit_may_come_as_a_name_or_an_object(value: object, expected: str) -> None:
    assert words(value) == expected


def test_times_are_chinas() -> None:
    at = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)
    assert stamp(at) == "2026-03-02 00:30"
    assert hour(at, at) == "00:30"
    assert hour(at, datetime(2026, 3, 2, 16, 30, tzinfo=UTC)) == "03-02 00:30"
    assert minutes_between(at, datetime(2026, 3, 1, 16, 37, 59, tzinfo=UTC)) == 7
