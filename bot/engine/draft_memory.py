"""Turn what the worker remembers into the events that put Rasa where the conversation is.

No part of Rasa is changed: the turn's tracker begins with these events, so that slots, form and
open question are in place before the message is read. They come before the message: a form that
sees a `SlotSet` after it takes the message for an answer and swallows the citizen's question.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from rasa.shared.core.constants import ACTION_LISTEN_NAME, REQUESTED_SLOT
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet


@dataclass(frozen=True, slots=True)
class Memory:
    """Slots hold references (`known`, `not_needed`, a proposal's id), never a citizen's words."""

    draft: Mapping[str, str] = field(default_factory=dict)
    asking: str | None = None
    form: str | None = None
    others: Mapping[str, object] = field(default_factory=dict)


def events(memory: Memory) -> Iterator[Event]:
    yield SessionStarted()
    for slot, value in {**memory.draft, **memory.others}.items():
        if slot != memory.asking:  # asked anew: a known value must not answer for the citizen
            yield SlotSet(slot, value)
    if memory.asking == "change":  # asked only after the read-back was refused
        yield SlotSet("confirmed", "no")
    if memory.asking and memory.form:
        yield ActiveLoop(memory.form)
        yield SlotSet(REQUESTED_SLOT, memory.asking)
    yield ActionExecuted(ACTION_LISTEN_NAME)
