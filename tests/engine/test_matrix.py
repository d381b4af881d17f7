"""Every intent meets every open question: an answer, and a state one can go on from."""

import re
from pathlib import Path

import pytest
import yaml

from tests.engine.conftest import ROOT, Citizen, Reply

ORDER = ("what", "where", "demand", "contact", "confirmed", "change")
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
}
LEADS_OUT = {"cancel", "goodbye", "ask_human"}


def examples() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in sorted(Path(ROOT / "data" / "nlu").glob("*.yml")):
        for block in yaml.safe_load(each.read_text("utf-8"))["nlu"]:
            lines = re.findall(r"^- (.+)$", block["examples"], re.MULTILINE)
            found.setdefault(block["intent"], []).extend(lines)
    return found


EXAMPLES = {**examples(), "nlu_fallback": ["asdf"]}


def test_every_intent_has_twenty_examples_and_none_is_shared() -> None:
    assert len(EXAMPLES) >= 27
    assert [intent for intent, each in EXAMPLES.items() if len(each) < 20] == ["nlu_fallback"]
    everything = [each for lines in EXAMPLES.values() for each in lines]
    assert len(everything) == len(set(everything))


def at(citizen: Citizen, asking: str | None, *, filed: bool = False) -> Citizen:
    if asking:
        settled = ORDER[: ORDER.index(asking)][:4]
        citizen.draft = dict.fromkeys(settled, "known")
        citizen.asking, citizen.form = asking, "intake_form"
    if filed:
        citizen.memory["filed"] = True
    return citizen


def check_state(reply: Reply) -> None:
    state = reply.body["state"]
    assert reply.responses
    assert all(each["text"] for each in reply.body["messages"])
    assert (state["form"] is None) == (state["asking"] is None)
    assert len(reply.questions) <= 1
    if reply.questions and reply.questions != ["utter_ask_right_value"]:
        assert reply.questions == [f"utter_ask_{state['asking']}"]
        assert reply.responses[-1] == reply.questions[0]


@pytest.mark.parametrize("with_proposals", [True, False])
@pytest.mark.parametrize("asking", [None, "filed", *ORDER])
@pytest.mark.parametrize("intent", EXAMPLES)
def test_every_intent_at_every_question(
    citizen: Citizen, intent: str, asking: str | None, with_proposals: bool
) -> None:
    for text in EXAMPLES[intent][:2]:
        citizen = Citizen(citizen.client)
        at(citizen, None if asking == "filed" else asking, filed=asking == "filed")
        facts = ("when", "where", "contact") if with_proposals else ()
        check_state(citizen.says(text, *facts))


@pytest.mark.parametrize("asking", ORDER)
@pytest.mark.parametrize("intent", ANSWERED_AND_ASKED_AGAIN)
def test_an_interruption_is_answered_and_the_question_asked_again_once(
    citizen: Citizen, intent: str, asking: str
) -> None:
    reply = at(citizen, asking).says(EXAMPLES[intent][0])
    assert reply.responses == [ANSWERED_AND_ASKED_AGAIN[intent], f"utter_ask_{asking}"]
    assert reply.asking == asking


@pytest.mark.parametrize("asking", ORDER)
def test_why_and_skip_are_explained_at_every_question(citizen: Citizen, asking: str) -> None:
    for text in ("为什么要问这个", "跳过"):
        reply = at(Citizen(citizen.client), asking).says(text)
        assert reply.responses == [f"utter_why_{asking}", f"utter_ask_{asking}"]


@pytest.mark.parametrize("asking", ORDER)
def test_leading_out_asks_nothing(citizen: Citizen, asking: str) -> None:
    for intent in LEADS_OUT:
        reply = at(Citizen(citizen.client), asking).says(EXAMPLES[intent][0])
        assert reply.questions == []
        assert reply.asking == (None if intent == "cancel" else asking)


def choices() -> dict[str, str]:
    """Each choice is a training example of its intent, so that a tap is understood."""
    texts = {each: intent for intent, lines in EXAMPLES.items() for each in lines}
    found = {}
    for each in Path(ROOT / "bot" / "domain").glob("*.yml"):
        for variants in yaml.safe_load(each.read_text("utf-8")).get("responses", {}).values():
            for button in [one for variant in variants for one in variant.get("buttons", [])]:
                assert button["title"] == button["payload"]
                found[button["title"]] = texts[button["title"]]
    return found


@pytest.mark.parametrize(("text", "intent"), choices().items())
def test_a_tapped_choice_is_understood(citizen: Citizen, text: str, intent: str) -> None:
    assert citizen.says(text).intent == intent
