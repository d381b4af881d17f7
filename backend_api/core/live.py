"""News of a conversation between processes: PostgreSQL LISTEN/NOTIFY, no extra server.

A notification says only *that* something is new (the conversation's id); readers then ask the
database.
"""

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import psycopg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

CHANNEL = "conversation"
RECONNECT_SECONDS = 1.0
log = logging.getLogger(__name__)


async def announce(session: AsyncSession, conversation: UUID) -> None:
    """Tell every listener when this transaction commits."""
    await session.execute(
        text("SELECT pg_notify(:channel, :id)"), {"channel": CHANNEL, "id": str(conversation)}
    )


class News:
    """Wakes those who wait for a conversation. One database connection a process."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._waiting: dict[UUID, set[asyncio.Event]] = defaultdict(set)

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._listen_for_ever())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    @contextlib.contextmanager
    def of(self, conversation: UUID) -> Iterator[asyncio.Event]:
        """An event that is set when the conversation has news; clear it before you look."""
        event = asyncio.Event()
        self._waiting[conversation].add(event)
        try:
            yield event
        finally:
            self._waiting[conversation].discard(event)
            if not self._waiting[conversation]:
                del self._waiting[conversation]

    async def _listen_for_ever(self) -> None:
        while True:
            try:
                await self._listen()
            except psycopg.OperationalError:
                log.warning("news connection lost")
            self._wake_all()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen(self) -> None:
        connection = await psycopg.AsyncConnection.connect(
            self._url, autocommit=True, connect_timeout=5
        )
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            self._wake_all()
            async for notice in connection.notifies():
                for event in self._waiting.get(UUID(notice.payload), ()):
                    event.set()

    def _wake_all(self) -> None:
        """What was announced while nobody listened is found by looking once."""
        for events in self._waiting.values():
            for event in events:
                event.set()
