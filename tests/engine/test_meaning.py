"""What a message means where it was said: tables, without Rasa."""

import pytest

from bot.components.meaning import Heard, heard_text, tables

DEMAND = frozenset({"demand"})


def meant(text: str, asking: str | None, sounds: str, **more: frozenset[str]) -> str | None:
    heard = Heard(heard_text(text), sounds, 0.9, asking, **more)
    return tables().meaning(heard).intent


# Whatever it sounds like: a plain yes is made of nothing but words of agreement.
SOUNDS = ("affirm", "deny", "thanks", "correct", "tell_story", "nlu_fallback", "inform")


@pytest.mark.parametrize("sounds", SOUNDS)
@pytest.mark.parametrize(
    "text",
    [
        *("對，就這樣登記", "看完了，没问题", "想好了，登记吧", "这回对了", "中", "要得", "ＯＫ"),
        *(
            "都对的，就这样吧，麻烦你了",
            "对对对，没错，快点帮我报上去",
            "可以的，谢谢您",
            "嗯嗯是的",
        ),
        *("那先登记吧", "核对过了都没错", "行，就按这个报", "冇問題，唔該", "👌", "啱晒"),
    ],
)
def test_a_plain_yes_files(text: str, sounds: str) -> None:
    assert meant(text, "confirmed", sounds) == "affirm"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "我不同意",
            "好了没有啊",
            "谢谢",
            "你好",
            "我都记得",
            "没错吧？",
            "对吗",
            "是不是这样登记",
        ),
        *(
            "先这样吧",
            "再等等",
            "行不行啊",
            "登记了会怎样",
            "你看着办",
            "好好好，我再想想",
            "可以改吗",
        ),
    ],
)
def test_nothing_else_does(text: str) -> None:
    assert meant(text, "confirmed", "affirm") != "affirm"


@pytest.mark.parametrize(
    ("text", "means"),
    [
        *(("撤了吧", "affirm"), ("嗯，撤回", "affirm"), ("確定撤回", "affirm"), ("是的", "affirm")),
        *(("能不能只撤回一半", "repeat_question"), ("撤回以后还能再来吗", "repeat_question")),
        *(("别撤", "deny"), ("我不想撤了", "deny"), ("好，先这样", "repeat_question")),
    ],
)
def test_a_case_is_taken_back_on_a_plain_yes_alone(text: str, means: str) -> None:
    assert meant(text, "withdrawal", "withdraw") == means


@pytest.mark.parametrize(
    "text", ["可以先不登记吗", "能不能不登记了", "别登记了", "不想反映了", "算了 不弄了"]
)
@pytest.mark.parametrize("asking", ["where", "demand", "confirmed"])
def test_who_asks_to_stop_stops(text: str, asking: str) -> None:
    assert meant(text, asking, "affirm") == "cancel"


@pytest.mark.parametrize("text", ["我又想登记了", "还是登记吧", "再帮我登记一下", "我还是想反映"])
def test_who_thinks_better_of_it_goes_on(text: str) -> None:
    assert meant(text, None, "cancel") == "open_case"


@pytest.mark.parametrize("sounds", ["go_back", "start_over", "ask_human"])
def test_a_wish_is_no_command_to_the_service(sounds: str) -> None:
    """让我搬回去住, 重新铺路, 叫人来修"""
    assert meant("让我和孩子搬回去住", "demand", sounds, offered=DEMAND, facts=DEMAND) == "inform"
    assert meant("返回上一题", "demand", sounds) == sounds


@pytest.mark.parametrize("text", ["Do you speak English?", "有英文吗", "english please"])
def test_english_is_answered_with_what_can_be_done(text: str) -> None:
    assert meant(text, None, "nlu_fallback") == "ask_help"


def test_every_row_means_something_that_exists_and_names_known_words() -> None:
    known = set(tables().context["meant"])
    for cue in tables().cues:
        assert cue.asking is None or cue.asking <= known | {"nothing"}
        assert cue.means
