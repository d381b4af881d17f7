"""A question in the middle is answered even when it names a fact.

Rasa 3.6.21 runs an active form before any rule; the form gives way only when the message filled
no slot at all. "我在福田,这个要收费吗?" filled `where`, and the question was passed over. Here
the form gives way to every intent that is not an answer; the fact is kept all the same, because
slots are set before the form runs.
"""

from typing import Any

from rasa.core.actions.action import ActionExecutionRejection
from rasa.core.actions.forms import FormAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker

ANSWERS = {"tell_story", "inform", "affirm", "deny", "nlu_fallback"}
# "你刚才问什么?", "我要投诉": the form goes on by asking again. Giving way would not do: Rasa does
# not run an action that was rejected in the same breath.
GO_ON = {"repeat_question"}
INTAKE = "intake_form"
# Answers to one form alone: "撤了吧" after "要撤回的是这一件吗?".
ANSWERS_OF = {"withdraw_form": {"withdraw", "cancel", "skip"}}

_validate = FormAction.validate


async def _give_way(
    self: FormAction, tracker: DialogueStateTracker, domain: Domain, *arguments: Any
) -> list[Event]:
    intent = tracker.latest_message.intent.get("name") if tracker.latest_message else None
    if tracker.active_loop_name != self.name():
        return await _validate(self, tracker, domain, *arguments)
    if intent in GO_ON or (intent == "open_case" and self.name() == INTAKE):
        return []
    if intent not in ANSWERS | ANSWERS_OF.get(self.name(), set()):
        raise ActionExecutionRejection(self.name(), f"{intent} is no answer")
    return await _validate(self, tracker, domain, *arguments)


def apply() -> None:
    FormAction.validate = _give_way
