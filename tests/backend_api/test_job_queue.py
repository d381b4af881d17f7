"""The queue's own connections."""

import psycopg
import pytest

from backend_api.core.jobs import open_jobs

pytestmark = pytest.mark.anyio
HANG_UP = (
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"  # waits until it has ended
    " WHERE pid <> pg_backend_pid() AND datname = current_database()"
)


@pytest.mark.timeout(20)  # the pool itself gives up after 30 s
async def test_the_queue_goes_on_after_the_database_hung_up(database_url: str) -> None:
    async with open_jobs(database_url).open_async() as jobs:
        asked = jobs.connector.execute_query_one_async
        await asked("SELECT 1 AS one")
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute(HANG_UP)
        assert await asked("SELECT 1 AS one") == {"one": 1}
