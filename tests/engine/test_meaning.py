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
        *(
            "對，就這樣登記",
            "看完了，没问题",
            "想好了，登记吧",
            "这回对了",
            "中",
            "管，登记吧",
            "要得",
            "ＯＫ",
        ),
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


@pytest.mark.parametrize("sounds", ["go_back", "start_over", "resume", "greet"])
def test_a_wish_is_no_command_to_the_service(sounds: str) -> None:
    """让我搬回去住, 重新铺路, 叫人来修"""
    assert meant("让我和孩子搬回去住", "demand", sounds, offered=DEMAND, facts=DEMAND) == "inform"
    assert meant("返回上一题", "demand", sounds) == sounds


@pytest.mark.parametrize(
    "text",
    [
        "补充一下，他们昨晚又来敲门了",
        "对了忘了说，发票原件在我这儿",
        "还漏了一条：他们没有营业执照",
    ],
)
@pytest.mark.parametrize("asking", [None, "demand", "confirmed"])
def test_an_addition_that_is_told_at_once_is_part_of_the_account(
    text: str, asking: str | None
) -> None:
    for sounds in ("add_facts", "nlu_fallback", "inform"):
        assert meant(text, asking, sounds) == "tell_story"
    assert meant("我再补充一点", asking, "add_facts") == "add_facts"


@pytest.mark.parametrize("text", ["最近失眠得厉害，白天没精神", "家里事多，焦虑得不行，想找人聊聊"])
def test_a_burden_that_is_told_is_the_account(text: str) -> None:
    assert meant(text, "what", "share_feeling") == "tell_story"
    assert meant(text, None, "share_feeling") == "tell_story"
    assert meant("心里好烦", "what", "share_feeling") == "share_feeling"
    assert meant("我好难过啊你知道吗", None, "share_feeling") == "share_feeling"


@pytest.mark.parametrize("sounds", ["ask_progress", "complain_service", "contact_preference"])
def test_asked_for_it_a_wish_is_an_answer_and_a_question_is_none(sounds: str) -> None:
    """查明责任人, 我就是想让你们派人来, 夜里不许放喇叭"""
    assert meant("查明是谁的责任", "demand", sounds, offered=DEMAND, facts=DEMAND) == "inform"
    assert meant("要等到什么时候呢", "demand", sounds, offered=DEMAND, facts=DEMAND) == sounds


def test_an_english_class_is_no_wish_for_english() -> None:
    text = "英语补习班关门跑路，学费不退"
    assert meant(text, None, "tell_story") == "tell_story"


@pytest.mark.parametrize("text", ["Do you speak English?", "有英文吗", "english please"])
def test_english_is_another_language(text: str) -> None:
    assert meant(text, None, "nlu_fallback") == "ask_language"


def test_a_service_is_named_with_the_account() -> None:
    text = "我想申请调解，楼上的水漏下来两个月了，他们不理"
    assert meant(text, None, "tell_story") == "choose_service"
    assert meant("调解委员会调解了两次没用，他还是不赔", None, "tell_story") == "tell_story"


@pytest.mark.parametrize("text", ["搅拌站扬尘太大", "隔壁机器声吵得很", "物业不管事"])
def test_a_few_words_with_a_plain_matter_are_the_account(text: str) -> None:
    plain = frozenset({"matter_plain"})
    for sounds in ("nlu_fallback", "inform", "deny"):
        assert meant(text, None, sounds, remembered=plain) == "tell_story"
    assert meant("工伤怎么赔", None, "ask_law", remembered=plain) == "ask_law"
    assert meant(text, None, "nlu_fallback") == "nlu_fallback"


@pytest.mark.parametrize("text", ["要求把这件事彻底解决", "希望早点处理完", "把这个事情妥善解决好"])
def test_a_wish_for_an_end_is_no_news_of_one(text: str) -> None:
    assert meant(text, "demand", "report_resolved") == "inform"
    assert meant("已经解决了，不用管了", "demand", "report_resolved") == "report_resolved"
    assert meant("把钱退给我了", "demand", "report_resolved") == "report_resolved"


@pytest.mark.parametrize("sounds", ["complain_service", "ask_office", "ask_law"])
def test_what_is_said_again_word_for_word_is_the_account(sounds: str) -> None:
    again = frozenset({"said_again"})
    text = "窗口只收现金，外地卡刷不了，那我们怎么交"
    assert meant(text, None, sounds, remembered=again) == "tell_story"
    assert meant(text, None, sounds) == sounds


@pytest.mark.parametrize("text", ["对了", "好的", "没错"])
def test_a_yes_where_a_right_value_was_asked_for_files_nothing(text: str) -> None:
    assert meant(text, "confirmed", "affirm", remembered=frozenset({"changing"})) != "affirm"


@pytest.mark.parametrize(
    "text", ["不是3500，是4500", "刚说错了，不是饭店是棋牌室", "写错了，是后街"]
)
@pytest.mark.parametrize("asking", ["where", "demand", "contact"])
def test_a_correction_is_no_refusal(text: str, asking: str) -> None:
    facts = frozenset({"amount"})
    assert meant(text, asking, "skip", offered=facts, facts=facts) == "correct"


@pytest.mark.parametrize(
    ("text", "sounds"),
    [
        *(("别喷了", "cancel"), ("不要建", "deny"), ("想装电梯嘛", "skip")),
        *(("要补发", "add_facts"), ("找人修一下屋顶", "ask_human"), ("降回去", "go_back")),
        ("让他白天9点以后再装", "contact_preference"),
    ],
)
def test_the_open_question_decides_how_a_wish_is_read(text: str, sounds: str) -> None:
    answer = frozenset({"answer"})
    assert meant(text, "demand", sounds, offered=answer) == "inform"


@pytest.mark.parametrize(
    ("text", "sounds"),
    [
        *(("不想说", "skip"), ("别登记了", "cancel"), ("找人工", "ask_human")),
        *(("返回上一个问题", "go_back"), ("没想好", "skip"), ("不知道", "skip")),
    ],
)
def test_a_refusal_stays_one(text: str, sounds: str) -> None:
    assert meant(text, "demand", sounds, offered=frozenset({"answer"})) == sounds


def test_a_number_among_other_words_is_an_answer() -> None:
    contact = frozenset({"contact"})
    text = "电话啊等我看看哦13800001234哦"
    assert meant(text, "contact", "wait", offered=contact, facts=contact) == "inform"
    assert meant("等我看看", "contact", "wait") == "wait"
    assert meant("有的", "contact", "skip") == "affirm"
    assert meant("没有的", "contact", "skip") == "skip"


def test_an_account_that_refuses_a_number_is_both() -> None:
    text = "公司欠薪，麻烦给我要回来，坂田街道，不留电话"
    assert meant(text, None, "tell_story") == "stay_anonymous"
    assert meant("他电话不留一个就跑了，钱也不还", None, "tell_story") == "tell_story"


def test_a_report_is_on_an_office() -> None:
    assert meant("举报无证游商占道卖烧烤", None, "report_official") == "tell_story"
    assert meant("举报物业经理贪污", None, "report_official") == "tell_story"
    assert meant("举报村主任收了开发商的钱", None, "report_official") == "report_official"
    assert meant("我要举报", None, "report_official") == "report_official"


def test_the_item_that_is_called_wrong_is_the_one() -> None:
    assert tables().item("电话是对的，地址不对") == "where"
    assert tables().item("地点和电话都错了") == "where"
    assert tables().item("改电话") == "contact"


def test_who_put_it_off_and_thought_about_it_goes_on() -> None:
    parked = frozenset({"parked"})
    text = "第二天了，我想好了，登记吧"
    assert meant(text, None, "open_case", remembered=parked) == "resume"
    assert meant("不登记了吧", None, "cancel", remembered=parked) == "cancel"


def test_a_place_that_is_an_office_answers_where() -> None:
    assert meant("县中医院", "where", "ask_office") == "inform"
    assert meant("你们办公室在哪里", "where", "ask_office") == "ask_office"


def test_every_row_means_something_that_exists_and_names_known_words() -> None:
    known = set(tables().context["meant"])
    for cue in tables().cues:
        assert cue.asking is None or cue.asking <= known | {"nothing"}
        assert cue.means
