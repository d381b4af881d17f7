"""The classifier of danger beside the word list."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_api.understanding.alarm import judge_crisis
from backend_api.understanding.analysis import Crisis, Span
from backend_api.understanding.crisis import find_crisis
from backend_api.understanding.danger import Danger, higher, load_danger
from backend_api.understanding.models import DATA, Models, read_concepts, simplifier
from backend_api.understanding.train_danger import Told, examples
from tests.understanding.conftest import Read

SEEN_BY_BOTH = 0.70
FALSE_ALARMS_BY_BOTH = 0.10
ALARM = 2


@pytest.fixture(scope="module")
def danger(models: Models) -> Danger:
    assert models.danger is not None
    return models.danger


@pytest.fixture(scope="module")
def held_out() -> list[Told]:
    return examples(DATA, simplifier(), held_out=True)


def _raised(texts: Sequence[str], danger: Danger | None) -> float:
    return sum(judge_crisis([one], "", danger).level >= ALARM for one in texts) / len(texts)


def test_dangers_nobody_foresaw_are_seen(danger: Danger, held_out: list[Told]) -> None:
    texts = [one.text for one in held_out if one.is_danger]

    assert _raised(texts, danger) >= SEEN_BY_BOTH
    assert _raised(texts, danger) > _raised(texts, None)


def test_what_only_sounds_like_danger_is_rarely_one(danger: Danger, held_out: list[Told]) -> None:
    texts = [one.text for one in held_out if one.level == 0]

    assert _raised(texts, danger) <= FALSE_ALARMS_BY_BOTH


def test_held_out_sentences_are_in_no_training(held_out: list[Told]) -> None:
    learnt = {one.text for one in examples(DATA, simplifier())}

    assert len(held_out) > len(learnt) / 5
    assert not learnt & {one.text for one in held_out}


def test_at_least_half_of_the_sentences_are_no_danger() -> None:
    told = [one for part in (False, True) for one in examples(DATA, simplifier(), held_out=part)]

    assert len(told) >= 1200
    assert sum(not one.is_danger for one in told) >= len(told) / 2


def test_the_kind_is_one_that_is_answered(danger: Danger, models: Models) -> None:
    assert set(danger.kinds) <= set(models.crisis.order)


def test_either_may_raise_and_the_higher_counts(danger: Danger, models: Models) -> None:
    unseen = next(
        one
        for one in examples(DATA, simplifier())
        if one.is_danger
        and not find_crisis(one.text, models.crisis).level
        and danger.judge(one.text).level
    )

    found = judge_crisis([unseen.text], "", danger)

    assert judge_crisis([unseen.text]).level == 0
    assert found.level == ALARM
    assert found.kinds[0] == unseen.kind
    assert judge_crisis(["我不想活了"], "", danger).kinds[0] == "self_harm"


def test_evidence_is_the_clause_that_weighs_most(danger: Danger) -> None:
    text = "您好，我想问个事，他提着砍刀在追我老婆，谢谢"

    found = danger.judge(text)

    assert [text[one.start : one.end] for one in found.evidence] == ["他提着砍刀在追我老婆"]


def test_danger_told_in_the_turn_before_does_not_count_again(danger: Danger) -> None:
    before = "他提着砍刀在追我老婆，"

    assert judge_crisis([before], "", danger).level >= ALARM
    assert judge_crisis(["好的谢谢"], before, danger).level == 0


def test_a_child_that_speaks_is_in_the_danger_they_tell_of() -> None:
    judged = Crisis(2, ("domestic_violence",), (Span(0, 4),))

    assert higher(Crisis(), judged, is_child=True).kinds == ("domestic_violence", "minor")
    assert higher(Crisis(), judged, is_child=False).kinds == ("domestic_violence",)


def test_what_the_word_list_found_is_kept() -> None:
    found = Crisis(1, ("violence",), (Span(2, 5), Span(9, 12)))
    judged = Crisis(2, ("minor",), (Span(0, 6),))

    both = higher(found, judged, is_child=False)

    assert both == Crisis(2, ("minor", "violence"), (Span(0, 6), Span(9, 12)))
    assert higher(replace(found, level=3), judged, is_child=False).level == 3


@pytest.mark.parametrize("text", ["", "在", "好的谢谢", "，。！", "a" * 200, "他打人了" * 2000])
def test_the_classifier_is_silent_on_a_word_and_on_a_letter(text: str, danger: Danger) -> None:
    assert danger.judge(text) == Crisis()


@given(text=st.text(max_size=170))
def test_any_text_is_judged(text: str, danger: Danger) -> None:
    found = danger.judge(text)

    assert all(0 <= one.start <= one.end <= len(text) for one in found.evidence)


def test_the_word_list_goes_on_without_a_model(tmp_path: Path) -> None:
    known = read_concepts(DATA, simplifier())
    (tmp_path / "danger.json").write_text("{}", encoding="utf-8")
    (tmp_path / "danger.npz").write_bytes(b"PK\x03\x04 torn")

    assert load_danger(tmp_path / "nowhere", known) is None
    assert load_danger(tmp_path, known) is None
    assert judge_crisis(["我不想活了"], "", None).level >= ALARM


def test_the_analysis_has_the_higher_of_both(read: Read, danger: Danger) -> None:
    text = "他提着砍刀在追我老婆"

    assert read(text).crisis.level >= danger.judge(text).level >= ALARM
    assert read(text).urgency == "crisis"
