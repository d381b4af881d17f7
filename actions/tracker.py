"""What an action reads from Rasa's tracker, and the events it answers with."""

from collections.abc import Mapping
from typing import Any, Protocol

from actions.backend import Said

Event = dict[str, Any]

OF_A_CASE = (
    "what",
    "where",
    "demand",
    "contact",
    "when",
    "name",
    "respondent",
    "amount",
    "people",
    "safe_contact",
    "on_behalf",
    "representatives",
    "relation",
)
OF_THE_READ_BACK = ("confirmed", "change")


class Dispatcher(Protocol):
    def utter_message(self, *, response: str) -> None: ...


class Tracker(Protocol):
    latest_message: Mapping[str, Any]

    def get_slot(self, key: str) -> Any: ...


class MissingIdsError(ValueError):
    """The worker did not say which message this is: nothing may be done in its name."""


def said(tracker: Tracker) -> Said:
    match tracker.latest_message.get("metadata"):
        case {"conversation": str(conversation), "turn": str(turn), "message": str(message)}:
            return Said(conversation, turn, message)
        case _:
            raise MissingIdsError("the message carries no conversation, turn and message id")


def request_of(tracker: Mapping[str, Any]) -> str | None:
    """The id of the request that brought the message; Rasa passes on no header."""
    match tracker:
        case {"latest_message": {"metadata": {"request": str(request)}}}:
            return request
        case _:
            return None


def intent(tracker: Tracker) -> str | None:
    name: str | None = (tracker.latest_message.get("intent") or {}).get("name")
    return name


def item_named(tracker: Tracker) -> str | None:
    """The item of the draft the citizen named, as the engine's importer understood it."""
    entities = tracker.latest_message.get("entities") or []
    return next((str(each["value"]) for each in entities if each["entity"] == "item"), None)


def is_told(tracker: Tracker, item: str) -> bool:
    """Does the message hold a value for the item?"""
    return any(each["entity"] == item for each in tracker.latest_message.get("entities") or [])


def set_slot(name: str, value: str | bool | None) -> Event:
    return {"event": "slot", "name": name, "value": value, "timestamp": None}


def forget(*slots: str) -> list[Event]:
    return [set_slot(slot, None) for slot in slots]


def go_on_with(action: str) -> Event:
    return {"event": "followup", "name": action, "timestamp": None}
