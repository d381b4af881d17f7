"""The model that says what a message is, without Rasa."""

from pathlib import Path

import numpy as np
import pytest

from bot.components.character_model import (
    CharacterModel,
    Settings,
    expected,
    features,
    log_chances,
    plain,
)

TAUGHT = {
    "greet": ["你好", "您好呀", "在吗", "有人吗", "早上好", "哈喽"],
    "thanks": ["谢谢", "多谢了", "感谢你们", "太谢谢了", "谢谢您", "麻烦你了谢谢"],
    "tell_story": [
        "老板欠我三个月工资不给",
        "楼上漏水没人管",
        "房东不退我押金",
        "工地半夜施工吵得睡不着",
        "小区电梯坏了半个月",
        "快递把东西弄丢了不赔",
    ],
}


@pytest.fixture(scope="module")
def taught() -> CharacterModel:
    pairs = [(text, intent) for intent, texts in TAUGHT.items() for text in texts]
    return CharacterModel.trained([text for text, _ in pairs], [intent for _, intent in pairs])


def best(model: CharacterModel, text: str) -> str:
    return model.classes[int(model.scores(text).argmax())]


def test_a_text_like_the_taught_ones_is_recognised(taught: CharacterModel) -> None:
    assert best(taught, "老板不给工资") == "tell_story"
    assert best(taught, "谢谢你们了") == "thanks"


def test_what_was_saved_judges_alike(taught: CharacterModel, tmp_path: Path) -> None:
    taught.save(tmp_path)
    loaded = CharacterModel.load(tmp_path, Settings())
    assert loaded.classes == taught.classes
    np.testing.assert_array_equal(loaded.scores("押金不退"), taught.scores("押金不退"))


def test_training_twice_gives_the_same_model(taught: CharacterModel) -> None:
    pairs = [(text, intent) for intent, texts in TAUGHT.items() for text in texts]
    again = CharacterModel.trained([text for text, _ in pairs], [intent for _, intent in pairs])
    np.testing.assert_array_equal(again.scores("电梯坏了"), taught.scores("电梯坏了"))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("謝謝你們", "谢谢你们"),
        ("ＯＫ　好", "ok 好"),
        ("打13800001234", "打☎"),
        ("打〔电话〕", "打☎"),
        ("欠了35000元", "欠了000元"),
        ("  好  的 ", "好 的"),
    ],
)
def test_script_width_case_and_digits_carry_no_intent(written: str, read: str) -> None:
    assert plain(written) == read


@pytest.mark.parametrize("text", ["", " ", "😭", "[图片]", "好" * 20_000, "龘靐"])
def test_any_text_gets_chances_that_sum_to_one(taught: CharacterModel, text: str) -> None:
    assert np.exp(log_chances(taught.scores(text))).sum() == pytest.approx(1.0)


def test_the_middle_of_an_endless_text_is_not_read() -> None:
    story = features(plain("楼上漏水。" * 4000), Settings(max_chars=2000))
    assert story["楼"] == 400


def test_a_question_asked_changes_what_is_expected() -> None:
    added = expected({"where": {"inform": 5.0}}, ["greet", "inform"])
    np.testing.assert_allclose(added["where"], [0.0, np.log(5.0)])
