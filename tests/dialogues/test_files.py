"""The journeys' files are whole, and the comparison finds what it is there to find."""

from pathlib import Path

import pytest
import yaml

from backend_api.notifications.texts import citizen_text
from bench.channel import Reply
from tests.dialogues import journeys
from tests.dialogues.comparing import Answer, faults, notice_faults
from tests.dialogues.journeys import JourneyError, Step
from tests.dialogues.recognising import DOMAIN, texts

JOURNEYS = journeys.load()
ENOUGH = 80
# Said only where two things of one conversation happen at once.
RARE = frozenset({"utter_no_parked"})


def reply(text: str, receipt: str = "") -> Reply:
    rows = [{"field": "number", "label": "登记编号", "value": receipt}]
    card = {"kind": "receipt", "rows": rows} if receipt else None
    return {"seq": 1, "text": text, "choices": [], "kind": "bot", "card": card}  # type: ignore[typeddict-item]


def test_there_are_enough_journeys_that_succeed() -> None:
    assert len([one for one in JOURNEYS if not one.fails]) >= ENOUGH


def test_every_response_of_the_dialogue_is_met_on_a_journey() -> None:
    met = frozenset[str]().union(*(one.responses for one in JOURNEYS))
    written = {name for name in texts().names if name.startswith("utter_")}
    assert met - texts().names == set()
    assert written - met == RARE


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("- {title: a, steps: [{say: 你好, bott: utter_greet}]}", "bott"),
        ("- {title: a, step: []}", "step"),
        ("- {title: a, steps: []}\n- {title: a, steps: []}", "two journeys"),
    ],
)
def test_a_file_with_a_slip_is_refused(tmp_path: Path, content: str, complaint: str) -> None:
    (tmp_path / "one.yml").write_text(content, encoding="utf-8")
    with pytest.raises(JourneyError, match=complaint):
        journeys.load(tmp_path)


def test_every_variant_counts_as_its_response_whatever_follows() -> None:
    asked = yaml.safe_load((DOMAIN / "intake.yml").read_text("utf-8"))["responses"]
    offered = citizen_text("offer_more", items="什么时候的事")
    for variant in asked["utter_ask_confirmed"]:
        read_back = f"{variant['text']}{offered}\n什么事：漏水\n在哪里：家里"
        assert texts().names_of(reply(read_back)) == ("utter_ask_confirmed",)
    assert texts().names_of(reply("谁也没写过这句话")) == ()


@pytest.mark.parametrize(
    ("step", "answer", "fault"),
    [
        (Step(("你好",)), Answer([], []), "silence"),
        (Step(("你好",)), Answer([reply("啥")], [()]), "nobody wrote"),
        (Step(("对",)), Answer([reply("好", "1")], [("utter_filed",)]), "it is filed"),
        (Step(("对",), file=True), Answer([reply("好")], [("a",)]), "it is not filed"),
        (Step(("对",), bot=("a", "b")), Answer([reply("好")], [("a",)]), "expected a, b"),
        (Step(("对",), asks="where"), Answer([reply("好")], [("a",)]), "the question where"),
        (Step(("对",), says=("110",)), Answer([reply("好")], [("a",)]), "is not said"),
        (Step(("对",), never=("好",)), Answer([reply("好")], [("a",)]), "is said"),
        (Step(("对",), choices=("好",)), Answer([reply("好")], [("a",)]), "not to be tapped"),
        (Step(("对",), offers=("when",)), Answer([reply("好")], [("a",)]), "offers to tell"),
    ],
)
def test_what_is_not_as_it_should_be_is_found(step: Step, answer: Answer, fault: str) -> None:
    [found] = faults(step, answer, {})
    assert fault in found


def test_the_notice_comes_once_with_the_first_words_of_the_dialogue() -> None:
    notice, words = ("citizen.notice",), ("utter_greet",)
    first = Answer([reply("告知"), reply("您好")], [notice, words])
    later = Answer([reply("您好")], [words])
    danger = Answer([reply("请打110")], [("citizen.crisis_violence",)])
    assert not [*notice_faults(first, given=False), *notice_faults(later, given=True)]
    assert not [*notice_faults(danger, given=False)]
    assert [*notice_faults(first, given=True)]
    assert [*notice_faults(later, given=False)]
