"""The action server: rasa-sdk's executor behind one route, in one process, on 127.0.0.1 only.

`python -m rasa_sdk` runs four processes (160 MB against 64 MB) and listens on every interface.
"""

import hmac
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Annotated, Any

import uvicorn
from fastapi import FastAPI, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionNotFoundException

from actions import backend, logs
from actions.backend import Backend
from actions.handover import Handover
from actions.intake import Intake, go_back, leave_open, reopen_field
from actions.tracker import request_of

log = logging.getLogger(__name__)


class Settings(BaseSettings):
    """Read once, at start; every one is required."""

    model_config = SettingsConfigDict(env_prefix="HUALIAO_", frozen=True)

    actions_port: int = Field(ge=1, le=65535)
    actions_token: SecretStr = Field(min_length=1)
    api_url: str
    service_token: SecretStr = Field(min_length=1)


class Call(BaseModel):
    """What Rasa sends; the executor reads the rest of it."""

    model_config = ConfigDict(extra="allow")

    next_action: str
    tracker: dict[str, Any]


def executor(api: Backend) -> ActionExecutor:
    intake, handover = Intake(api), Handover(api)
    actions = ActionExecutor()
    actions.register_function("action_file_case", intake.file_case)
    actions.register_function("action_cancel_draft", intake.cancel_draft)
    actions.register_function("action_reopen_field", reopen_field)
    actions.register_function("action_park_draft", intake.park_draft)
    actions.register_function("action_go_back", go_back)
    actions.register_function("action_leave_open", leave_open)
    actions.register_function("action_offer_parked", intake.offer_parked)
    actions.register_function("action_open_parked", intake.open_parked)
    actions.register_function("action_add_to_case", intake.add_to_case)
    actions.register_function("action_withdraw_case", intake.withdraw_case)
    actions.register_function("action_request_human", handover.request_human)
    return actions


def app(api: Backend, token: str) -> FastAPI:
    @asynccontextmanager
    async def closing(_: FastAPI) -> AsyncIterator[None]:
        yield
        await api.client.aclose()

    server = FastAPI(title="话聊 actions", lifespan=closing, docs_url=None, openapi_url=None)
    actions = executor(api)

    @server.post("/webhook")
    async def run_action(
        call: Call, shown: Annotated[str, Query(alias="token")] = ""
    ) -> Mapping[str, Any]:
        if not hmac.compare_digest(shown.encode(errors="replace"), token.encode()):
            raise HTTPException(401, "wrong token")
        with logs.bound(request_of(call.tracker)):
            try:
                result = await actions.run(call.model_dump())
            except ActionNotFoundException as exc:
                raise HTTPException(404, f"no action {call.next_action}") from exc
            log.info("action done", extra={"action": call.next_action})
        return {"events": result.events, "responses": result.responses}

    @server.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    return server


def main() -> None:
    logs.configure()
    settings = Settings()
    api = Backend(backend.client(settings.api_url, settings.service_token.get_secret_value()))
    uvicorn.run(
        app(api, settings.actions_token.get_secret_value()),
        host="127.0.0.1",
        port=settings.actions_port,
        access_log=False,  # the token is in the query string
        log_config=None,
    )


if __name__ == "__main__":
    main()
