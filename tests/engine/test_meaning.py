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


@pytest.mark.parametrize(
    ("text", "asking", "sounds", "intent"),
    [
        ("？", "where", "nlu_fallback", "explain_question"),
        ("???", "contact", "inform", "explain_question"),
        ("。。。", "demand", "skip", "nlu_fallback"),
        ("…", "what", "wait", "nlu_fallback"),
        ("ghjk", "what", "inform", "nlu_fallback"),
        ("ok", "demand", "affirm", "affirm"),
    ],
)
def test_marks_and_letters_are_not_understood(
    text: str, asking: str, sounds: str, intent: str
) -> None:
    assert meant(text, asking, sounds) == intent


def test_who_sends_marks_for_the_third_time_is_offered_a_person() -> None:
    lost = frozenset({"lost"})
    assert meant("？？", "where", "nlu_fallback", remembered=lost) == "nlu_fallback"


@pytest.mark.parametrize(
    "text",
    [
        "我还要补充一点",
        "我再说一个情况",
        "想再补充一下",
        "对了，再说个细节",
        "我想再补充几句",
        "还有个情况要说",
    ],
)
def test_more_of_the_filed_case_is_announced(text: str) -> None:
    assert meant(text, None, "tell_story", remembered=frozenset({"filed"})) == "add_facts"


@pytest.mark.parametrize("text", ["我再说一件别的事", "还有另外一件事", "再说说你们的态度"])
def test_another_matter_is_no_more_of_the_filed_one(text: str) -> None:
    assert meant(text, None, "another_matter", remembered=frozenset({"filed"})) == "another_matter"


@pytest.mark.parametrize("sounds", ["inform", "correct", "nlu_fallback", "another_matter"])
def test_what_was_announced_is_told(sounds: str) -> None:
    adding = frozenset({"filed", "adding"})
    assert meant("店老板姓姜，店名叫快洁", None, sounds, remembered=adding) == "tell_story"
    assert meant("算了，没有了", None, sounds, remembered=adding) == "skip"
    assert meant("什么时候有结果", None, "ask_duration", remembered=adding) == "ask_duration"


@pytest.mark.parametrize("sounds", ["ask_law", "inform", "ask_fee", "nlu_fallback"])
def test_a_question_of_law_is_the_account_once_a_lawyer_was_asked_for(sounds: str) -> None:
    advising = frozenset({"advising"})
    assert meant("离婚了孩子归谁", "what", sounds, remembered=advising) == "tell_story"
    assert meant("你们这里收费吗", "what", sounds, remembered=advising) == sounds


def test_what_taking_back_would_mean_is_asked_and_takes_nothing_back() -> None:
    asks = frozenset({"asks_of_withdrawal"})
    for asking in (None, "withdrawal"):
        assert meant("撤了会怎么样", asking, "withdraw", remembered=asks) == "ask_next"


def test_an_attempt_at_number_and_code_is_an_answer() -> None:
    tried = frozenset({"code_tried"})
    assert meant("261101", "lookup", "skip", remembered=tried) == "inform"
    assert meant("查询码是ab12", None, "skip", remembered=tried) == "ask_progress"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        *(("我们全楼的人都没暖气", True), ("我们十几家都被淹了", True)),
        *(("我们三十多户业主一起反映", False), ("我们是一起反映的，二十几个工友", False)),
        *(("我是业主代表", False), ("我们村几十户联名来反映问题", False)),
    ],
)
def test_a_group_that_says_more_than_who_it_is_tells(text: str, says: bool) -> None:
    heard = Heard(heard_text(text), "represent_group", 0.9)
    assert tables().has_story(heard, len(text)) is says


def test_every_row_means_something_that_exists_and_names_known_words() -> None:
    known = set(tables().context["meant"])
    for cue in tables().cues:
        assert cue.asking is None or cue.asking <= known | {"nothing"}
        assert cue.means


WHOLE = frozenset({"where", "demand", "contact"})


@pytest.mark.parametrize("sounds", ["contact_preference", "affirm", "thanks", "cancel", "insult"])
@pytest.mark.parametrize(
    "text",
    ["押金不退，南头，要回押金，13500001111，下班再联系", "村口路烂了 石岩 修路 13500001112"],
)
def test_what_tells_the_place_the_wish_and_the_number_is_an_account(text: str, sounds: str) -> None:
    assert meant(text, None, sounds, offered=WHOLE, facts=WHOLE) == "tell_story"


@pytest.mark.parametrize(
    ("text", "sounds"),
    [
        ("晚上七点以后再打给我", "contact_preference"),
        ("好的，谢谢你们", "thanks"),
        ("不弄了", "cancel"),
    ],
)
def test_what_tells_nothing_is_none(text: str, sounds: str) -> None:
    assert meant(text, None, sounds) == sounds


@pytest.mark.parametrize("sounds", ["ask_progress", "ask_fee", "cancel", "insult", "start_over"])
@pytest.mark.parametrize("text", ["修", "通水", "赶紧退", "给我赔", "处罚他们", "开除", "执行"])
def test_a_remedy_alone_is_the_wish(text: str, sounds: str) -> None:
    answer = frozenset({"answer"})
    assert meant(text, "demand", sounds, offered=answer) == "inform"


def test_only_all_of_it_is_begun_again() -> None:
    assert meant("电话我想重新给一个", "demand", "start_over") == "choose_field"
    assert meant("刚才那个问题我重答一下", "demand", "start_over") == "go_back"
    assert meant("全部作废，从头说", "demand", "start_over") == "start_over"
    assert meant("弄错了，重新来吧", "demand", "start_over") == "start_over"


def test_a_person_is_asked_for_in_words() -> None:
    assert meant("窗口的人爱理不理 把我赶出来", None, "ask_human") == "tell_story"
    assert meant("叫你们科长来跟我说话", None, "ask_human") == "ask_human"


def test_nobody_learns_who_reports_whom() -> None:
    assert meant("最近是不是有人告我，我姓王", None, "report_official") == "ask_privacy"


def test_a_yes_has_a_word_of_agreement() -> None:
    assert meant("对门麻将馆太闹", None, "affirm") == "tell_story"
    assert meant("好的我知道了", None, "affirm") == "affirm"


def test_what_is_announced_and_told_at_once_is_told() -> None:
    assert meant("想投诉食堂给娃吃剩饭", None, "open_case") == "tell_story"
    assert meant("我想反映一个情况", None, "open_case") == "open_case"


@pytest.mark.parametrize(
    ("text", "sounds", "remembered", "has"),
    [
        ("主任把补助发给小舅子", "report_official", (), True),
        ("我要实名举报主任", "report_official", (), False),
        ("帮我奶奶问养老金", "for_other", ("matter_plain",), True),
        ("我替别人问问", "for_other", (), False),
        ("停水三天", "tell_story", ("matter_plain",), True),
    ],
)
def test_what_is_about_something_else_may_tell_the_story_too(
    text: str, sounds: str, remembered: tuple[str, ...], has: bool
) -> None:
    heard = Heard(heard_text(text), sounds, 0.9, remembered=frozenset(remembered))
    assert tables().has_story(heard, len(text)) is has


def test_words_that_go_on_to_the_other_matter_are_not_its_account() -> None:
    remembered = frozenset({"parked", "parked_offered", "matter_plain"})
    heard = Heard(heard_text("行，那就说下面那件吧"), "another_matter", 0.9, remembered=remembered)
    assert tables().has_story(heard, len(heard.text)) is False


def test_what_is_answered_again_in_the_same_words_is_the_answer() -> None:
    again = frozenset({"said_again"})
    answer = frozenset({"answer"})
    text = "找个懂的人告诉我怎么写材料"
    assert meant(text, "demand", "ask_help", offered=answer, remembered=again) == "inform"
    assert (
        meant("你们管这个吗", "demand", "ask_help", offered=answer, remembered=again) == "ask_help"
    )
