"""The only door into the engine: `POST /webhooks/turn/webhook` (docs/reference/interfaces.md).

Rasa's own REST channel has no authentication, executes `/restart` and `/intent{…}` typed by a
citizen, answers 500 to `null` and `[]`, and `200 []` when an action failed.
"""

import hmac
import logging
import os
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.core.constants import ACTION_LISTEN_NAME, REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, Sanic
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.engine import draft_memory
from bot.engine.loud_failures import FAILED
from bot.engine.turn_store import TurnStore

log = logging.getLogger(__name__)

MAX_TEXT = 4000
MAX_ID = 100
MAX_ENTITIES = 200
MAX_SLOTS = 40
_COMMAND = re.compile(r"^(\s*)/")
_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{1,64}$")


class UnacceptableError(ValueError):
    """The request has not the agreed shape."""


@dataclass(frozen=True, slots=True)
class Turn:
    turn: str
    text: str
    metadata: dict[str, Any]


def read_turn(body: object) -> Turn:
    match body:
        case {"turn": str(turn), "text": str(text)} if 0 < len(turn) <= MAX_ID:
            metadata = _read_metadata(body.get("metadata"))
            return Turn(_encodable(turn), _read_text(text), metadata)
        case _:
            raise UnacceptableError("turn and text must be strings")


def _read_text(text: str) -> str:
    if not text.strip() or len(text) > MAX_TEXT:
        raise UnacceptableError(f"text must have 1 to {MAX_TEXT} characters")
    # Rasa reads a leading slash as a command or as an intent; a full-width one means the same
    # to a person and has the same length, so that offsets still hold
    return _COMMAND.sub(r"\1／", _encodable(text))


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UnacceptableError("a string holds a lone surrogate") from None
    return text


def _read_metadata(found: object) -> dict[str, Any]:
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise UnacceptableError("metadata must be an object")
    return {
        **{name: _read_id(found.get(name), name) for name in ("conversation", "turn", "message")},
        **{name: _read_id(found.get(name), name) for name in ("asking", "form")},
        **{name: _read_slots(found.get(name), name) for name in ("draft", "memory")},
        "entities": _read_entities(found.get("entities")),
    }


def _read_id(found: object, name: str) -> str | None:
    if found is None:
        return None
    if isinstance(found, str) and 0 < len(found) <= MAX_ID:
        return _encodable(found)
    raise UnacceptableError(f"{name} must be a short string")


def _read_slots(found: object, name: str) -> dict[str, str | bool | None]:
    if found is None:
        return {}
    if not isinstance(found, dict) or len(found) > MAX_SLOTS:
        raise UnacceptableError(f"{name} must be a small object")
    for slot, value in found.items():
        if not (isinstance(value, str | bool | None) and len(slot) <= MAX_ID):
            raise UnacceptableError(f"{name} holds a value that is no reference")
        _encodable(slot)
        _read_id(value if isinstance(value, str) else None, name)
    return found


def _read_entities(found: object) -> list[dict[str, Any]]:
    if found is None:
        return []
    if not isinstance(found, list) or len(found) > MAX_ENTITIES:
        raise UnacceptableError("entities must be a list")
    return [_read_entity(each) for each in found]


def _read_entity(found: object) -> dict[str, Any]:
    match found:
        case {"entity": str(entity), "value": str(value), "start": int(start), "end": int(end)} if (
            0 <= start <= end <= MAX_TEXT and 0 < len(entity) <= MAX_ID and 0 < len(value) <= MAX_ID
        ):
            _encodable(entity + value)
            return {"entity": entity, "value": value, "start": start, "end": end}
        case _:
            raise UnacceptableError("an entity has entity, value, start and end")


def memory_of(metadata: Mapping[str, Any], domain: Domain) -> draft_memory.Memory:
    """What is unknown to this model (a slot of a newer one, a form that is gone) is left out."""
    slots = {slot.name for slot in domain.slots}
    form = metadata.get("form")
    asking = metadata.get("asking") if form in domain.form_names else None
    return draft_memory.Memory(
        draft={k: v for k, v in metadata.get("draft", {}).items() if k in slots},
        asking=asking if asking in domain.required_slots_for_form(form or "") else None,
        form=form,
        others={k: v for k, v in metadata.get("memory", {}).items() if k in slots},
    )


def answer(tracker: DialogueStateTracker) -> dict[str, Any]:
    since = _events_since_message(tracker)
    slots = tracker.current_slot_values()
    return {
        "messages": [_message(each) for each in since if isinstance(each, BotUttered)],
        "state": {
            "asking": slots.get(REQUESTED_SLOT) if tracker.active_loop_name else None,
            "form": tracker.active_loop_name,
            "intent": {
                "name": since[0].intent.get("name"),
                "confidence": since[0].intent.get("confidence", 0.0),
            },
            "slots": {
                name: value
                for name, value in slots.items()
                if value is not None and name not in {REQUESTED_SLOT, "session_started_metadata"}
            },
            "actions": [
                each.action_name
                for each in since
                if isinstance(each, ActionExecuted) and each.action_name != ACTION_LISTEN_NAME
            ],
        },
    }


def _events_since_message(tracker: DialogueStateTracker) -> list[Any]:
    events = list(tracker.events)
    last = max(place for place, each in enumerate(events) if isinstance(each, UserUttered))
    return events[last:]


def _message(uttered: BotUttered) -> dict[str, Any]:
    custom = uttered.data.get("custom") or {}
    return {
        "response": uttered.metadata.get("utter_action") or uttered.data.get("utter_action"),
        "text": uttered.text or "",
        "choices": [each["title"] for each in uttered.data.get("buttons") or []],
        "card": custom.get("card"),
    }


class Unheard(OutputChannel):
    """The messages are read from the tracker, where they stand with their names and cards."""

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        pass


class TurnChannel(InputChannel):
    """One turn in, its messages and the new state out."""

    @classmethod
    def name(cls) -> str:
        return "turn"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        return cls(os.environ["HUALIAO_ENGINE_TOKEN"])

    def __init__(self, token: str) -> None:
        self._token = token.encode()

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        door = Blueprint("turn")

        @door.post("/webhook")
        async def take_turn(request: Request) -> HTTPResponse:
            if not self._may_enter(request):
                return json({"error": "unauthorized"}, 401)
            try:
                turn = _with_request_id(read_turn(_body(request)), request)
            except UnacceptableError as exc:
                return json({"error": str(exc)}, 400)
            return await self._run(turn, request.app, on_new_message)

        return door

    def _may_enter(self, request: Request) -> bool:
        shown = request.headers.get("x-engine-token") or ""
        return hmac.compare_digest(shown.encode(errors="replace"), self._token)

    async def _run(
        self, turn: Turn, app: Sanic, on_new_message: Callable[[UserMessage], Awaitable[Any]]
    ) -> HTTPResponse:
        agent = app.ctx.agent
        store: TurnStore = agent.tracker_store._tracker_store
        if store.is_open(turn.turn):
            return json({"error": "this turn is being answered"}, 409)
        memory = memory_of(turn.metadata, agent.domain)
        store.begin(turn.turn, draft_memory.events(memory), agent.domain)
        failed: list[str] = []
        FAILED.set(failed)
        message = UserMessage(
            turn.text, Unheard(), turn.turn, input_channel="turn", metadata=turn.metadata
        )
        try:
            await on_new_message(message)
        except Exception as exc:  # noqa: BLE001 - whatever it was, the turn failed, and loudly
            failed.append(type(exc).__name__)
        finally:
            tracker = store.end(turn.turn)
        return _respond(turn, tracker, failed)


def _respond(turn: Turn, tracker: DialogueStateTracker, failed: list[str]) -> HTTPResponse:
    if not failed:
        found = answer(tracker)
        if found["messages"] and all(each["text"] for each in found["messages"]):
            return json(found)
        failed = ["the answer was empty"]
    ids = {name: turn.metadata.get(name) for name in ("turn", "request")}
    log.error("turn failed", extra={**ids, "why": failed})
    return json({"error": "; ".join(failed)}, 503)


def _with_request_id(turn: Turn, request: Request) -> Turn:
    """The id under which every process logs; Rasa hands metadata, not headers, to the actions."""
    shown = request.headers.get("x-request-id") or ""
    if not _REQUEST_ID.match(shown):
        return turn
    return replace(turn, metadata={**turn.metadata, "request": shown})


def _body(request: Request) -> object:
    try:
        return request.json
    except SanicException:
        raise UnacceptableError("the body must be JSON") from None
    except RecursionError:
        raise UnacceptableError("the body is nested too deeply") from None
