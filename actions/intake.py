"""The draft on its way to a registered case: filed, dropped, or opened again at one item."""

from dataclasses import dataclass
from typing import Any

from actions.backend import Backend, Incomplete
from actions.tracker import (
    OF_A_CASE,
    OF_THE_READ_BACK,
    Dispatcher,
    Event,
    Tracker,
    forget,
    go_on_with,
    intent,
    item_named,
    said,
    set_slot,
)

ASKED_BY_THE_FORM = ("what", "where", "demand", "contact")


@dataclass(frozen=True, slots=True)
class Intake:
    backend: Backend

    async def file_case(self, _: Dispatcher, tracker: Tracker, __: Any) -> list[Event]:
        """Registers the case; if the backend misses something, the form asks for it."""
        outcome = await self.backend.file_case(said(tracker))
        if isinstance(outcome, Incomplete):
            lacking = forget(*outcome.missing, *OF_THE_READ_BACK)
            return [*lacking, go_on_with("intake_form")]
        return [*forget(*OF_A_CASE, *OF_THE_READ_BACK), set_slot("filed", True)]

    async def cancel_draft(self, _: Dispatcher, tracker: Tracker, __: Any) -> list[Event]:
        await self.backend.cancel_draft(said(tracker))
        return forget(*OF_A_CASE, *OF_THE_READ_BACK)


async def reopen_field(dispatcher: Dispatcher, tracker: Tracker, _: Any) -> list[Event]:
    """The item the citizen wants to change is asked again; afterwards all is read back again."""
    item = item_named(tracker) if intent(tracker) == "choose_field" else None
    if item is None or item in ASKED_BY_THE_FORM:
        return forget(*([item] if item else []), *OF_THE_READ_BACK)
    # the form does not ask for this one: wait for the right value, it is taken as a correction
    dispatcher.utter_message(response="utter_ask_right_value")
    waiting = [set_slot("requested_slot", "confirmed"), go_on_with("action_listen")]
    return [*forget(*OF_THE_READ_BACK), *waiting]
