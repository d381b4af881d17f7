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
    is_told,
    item_named,
    said,
    set_slot,
)

ASKED_BY_THE_FORM = ("relation", "what", "where", "demand", "contact", "safe_contact")


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

    async def offer_parked(self, dispatcher: Dispatcher, tracker: Tracker, __: Any) -> list[Event]:
        """After a case is filed: the other matter that was told with it."""
        if tracker.get_slot("parked"):
            dispatcher.utter_message(response="utter_offer_parked")
        return []

    async def open_parked(self, dispatcher: Dispatcher, tracker: Tracker, __: Any) -> list[Event]:
        settled = await self.backend.open_parked(said(tracker))
        if settled is None:
            dispatcher.utter_message(response="utter_no_parked")
        # It is the other matter: nobody asks which one.
        marks = {**(settled or {}), "relation": "not_needed"}
        found = [set_slot(slot, mark) for slot, mark in marks.items() if slot in OF_A_CASE]
        return [*forget(*OF_A_CASE), *found]

    async def add_to_case(self, _: Dispatcher, tracker: Tracker, __: Any) -> list[Event]:
        await self.backend.add_to_case(said(tracker))
        return [*forget(*OF_A_CASE, *OF_THE_READ_BACK), set_slot("filed", True)]

    async def withdraw_case(self, dispatcher: Dispatcher, tracker: Tracker, __: Any) -> list[Event]:
        """Only on the citizen's own yes."""
        if tracker.get_slot("withdrawal") != "yes":
            dispatcher.utter_message(response="utter_not_withdrawn")
            return forget("withdrawal")
        await self.backend.withdraw_case(said(tracker))
        dispatcher.utter_message(response="utter_withdrawn")
        return forget("withdrawal")

    async def park_draft(self, _: Dispatcher, tracker: Tracker, __: Any) -> list[Event]:
        """Not now: what was told is kept, should the citizen want to go on."""
        await self.backend.park_draft(said(tracker))
        return forget(*OF_A_CASE, *OF_THE_READ_BACK)

    async def cancel_draft(self, _: Dispatcher, tracker: Tracker, __: Any) -> list[Event]:
        """From the beginning: the same matter, so that nobody asks which it is."""
        await self.backend.cancel_draft(said(tracker))
        return [*forget(*OF_A_CASE, *OF_THE_READ_BACK), set_slot("relation", "not_needed")]


async def reopen_field(dispatcher: Dispatcher, tracker: Tracker, _: Any) -> list[Event]:
    """The item the citizen wants to change is asked again; afterwards all is read back again."""
    item = item_named(tracker) if intent(tracker) == "choose_field" else None
    if item is not None and is_told(tracker, item):
        return forget(*OF_THE_READ_BACK)  # 联系电话138…: its value came with its name
    if item is None or item in ASKED_BY_THE_FORM:
        return forget(*([item] if item else []), *OF_THE_READ_BACK)
    # the form does not ask for this one: wait for the right value, it is taken as a correction
    dispatcher.utter_message(response="utter_ask_right_value")
    waiting = [set_slot("requested_slot", "confirmed"), go_on_with("action_listen")]
    return [*forget(*OF_THE_READ_BACK), *waiting]


async def go_back(_: Dispatcher, tracker: Tracker, __: Any) -> list[Event]:
    """The question before the open one is asked again; at the first one, that one."""
    asking = tracker.get_slot("requested_slot")
    until = ASKED_BY_THE_FORM.index(asking) if asking in ASKED_BY_THE_FORM else None
    answered = [
        slot
        for slot in ASKED_BY_THE_FORM[:until]
        if tracker.get_slot(slot) not in {None, "not_needed"}
    ]
    return forget(*answered[-1:], *OF_THE_READ_BACK)


async def leave_open(_: Dispatcher, tracker: Tracker, __: Any) -> list[Event]:
    """Asked twice and not known: the case can be filed without, and a person will ask."""
    return [set_slot(tracker.get_slot("requested_slot"), "unknown")]
