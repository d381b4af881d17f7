"""Is this process alive, is the service ready, and what do the counters say."""

import asyncio
import time
from collections.abc import Mapping

import httpx
from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from backend_api.core.db import Sessions
from backend_api.core.migrate import newest_revision

WORKER_SECONDS = 15
# Anybody may ask: however often they do, the parts are looked at once in this time.
READY_FOR_SECONDS = 1.0
UNANSWERED = Gauge("hualiao_unanswered_conversations", "Conversations with a message no turn took")
WAITING = Gauge("hualiao_waiting_conversations", "Conversations waiting for a person")
UNDELIVERED = Gauge("hualiao_undelivered_replies", "Replies that nobody fetched for a minute")
JOBS = Gauge("hualiao_jobs", "Jobs by state", ["state"])
router = APIRouter(tags=["operations"])
# Counters tell how busy an office is: who may see them is for the root to say.
metrics = APIRouter(include_in_schema=False)


class Readiness:
    """What the parts said when they were last asked. Made once by the api's root."""

    def __init__(
        self, sessions: Sessions, http: httpx.AsyncClient, neighbours: tuple[str, str]
    ) -> None:
        self._sessions = sessions
        self._http = http
        self._engine, self._actions = neighbours
        self._asking = asyncio.Lock()
        self._said: Mapping[str, str] = {}
        self._said_at = float("-inf")

    async def parts(self) -> Mapping[str, str]:
        """Part → `ok`, or what is wrong with it."""
        async with self._asking:
            if time.monotonic() - self._said_at > READY_FOR_SECONDS:
                self._said = await self._ask()
                self._said_at = time.monotonic()
        return self._said

    async def _ask(self) -> Mapping[str, str]:
        database, engine, actions = await asyncio.gather(
            _database(self._sessions),
            _neighbour(self._http, f"{self._engine}/"),
            _neighbour(self._http, f"{self._actions}/healthz"),
        )
        return {**database, "engine": engine, "actions": actions}


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/readyz")
async def readyz(request: Request, response: Response) -> Mapping[str, str]:
    """200 when a message would be answered now; else 503 with what is missing."""
    readiness: Readiness = request.app.state.readiness
    parts = await readiness.parts()
    if set(parts.values()) != {"ok"}:
        response.status_code = 503
    return parts


@metrics.get("/metrics")
async def read_metrics(request: Request) -> Response:
    async with request.app.state.sessions() as session:
        await _measure(session)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def _database(sessions: Sessions) -> dict[str, str]:
    try:
        async with asyncio.timeout(3), sessions() as session:
            revision = await session.scalar(text("SELECT version_num FROM alembic_version"))
            worker = await session.scalar(
                text(
                    "SELECT count(*) FROM procrastinate_workers"
                    " WHERE last_heartbeat > now() - make_interval(secs => :secs)"
                ),
                {"secs": WORKER_SECONDS},
            )
    except (DBAPIError, OSError, TimeoutError):
        return {"database": "unreachable", "migrations": "unknown", "worker": "unknown"}
    return {
        "database": "ok",
        "migrations": "ok" if revision == newest_revision() else "outdated",
        "worker": "ok" if worker else "silent",
    }


async def _neighbour(http: httpx.AsyncClient, url: str) -> str:
    try:
        answer = await http.get(url)
    except httpx.TransportError:
        return "unreachable"
    return "ok" if answer.is_success else f"status {answer.status_code}"


async def _measure(session: AsyncSession) -> None:
    unanswered = await session.scalar(
        text(
            "SELECT count(DISTINCT m.conversation_id) FROM message m"
            " JOIN conversation c ON c.id = m.conversation_id"
            " WHERE m.author = 'citizen' AND m.seq > c.answered_seq"
            " AND m.created_at > now() - interval '7 days'"
        )
    )
    waiting = await session.scalar(
        text("SELECT count(*) FROM handoff WHERE closed_at IS NULL AND accepted_at IS NULL")
    )
    undelivered = await session.scalar(
        text(
            "SELECT count(*) FROM outbox"
            " WHERE delivered_at IS NULL AND created_at < now() - interval '1 minute'"
        )
    )
    UNDELIVERED.set(undelivered or 0)
    UNANSWERED.set(unanswered or 0)
    WAITING.set(waiting or 0)
    rows = await session.execute(
        text("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY 1")
    )
    for state, count in rows:
        JOBS.labels(state).set(count)
