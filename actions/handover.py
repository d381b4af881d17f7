"""A citizen who wants a person is put into the queue."""

from dataclasses import dataclass
from typing import Any

from actions.backend import Backend
from actions.tracker import Dispatcher, Event, Tracker, said


@dataclass(frozen=True, slots=True)
class Handover:
    backend: Backend

    async def request_human(self, _: Dispatcher, tracker: Tracker, __: Any) -> list[Event]:
        await self.backend.request_human(said(tracker), "asked")
        return []
