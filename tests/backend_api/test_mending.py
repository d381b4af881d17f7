"""What a citizen puts right, wishes out of turn and courtesies: tables without a database."""

from dataclasses import replace
from uuid import uuid4

import pytest
import yaml

from backend_api.drafts.labels import label
from backend_api.drafts.rules import CODES, SHOWN, How
from backend_api.notifications.texts import TEMPLATES
from backend_api.operations.folders import PROJECT
from backend_api.turns.finders import Said, is_code_tried
from backend_api.turns.mending import item_named, named_right, same_part
from backend_api.turns.merging import Known, merge
from backend_api.turns.proposals import Proposal, Question, propose
from backend_api.turns.words import turn_words
from backend_api.understanding.analysis import (
    Analysis,
    Crisis,
    Demand,
    Fields,
    Money,
    Phone,
    Place,
    Time,
)
from backend_api.understanding.corrections import find_corrections

EMPTY = Analysis("", "zh-Hans", (), "求决", "normal", Crisis(), "self", Fields(), ())


def said(text: str, *, place: str = "", time: str = "", demand: str = "") -> Said:
    """A message behind the open question, with what understanding found in it."""

    def at(found: str) -> tuple[int, int]:
        return text.index(found), text.index(found) + len(found)

    fields = Fields(
        places=(Place(*at(place), place, street=place),) if place else (),
        times=(Time(*at(time), time, "2026-11-20", "2026-11-20", "day"),) if time else (),
        demand=(Demand(*at(demand), demand),) if demand else (),
    )
    analysis = replace(EMPTY, text=text, fields=fields)
    return Said(uuid4(), 5, text, analysis, find_corrections(text))


def offered(one: Said, asking: str, *, changing: str = "", **known: str) -> dict[str, Proposal]:
    proposals = propose([one], Question(asking, 4, changing), "", known)
    return {each.entity: each for each in proposals}


@pytest.mark.parametrize(
    ("text", "field", "right"),
    [
        ("对方写错了，是红石榴幼儿园", "respondent", "红石榴幼儿园"),
        ("反映的对象不对，应该是三江水务", "respondent", "三江水务"),
        ("诉求改成退一半学费", "demand", "退一半学费"),
        ("我的要求错了，我是想让他们道歉", "demand", "想让他们道歉"),
    ],
)
def test_an_item_that_is_named_gets_its_right_value(text: str, field: str, right: str) -> None:
    found = named_right(said(text))
    assert found is not None
    assert (found[0], found[1].value, found[1].corrects) == (field, right, True)


@pytest.mark.parametrize(
    "text", ["对方一直不认错，还骂我", "要求他们把写错的名字改过来", "对方不对在先"]
)
def test_a_story_about_the_other_side_corrects_nothing(text: str) -> None:
    assert named_right(said(text)) is None


@pytest.mark.parametrize(
    ("text", "item"),
    [("对方那一项不对", "respondent"), ("时间错了", "when"), ("名字写错了", "name"), ("嗯", "")],
)
def test_the_item_to_change_is_the_one_that_is_named(text: str, item: str) -> None:
    assert item_named(text) == item


@pytest.mark.parametrize("text", ["红石榴幼儿园", "应该是红石榴幼儿园", "就叫红石榴幼儿园。"])
def test_the_right_value_that_was_asked_for_is_taken(text: str) -> None:
    found = offered(said(text), "confirmed", changing="respondent")["respondent"]
    assert (found.value, found.explicit) == ("红石榴幼儿园", True)


@pytest.mark.parametrize("text", ["算了不改了", "谢谢你啊", "没有要改的了"])
def test_what_is_no_name_is_no_right_value(text: str) -> None:
    assert "respondent" not in offered(said(text), "confirmed", changing="respondent")


@pytest.mark.parametrize(
    ("text", "known", "whole"),
    [
        ("不是5栋是6栋", "绿映苑5栋", "绿映苑6栋"),
        ("写错了，是12楼", "东方大厦2楼", "东方大厦12楼"),
        ("不是建设路，是建新路", "南山区建设路", "南山区建新路"),
    ],
)
def test_only_the_wrong_part_of_an_address_is_mended(text: str, known: str, whole: str) -> None:
    one = offered(said(text), "confirmed", where=known)["where"]
    merged = merge(Known(known, known, How.SAID), one, replacing=True)
    assert merged is not None
    assert merged.value == whole


@pytest.mark.parametrize(
    ("text", "day", "known", "whole"),
    [
        ("不是12号是15号", "15号", "今年9月12号", "今年9月15号"),
        ("应该是3日才对", "3日", "上个月8号", "上个月3日"),
        ("是七月", "七月", "去年六月初", "去年七月初"),
        ("改成昨天下午", "昨天下午", "9月12号", "昨天下午"),
    ],
)
def test_a_day_that_is_put_right_keeps_its_month(
    text: str, day: str, known: str, whole: str
) -> None:
    one = offered(said(text, time=day), "confirmed", when=known)["when"]
    merged = merge(Known(known, known, How.SAID), one, replacing=True)
    assert merged is not None
    assert merged.value == whole


def test_of_two_equal_parts_none_is_guessed() -> None:
    assert same_part("3栋或5栋", "6栋") == ""
    assert same_part("5栋", "6栋") == ""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("地址错了，是江北区观音桥街道听雨里", "江北区观音桥街道"),
        ("不对嘞，是江北区观音桥街道听雨里", "江北区观音桥街道"),
    ],
)
def test_a_place_that_is_put_right_counts_up_to_its_end(text: str, found: str) -> None:
    one = offered(said(text, place=found), "confirmed", where=found)["where"]
    assert one.value == "江北区观音桥街道听雨里"


@pytest.mark.parametrize("text", ["嗯 就是那个 万寿寺路", "大概在万寿寺路", "就搁万寿寺路"])
def test_what_leads_to_a_place_is_none_of_it(text: str) -> None:
    assert offered(said(text, place="万寿寺路"), "where")["where"].value == "万寿寺路"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("就是老粮站门口噻", "老粮站门口"),
        ("在三号桥底下那个工地这儿得嘛", "三号桥底下那个工地"),
        ("嗯 二医院", "二医院"),
        ("坏了半个月了", None),
        ("物业不让进小区", None),
        ("哪里的派出所？", None),
        ("再和平东路2号", "和平东路2号"),
    ],
)
def test_a_bare_place_answers_where(text: str, place: str | None) -> None:
    found = offered(said(text), "where").get("where")
    assert (found.value if found is not None else None) == place


@pytest.mark.parametrize("asking", ["demand", "where", "contact"])
@pytest.mark.parametrize(
    "text", ["夜里不许再放喇叭", "那就把水管换了嘛", "我就想着换一家来管", "喊他们把路修一哈"]
)
def test_a_wish_is_one_whenever_it_comes(text: str, asking: str) -> None:
    assert offered(said(text), asking)["demand"].value == text


@pytest.mark.parametrize(
    "text",
    [
        "跑了四五回了，我就是想让你们派个人来",
        "查明白是谁签的字",
        "有关部门尽快调查",
        "退款",
        "别的不求，只要能把路修通",
        "物业把电梯修好",
        "学校把这件事查清楚",
        "有人来管管这条路",
    ],
)
def test_what_is_wanted_is_heard_in_any_clause(text: str) -> None:
    assert offered(said(text), "demand")["demand"].value == text


@pytest.mark.parametrize(
    "text",
    [
        "处理过三次都没用",
        "物业说赔钱没有赔",
        "有人说要查清楚",
        "他们把门拆掉了就走",
        "查了半年没结果",
        "给我发了短信就不管了",
        "修了又坏",
    ],
)
def test_what_was_done_already_is_no_wish(text: str) -> None:
    assert "demand" not in offered(said(text), "demand")


def test_a_wish_that_is_announced_in_a_message_of_its_own_is_heard() -> None:
    lead, wish = said("我就一个要求"), replace(said("查清楚是谁的责任"), seq=6)
    found = {one.entity: one.value for one in propose([lead, wish], Question("demand", 4))}
    assert found["demand"] == "查清楚是谁的责任"


@pytest.mark.parametrize(
    ("text", "place"),
    [("人民路13号本人张桂兰", "人民路13号"), ("牛栏前村18栋只求退钱", "牛栏前村18栋")],
)
def test_a_place_ends_where_a_name_or_a_wish_begins(text: str, place: str) -> None:
    wish = "只求退钱" if "只求" in text else ""
    assert offered(said(text, place=text, demand=wish), "what")["where"].value == place


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("物业让我们自己修", {}),
        ("要多久才有人来？", {}),
        ("那就麻烦你们了", {}),
        ("请快一点", {"demand": "退钱"}),
        ("我要跟真人说", {}),
        ("帮我转人工", {}),
        ("我想问一下流程", {}),
        ("让我先吃个饭", {}),
    ],
)
def test_what_is_no_wish_of_the_citizens_is_none(text: str, known: dict[str, str]) -> None:
    assert "demand" not in offered(said(text), "contact", **known)


@pytest.mark.parametrize("text", ["我要找真人", "请转人工客服", "我要跟工作人员说", "我想匿名"])
@pytest.mark.parametrize("asking", ["where", "demand", "contact"])
def test_a_wish_for_the_service_is_none_for_the_matter(text: str, asking: str) -> None:
    assert "demand" not in offered(said(text), asking)


def test_an_account_is_not_mended_by_a_part() -> None:
    assert "what" not in offered(said("不是我，是我妈"), "confirmed", what="我被电动车撞了")


@pytest.mark.parametrize("text", ["麻烦你了", "谢谢你们费心", "辛苦各位了", "拜托拜托，多谢"])
@pytest.mark.parametrize("asking", ["where", "demand", "confirmed"])
def test_a_courtesy_is_no_fact(text: str, asking: str) -> None:
    found = offered(said(f"{text}", demand=text), asking)
    assert set(found) == {"story"}


def test_names_and_numbers_of_representatives_are_not_the_citizens_own() -> None:
    listed = said("陈一山 13800001111\n林二水 13800002222")
    assert {"name", "contact"}.isdisjoint(offered(listed, "demand"))
    assert offered(listed, "demand")["representatives"].value.startswith("陈一山")
    assert "representatives" not in offered(said("我的电话13800001111，他的13800002222"), "what")


@pytest.mark.parametrize("asking", ["contact", "where", "confirmed"])
def test_the_last_representatives_number_is_not_taken_for_the_citizens(asking: str) -> None:
    listed = said_with_phones(
        "林立秋 13800001111\n冯晓燕 13800002222", "13800001111", "13800002222"
    )
    assert "contact" not in offered(listed, asking)
    own = said_with_phones(
        "林立秋 13800001111\n冯晓燕 13800002222\n我的电话13800003333",
        *("13800001111", "13800002222", "13800003333"),
    )
    assert offered(own, asking)["contact"].value == "13800003333"


def test_one_number_for_all_representatives_answers_how_to_be_reached() -> None:
    shared = said_with_phones("代表是林立秋和冯晓燕，电话13800001111", "13800001111")
    assert offered(shared, "contact")["contact"].value == "13800001111"
    assert offered(shared, "contact")["representatives"].value == "林立秋；冯晓燕"


def test_a_representative_who_is_named_is_the_one_to_be_called() -> None:
    known = {"representatives": "林立秋 13800001111；冯晓燕 13800002222"}
    assert offered(said("打冯晓燕的吧"), "contact", **known)["contact"].value == "13800002222"


def said_with_phones(text: str, *numbers: str) -> Said:
    one = said(text)
    phones = tuple(
        Phone(text.index(each), text.index(each) + len(each), each, each, "mobile")
        for each in numbers
    )
    fields = replace(one.analysis.fields, phones=phones)
    return replace(one, analysis=replace(one.analysis, fields=fields))


@pytest.mark.parametrize(
    ("text", "wrong", "right"),
    [
        ("不是KTV，是棋牌室", "KTV", "棋牌室"),
        ("不是网吧，是台球厅", "网吧", "台球厅"),
        ("说错了，不是烧烤店，是火锅店", "烧烤店", "火锅店"),
        ("把茶楼改成棋牌室", "茶楼", "棋牌室"),
    ],
)
def test_words_of_the_account_are_put_right_with_whom_it_is_about(
    text: str, wrong: str, right: str
) -> None:
    account = f"楼下的{wrong}半夜还很吵"
    alone = offered(said(text), "confirmed", what=account)
    assert (alone["what"].value, alone["what"].instead_of) == (right, wrong)
    both = offered(said(text), "confirmed", what=account, respondent=f"老街{wrong}")
    assert (both["what"].value, both["respondent"].value) == (right, right)


def test_a_wish_for_a_change_changes_no_words_of_the_account() -> None:
    found = offered(said("把排烟口改到楼顶"), "demand", what="排烟口正对着我家窗户")
    assert "what" not in found
    assert found["demand"].value == "把排烟口改到楼顶"


@pytest.mark.parametrize("text", ["房东把热水器换掉", "物业把门口的车挪开", "他们不要再骚扰我同事"])
def test_what_somebody_else_shall_do_answers_what_is_wished(text: str) -> None:
    assert {"answer", "demand"} & set(offered(said(text), "demand"))


def test_what_is_said_again_word_for_word_is_the_answer() -> None:
    one = said("老板说下个月再说")
    again = propose([one], Question("demand", 4), one.text)
    assert "answer" in {each.entity for each in again}
    assert "answer" not in offered(one, "demand")


@pytest.mark.parametrize(
    ("text", "is_tried"),
    [
        *(("26110100", True), ("查询码是 kk-77-aa", True), ("编号261101 码ab12", True)),
        *(("2611010000011 abcd234", True), ("13800001111", False), ("2026-11-02登记的", False)),
        *(("我住3栋201室", False), ("编号找不到了，尾数是0015", False), ("什么时候有结果", False)),
    ],
)
def test_an_attempt_at_number_or_code_is_told_from_other_digits(text: str, is_tried: bool) -> None:
    assert is_code_tried(text) is is_tried


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        *(("撤了会怎么样", True), ("撤回以后还能再提吗", True), ("撤掉有什么影响", True)),
        *(("要是撤诉了以后后悔了怎么办，还能重新告吗", True), ("我要撤回", False)),
        *(("能撤回吗", False), ("怎么撤回", False), ("是的，撤回", False)),
    ],
)
def test_what_taking_back_would_mean_is_no_wish_to_take_back(text: str, asks: bool) -> None:
    assert (turn_words().asks_of_withdrawal.search(text) is not None) is asks


def test_marks_and_letters_are_no_account() -> None:
    for text in ("hjkl", "。。。", "asdf 123"):
        assert "answer" not in offered(said(text), "what")


def test_the_menu_of_corrections_is_known_to_the_engine() -> None:
    words = yaml.safe_load((PROJECT / "bot" / "meaning" / "words.yml").read_text("utf-8"))
    labels = {field: label(field) for field in SHOWN if field not in CODES}
    assert set(words["items"]) == set(labels.values())
    context = yaml.safe_load((PROJECT / "bot" / "meaning" / "context.yml").read_text("utf-8"))
    for field, called in labels.items():
        named = {item for item, ways in context["items"].items() if any(w in called for w in ways)}
        assert field in named


def offered_choices() -> set[str]:
    """Every text that a citizen may tap."""
    found = set()
    for file in (PROJECT / "bot" / "domain").glob("*.yml"):
        content = yaml.safe_load(file.read_text("utf-8"))
        for variants in (content.get("responses") or {}).values():
            found |= {str(each["title"]) for one in variants for each in one.get("buttons", ())}
    own = yaml.safe_load((TEMPLATES / "citizen.yml").read_text("utf-8"))
    found |= {label(field) for field in SHOWN if field not in CODES}
    return found | {one["zh"] for name, one in own.items() if name.startswith("choice_")}


def test_every_choice_we_offer_is_known_as_ours() -> None:
    assert turn_words().choices == offered_choices()


@pytest.mark.parametrize("asking", ["what", "where", "demand", "contact"])
def test_a_choice_of_ours_is_no_account_and_no_fact(asking: str) -> None:
    for choice in turn_words().choices - set(turn_words().choices_that_answer.get(asking, ())):
        assert set(offered(said(choice), asking)) <= {"safe_contact"}


def test_a_choice_answers_the_question_it_stands_under() -> None:
    text = "请工作人员帮我想想办法"
    assert offered(said(text), "demand")["answer"].value == text
    assert offered(said(text), "where") == {}


@pytest.mark.parametrize("text", ["先不要联系我", "方便，打电话就行"])
def test_a_choice_answers_how_to_be_reached(text: str) -> None:
    assert offered(said(text), "safe_contact")["answer"].value == text
    assert "answer" not in offered(said("继续"), "where")


def test_a_choice_says_how_to_be_reached() -> None:
    found = offered(said("别打电话，发短信"), "safe_contact")
    assert found["safe_contact"].value == "别打电话，发短信"


def test_what_is_written_beside_a_choice_counts() -> None:
    tap, more = said("我说不清具体地点"), replace(said("水管爆了三天没人来"), seq=6)
    found = {one.entity: one.value for one in propose([tap, more], Question("where", 4))}
    assert found["story"] == more.text


DRAFT = {
    "where": "深圳市龙岗区坂田街道和美家园三期8栋",
    "demand": "把剩下的钱退我",
    "amount": "学费6000元",
    "respondent": "小天使托管班",
    "name": "周小燕",
}


@pytest.mark.parametrize(
    ("text", "field", "whole"),
    [
        ("把坂田街道改成布吉街道", "where", "深圳市龙岗区布吉街道和美家园三期8栋"),
        ("三期换成二期", "where", "深圳市龙岗区坂田街道和美家园二期8栋"),
        ("麻烦把托管班改为培训中心吧", "respondent", "小天使培训中心"),
        ("小燕改成晓燕", "name", "周晓燕"),
        ("不叫周小燕，叫周晓燕", "name", "周晓燕"),
        ("我姓邹不姓周", "name", "邹小燕"),
        ("不姓周，姓邹", "name", "邹小燕"),
        ("名字也打错了，是邹小燕", "name", "邹小燕"),
        ("楼栋是6栋不是8栋", "where", "深圳市龙岗区坂田街道和美家园三期6栋"),
        ("栋数错了，是6栋", "where", "深圳市龙岗区坂田街道和美家园三期6栋"),
        ("要求改成全额退还再加三百", "demand", "全额退还再加三百"),
    ],
)
@pytest.mark.parametrize("asking", ["confirmed", "contact"])
def test_only_what_is_put_right_changes(text: str, field: str, whole: str, asking: str) -> None:
    found = offered(said(text), asking, **DRAFT)
    assert found.keys() & FACTS == {field}
    merged = merge(Known(DRAFT[field], "", How.SAID), found[field], replacing=False)
    assert merged is not None
    assert merged.value == whole


FACTS = DRAFT.keys() | {"contact"}


def test_a_change_of_a_field_that_is_named_is_no_demand() -> None:
    text = "把金额改成六千五"
    one = said(text, demand=text)
    found = offered(
        replace(one, analysis=with_money(one, "六千五")), "confirmed", amount="学费6000元"
    )
    assert found.keys() & FACTS == {"amount"}


def with_money(one: Said, sum_: str) -> Analysis:
    start = one.text.index(sum_)
    money = Money(start, start + len(sum_), sum_, 6500, 6500)
    return replace(one.analysis, fields=replace(one.analysis.fields, money=(money,)))


def test_a_change_that_is_wished_for_is_a_demand() -> None:
    text = "把垃圾站改到围墙外面"
    assert offered(said(text, demand=text), "contact", **DRAFT)["demand"].value == text


def test_a_part_the_address_does_not_have_is_added_to_it() -> None:
    one = offered(said("楼号错了，是2栋"), "confirmed", where="和顺社区绿映苑")["where"]
    merged = merge(Known("和顺社区绿映苑", "", How.SAID), one, replacing=False)
    assert merged is not None
    assert merged.value == "和顺社区绿映苑2栋"


@pytest.mark.parametrize(
    ("text", "place", "whole"),
    [
        ("坂田岗头嘛，你管那么多干啥子", "坂田岗头", "坂田岗头"),
        ("好的，我在平湖街道一家玩具厂，老板姓孙，拖了三万", "平湖街道", "平湖街道一家玩具厂"),
        ("你妈的，坂田岗头", "坂田岗头", "坂田岗头"),
        ("和顺村3栋，超市楼上", "和顺村3栋", "和顺村3栋，超市楼上"),
        ("和顺村，百合酒店后面", "和顺村", "和顺村，百合酒店后面"),
        ("和顺村，3栋，302", "和顺村", "和顺村，3栋，302"),
    ],
)
def test_of_an_answer_only_the_place_is_the_place(text: str, place: str, whole: str) -> None:
    assert offered(said(text, place=place), "where")["where"].value == whole


@pytest.mark.parametrize("text", ["快点对", "赶紧的啊", "可以不填名字吗", "能不能别让我留号码"])
def test_haste_and_wishes_about_our_questions_are_no_demand(text: str) -> None:
    assert {"demand", "answer"}.isdisjoint(offered(said(text), "demand"))


def test_the_number_of_whom_it_is_filed_for_is_taken() -> None:
    text = "她电话0755-26001234"
    one = said(text)
    phone = Phone(3, len(text), text[3:], "075526001234", "landline")
    analysis = replace(one.analysis, fields=replace(one.analysis.fields, phones=(phone,)))
    one = replace(one, analysis=analysis)
    assert offered(one, "contact", on_behalf="我奶奶")["contact"].value == "075526001234"
    assert "contact" not in offered(one, "contact")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("电话最后一位写错了，是7", "13812345677"),
        ("号码后两位不对，应该是09", "13812345609"),
        ("尾号是4321", "13812344321"),
        ("手机末四位打错了 是8765", "13812348765"),
    ],
)
def test_the_last_digits_of_a_number_are_put_right(text: str, number: str) -> None:
    found = offered(said(text), "confirmed", contact="13812345678")["contact"]
    assert (found.value, found.corrects) == (number, True)


@pytest.mark.parametrize(
    "text", ["电话最后一位错了", "号码后两位应该是5", "最后一个是8号楼", "尾号是我妈"]
)
def test_digits_that_do_not_fit_put_no_number_right(text: str) -> None:
    assert "contact" not in offered(said(text), "confirmed", contact="13812345678")
    assert "contact" not in offered(said("电话最后一位是7"), "confirmed", contact="anonymous")
