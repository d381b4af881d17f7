"""News of a conversation between processes: PostgreSQL LISTEN/NOTIFY, no extra server.

A notification says only *that* something is new (the conversation's id); readers then ask the
database.
"""

import asyncio
import contextlib
import logging
import signal
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from uuid import UUID

import psycopg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

CHANNEL = "conversation"
TYPING = "typing"
RECONNECT_SECONDS = 1.0
_ANNOUNCE = text("SELECT pg_notify(:channel, :id)")
log = logging.getLogger(__name__)


async def announce(session: AsyncSession, conversation: UUID, *, channel: str = CHANNEL) -> None:
    """Tell every listener when this transaction commits. On TYPING: a person writes just now."""
    connection = await session.connection()
    await connection.execute(_ANNOUNCE, {"channel": channel, "id": str(conversation)})


class Listener(asyncio.Event):
    """Set when a conversation has news, or (`typing`) when a person writes in it just now."""

    typing = False


def _end_process() -> None:
    """As if the supervisor asked for it: open requests end in order, and it starts again."""
    signal.raise_signal(signal.SIGTERM)


class News:
    """Wakes those who wait for a conversation. One database connection a process.

    A process that no longer hears news is of no use: should listening fail, it ends (`end`).
    """

    def __init__(self, database_url: str, *, end: Callable[[], None] = _end_process) -> None:
        self._url = database_url
        self._end = end
        self._waiting: dict[UUID, set[Listener]] = defaultdict(set)

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._listen_for_ever())
        task.add_done_callback(self._ended)
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])

    @contextlib.contextmanager
    def of(self, conversation: UUID) -> Iterator[Listener]:
        """An event that is set when the conversation has news; clear it before you look."""
        event = Listener()
        self._waiting[conversation].add(event)
        try:
            yield event
        finally:
            self._waiting[conversation].discard(event)
            if not self._waiting[conversation]:
                del self._waiting[conversation]

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (failure := task.exception()) is not None:
            log.critical("news failed", exc_info=failure)
            self._end()

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
            await connection.execute(f"LISTEN {TYPING}")
            self._wake_all()
            async for notice in connection.notifies():
                self._wake(notice.channel, notice.payload)

    def _wake(self, channel: str, payload: str) -> None:
        try:
            conversation = UUID(payload)
        except ValueError:
            # Anybody with access to the database may notify: never our own words.
            log.warning("foreign news")
            return
        for event in self._waiting.get(conversation, ()):
            event.typing = event.typing or channel == TYPING
            event.set()

    def _wake_all(self) -> None:
        """What was announced while nobody listened is found by looking once."""
        for events in self._waiting.values():
            for event in events:
                event.set()
