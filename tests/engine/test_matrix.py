"""Every intent meets every open question and every memory: an answer, and a way to go on."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.engine.conftest import FORM_OF, INTAKE, ROOT, Citizen, FakeApi, Reply, at

QUESTIONS = tuple(FORM_OF)
MEMORIES: dict[str, dict[str, bool]] = {
    "nothing": {},
    "a case was filed": {"filed": True, "has_case": True},
    "a case was looked up": {"has_case": True},
    "another matter waits": {"parked": True},
    "the other matter was offered": {"filed": True, "parked": True, "parked_offered": True},
    "the question got nowhere once": {"asked_again": True},
    "the question got nowhere twice": {"asked_again": True, "lost": True},
    "a person was offered": {"lost": True, "person_offered": True},
    "a person was asked for": {"queued": True},
    "a crisis came between": {"pending": True},
}
ANSWERED_AND_ASKED_AGAIN = {
    "greet": "utter_greet_again",
    "thanks": "utter_thanks",
    "insult": "utter_insult",
    "chitchat": "utter_chitchat",
    "share_feeling": "utter_feeling",
    "bot_challenge": "utter_bot_challenge",
    "ask_fee": "utter_fee",
    "ask_duration": "utter_duration",
    "ask_privacy": "utter_privacy",
    "ask_law": "utter_law",
    "ask_progress": "utter_progress",
    "ask_help": "utter_help",
    "ask_next": "utter_next",
    "ask_office": "utter_office",
    "ask_language": "utter_language",
    "resume": "utter_go_on",
    "explain_question": "utter_explain_{}",
    "ask_why": "utter_why_{}",
}
KNOWN_TO_THE_SHORT_FORMS = (
    *("thanks", "insult", "chitchat", "share_feeling", "bot_challenge", "ask_fee", "ask_duration"),
    *("ask_privacy", "ask_law", "ask_help", "ask_next", "ask_office", "ask_language"),
    *("explain_question", "ask_why"),
)
LEADS_OUT = {"cancel", "goodbye", "ask_human"}
# Decided by cues or by nobody: there is nothing to learn.
UNLEARNT = {
    "nlu_fallback": ["asdf", "xyzzy"],
    "send_photo": ["[图片]", "[photo]"],
    "send_voice": ["[语音]", "[语音 8秒]"],
    "send_location": ["[位置]", "[定位]"],
    "send_sticker": ["[表情]", "[微笑]"],
    "send_file": ["[文件]", "[视频]"],
}


def examples() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in sorted(Path(ROOT / "data" / "nlu").glob("*.yml")):
        for block in yaml.safe_load(each.read_text("utf-8"))["nlu"]:
            lines = re.findall(r"^- (.+)$", block["examples"], re.MULTILINE)
            found.setdefault(block["intent"], []).extend(lines)
    return found


LEARNT = examples()
EXAMPLES = LEARNT | UNLEARNT


def domain(name: str) -> Any:
    files = sorted(Path(ROOT / "bot" / "domain").glob("*.yml"))
    return [yaml.safe_load(each.read_text("utf-8")).get(name) or {} for each in files]


def test_every_intent_is_in_the_matrix() -> None:
    declared = {intent for each in domain("intents") for intent in each}
    assert {*declared, "nlu_fallback"} == set(EXAMPLES)


def test_every_question_of_every_form_is_in_the_matrix() -> None:
    forms = {name: form for each in domain("forms") for name, form in each.items()}
    asked = {slot: name for name, form in forms.items() for slot in form["required_slots"]}
    assert asked == FORM_OF


def test_every_intent_has_twenty_five_examples_and_none_is_shared() -> None:
    assert len(LEARNT) >= 30
    assert [intent for intent, each in LEARNT.items() if len(each) < 25] == []
    everything = [each for lines in EXAMPLES.values() for each in lines]
    assert len(everything) == len(set(everything))


def check_state(reply: Reply) -> None:
    state = reply.body["state"]
    assert reply.responses
    assert "action_default_fallback" not in reply.actions
    assert all(each["text"] for each in reply.body["messages"])
    assert state["form"] == FORM_OF.get(state["asking"])
    assert len(reply.questions) <= 1
    if reply.questions and reply.questions != ["utter_ask_right_value"]:
        assert reply.questions == [f"utter_ask_{state['asking']}"]
        assert reply.responses[-1] == reply.questions[0]


def check_going_on(citizen: Citizen) -> None:
    """Whatever was said: asked what was asked, we know."""
    reply = citizen.says("你刚才问什么？")
    asking = citizen.asking
    assert reply.responses == ([f"utter_ask_{asking}"] if asking else ["utter_how_to_start"])


@pytest.mark.parametrize("memory", MEMORIES)
@pytest.mark.parametrize("asking", [None, *QUESTIONS])
def test_every_intent_at_every_question_with_every_memory(
    citizen: Citizen, api: FakeApi, asking: str | None, memory: str
) -> None:
    for place, texts in enumerate(EXAMPLES.values()):
        facts = ("when", "where", "contact") if place % 2 else ()
        citizen = at(Citizen(citizen.client), asking)
        citizen.memory |= MEMORIES[memory]
        api.parked = ["what"]
        check_state(citizen.says(texts[0], *facts))


@pytest.mark.parametrize("asking", [None, *QUESTIONS])
def test_every_intent_at_every_question_in_other_words_and_with_facts(
    citizen: Citizen, asking: str | None
) -> None:
    for texts in EXAMPLES.values():
        for facts in ((), ("when", "where", "contact")):
            check_state(at(Citizen(citizen.client), asking).says(texts[1], *facts))


@pytest.mark.parametrize("filed", [True, False])
@pytest.mark.parametrize("asking", [None, *QUESTIONS])
def test_after_every_intent_at_every_question_one_can_go_on(
    citizen: Citizen, asking: str | None, filed: bool
) -> None:
    for texts in EXAMPLES.values():
        citizen = at(Citizen(citizen.client), asking, filed=filed)
        citizen.says(texts[0])
        check_going_on(citizen)


@pytest.mark.parametrize("asking", INTAKE)
@pytest.mark.parametrize("intent", ANSWERED_AND_ASKED_AGAIN)
def test_an_interruption_is_answered_and_the_question_asked_again_once(
    citizen: Citizen, intent: str, asking: str
) -> None:
    reply = at(citizen, asking).says(EXAMPLES[intent][0])
    answer = ANSWERED_AND_ASKED_AGAIN[intent].format(asking)
    assert reply.responses == [answer, f"utter_ask_{asking}"]
    assert reply.asking == asking


@pytest.mark.parametrize("asking", ["lookup", "withdrawal"])
@pytest.mark.parametrize("intent", KNOWN_TO_THE_SHORT_FORMS)
def test_the_short_forms_are_interrupted_in_the_same_way(
    citizen: Citizen, intent: str, asking: str
) -> None:
    reply = at(citizen, asking).says(EXAMPLES[intent][0])
    answer = ANSWERED_AND_ASKED_AGAIN[intent].format(asking)
    assert reply.responses == [answer, f"utter_ask_{asking}"]


@pytest.mark.parametrize("asking", INTAKE)
def test_why_and_skip_are_explained_at_every_question(citizen: Citizen, asking: str) -> None:
    for text in ("为什么要问这个", "跳过"):
        reply = at(Citizen(citizen.client), asking).says(text)
        assert reply.responses == [f"utter_why_{asking}", f"utter_ask_{asking}"]


@pytest.mark.parametrize("asking", INTAKE)
def test_leading_out_asks_nothing(citizen: Citizen, asking: str) -> None:
    for intent in LEADS_OUT:
        reply = at(Citizen(citizen.client), asking).says(EXAMPLES[intent][0])
        assert reply.questions == []
        assert reply.asking == (None if intent == "cancel" else asking)


SERVICE = ["utter_service", "utter_ask_what"]
GO_ON = ["utter_go_on", "utter_ask_where"]
PERSON = ["utter_human_requested"]
# Where it is shown, and what a tap leads to.
TAPS: dict[tuple[str, str], list[str]] = {
    **dict.fromkeys(
        [
            ("nothing", name)
            for name in ("信访诉求", "纠纷化解", "法律服务", "治安联防", "隐患上报", "人民建议")
        ],
        SERVICE,
    ),
    ("nothing", "心理咨询"): ["utter_service", "utter_human_requested"],
    ("relation", "补充刚才那件"): ["utter_added"],
    ("relation", "是另外一件事"): ["utter_heard", "utter_ask_where"],
    ("where", "我说不清具体地点"): ["utter_left_open", "utter_ask_demand"],
    ("demand", "请工作人员帮我想想办法"): ["utter_ask_contact"],
    ("contact", "我不想留电话"): ["utter_anonymous", "utter_ask_confirmed"],
    ("safe_contact", "方便，打电话就行"): ["utter_ask_confirmed"],
    ("safe_contact", "别打电话，发短信"): ["utter_safe_contact_noted", "utter_ask_confirmed"],
    ("safe_contact", "先不要联系我"): ["utter_safe_contact_noted", "utter_ask_confirmed"],
    ("confirmed", "对，就这样登记"): ["utter_filed"],
    ("confirmed", "有地方要改"): ["utter_ask_change"],
    ("confirmed", "先不登记了"): ["utter_cancelled"],
    ("change", "在哪里"): ["utter_ask_where"],
    ("change", "联系电话"): ["utter_ask_contact"],
    ("change", "什么事"): ["utter_ask_what"],
    ("change", "希望怎么解决"): ["utter_ask_demand"],
    ("change", "没有要改的了"): ["utter_ask_confirmed"],
    ("parked offered", "好的，接着登记"): ["utter_ask_where"],
    ("parked offered", "先不用"): ["utter_parked_kept"],
    ("lookup", "找不到编号了"): ["utter_lookup_lost"],
    ("withdrawal", "是的，撤回"): ["utter_withdrawn"],
    ("withdrawal", "不撤了"): ["utter_not_withdrawn"],
    ("resolved", "接着登记"): GO_ON,
    ("resolved", "不登记了"): ["utter_cancelled"],
    ("anywhere", "找工作人员"): PERSON,
    ("anywhere", "继续"): GO_ON,
}
# Responses with buttons that are no question, and where they are said.
SAID_AT = {
    "utter_greet": "nothing",
    "utter_service": "nothing",
    "utter_offer_parked": "parked offered",
    "utter_resolved_open": "resolved",
    **dict.fromkeys(
        [
            *("utter_human_requested", "utter_offer_human", "utter_language", "utter_sorry"),
            "utter_lookup_lost",
        ],
        "anywhere",
    ),
}


def buttons() -> set[tuple[str, str]]:
    """Where each button of the domain is shown, and its text."""
    found = set()
    for name, variants in (
        (name, one) for each in domain("responses") for name, one in each.items()
    ):
        asked = re.fullmatch(r"utter_(?:ask|why|hint|explain)_(\w+)", name)
        for button in [one for variant in variants for one in variant.get("buttons", [])]:
            assert button["title"] == button["payload"]
            found.add((asked[1] if asked else SAID_AT[name], button["title"]))
    return found


# The items of the read-back, which the backend offers: those that the form asks for again.
MENU = {("change", item) for item in ("什么事", "在哪里", "希望怎么解决", "联系电话")}


def test_every_button_is_tapped_here() -> None:
    assert buttons() | MENU == set(TAPS)


@pytest.mark.parametrize(("shown", "text"), TAPS)
def test_a_tapped_choice_does_what_it_says(
    citizen: Citizen, api: FakeApi, shown: str, text: str
) -> None:
    asking = {"nothing": None, "parked offered": None, "resolved": "where", "anywhere": "where"}
    citizen = at(citizen, asking.get(shown, shown))
    citizen.memory["asked_again"] = (
        shown == "where"
    )  # a way out is shown when a question got nowhere
    if shown == "parked offered":
        citizen.memory |= MEMORIES["the other matter was offered"]
        api.parked = ["what", "contact"]
    assert citizen.says(text).responses == TAPS[shown, text]


@pytest.mark.parametrize("asking", [None, *QUESTIONS])
def test_a_person_is_a_tap_away_wherever_one_was_offered(
    citizen: Citizen, asking: str | None
) -> None:
    citizen = at(citizen, asking)
    citizen.memory |= MEMORIES["a person was offered"]
    assert citizen.says("找工作人员").responses == PERSON


@pytest.mark.parametrize("asking", QUESTIONS)
def test_who_taps_go_on_is_asked_again(citizen: Citizen, asking: str) -> None:
    citizen = at(citizen, asking)
    citizen.memory |= MEMORIES["a person was offered"]
    assert citizen.says("继续").questions == [f"utter_ask_{asking}"]


def test_every_question_can_be_put_explained_and_justified() -> None:
    said = {name for each in domain("responses") for name in each}
    for asking in QUESTIONS:
        assert {f"utter_{kind}_{asking}" for kind in ("ask", "why", "explain")} <= said
