"""Holding turns at a known statement, by locks that a drill takes as any other client might."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psycopg

from backend_api.operations import database
from bench.stack import Stack
from tests.drills.kills import kill, until

Connection = psycopg.Connection[tuple[Any, ...]]
# Written last by every turn: whoever waits here has everything but the commit behind it.
LAST_OF_A_TURN = "LOCK TABLE outbox IN SHARE MODE"
CONVERSATIONS = "SELECT 1 FROM conversation WHERE key = ANY(%s) FOR UPDATE"
RUNNING_JOBS = (
    "SELECT 1 FROM procrastinate_jobs WHERE status = 'doing' AND args->>'conversation' IN"
    " (SELECT id::text FROM conversation WHERE key = ANY(%s)) FOR SHARE"
)


def connected(stack: Stack) -> Connection:
    """Autocommit; only `Held` keeps a transaction open."""
    return psycopg.connect(database.current_url(stack.data) or "", autocommit=True)


class Held:
    """A lock in an open transaction, and who waits for it."""

    def __init__(self, holder: Connection, watcher: Connection) -> None:
        self._holder, self._watcher = holder, watcher

    def wait_for(self, count: int, statement: str) -> list[int]:
        """Until so many server processes wait with such a statement; their numbers."""
        until(f"{count} wait with {statement}", lambda: len(self._waiting(statement)) == count)
        return self._waiting(statement)

    def _waiting(self, statement: str) -> list[int]:
        rows = self._watcher.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE %s = ANY(pg_blocking_pids(pid)) AND starts_with(query, %s)",
            (self._holder.info.backend_pid, statement),
        )
        return [int(pid) for (pid,) in rows]

    def release(self) -> None:
        self._holder.rollback()


@contextmanager
def held(stack: Stack, lock: str, keys: Sequence[str] | None = None) -> Iterator[Held]:
    """Takes the lock (on the rows of these conversations). Outlives a killed database."""
    with connected(stack) as watcher, connected(stack) as holder:
        holder.autocommit = False
        holder.execute(lock.encode(), (list(keys),) if keys is not None else None)
        try:
            yield Held(holder, watcher)
        finally:
            with suppress(psycopg.OperationalError):
                holder.rollback()


def end_connections(stack: Stack, numbers: Sequence[int]) -> None:
    """What a killed program has asked for is not done any more."""
    with connected(stack) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s) pid", (list(numbers),))
    wait_until_gone(stack, numbers)


def wait_until_gone(stack: Stack, numbers: Sequence[int]) -> None:
    with connected(stack) as connection:
        query = "SELECT 1 FROM pg_stat_activity WHERE pid = ANY(%s)"
        until(
            "the dead worker's connections end",
            lambda: connection.execute(query, (list(numbers),)).fetchone() is None,
        )


def attempts(stack: Stack, keys: Sequence[str]) -> int:
    """How often every one of these conversations' turns has failed, at least."""
    query = (
        "SELECT min(attempts) FROM procrastinate_jobs JOIN conversation"
        " ON conversation.id::text = args->>'conversation' WHERE key = ANY(%s)"
    )
    with connected(stack) as connection:
        row = connection.execute(query, (list(keys),)).fetchone()
    return int(row[0]) if row and row[0] is not None else 0


def kill_worker(stack: Stack) -> None:
    """Killed, and long ago: the ten seconds of silence by which it is known to be dead are past.

    test_killed_processes.py waits for the real ones.
    """
    with connected(stack) as connection:
        rows = connection.execute("SELECT id FROM procrastinate_workers").fetchall()
        kill(stack, "worker")
        connection.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 hour'"
            " WHERE id = ANY(%s)",
            ([number for (number,) in rows],),
        )
