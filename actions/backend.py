"""The backend as the actions see it: the only place here that speaks HTTP to it.

A failing backend is not caught: the action fails, the engine answers 503, the turn runs again.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from actions.logs import pass_on

TIME_LIMITS = httpx.Timeout(8.0, connect=2.0)  # Rasa itself gives an action 10 s


class UnexpectedAnswerError(RuntimeError):
    """The backend answered 2xx, or 409, with something that is not in the contract."""


@dataclass(frozen=True, slots=True)
class Said:
    """The message an action answers."""

    conversation: str
    turn: str
    message: str


@dataclass(frozen=True, slots=True)
class Incomplete:
    """The draft cannot be filed: these slots are missing."""

    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Backend:
    client: httpx.AsyncClient

    async def file_case(self, said: Said) -> str | Incomplete:
        """Registers the draft; the registration number, or what is missing."""
        answer = await self._post("cases", said)
        match answer.status_code, answer.json():
            case 409, {"code": "incomplete_draft", "missing": [*missing]}:
                return Incomplete(tuple(str(slot) for slot in missing))
            case 200, {"number": str(number)}:
                return number
        answer.raise_for_status()
        raise UnexpectedAnswerError(f"filing a case was answered {answer.status_code}")

    async def cancel_draft(self, said: Said) -> None:
        answer = await self._post("drafts/cancel", said)
        answer.raise_for_status()

    async def park_draft(self, said: Said) -> None:
        (await self._post("drafts/park", said)).raise_for_status()

    async def open_parked(self, said: Said) -> dict[str, str] | None:
        """Goes on with a matter told beside another: what of it need not be asked, each known or
        not_needed; None: there is none."""
        answer = await self._post("drafts/parked", said)
        match answer.raise_for_status().json():
            case {"settled": dict(settled)}:
                return {str(slot): str(mark) for slot, mark in settled.items()}
            case {"settled": None}:
                return None
        raise UnexpectedAnswerError("opening a parked draft was not answered")

    async def add_to_case(self, said: Said) -> None:
        (await self._post("cases/add", said)).raise_for_status()

    async def withdraw_case(self, said: Said) -> None:
        (await self._post("cases/withdraw", said)).raise_for_status()

    async def request_human(self, said: Said, reason: str) -> None:
        answer = await self._post("handoffs", said, {"reason": reason})
        answer.raise_for_status()

    async def _post(
        self, path: str, said: Said, more: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """The ids make a repeated turn harmless: the api knows which message this acts for."""
        ids = {"conversation": said.conversation, "turn": said.turn, "message": said.message}
        return await self.client.post(f"/v1/internal/{path}", json={**ids, **(more or {})})


def client(url: str, token: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=url,
        headers={"Authorization": f"Bearer {token}"},
        timeout=TIME_LIMITS,
        event_hooks={"request": [pass_on]},
    )
