"""What cannot be undone is done on plain words only: filing, taking back, staying unknown, leaving.

Tables of sentences, each as a citizen might type it.
"""

import pytest

from tests.engine.conftest import Citizen, at

YES = (
    *(
        "对",
        "对的",
        "对对对",
        "对，没错",
        "嗯，对",
        "没错",
        "没有错",
        "没错的",
        "是的",
        "是",
        "是这样的",
    ),
    *("好", "好的", "好啊", "好了，登记吧", "可以", "可以的", "可以的，谢谢", "行", "行，就这么办"),
    *("嗯", "嗯嗯", "确认", "确认无误", "正确", "属实", "同意", "没问题", "没有问题，提交吧"),
    *("没毛病", "没意见", "就这样", "就这样登记吧", "登记吧", "就按这个登记", "提交", "报上去吧"),
    *("都对", "全对", "都对了，登记吧", "写的都对", "中", "要得", "系", "啱", "好嘅", "成", "得"),
    *(
        "对头",
        "是滴",
        "妥了",
        "确定",
        "ok",
        "OK",
        "👌",
        "好的谢谢",
        "对，麻烦您了",
        "对，就这样登记",
    ),
)
NO_YES = (
    *("不对", "不是", "错了", "不行", "不可以", "不好", "我不同意", "不太对", "好像不太对"),
    *(
        "有点问题",
        "差不多吧",
        "大概对",
        "应该对吧",
        "对吧",
        "是吧？",
        "也许吧",
        "对吗",
        "是吗",
        "嗯？",
    ),
    *("可以先不登记吗", "可以不登记吗", "可以改吗", "能不能明天再登记", "好了没有啊", "这样行吗"),
    *("行不行啊", "你确定吗", "真的可以吗", "我再想想", "我考虑一下", "等一下", "行吧我再看看"),
    *("别登记", "先别登记", "算了", "没说完", "还有一点没说", "好烦", "好难", "好久了", "我怕"),
    *("不敢", "地址不对", "电话错了", "要是登记了老板会知道吗", "登记了有什么后果", "对方会知道吗"),
    *("好的但是我想改一下", "可以是可以，但是先别报", "没错是没错可是我怕", "对不起", "不好意思"),
    *("先这样吧", "好，先这样", "不登记会怎样", "对了，我还想问一下", "对面那家也是这样"),
)


def test_the_tables_are_long_enough() -> None:
    assert min(len(set(YES)), len(set(NO_YES))) >= 40


@pytest.mark.parametrize("text", YES)
def test_a_plain_yes_files_the_case(citizen: Citizen, text: str) -> None:
    assert at(citizen, "confirmed").says(text).responses == ["utter_filed"]


@pytest.mark.parametrize("text", NO_YES)
def test_nothing_else_files_a_case(citizen: Citizen, text: str) -> None:
    reply = at(citizen, "confirmed").says(text)
    assert "action_file_case" not in reply.actions


@pytest.mark.parametrize(
    "text", ["是的，撤回", "撤了吧", "好", "对", "确定撤回", "可以，撤吧", *YES[:9]]
)
def test_a_plain_yes_takes_a_case_back(citizen: Citizen, text: str) -> None:
    assert at(citizen, "withdrawal").says(text).responses == ["utter_withdrawn"]


@pytest.mark.parametrize("text", [*NO_YES, "不撤了", "别撤", "已经解决了", "老板把钱给我了"])
def test_nothing_else_takes_a_case_back(citizen: Citizen, text: str) -> None:
    reply = at(citizen, "withdrawal").says(text)
    assert "utter_withdrawn" not in reply.responses


REFUSED = (
    *("我想匿名", "匿名吧", "我想匿名反映", "我不想留电话", "不留电话了", "就不留了", "甭留了"),
    *("电话就不说了", "不方便留电话", "别留我的电话", "我没有手机", "没电话", "手机号保密", "免了"),
    *(
        "不想透露姓名和电话",
        "电话不用了吧",
        "不想告诉你们我的号码",
        "我不愿意留联系方式",
        "唔想留电话",
    ),
    *("不要登记我的名字", "名字和电话都不想说", "电话删掉", "不敢留电话，怕报复", "号码就不给了"),
    *("我不提供联系方式", "电话别登记了", "号码不用登记"),
)
NOT_REFUSED = (
    *("还是那个电话", "我手机丢了", "打我这个电话", "电话没变", "号码在上面", "微信联系吧"),
    *("电话打不通的", "用我老婆的手机", "我换号码了", "联系我儿子吧", "座机行不行", "手机坏了在修"),
    *("电话你们有的", "晚上打电话", "电话是空号怎么办", "微信号可以吗", "留谁的电话", "手机停机了"),
    *("电话要不要实名", "我手机尾号3344", "不知道", "等一下我找找", "问这个干嘛"),
)


@pytest.mark.parametrize("text", REFUSED)
def test_who_refuses_in_words_stays_anonymous(citizen: Citizen, text: str) -> None:
    reply = at(citizen, "contact").says(text)
    assert reply.facts["contact"] == "anonymous"
    assert reply.responses == ["utter_anonymous", "utter_ask_confirmed"]


@pytest.mark.parametrize("text", NOT_REFUSED)
def test_who_refuses_nothing_is_not_made_anonymous(citizen: Citizen, text: str) -> None:
    reply = at(citizen, "contact").says(text)
    assert "contact" not in reply.facts
    assert reply.asking == "contact"


@pytest.mark.parametrize("text", NOT_REFUSED)
@pytest.mark.parametrize("asking", [None, "where", "confirmed"])
def test_no_word_about_a_phone_makes_anonymous_elsewhere(
    citizen: Citizen, asking: str | None, text: str
) -> None:
    assert at(citizen, asking).says(text).facts.get("contact") != "anonymous"


LEAVING = (
    *("先不登记了", "算了不登记了", "不搞了", "别登记了，我怕麻烦", "不想反映了", "算了，不投诉了"),
    *("懒得弄了", "取消吧", "停，不登记了", "不用登记了", "还是别报了", "不用帮我登记", "甭登记了"),
    *("别投诉了", "不办了，没用", "我不登记了", "不想登记"),
)
STAYING = (
    *(
        "不用登记我的名字可以吗",
        "算了一下一共三千",
        "电话别登记了",
        "不登记会怎样",
        "能不登记姓名吗",
    ),
    *(
        "老板说不用登记",
        "叫楼下别弄了",
        "让他们别搞了",
        "物业就是不办",
        "登记有用吗",
        "他叫我别投诉了",
    ),
)


@pytest.mark.parametrize("asking", ["what", "where", "demand", "contact", "confirmed"])
@pytest.mark.parametrize("text", LEAVING)
def test_who_wants_to_leave_is_let_go(citizen: Citizen, asking: str, text: str) -> None:
    reply = at(citizen, asking).says(text)
    assert reply.responses == ["utter_cancelled"]
    assert reply.asking is None


@pytest.mark.parametrize("asking", ["what", "where", "demand", "contact", "confirmed"])
@pytest.mark.parametrize("text", STAYING)
def test_who_does_not_leave_is_kept(citizen: Citizen, asking: str, text: str) -> None:
    assert at(citizen, asking).says(text).asking is not None
