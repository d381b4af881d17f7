"""The dialogue engine as a turn sees it: one call, one answer, or a clear failure."""

from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from backend_api.core import logs

# A turn costs some 10 ms; five seconds mean that something is stuck. Not longer: a cry for help
# that comes meanwhile waits for this try to end.
TIMEOUT = httpx.Timeout(5.0, connect=2.0)


class EngineDownError(Exception):
    """Nobody answered: the words may be tried again later."""


class EngineFailedError(Exception):
    """The engine answered that this turn failed."""


class EngineTurn(TypedDict):
    """`metadata` of the wire format in docs/reference/interfaces.md."""

    conversation: str
    turn: str
    message: str
    draft: dict[str, str]
    asking: str | None
    form: str | None
    memory: dict[str, bool]
    entities: list[dict[str, str | int]]
    trace: NotRequired[bool]


class EngineMessage(BaseModel):
    model_config = ConfigDict(extra="ignore")

    response: str = ""
    text: str
    choices: list[str] = Field(default_factory=list)
    card: str | None = None


class EngineIntent(BaseModel):
    name: str | None = None
    confidence: float = 0.0


class EngineState(BaseModel):
    asking: str | None = None
    form: str | None = None
    intent: EngineIntent = Field(default_factory=EngineIntent)
    slots: dict[str, Any] = Field(default_factory=dict)
    actions: list[str] = Field(default_factory=list)


class EngineAnswer(BaseModel):
    messages: list[EngineMessage] = Field(min_length=1)
    state: EngineState


@dataclass(frozen=True, slots=True)
class Engine:
    http: httpx.AsyncClient

    async def answer(self, *, sender: str, text: str, metadata: EngineTurn) -> EngineAnswer:
        """`sender` is new for every try: the engine remembers nothing between turns."""
        body = {"turn": sender, "text": text, "metadata": metadata}
        try:
            response = await self.http.post("/webhooks/turn/webhook", json=body)
        except httpx.TransportError as exc:
            raise EngineDownError(type(exc).__name__) from exc
        if response.status_code != httpx.codes.OK:
            raise EngineFailedError(f"status {response.status_code}")
        try:
            return EngineAnswer.model_validate_json(response.content)
        except ValidationError as exc:
            raise EngineFailedError("unexpected shape") from exc


def open_engine(
    url: str, token: str, *, transport: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=url,
        headers={"x-engine-token": token},
        timeout=TIMEOUT,
        transport=transport,
        event_hooks={"request": [logs.pass_on]},
    )
