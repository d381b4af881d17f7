"""What the worker remembers of a talk for the engine's next turn."""

from dataclasses import replace
from uuid import uuid4

import pytest

from backend_api.conversations.dialogue import DialogueState
from backend_api.conversations.rules import Status
from backend_api.turns.merging import stated_codes
from backend_api.turns.rules import next_misunderstood
from backend_api.turns.waiting import Waiting

NOTHING_YET = Waiting(
    id=uuid4(),
    conversation=uuid4(),
    version=0,
    status=Status.BOT,
    number=1,
    state=DialogueState(),
    place="",
    facts={},
    filed=False,
    withdrawn=False,
    before="",
    before_at=None,
    heard=(),
    last_seq=0,
)


@pytest.mark.parametrize(
    ("filed", "form", "asking", "settled"),
    [
        (False, None, None, True),
        (True, None, None, False),
        (True, "status_form", "lookup", False),
        (True, "withdraw_form", "withdrawal", False),
        (True, "intake_form", "relation", False),
        # asked first: whatever else the intake asks, it is answered
        (True, "intake_form", "what", True),
        (False, "intake_form", "relation", False),
    ],
)
def test_whether_it_is_another_matter_is_asked_once_after_filing(
    filed: bool, form: str | None, asking: str | None, settled: bool
) -> None:
    state = DialogueState(form=form, asking=asking)
    waiting = replace(NOTHING_YET, filed=filed, state=state)
    assert ("relation" in waiting.settled()) is settled


@pytest.mark.parametrize(
    ("intent", "responses", "times"),
    [
        ("inform", ["utter_ask_contact"], 0),
        ("thanks", ["utter_thanks", "utter_ask_where"], 0),
        ("skip", ["utter_why_where", "utter_ask_where"], 2),
        ("inform", ["utter_hint_contact", "utter_ask_contact"], 2),
        ("nlu_fallback", ["utter_offer_human"], 2),
        # a yes to a question that is not about yes or no leads nowhere
        ("affirm", ["utter_affirm_open", "utter_ask_what"], 2),
    ],
)
def test_a_question_that_gets_nowhere_is_counted(
    intent: str, responses: list[str], times: int
) -> None:
    assert next_misunderstood(1, intent, responses) == times


@pytest.mark.parametrize("field", ["where", "demand", "safe_contact"])
def test_what_was_left_open_is_kept_as_such(field: str) -> None:
    assert stated_codes({field: "unknown"}) == {field: "unknown"}


@pytest.mark.parametrize(
    ("case_type", "is_asked"), [("咨询", False), ("隐患", False), ("求决", True)]
)
def test_what_kind_of_case_it_is_counts_in_the_same_turn(case_type: str, *, is_asked: bool) -> None:
    settled = NOTHING_YET.settled(guesses={"type": case_type})
    assert ("demand" not in settled) is is_asked


@pytest.mark.parametrize(("matter", "is_asked"), [("家庭暴力", True), ("噪音扰民", False)])
def test_how_to_reach_is_asked_for_delicate_matters_alone(matter: str, *, is_asked: bool) -> None:
    settled = NOTHING_YET.settled(guesses={"matter": matter})
    assert ("safe_contact" not in settled) is is_asked
